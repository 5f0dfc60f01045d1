"""Connecting by the command line, with a played browser."""

import json
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import requests
from cryptography.fernet import Fernet

from tests.support.servers import allowing

REALM, SECOND_REALM = "9341450000000001", "9341450000000002"
ENTRY_POINT = str(Path(sys.executable).with_name("quickbooks-sync"))
SECRET = "demo-secret"


@dataclass(frozen=True)
class Place:
    """What the commands run against."""

    environment: Mapping[str, str]
    emulator_url: str


def build_place(database_url: str, emulator_url: str) -> Place:
    """The environment of a machine on which nothing was connected yet."""
    extra = {
        "environment": "sandbox",
        "api_url": emulator_url,
        "discovery_url": f"{emulator_url}/.well-known/openid_sandbox_configuration",
        "redirect_uri": f"http://localhost:{free_port()}/callback",
    }
    connection = {
        "conn_type": "quickbooks",
        "login": "demo-client",
        "password": SECRET,
        "extra": extra,
    }
    environment = {
        "QUICKBOOKS_SYNC_DATABASE_URL": database_url,
        "QUICKBOOKS_SYNC_KEY": Fernet.generate_key().decode(),
        "AIRFLOW_CONN_QUICKBOOKS_DEFAULT": json.dumps(connection),
        **allowing(emulator_url),
    }
    return Place(environment, emulator_url)


def connect(place: Place, *options: str, **answer: str) -> tuple[int, str]:
    """Run `connect --yes` as a program and answer its page as a browser would."""
    return ask_to_connect(place, "", "--yes", *options, **answer)


def ask_to_connect(place: Place, said: str, *options: str, **answer: str) -> tuple[int, str]:
    """As `connect`, and say something to its question."""
    with subprocess.Popen(
        [ENTRY_POINT, "connect", "--no-browser", "--timeout", "30", *options],
        env={**place.environment, "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        line = program.stdout.readline()
        if line.startswith("Open this address in your browser: "):
            play_browser(line.rpartition(" ")[2].strip(), **answer)
        program.stdin.write(said)
        program.stdin.close()
        output = line + program.stdout.read()
        return program.wait(timeout=60), output


def play_browser(
    url: str, *, realm_id: str = "", decision: str = "connect", forwarded_to: str = ""
) -> None:
    """Open the consent page, choose a company, and follow the way back."""
    assert requests.get(url, timeout=30).status_code == 200
    answer = {"realmId": realm_id, "decision": decision}
    redirect = requests.post(url, data=answer, timeout=30, allow_redirects=False)
    back, _, query = redirect.headers["Location"].partition("?")
    requests.get(f"{forwarded_to or back}?{query}", timeout=30).raise_for_status()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
