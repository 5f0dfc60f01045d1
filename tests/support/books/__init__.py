"""Records of both sides for tests: Loupe rows by SQL, QuickBooks records by its API."""
