"""`decide` a conflict, `retry` what was rejected or waits, `gate accept`: what a person does about the lists."""

import getpass
from typing import Annotated

import typer

from quickbooks_sync.cli.options import Company
from quickbooks_sync.commands import linking
from quickbooks_sync.commands.decide import decide as decide_conflict
from quickbooks_sync.commands.gate import accept as accept_rejected
from quickbooks_sync.commands.gate import accept_mapping
from quickbooks_sync.commands.retry import retry as retry_flow
from quickbooks_sync.model.flow import RunSummary
from quickbooks_sync.record_types.registry import flow_named, record_type_named
from quickbooks_sync.workspace import open_workspace

ConflictId = Annotated[
    int, typer.Argument(metavar="CONFLICT_ID", help="The conflict, as `conflicts` lists it.")
]
Choice = Annotated[
    str,
    typer.Argument(
        metavar="CHOICE",
        help="loupe or quickbooks for a field; same or separate for a record.",
    ),
]
FlowName = Annotated[str, typer.Argument(metavar="FLOW", help="Such as push_invoices.")]
Ids = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID]...",
        help="QuickBooks Ids for a pull, Loupe ids for a push; all rejected and waiting ones by default.",
    ),
]
RunId = Annotated[int, typer.Argument(metavar="RUN_ID", help="The run, as `runs` lists it.")]
By = Annotated[str | None, typer.Option("--by", help="Who decides; the user's name by default.")]
RecordType = Annotated[
    str, typer.Argument(metavar="RECORD_TYPE", help="As `waiting` and `conflicts` name it.")
]
LoupeId = Annotated[int, typer.Argument(metavar="LOUPE_ID", help="The row's key in Loupe.")]
QuickBooksId = Annotated[
    str, typer.Argument(metavar="QUICKBOOKS_ID", help="The record's Id in QuickBooks.")
]
Instead = Annotated[
    bool, typer.Option("--instead", help="Give up the links that either has to another one.")
]

OfMapping = Annotated[
    bool,
    typer.Option(
        "--mapping", help="Accept where the mapping reads fields from, not the rejections."
    ),
]

gate = typer.Typer(no_args_is_help=True, help="Runs that their gate stopped.")


@gate.command()
def accept(run_id: RunId, is_mapping: OfMapping = False, by: By = None) -> None:
    """Let what a run rejected stay rejected, or what a changed mapping moves be moved, as the run has counted it."""
    workspace = open_workspace()
    if is_mapping:
        fields = ", ".join(accept_mapping(workspace, run_id))
        typer.echo(
            f"Read from where the mapping reads it now: {fields}. Start the pull again; it brings that into Loupe."
        )
        return
    rejected = accept_rejected(workspace, run_id, by=by or getpass.getuser())
    typer.echo(
        f"{rejected} rejected records of run {run_id} are accepted: they stay out until they are corrected. Start "
        "the flow again; it loads the others."
    )


def decide(conflict_id: ConflictId, choice: Choice, by: By = None) -> None:
    """Decide a conflict: recorded with your name, and applied at once."""
    summaries = decide_conflict(open_workspace(), conflict_id, choice, by=by or getpass.getuser())
    for summary in summaries:
        _print(summary)


def retry(flow: FlowName, ids: Ids = None, company: Company = None, by: By = None) -> None:
    """Try rejected and waiting records again, one, several or all."""
    summary = retry_flow(
        open_workspace(),
        flow_named(flow),
        realm_id=company,
        source_ids=ids or (),
        by=by or getpass.getuser(),
    )
    _print(summary)


def link(
    record_type: RecordType,
    loupe_id: LoupeId,
    quickbooks_id: QuickBooksId,
    is_instead: Instead = False,
    company: Company = None,
    by: By = None,
) -> None:
    """Link a Loupe row and a QuickBooks record: they are one from now on."""
    summaries = linking.link(
        open_workspace(),
        record_type_named(record_type),
        loupe_id,
        quickbooks_id,
        by=by or getpass.getuser(),
        realm_id=company,
        is_instead=is_instead,
    )
    for summary in summaries:
        _print(summary)


def unlink(
    record_type: RecordType,
    loupe_id: LoupeId,
    company: Company = None,
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to go on.")] = False,
) -> None:
    """Give up a row's link: it and its record are two, and each is looked for, or entered, on the other side."""
    if not yes:
        typer.confirm(
            f"Loupe's {record_type} {loupe_id} and its QuickBooks record are two from now on: each is entered on the other "
            "side at once, unless another record there is found to be it. If they are one after all, both sides then have "
            f"it twice, and what was entered must be voided by hand. Give the link up?",
            abort=True,
        )
    summaries = linking.unlink(
        open_workspace(),
        record_type_named(record_type),
        loupe_id,
        by=by or getpass.getuser(),
        realm_id=company,
    )
    for summary in summaries:
        _print(summary)


def _print(summary: RunSummary) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in sorted(summary["counts"].items()))
    typer.echo(
        f"Run {summary['run_id']}: {summary['status']}; {counts or 'no records'}; "
        f"{summary['metered_reads']} metered reads, {summary['writes']} writes."
    )
