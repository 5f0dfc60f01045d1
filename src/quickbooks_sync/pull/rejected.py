"""What a pull rejects before anything is loaded, for the gate."""

from collections.abc import Sequence

from sqlalchemy import Connection

from quickbooks_sync.intake.outcomes import rejected
from quickbooks_sync.model.outcome import RecordOutcome
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.retry_key import retry_key
from quickbooks_sync.settings import read_settings


def list_rejected(
    context: RunContext, connection: Connection, records: Sequence[StagedRecord]
) -> list[RecordOutcome]:
    """Return the outcomes of those staged records that are rejected."""
    key = retry_key(context, "", read_settings(connection, context.realm_id))
    return [outcome for record in records if (outcome := rejected(record, key))]
