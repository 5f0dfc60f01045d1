"""Links whose Loupe row has vanished: said as a conflict, never voided or deleted by itself."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, exists, select

from quickbooks_sync.intake.linked import MISSING_IN_LOUPE
from quickbooks_sync.model.decision import Hold
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict
from quickbooks_sync.postgres.records.links import DELETED
from quickbooks_sync.postgres.records.loupe_rows import loupe_table
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.tables import link
from quickbooks_sync.push.decide.pushing import Pushing


def find_missing_in_loupe(connection: Connection, context: Pushing) -> list[StagedRecord]:
    """Return a staged conflict for every live link without a Loupe row."""
    where = loupe_table(context.mapping)
    row = exists(
        select(where.table.c[where.key]).where(where.table.c[where.key] == link.c.loupe_id)
    )
    rows = connection.execute(
        select(link.c.loupe_id, link.c.quickbooks_id)
        .where(
            link.c.realm_id == context.realm_id,
            link.c.record_type == context.record_type,
            link.c.state != DELETED,
            ~row,
        )
        .order_by(link.c.loupe_id)
    )
    return [
        _staged(number, loupe_id, quickbooks_id)
        for number, (loupe_id, quickbooks_id) in enumerate(rows)
    ]


def is_missing_in_loupe(raw: Mapping[str, Any]) -> bool:
    """Whether a staged row stands for one that has vanished."""
    return bool(raw.get("is_gone"))


def _staged(number: int, loupe_id: int, quickbooks_id: str) -> StagedRecord:
    conflict = FieldConflict(RECORD_CONFLICT, MISSING_IN_LOUPE, None, quickbooks_id)
    decision = Hold(MISSING_IN_LOUPE, (conflict,))
    return StagedRecord(number, str(loupe_id), None, {"is_gone": True}, decision=decision)
