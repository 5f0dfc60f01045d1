"""What a push rejects before anything is sent, for the gate."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.push.decide.plan import plan_rows
from quickbooks_sync.push.decide.plan_facts import PlanFacts
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import read_settings


def list_rejected(
    context: RunContext, connection: Connection, records: Sequence[StagedRecord]
) -> list[RecordOutcome]:
    """Return the outcomes of those staged rows that are rejected, whatever an earlier try of the run said."""
    settings = read_settings(connection, context.realm_id)
    facts = PlanFacts.read(context, connection, settings, records)
    planned = plan_rows(records, replace(facts, written=frozenset()))
    outcomes = (row.outcome for row in planned if row.outcome)
    return [outcome for outcome in outcomes if outcome.outcome == Outcome.REJECTED]
