"""What a company shows: records as Intuit prints them, queries and change data capture."""
