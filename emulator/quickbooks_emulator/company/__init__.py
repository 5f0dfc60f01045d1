"""One company's state: its documents, settings, references and clock, kept in memory and in SQLite."""
