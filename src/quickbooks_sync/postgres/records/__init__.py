"""Loupe's rows, links, staged records and decisions."""
