"""A small client of Airflow's REST API: sign in, health, trigger, follow."""

from dataclasses import dataclass, field
from typing import Any

import requests

from demo.errors import DemoError

_TIMEOUT_SECONDS = 30.0
ENDED = frozenset({"success", "failed"})


@dataclass
class AirflowApi:
    """One signed-in session."""

    url: str
    user: str
    password: str
    _session: requests.Session = field(default_factory=requests.Session)

    def is_serving(self) -> bool:
        """Say whether the API server answers."""
        return self._health() is not None

    def is_healthy(self, part: str) -> bool:
        """Say whether `scheduler`, `dag_processor` or `triggerer` has a fresh heartbeat."""
        return ((self._health() or {}).get(part) or {}).get("status") == "healthy"

    def warm_execution(self) -> None:
        """Make the API server load its execution API, which it would do at the first task."""
        self._session.get(f"{self.url}/execution/health", timeout=60).raise_for_status()

    def has_dag(self, dag_id: str) -> bool:
        """Say whether a DAG has been parsed.

        Raises:
            DemoError: A DAG file cannot be imported; the message holds Airflow's words.
        """
        errors = self.call("GET", "importErrors")["import_errors"]
        if errors:
            told = "\n".join(f"{error['filename']}:\n{error['stack_trace']}" for error in errors)
            raise DemoError(f"Airflow cannot import {len(errors)} of the DAG files.\n{told}")
        return bool(self.call("GET", "dags", dag_id_pattern=dag_id)["total_entries"])

    def trigger(self, dag_id: str, conf: dict[str, Any]) -> str:
        """Start a run and return its id."""
        body = {"logical_date": None, "conf": conf}
        return str(self.call("POST", f"dags/{dag_id}/dagRuns", body)["dag_run_id"])

    def fetch_run_state(self, dag_id: str, run_id: str) -> str:
        """Return the state of a run: queued, running, success, failed."""
        return str(self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}")["state"])

    def fetch_latest_run(self, dag_id: str, since: str) -> dict[str, Any] | None:
        """Return the newest run of a DAG that was created at or after an ISO time, if any."""
        runs = self.call(
            "GET", f"dags/{dag_id}/dagRuns", order_by="-run_after", limit=1, run_after_gte=since
        )["dag_runs"]
        return dict(runs[0]) if runs else None

    def fetch_failed_tasks(self, dag_id: str, run_id: str) -> list[str]:
        """Return the ids of the tasks that failed in a run."""
        found = self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", state="failed")
        return [str(task["task_id"]) for task in found["task_instances"]]

    def authorization(self) -> str:
        """Return the header that a signed-in browser sends; signs in at the first use."""
        if "Authorization" not in self._session.headers:
            self._sign_in()
        return str(self._session.headers["Authorization"])

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        """Send a request to a path of Airflow's public API and return its answer.

        Raises:
            DemoError: Airflow answered with an error; the message holds its words.
        """
        self.authorization()
        answer = self._session.request(
            method, f"{self.url}/api/v2/{path}", json=body, params=query, timeout=_TIMEOUT_SECONDS
        )
        if not answer.ok:
            raise DemoError(
                f"Airflow answered {answer.status_code} to {method} {path}: {answer.text[:500]}"
            )
        return dict(answer.json())

    def _health(self) -> dict[str, Any] | None:
        try:
            answer = self._session.get(
                f"{self.url}/api/v2/monitor/health", timeout=_TIMEOUT_SECONDS
            )
        except requests.RequestException:
            return None
        return dict(answer.json()) if answer.ok else None

    def _sign_in(self) -> None:
        answer = self._session.post(
            f"{self.url}/auth/token",
            json={"username": self.user, "password": self.password},
            timeout=_TIMEOUT_SECONDS,
        )
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
