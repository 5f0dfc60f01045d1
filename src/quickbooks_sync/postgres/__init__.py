"""Postgres: tables, migrations, and everything that is read from or written to them."""
