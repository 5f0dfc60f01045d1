"""The record types as tables: which there are, what each may hold, and how long it may be."""
