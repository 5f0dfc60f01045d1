"""Which Loupe row is which QuickBooks record, and which side's value a field takes."""
