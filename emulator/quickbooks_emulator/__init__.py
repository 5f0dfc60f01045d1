"""A stand-in for QuickBooks Online over real HTTP, as strict as Intuit's published behaviour."""
