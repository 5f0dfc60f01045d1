"""The connection to a company: made, kept alive, probed, ended, and what it may read."""
