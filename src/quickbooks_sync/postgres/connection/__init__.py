"""Connected companies, their grants and limits."""
