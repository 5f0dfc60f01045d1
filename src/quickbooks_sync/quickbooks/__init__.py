"""QuickBooks Online: OAuth, queries, writes and faults, for one company at a time."""
