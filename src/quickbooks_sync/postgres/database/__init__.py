"""The database connection: engine, COPY, and what PostgreSQL refuses."""
