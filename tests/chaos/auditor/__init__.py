"""The auditor: what people entered, held against what both systems hold once everything is quiet.

It shares nothing with the product's mapping, matching and merge: it reads Loupe by SQL and QuickBooks as its own
users see it, and of the product's tables only what it links, what it lists for a person and what it is at work on.
"""
