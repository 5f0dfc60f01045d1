"""A run: opened by `check`, closed by `finish`, which alone moves its watermark."""

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from quickbooks_sync.model.errors import (
    ConfigurationError,
    ConnectionNeededError,
    LeaseLostError,
    MappingError,
    SyncError,
)
from quickbooks_sync.model.flow import Direction, Flow, FlowOptions, Mode, RunManifest, RunSummary
from quickbooks_sync.postgres.connection.companies import Company, describe_trouble, resolve_company
from quickbooks_sync.postgres.connection.grant_rows import ensure_grant_fits
from quickbooks_sync.postgres.records.staging import count_unloaded
from quickbooks_sync.postgres.runs.housekeeping import forget_raw_records
from quickbooks_sync.postgres.runs.leases import Lease, free_lease, hold_lease, take_lease
from quickbooks_sync.postgres.runs.record_outcomes import read_outcome_counts
from quickbooks_sync.postgres.runs.reopened import abandon_earlier, free_if_complete
from quickbooks_sync.postgres.tables import run as run_table
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.resourced import count_held, describe_remedy
from quickbooks_sync.run.watermarks import is_same_source, move_watermark, read_watermark
from quickbooks_sync.workspace import Workspace

logger = logging.getLogger(__name__)


def open_run(
    workspace: Workspace,
    flow: Flow,
    options: FlowOptions,
    *,
    run_key: str,
    triggered_by: str | None = None,
) -> RunManifest:
    """Take the lease and write the run; repeatable under the same `run_key`."""
    holder = f"{flow.name} {run_key}"
    with workspace.engine.begin() as connection:
        company = resolve_company(connection, options.realm_id)
        _ensure_connected(company)
        ensure_grant_fits(connection, company.realm_id, workspace.app)
        held = take_lease(connection, company.realm_id, flow.record_type, holder)
        abandon_earlier(connection, held)
        unread = _find_unread_fields(workspace, connection, company.realm_id, flow.record_type)
        if unread and flow.direction == Direction.PUSH and not options.preview:
            raise _unread(workspace, connection, company.realm_id, flow, unread)
        mode = _effective_mode(connection, company.realm_id, flow, options, unread)
        run_id = _write_run(connection, flow, options, held, mode, run_key, triggered_by)
    return RunManifest(
        run_id=run_id,
        realm_id=company.realm_id,
        organization_id=company.organization_id,
        record_type=flow.record_type,
        direction=str(flow.direction),
        mode=str(mode),
        preview=options.preview,
        limit=options.limit,
        linked_only=options.linked_only,
        record_ids=list(options.record_ids),
        since=options.since.isoformat() if options.since else None,
        fence=held.fence,
        holder=holder,
    )


def _ensure_connected(company: Company) -> None:
    if company.status == "connected":
        return
    raise ConnectionNeededError(
        f"{describe_trouble(company)} Then start the flow again.",
        realm_id=company.realm_id,
        reason=company.status_reason,
    )


def close_run(context: RunContext, *, failed_steps: Sequence[str] = ()) -> RunSummary:
    """Record the result; move the watermark only if every step succeeded; free the lease.

    Repeatable: a run that was closed as a success stays one, and one that an upgrade has abandoned stays that.
    """
    with context.workspace.engine.begin() as connection:
        row = _read_abandoned(connection, context) or _close(context, connection, failed_steps)
    return RunSummary(
        run_id=context.run_id,
        status=row.status,
        reason=row.reason,
        counts=row.counts,
        metered_reads=row.metered_reads,
        writes=row.writes,
    )


def _read_abandoned(connection: Connection, context: RunContext) -> Any | None:
    """Return the row of a run that an upgrade has abandoned; `None` for any other."""
    statement = select(run_table).where(run_table.c.run_id == context.run_id)
    return connection.execute(statement.where(run_table.c.status == "abandoned")).one_or_none()


def _close(context: RunContext, connection: Connection, failed_steps: Sequence[str]) -> Any:
    """Write how the run ended, and return its row."""
    reason = _why_failed(context, connection, failed_steps)
    status = "failed" if reason else "success"
    counts = read_outcome_counts(connection, context.run_id)
    row = connection.execute(
        update(run_table)
        .where(run_table.c.run_id == context.run_id)
        .values(status=status, reason=reason, counts=counts, finished_at=func.now())
        .returning(run_table)
    ).one()
    free_lease(connection, context.lease)
    forget_raw_records(connection, context.realm_id, context.record_type)
    return row


def leave(context: RunContext) -> None:
    """Leave a step; one that was done again of a complete run gives the lease back, for `finish` may not follow."""
    with context.workspace.engine.begin() as connection:
        free_if_complete(connection, context.lease, context.run_id)


