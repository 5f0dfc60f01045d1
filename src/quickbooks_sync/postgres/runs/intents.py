"""Intents: batches about to be sent, committed before the call so a crash never sends twice.

A `requestid` belongs to the call: the same body under the same id is answered by QuickBooks with
the first answer, and nothing is executed again (Intuit: requestid, section 2.1). So the intent keeps
the serialised batch, and whoever finds it open sends exactly that.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, exists, func, insert, select, update

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.postgres.tables import intent, intent_item, link


@dataclass(frozen=True)
class IntentItem:
    """One write of a batch.

    Attributes:
        batch_item_id: Its `bId`.
        loupe_id: The Loupe row.
        operation: What QuickBooks was to do.
        row_version: The row's version that the values were read at.
        loupe_values: Loupe's canonical values at that version.
        sent_fields: Names of the fields that the payload carries.
        loupe_created_at: When the row was made; `None` in a batch of an earlier release.
    """

    batch_item_id: str
    loupe_id: int
    operation: Operation
    row_version: int
    loupe_values: dict[str, Any]
    sent_fields: list[str]
    loupe_created_at: datetime | None


@dataclass(frozen=True)
class Intent:
    """A batch: its request id, its serialised body, and what each item stands for.

    Attributes:
        run_id: The run that committed it.
    """

    intent_id: int
    run_id: int
    request_id: str
    body: str
    items: tuple[IntentItem, ...]
    created_at: datetime


def write_intent(
    connection: Connection,
    realm_id: str,
    record_type: str,
    batch: tuple[int, int],
    body: str,
    items: Sequence[IntentItem],
) -> Intent:
    """Write an intent; the caller commits before sending it.

    Args:
        connection: An open transaction.
        realm_id: The company.
        record_type: The record type.
        batch: Run id and number of the staged batch that it sends part of.
        body: The serialised batch call.
        items: What each item of it stands for.
    """
    request_id = str(uuid4())
    row = connection.execute(
        insert(intent)
        .values(
            realm_id=realm_id,
            run_id=batch[0],
            batch_number=batch[1],
            record_type=record_type,
            request_id=request_id,
            body=body,
        )
        .returning(intent.c.intent_id, intent.c.created_at)
    ).one()
    connection.execute(
        insert(intent_item), [{"intent_id": row.intent_id, **vars(item)} for item in items]
    )
    return Intent(row.intent_id, batch[0], request_id, body, tuple(items), row.created_at)


def read_open_intents(
    connection: Connection,
    realm_id: str,
    record_type: str,
    *,
    batch: tuple[int, int] | None = None,
) -> list[Intent]:
    """Read intents whose answer was never recorded, oldest first; all, or those of one batch."""
    statement = select(intent).where(
        intent.c.realm_id == realm_id,
        intent.c.record_type == record_type,
        intent.c.status == "open",
    )
    if batch is not None:
        statement = statement.where(intent.c.run_id == batch[0], intent.c.batch_number == batch[1])
    rows = connection.execute(statement.order_by(intent.c.intent_id)).all()
    return [
        Intent(
            row.intent_id,
            row.run_id,
            row.request_id,
            row.body,
            _read_items(connection, row.intent_id),
            row.created_at,
        )
        for row in rows
    ]


def close_intent(connection: Connection, intent_id: int, status: str) -> None:
    """Mark an intent `answered` or `abandoned`, in the transaction that settles it."""
    connection.execute(
        update(intent)
        .where(intent.c.intent_id == intent_id)
        .values(status=status, answered_at=func.now())
    )


def read_doubtful_ids(
    connection: Connection, realm_id: str, record_type: str, loupe_ids: Collection[int]
) -> set[int]:
    """Return unlinked Loupe ids that an abandoned intent may have created in QuickBooks."""
    linked = exists(
        select(link.c.link_id).where(
            link.c.realm_id == realm_id,
            link.c.record_type == record_type,
            link.c.loupe_id == intent_item.c.loupe_id,
        )
    )
    rows = connection.execute(
        select(intent_item.c.loupe_id)
        .join(intent, intent.c.intent_id == intent_item.c.intent_id)
        .where(
            intent.c.realm_id == realm_id,
            intent.c.record_type == record_type,
            intent.c.status == "abandoned",
            intent_item.c.operation == Operation.CREATE,
            intent_item.c.loupe_id.in_(list(loupe_ids)),
            ~linked,
        )
    )
    return set(rows.scalars())


def _read_items(connection: Connection, intent_id: int) -> tuple[IntentItem, ...]:
    rows = connection.execute(
        select(intent_item).where(intent_item.c.intent_id == intent_id)
    ).mappings()
    names = list(IntentItem.__dataclass_fields__)
    return tuple(
        IntentItem(
            **{**{name: row[name] for name in names}, "operation": Operation(row["operation"])}
        )
        for row in rows
    )
