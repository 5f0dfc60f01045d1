"""One company's state: its documents, settings and references, kept in memory and in one SQLite file."""
