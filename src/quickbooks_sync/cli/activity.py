"""What happened: `runs` and their `records`, and the records that wait, were rejected or conflict."""

from typing import Annotated

import typer

from quickbooks_sync.cli.options import AsJson, Company, Limit
from quickbooks_sync.cli.printing import print_rows
from quickbooks_sync.commands import activity
from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.postgres.connection.companies import read_company
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.tables import OUTCOMES

SinceRun = Annotated[
    int | None, typer.Option("--since-run", help="Only runs after this one.", metavar="RUN_ID")
]
RunId = Annotated[int, typer.Argument(metavar="RUN_ID", help="The run, as `runs` lists it.")]
Outcome = Annotated[str | None, typer.Option("--outcome", help="Only records of this outcome.")]


def runs(
    company: Company = None,
    since_run: SinceRun = None,
    limit: Limit = 100,
    as_json: AsJson = False,
) -> None:
    """List runs, the oldest first: status, reason, counts, metered reads and writes.

    The status is running, success, failed, or abandoned: killed, or open when the database was upgraded; the next run
    of its flow reads its records again.
    """
    with build_engine().connect() as connection:
        if company is not None:
            read_company(connection, company)
        rows = activity.read_runs(connection, realm_id=company, since_run=since_run, limit=limit)
    columns = (
        "run_id",
        "flow",
        "status",
        "counts",
        "metered_reads",
        "writes",
        "started_at",
        "reason",
    )
    print_rows(rows, columns, as_json=as_json, empty="No runs yet.")


def records(
    run_id: RunId, outcome: Outcome = None, limit: Limit = 1000, as_json: AsJson = False
) -> None:
    """List what happened to each record of a run."""
    if outcome not in (None, *OUTCOMES, "warning"):
        known = ", ".join((*OUTCOMES, "warning"))
        raise ConfigurationError(f"{outcome!r} is no outcome; there are {known}.")
    with build_engine().connect() as connection:
        activity.ensure_run(connection, run_id)
        rows = activity.read_run_records(connection, run_id, outcome=outcome, limit=limit)
    columns = ("outcome", "loupe_id", "quickbooks_id", "called", "field", "rule", "reason")
    print_rows(rows, columns, as_json=as_json, empty=f"Run {run_id} has no such records.")


def waiting(company: Company = None, limit: Limit = 1000, as_json: AsJson = False) -> None:
    """List records that wait for another record or a setting; they go out by themselves."""
    with build_engine().connect() as connection:
        if company is not None:
            read_company(connection, company)
        rows = activity.read_waiting(connection, realm_id=company, limit=limit)
    columns = (
        *("record_type", "direction", "source_id", "called"),
        *("waits_for", "waits_for_id", "reason"),
    )
    print_rows(rows, columns, as_json=as_json, empty="No record waits.")


def missing(company: Company = None, limit: Limit = 1000, as_json: AsJson = False) -> None:
    """List linked records that QuickBooks did not find; a later run finds them, or takes them for deleted."""
    with build_engine().connect() as connection:
        if company is not None:
            read_company(connection, company)
        rows = activity.read_missing(connection, realm_id=company, limit=limit)
    columns = ("record_type", "quickbooks_id", "loupe_id", "called", "missing_since_at")
    print_rows(rows, columns, as_json=as_json, empty="No record is missing.")


def rejected(company: Company = None, limit: Limit = 1000, as_json: AsJson = False) -> None:
    """List records that break a rule; each is tried again once its cause has changed."""
    with build_engine().connect() as connection:
        if company is not None:
            read_company(connection, company)
        rows = activity.read_rejected(connection, realm_id=company, limit=limit)
    columns = ("record_type", "direction", "source_id", "called", "field", "rule", "message")
    print_rows(rows, columns, as_json=as_json, empty="No record is rejected.")


def conflicts(company: Company = None, limit: Limit = 1000, as_json: AsJson = False) -> None:
    """List fields that both sides changed, or records that may be the same; a person decides."""
    with build_engine().connect() as connection:
        if company is not None:
            read_company(connection, company)
        rows = activity.read_conflicts(connection, realm_id=company, limit=limit)
    columns = (
        "conflict_id",
        "record_type",
        "loupe_id",
        "quickbooks_id",
        "called",
        "field",
        "loupe_value",
        "quickbooks_value",
        "decision",
        "reason",
    )
    print_rows(rows, columns, as_json=as_json, empty="No conflict is open.")
