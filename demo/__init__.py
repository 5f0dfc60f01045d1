"""The one-command start: PostgreSQL, the emulator and Airflow as children of one process."""
