"""Everything that one record type is."""
