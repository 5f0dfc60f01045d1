"""Prepares what the services of docker-compose.yaml expect: Loupe's database and the sign-in of Airflow's admin.

Run once by the init service, safe to repeat. An existing password is kept, so that a restart never changes it.
"""

import json
import os
from pathlib import Path

import psycopg2

DATABASE = "loupe"


def ensure_database(url: str) -> None:
    """Create the `loupe` database on the server unless it is there.

    Args:
        url: Airflow's own database on the same server, as SQLAlchemy writes it.
    """
    connection = psycopg2.connect(url.replace("+psycopg2", "", 1), connect_timeout=30)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(f"create database {DATABASE}")
    finally:
        connection.close()


def ensure_password(file: Path, password: str) -> None:
    """Write the admin's password where Airflow's simple auth manager reads it."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(json.dumps({"admin": password}))


if __name__ == "__main__":
    ensure_database(os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    ensure_password(
        Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]),
        os.environ["AIRFLOW_ADMIN_PASSWORD"],
    )
