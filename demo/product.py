"""The product as a user has it: its environment variables and its command line."""

import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo.browser import give_consent
from demo.embedded_postgres import EmbeddedPostgres, find_binaries
from demo.errors import DemoError
from demo.processes import HOST, find_free_port
from demo.state import read_fernet_key
from demo.watchdog import MARK_VARIABLE
from quickbooks_sync.quickbooks.addresses import ALLOW_VARIABLE

CLIENT_ID = "demo-client"
CLIENT_SECRET = "demo-secret"  # noqa: S105 - the emulator's well-known one
REALM_ID = "9341450000000001"
ADDRESS_LINE = "Open this address in your browser: "
_TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Product:
    """The command `quickbooks-sync` in the demo's environment."""

    environment: Mapping[str, str]

    def run(self, *arguments: str) -> str:
        """Run a command and return what it printed.

        Raises:
            DemoError: The command failed; the message holds what it said.
        """
        done = subprocess.run(
            [_PROGRAM, *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise DemoError(_failure(arguments, done.returncode, done.stderr or done.stdout))
        return done.stdout

    def read(self, *arguments: str) -> Any:
        """Run a command with `--json` and return what it told."""
        return json.loads(self.run(*arguments, "--json"))

    def connect(self, realm_id: str = REALM_ID, organization_id: int | None = None) -> None:
        """Connect a company by the OAuth code exchange, playing the person at the browser.

        Args:
            realm_id: Which company the person chooses.
            organization_id: The Loupe organization it belongs to; the only one by default.

        Raises:
            DemoError: The command failed, or did not print the address to open.
        """
        belongs = [] if organization_id is None else ["--organization", str(organization_id)]
        with subprocess.Popen(
            [_PROGRAM, "connect", "--no-browser", "--realm", realm_id, "--yes", *belongs],
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            limit = threading.Timer(_TIMEOUT_SECONDS, process.kill)
            limit.start()
            try:
                self._consent(process, realm_id)
            finally:
                limit.cancel()
                process.kill()

    def _consent(self, process: subprocess.Popen[str], realm_id: str) -> None:
        assert process.stdout is not None  # noqa: S101 - Popen was asked for a pipe
        for line in process.stdout:
            if line.startswith(ADDRESS_LINE):
                give_consent(line.removeprefix(ADDRESS_LINE).strip(), realm_id)
                break
        _output, said = process.communicate()
        if process.returncode != 0:
            raise DemoError(_failure(["connect"], process.returncode, said))


def build_product_environment(
    state: Path, postgres: EmbeddedPostgres, emulator_url: str, mark: str
) -> dict[str, str]:
    """Return the variables that the product reads, for the command line and for Airflow alike."""
    quickbooks = {
        "conn_type": "quickbooks",
        "login": CLIENT_ID,
        "password": CLIENT_SECRET,
        "extra": {
            "environment": "sandbox",
            "api_url": emulator_url,
            "discovery_url": f"{emulator_url}/.well-known/openid_sandbox_configuration",
            "redirect_uri": f"http://{HOST}:{find_free_port()}/callback",
        },
    }
    return {
        ALLOW_VARIABLE: urlsplit(emulator_url).netloc,
        "AIRFLOW_CONN_LOUPE_DEFAULT": postgres.connection_url("loupe"),
        "AIRFLOW_CONN_QUICKBOOKS_DEFAULT": json.dumps(quickbooks),
        "QUICKBOOKS_SYNC_DATABASE_URL": postgres.url("loupe"),
        "QUICKBOOKS_SYNC_DATA_DOCS": str(state / "data-docs"),
        "QUICKBOOKS_SYNC_KEY": read_fernet_key(state / "secrets" / "grants"),
        MARK_VARIABLE: mark,
    }


def write_variables(path: Path, environment: Mapping[str, str]) -> None:
    """Write a file that gives a shell this demo's command line and `psql`; it holds secrets."""
    told = {name: value for name, value in environment.items() if name != MARK_VARIABLE}
    programs = f"{Path(sys.executable).parent}:{find_binaries() / 'bin'}"
    lines = [
        *(f"export {name}={shlex.quote(value)}" for name, value in sorted(told.items())),
        f'export PATH={shlex.quote(programs)}:"$PATH"',
    ]
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")


_PROGRAM = str(Path(sys.executable).with_name("quickbooks-sync"))


def _failure(arguments: Any, status: int, said: str) -> str:
    return f"`quickbooks-sync {' '.join(arguments)}` ended with status {status}:\n{said.strip()}"
