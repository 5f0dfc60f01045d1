"""Connectors that others wrote read a whole company from the emulator, and then what changed.

`make connectors` installs each in an environment of its own and runs this; it is no part of `make test`.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.connectors.target import Target
from tests.contract.emulator.driver import Driver, head, payment_line, sales_line

HERE = Path(__file__).parent
ENVIRONMENTS = Path(os.environ.get("CONNECTORS", ".state/connectors"))
REALM = "9341450000000001"
MINUTES = 10 * 60
STREAMS = {
    "accounts": "Account", "classes": "Class", "credit_memos": "CreditMemo",
    "customers": "Customer", "departments": "Department", "deposits": "Deposit",
    "employees": "Employee", "invoices": "Invoice", "items": "Item",
    "journal_entries": "JournalEntry", "payment_methods": "PaymentMethod", "payments": "Payment",
    "tax_codes": "TaxCode", "tax_rates": "TaxRate", "terms": "Term", "vendors": "Vendor",
}  # fmt: skip
"""The streams of both connectors whose record types the emulator has.

The tap's `deleted_objects` is not among them: it asks for all of its record types in one request.
"""
TRANSACTIONS = {"credit_memos", "deposits", "invoices", "journal_entries", "payments"}
Read = Callable[[Target], None]


@pytest.fixture
def company(start_emulator: Callable[..., Any]) -> Driver:
    base = start_emulator(seed=True).url
    tokens = requests.post(f"{base}/_emulator/tokens", json={"realm": REALM}, timeout=10).json()
    return Driver(base, REALM, tokens)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    made = Target(tmp_path / "target.sqlite3")
    yield made
    made.close()


def config(company: Driver) -> dict[str, Any]:
    return {
        "client_id": "demo-client",
        "client_secret": "demo-secret",
        "refresh_token": company.tokens["refresh_token"],
        "access_token": "not yet refreshed",
        "token_expiry_date": "2020-01-01T00:00:00Z",
        "realm_id": company.realm,
        "start_date": "2025-01-01T00:00:00Z",
        "user_agent": "tests",
        "sandbox": True,
    }


def run(company: Driver, connector: str, *arguments: str) -> str:
    """Run a connector to its end and return what it wrote."""
    python = ENVIRONMENTS / connector / "bin" / "python"
    if not python.exists():
        pytest.fail(f"{python} is not there: run `make connectors`, which installs it")
    script = HERE / f"run_{connector.replace('-', '_')}.py"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [str(python), str(script), *arguments],
        capture_output=True,
        check=False,
        env={**kept, "EMULATOR": company.base, "OAUTHLIB_INSECURE_TRANSPORT": "1", "NO_PROXY": "*"},
        text=True,
        timeout=MINUTES,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(params=["tap-quickbooks", "source-quickbooks"])
def read(request: pytest.FixtureRequest, company: Driver, tmp_path: Path) -> Read:
    """A function that reads from where the target's state says, with one connector."""
    settings = write(tmp_path / "config.json", config(company))
    if request.param == "tap-quickbooks":
        discover, command = ["--config", settings, "--discover"], []
        catalog = singer_catalog(run(company, request.param, *discover))
    else:
        discover, command = ["discover", "--config", settings], ["read"]
        catalog = airbyte_catalog(run(company, request.param, *discover))
    chosen = ["--config", settings, "--catalog", write(tmp_path / "catalog.json", catalog)]

    def read_into(target: Target) -> None:
        state = []
        if target.state is not None:
            state = ["--state", write(tmp_path / "state.json", target.state)]
        target.load(run(company, request.param, *command, *chosen, *state))

    return read_into


def write(file: Path, content: Any) -> str:
    file.write_text(json.dumps(content), encoding="utf-8")
    return str(file)


def singer_catalog(output: str) -> dict[str, Any]:
    streams = json.loads(output)["streams"]
    for stream in streams:
        (whole,) = (entry for entry in stream["metadata"] if not entry["breadcrumb"])
        whole["metadata"]["selected"] = stream["tap_stream_id"] in STREAMS
    return {"streams": streams}


def airbyte_catalog(output: str) -> dict[str, Any]:
    messages = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    (found,) = (message["catalog"] for message in messages if message["type"] == "CATALOG")
    modes = {"sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
    return {
        "streams": [
            {"stream": stream, "cursor_field": ["airbyte_cursor"], **modes}
            for stream in found["streams"]
            if stream["name"] in STREAMS
        ]
    }


def counts_in_quickbooks(company: Driver) -> dict[str, int]:
    counts = {}
    for stream, entity in STREAMS.items():
        which = "" if stream in TRANSACTIONS else "WHERE Active IN (true, false)"
        answer = company.query(f"SELECT COUNT(*) FROM {entity} {which}")
        counts[stream] = answer["totalCount"]
    return counts


def counts_in(target: Target) -> dict[str, int]:
    return {stream: len(target.records(stream)) for stream in STREAMS}


def test_everything_is_read_and_then_what_changed(
    read: Read, company: Driver, target: Target
) -> None:
    read(target)
    counts = counts_in_quickbooks(company)
    assert counts_in(target) == counts
    assert min(counts[stream] for stream in ("customers", "invoices", "items", "payments")) > 20

    made = company.customer("Connected Gems")
    changed, gone = (company.customer(name) for name in ("Changed later", "Gone later"))
    invoice = company.write(
        "Invoice", {"CustomerRef": {"value": made["Id"]}, "Line": [sales_line(120)]}
    )
    body = {"CustomerRef": {"value": made["Id"]}, "TotalAmt": 50}
    payment = company.write("Payment", {**body, "Line": [payment_line(invoice["Id"], 50)]})
    read(target)
    assert counts_in(target) == counts_in_quickbooks(company)
    assert sum(target.received.values()) < sum(counts.values()) / 2

    company.write("Customer", {**head(changed), "sparse": True, "Notes": "seen"})
    company.write("Customer", {**head(gone), "sparse": True, "Active": False})
    company.write("Payment", head(payment), operation="update", include="void")
    read(target)
    assert counts_in(target) == counts_in_quickbooks(company)
    customers = target.records("customers")
    assert customers[changed["Id"]]["Notes"] == "seen"
    assert customers[gone["Id"]]["DisplayName"] == "Gone later (deleted)"
    assert float(target.records("invoices")[invoice["Id"]]["Balance"]) == 120
    assert float(target.records("payments")[payment["Id"]]["TotalAmt"]) == 0