def note_failure(context: RunContext, step: str, error: Exception) -> None:
    """Note on the run why a step of it failed; a later try that succeeds makes it forgotten."""
    told = error.message if isinstance(error, SyncError) else type(error).__name__
    try:
        with context.workspace.engine.begin() as connection:
            connection.execute(
                update(run_table)
                .where(run_table.c.run_id == context.run_id, run_table.c.status == "running")
                .values(reason=f"{step}: {told}")
            )
    except (SyncError, SQLAlchemyError) as trouble:
        logger.warning(
            "run %s: could not note why %s failed (%s)",
            context.run_id,
            step,
            type(trouble).__name__,
        )


def _why_failed(
    context: RunContext, connection: Connection, failed_steps: Sequence[str]
) -> str | None:
    """Return why the run counts as failed, or `None` after moving its watermark."""
    row = connection.execute(
        select(run_table.c.status, run_table.c.reason).where(run_table.c.run_id == context.run_id)
    ).one()
    if row.status == "success":
        return None
    if failed_steps:
        failed = f"Failed: {', '.join(failed_steps)}"
        if row.reason is None or row.reason.startswith(failed):
            return row.reason or failed
        return f"{failed}. {row.reason}"
    left = count_unloaded(connection, context.run_id)
    if left:
        return f"{left} batches were never loaded; run the flow again"
    try:
        hold_lease(connection, context.lease)
    except LeaseLostError as error:
        return error.message
    count_held(connection, context)
    move_watermark(connection, context)
    return None


def write_counts(connection: Connection, run_id: int) -> None:
    """Count a run's outcomes once more; those of a run that has ended may still become known."""
    counts = read_outcome_counts(connection, run_id)
    connection.execute(update(run_table).where(run_table.c.run_id == run_id).values(counts=counts))


def _find_unread_fields(
    workspace: Workspace, connection: Connection, realm_id: str, record_type: str
) -> list[str]:
    """Return the fields that the mapping has gained, or reads from elsewhere, since all records were read.

    While no pull has ever been completed, the last push counts: what it made is known as it was sent.
    """
    marks = (
        read_watermark(connection, realm_id, record_type, direction) for direction in Direction
    )
    mark = next((row for row in marks if row is not None), None)
    if mark is None:
        return []
    try:
        sources = workspace.mapping(record_type).sources
    except MappingError:
        return []  # `extract` says so, on a run that can be looked up
    known = mark.fields or {}
    return [name for name, source in sources.items() if not is_same_source(source, known.get(name))]


def _unread(
    workspace: Workspace, connection: Connection, realm_id: str, flow: Flow, unread: Sequence[str]
) -> ConfigurationError:
    pull = Flow(flow.record_type, Direction.PULL).name
    sources = workspace.mapping(flow.record_type).sources
    remedy = describe_remedy(connection, realm_id, flow.record_type, sources, pull)
    return ConfigurationError(
        f"The mapping of {flow.record_type} reads fields that were never read from all QuickBooks records: "
        f"{', '.join(unread)}. Nothing was sent, for what QuickBooks holds there is not known. "
        f"{f'{remedy} Then run' if remedy else 'Run'} {pull} (it reads everything once), then {flow.name} again.",
        fields=list(unread),
    )


def _effective_mode(
    connection: Connection,
    realm_id: str,
    flow: Flow,
    options: FlowOptions,
    unread: Sequence[str],
) -> Mode:
    if options.mode == Mode.FULL:
        return Mode.FULL
    if flow.direction == Direction.PULL and unread and not options.is_narrowed:
        logger.info("%s: everything is read once, for %s", flow.name, ", ".join(unread))
        return Mode.FULL
    row = read_watermark(connection, realm_id, flow.record_type, flow.direction)
    return Mode.FULL if row is None else Mode.INCREMENTAL


def _write_run(
    connection: Connection,
    flow: Flow,
    options: FlowOptions,
    held: Lease,
    mode: Mode,
    run_key: str,
    triggered_by: str | None,
) -> int:
    again: dict[str, Any] = {"fence": held.fence, "status": "running", "finished_at": None}
    statement = insert(run_table).values(
        realm_id=held.realm_id,
        run_key=run_key,
        record_type=flow.record_type,
        direction=flow.direction,
        mode=mode,
        is_preview=options.preview,
        is_narrowed=options.is_narrowed,
        triggered_by=triggered_by,
        fence=held.fence,
    )
    keys = ["realm_id", "record_type", "direction", "run_key"]
    statement_returning = statement.on_conflict_do_update(
        index_elements=keys, set_=again
    ).returning(run_table.c.run_id)
    return int(connection.execute(statement_returning).scalar_one())
