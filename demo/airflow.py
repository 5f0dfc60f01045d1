"""Airflow on the embedded PostgreSQL: its environment, its four processes, and when it is ready."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.airflow_api import AirflowApi
from demo.errors import DemoError
from demo.processes import HOST, Child, Processes, find_free_port, wait_until
from demo.settings import REPOSITORY
from demo.state import read_fernet_key, read_secret

USER = "admin"
PROCESSES = ("api-server", "scheduler", "dag-processor", "triggerer")


@dataclass(frozen=True)
class Airflow:
    """Where this start's Airflow lives and what it is called with."""

    home: Path
    port: int
    database_url: str
    dags_folder: Path = REPOSITORY / "dags"
    plugins_folder: Path = REPOSITORY / "plugins"

    @property
    def url(self) -> str:
        """Address of the user interface and the API."""
        return f"http://{HOST}:{self.port}"

    @property
    def password(self) -> str:
        """Password of the only user, `admin`."""
        return read_secret(self.home / "admin-password")


def build_environment(airflow: Airflow, product: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of every Airflow process.

    Args:
        airflow: The Airflow to describe.
        product: Connections and settings of the product, as environment variables.
    """
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW__")},
        **product,
        **{f"AIRFLOW__{key}": value for key, value in _options(airflow).items()},
        "AIRFLOW_HOME": str(airflow.home),
        "GX_ANALYTICS_ENABLED": "false",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(REPOSITORY / "config"),
    }


def migrate_database(environment: Mapping[str, str], log: Path) -> None:
    """Create or upgrade Airflow's own tables.

    Raises:
        DemoError: The command failed; the message names its log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(
            [*_AIRFLOW, "db", "migrate"],
            env=dict(environment),
            stdout=output,
            stderr=output,
            check=False,
        )
    if done.returncode != 0:
        raise DemoError(f"`airflow db migrate` failed with status {done.returncode}; see {log}.")


def start_airflow(
    processes: Processes, airflow: Airflow, environment: Mapping[str, str]
) -> list[Child]:
    """Start Airflow's four processes; `wait_for_airflow` says when they serve."""
    passwords = airflow.home / "passwords.json"
    passwords.parent.mkdir(parents=True, exist_ok=True)
    passwords.touch(mode=0o600)
    passwords.write_text(json.dumps({USER: airflow.password}))
    return [
        processes.start(name, [*_AIRFLOW, name], environment=environment, folder=airflow.home)
        for name in PROCESSES
    ]


def wait_for_airflow(
    airflow: Airflow, children: list[Child], dag_id: str, seconds: float = 180
) -> AirflowApi:
    """Wait until every process is healthy and a DAG is known, and return a signed-in client.

    The execution API loads at its first request; one request here spares the first task that wait.

    Raises:
        DemoError: A process ended, the deadline passed, or a DAG file cannot be imported.
    """
    api = AirflowApi(airflow.url, USER, airflow.password)
    server = children[0]
    wait_until(api.is_serving, server, seconds)
    api.warm_execution()
    for child, part in zip(children[1:], ("scheduler", "dag_processor", "triggerer"), strict=True):
        wait_until(lambda part=part: api.is_healthy(part), child, seconds)  # type: ignore[misc]
    wait_until(lambda: api.has_dag(dag_id), children[2], seconds)
    return api


_AIRFLOW = (sys.executable, "-m", "airflow")


def _options(airflow: Airflow) -> dict[str, str]:
    secrets = airflow.home / "secrets"
    # Every port that Airflow would choose by itself is picked here: a second Airflow on the machine must not collide.
    return {
        "API__BASE_URL": airflow.url,
        "API__HOST": HOST,
        "API__PORT": str(airflow.port),
        "API__SECRET_KEY": read_secret(secrets / "api"),
        "API_AUTH__JWT_SECRET": read_secret(secrets / "jwt"),
        "CORE__AUTH_MANAGER": (
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
        ),
        "CORE__DAGS_FOLDER": str(airflow.dags_folder),
        "CORE__EXECUTION_API_SERVER_URL": f"{airflow.url}/execution/",
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__FERNET_KEY": read_fernet_key(secrets / "fernet"),
        "CORE__LOAD_EXAMPLES": "False",
        # Each idle worker of the executor costs 31 MB; the default is 32 of them.
        "CORE__PARALLELISM": "4",
        "CORE__PLUGINS_FOLDER": str(airflow.plugins_folder),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(airflow.home / "passwords.json"),
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__TEST_CONNECTION": "Enabled",
        "DATABASE__SQL_ALCHEMY_CONN": airflow.database_url,
        "LOGGING__TRIGGER_LOG_SERVER_PORT": str(find_free_port()),
        "LOGGING__WORKER_LOG_SERVER_PORT": str(find_free_port()),
        # The default of a second between two looks makes a chain of five tasks take 6 s instead of 1.3 s.
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
