"""Decides about a batch of staged rows: reads once what the decisions rest on, then decides row by row."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from quickbooks_sync.matching.id_lookup import IdLookup
from quickbooks_sync.model.unreadable import without_unreadable
from quickbooks_sync.postgres.records.loupe_rows import Row
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
    facts = PushFacts.read(connection, context, rows)
    return decide_rows(rows, references.to_quickbooks, facts)


def decide_rows(
    rows: Sequence[Row], references: Mapping[str, Mapping[int, str]], facts: PushFacts
) -> list[Decided]:
    """Return what a push does with each of some rows.

    Args:
        rows: The Loupe rows with their lines.
        references: QuickBooks Ids by Loupe id, per record type.
        facts: What is known of the rows and of the company.
    """
    transformed = rows_to_values(
        facts.mapping, rows, references=references, settings=facts.settings
    )
    return [
        decide_row(
            without_unreadable(row), values, tuple(transformed.problems.get(position, ())), facts
        )
        for position, (row, values) in enumerate(zip(rows, transformed.values, strict=True))
    ]
