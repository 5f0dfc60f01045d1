"""Decides about a batch of staged rows: reads once what the decisions rest on, then decides row by row."""

from collections.abc import Sequence

from sqlalchemy import Connection

from quickbooks_sync.matching.id_lookup import IdLookup
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.push.decide.decided import Decided
from quickbooks_sync.push.decide.facts import PushFacts
from quickbooks_sync.push.decide.row import decide_row
from quickbooks_sync.push.decide.staged_rows import from_staged
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.transform.loupe_side import rows_to_values


def decide_batch(
    context: RunContext, connection: Connection, records: Sequence[StagedRecord]
) -> list[Decided]:
    """Return what a push does with each row of a batch; reads only."""
    rows = [from_staged(context.mapping, record.raw) for record in records]
    references = IdLookup(connection, context.realm_id, context.mapping, context.workspace.mapping)
    references.load_loupe_ids(rows)
    facts = PushFacts.read(connection, context, [int(record.source_id) for record in records])
    transformed = rows_to_values(
        context.mapping, rows, references=references.to_quickbooks, settings=facts.settings
    )
    return [
        decide_row(row, values, tuple(transformed.problems.get(position, ())), facts)
        for position, (row, values) in enumerate(zip(rows, transformed.values, strict=True))
    ]
