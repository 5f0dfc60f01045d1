"""The side door for tests, which Intuit does not have: its routes, and what their orders mean."""
