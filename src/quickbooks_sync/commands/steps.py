"""The steps of a flow, as operators call them: each does one thing for one run or one batch."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from quickbooks_sync.model.flow import BatchManifest, Flow, FlowOptions, RunManifest, RunSummary

if TYPE_CHECKING:
    from quickbooks_sync.run.context import RunContext
    from quickbooks_sync.workspace import Workspace


def _direction(run: RunManifest) -> ModuleType:
    from quickbooks_sync import pull, push

    return pull if run["direction"] == "pull" else push


@contextmanager
def _noting(workspace: "Workspace", run: RunManifest, step: str) -> Iterator["RunContext"]:
    """Keep why a step failed on its run, for those who do not see this process's log."""
    from quickbooks_sync.run import lifecycle
    from quickbooks_sync.run.context import RunContext

    context = RunContext(workspace, run)
    try:
        yield context
    except Exception as error:
        lifecycle.note_failure(context, step, error)
        raise
    lifecycle.leave(context)


def check(
    workspace: "Workspace",
    flow: Flow,
    options: FlowOptions,
    *,
    run_key: str,
    triggered_by: str | None = None,
) -> RunManifest:
    """Open a run: company connected, settings present, lease taken. Costs no QuickBooks call.

    Raises:
        ConnectionNeededError: The company is not connected or needs attention.
        LeaseHeldError: Another run works on this record type of this company.
    """
    from quickbooks_sync.run import lifecycle

    return lifecycle.open_run(workspace, flow, options, run_key=run_key, triggered_by=triggered_by)


def extract(workspace: "Workspace", run: RunManifest) -> list[BatchManifest]:
    """Settle what earlier runs sent without an answer; then stage the source's records in batches; repeatable."""
    from quickbooks_sync.push.deliver.recover import settle_open_intents

    with _noting(workspace, run, "extract") as context:
        settle_open_intents(context)
        batches: list[BatchManifest] = _direction(run).extract(context)
    return batches


def transform(workspace: "Workspace", run: RunManifest, batch: BatchManifest) -> BatchManifest:
    """Turn a batch's staged records into canonical values."""
    with _noting(workspace, run, "transform") as context:
        _direction(run).transform(context, batch)
    return batch


def validate(workspace: "Workspace", run: RunManifest, batch: BatchManifest) -> BatchManifest:
    """Hold a batch's values against its Great Expectations suite; failing records are marked."""
    from quickbooks_sync.run import validate as validate_step

    with _noting(workspace, run, "validate") as context:
        validate_step.validate_batch(context, batch)
    return batch


def gate(workspace: "Workspace", run: RunManifest) -> dict[str, int]:
    """Stop the run before anything is loaded when too much of it was rejected, gone, or emptied.

    Raises:
        GateClosedError: `max_rejected_ratio`, `max_deletions` or `max_blanked_ratio` is passed.
    """
    from quickbooks_sync.run.gate import gate as close_or_pass

    with _noting(workspace, run, "gate") as context:
        return close_or_pass(context, _direction(run).list_rejected)


def load(workspace: "Workspace", run: RunManifest, batch: BatchManifest) -> dict[str, int]:
    """Write a batch to the other side; returns its records per outcome. Repeatable."""
    with _noting(workspace, run, "load") as context:
        counts: dict[str, int] = _direction(run).load(context, batch)
    return counts


def finish(
    workspace: "Workspace", run: RunManifest, *, failed_steps: Sequence[str] = ()
) -> RunSummary:
    """Record how the run ended, move the watermark if all went well, and free the lease."""
    from quickbooks_sync.run import lifecycle
    from quickbooks_sync.run.context import RunContext

    return lifecycle.close_run(RunContext(workspace, run), failed_steps=failed_steps)


def describe_open_records(workspace: "Workspace", run: RunManifest, *, most: int = 20) -> list[str]:
    """Name the first records of a run that were rejected, are in conflict or wait: ids and rules, no values."""
    from quickbooks_sync.commands.activity import read_run_records

    with workspace.engine.connect() as connection:
        return [
            _describe(run, row)
            for outcome in ("rejected", "conflict", "waiting")
            for row in read_run_records(connection, run["run_id"], outcome=outcome, limit=most)
        ]


def _describe(run: RunManifest, row: Mapping[str, Any]) -> str:
    loupe_id, quickbooks_id = row["loupe_id"], row["quickbooks_id"]
    sides = [f"Loupe {loupe_id}"] if loupe_id is not None else []
    sides += [f"QuickBooks {quickbooks_id}"] if quickbooks_id is not None else []
    about = row["rule"] or row["field"]
    why = f": {about}" if about else ""
    return f"{row['outcome']}: {run['record_type']} {', '.join(sides)}{why}"


def run_flow(
    workspace: "Workspace", flow: Flow, options: FlowOptions, *, run_key: str, triggered_by: str
) -> RunSummary:
    """Run a whole flow in this process; for a few records, as the command line does.

    `finish` runs whatever happens; the first step's error is raised after it.
    """
    run = check(workspace, flow, options, run_key=run_key, triggered_by=triggered_by)
    step = "extract"
    try:
        batches = extract(workspace, run)
        for name, take in (("transform", transform), ("validate", validate)):
            step = name
            for batch in batches:
                take(workspace, run, batch)
        step = "gate"
        gate(workspace, run)
        step = "load"
        for batch in batches:
            load(workspace, run, batch)
    except BaseException:
        finish(workspace, run, failed_steps=[step])
        raise
    return finish(workspace, run)


def build_data_docs(workspace: "Workspace") -> str:
    """Render the validation reports; returns the index page's path."""
    from quickbooks_sync.run import validate as validate_step

    return str(validate_step.build_reports(workspace))
