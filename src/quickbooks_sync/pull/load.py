"""Load of a pull: one transaction a batch brings Loupe, the links and the outcomes up to date."""

from sqlalchemy import Connection

from quickbooks_sync.intake import IntakeBatch
from quickbooks_sync.model.flow import BatchManifest
from quickbooks_sync.model.outcome import RecordOutcome, count_outcomes
from quickbooks_sync.postgres.records import staging
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.runs.record_outcomes import (
    read_written_ids,
    write_outcomes,
    write_run_outcomes,
)
from quickbooks_sync.run.context import RunContext


def load(context: RunContext, batch: BatchManifest) -> dict[str, int]:
    """Merge one batch into Loupe; returns records per outcome.

    Everything of a batch commits together or not at all, and a batch that was committed is not
    loaded again. A preview does the same work and rolls it back.
    """
    key = context.run_id, batch["batch_number"]
    with context.transaction(is_kept=not context.is_preview) as connection:
        if staging.is_loaded(connection, *key):
            return {}
        outcomes = IntakeBatch(context, connection).load(_read_due(context, connection, batch))
        if not context.is_preview:
            write_outcomes(connection, context.scope, outcomes)
            staging.mark_loaded(connection, *key)
    if context.is_preview:
        _write_preview(context, batch, outcomes)
    return count_outcomes(outcomes)


def _read_due(
    context: RunContext, connection: Connection, batch: BatchManifest
) -> list[StagedRecord]:
    """Return the batch's records, without those that an earlier batch of the run had to load along."""
    records = staging.read_batch(connection, context.run_id, batch["batch_number"])
    source_ids = [record.source_id for record in records]
    written = read_written_ids(connection, context.run_id, source_ids)
    return [record for record in records if record.source_id not in written]


def _write_preview(
    context: RunContext, batch: BatchManifest, outcomes: list[RecordOutcome]
) -> None:
    with context.transaction() as connection:
        write_run_outcomes(connection, context.scope, outcomes)
        staging.mark_loaded(connection, context.run_id, batch["batch_number"])
