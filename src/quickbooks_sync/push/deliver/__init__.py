"""Sends writes and settles what QuickBooks answers."""
