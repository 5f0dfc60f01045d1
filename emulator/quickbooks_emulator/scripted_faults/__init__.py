"""Faults that a test orders beforehand, and what each makes of an answer."""
