"""An Airflow of the test session's own: its home in a temporary folder, its tables in SQLite.

Airflow reads its configuration when it is first imported, so the variables are set here, before any test module.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from tests.airflow.books import Books, opened_books, set_connections

REPOSITORY = Path(__file__).resolve().parents[2]
_HOME = tempfile.TemporaryDirectory(prefix="quickbooks-sync-airflow-")

os.environ |= {
    "AIRFLOW_HOME": _HOME.name,
    "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
    "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME.name}/airflow.db",
    "AIRFLOW__LOGGING__BASE_LOG_FOLDER": f"{_HOME.name}/logs",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "GX_ANALYTICS_ENABLED": "false",
}


@pytest.fixture(scope="session")
def dags() -> dict[str, Any]:
    """The project's DAGs by id, as Airflow's own parser finds them; its tables are there, too."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import initdb

    initdb()
    bag = DagBag(REPOSITORY / "dags", bundle_path=REPOSITORY / "dags")
    assert not bag.import_errors
    return dict(bag.dags)


@pytest.fixture
def impatient_dags(dags: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The DAGs without retries: what fails has failed."""
    tasks = [task for dag in dags.values() for task in dag.tasks]
    before = [task.retries for task in tasks]
    for task in tasks:
        _set_retries(task, 0)
    yield dags
    for task, retries in zip(tasks, before, strict=True):
        _set_retries(task, retries)


def _set_retries(task: Any, retries: int) -> None:
    if hasattr(task, "partial_kwargs"):
        task.partial_kwargs["retries"] = retries
    else:
        task.retries = retries


@pytest.fixture
def books(
    fresh_database_url: str, emulator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Books]:
    """Loupe's sample records and a connected QuickBooks company, reachable by Airflow's connections."""
    set_connections(monkeypatch, fresh_database_url, emulator.url, tmp_path / "docs")
    with opened_books(fresh_database_url, emulator.url, tmp_path / "docs") as opened:
        yield opened
