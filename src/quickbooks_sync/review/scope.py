"""What every check of a review works on: the organization's rows that a first push would send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, select

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.postgres.tables import customer, inventory_item, invoice, link, payment
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.review.model import MOST_EXAMPLES, Example, Finding
from quickbooks_sync.settings import CompanySettings

Condition = ColumnElement[bool]

#: Rows that a push leaves alone whatever they hold; they need no review.
_SENT: Mapping[str, Condition] = {
    "customer": customer.c.is_active,
    "invoice": invoice.c.lifecycle_status.not_in(("Draft", "Void")),
    "payment": and_(~payment.c.is_void, payment.c.payment_kind == "payment"),
    "inventory_item": inventory_item.c.is_active,
}


@dataclass(frozen=True)
class Scope:
    """One company's review in the making."""

    connection: Connection
    realm_id: str
    organization_id: int
    settings: CompanySettings
    mappings: Mapping[str, RecordMapping]

    def find(
        self,
        record_type: str,
        rule: str,
        title: str,
        effect: str,
        *conditions: Condition,
        example: ColumnElement[Any],
    ) -> list[Finding]:
        """Return a finding of the rows that a push would send and that meet the conditions.

        Args:
            record_type: The record type.
            rule: The finding's stable name.
            title: What was found.
            effect: What a push does with such records.
            *conditions: What the rows have in common.
            example: What to show of each.
        """
        key = key_of(record_type)
        statement = (
            select(key, example, func.count().over())
            .where(*self.sent(record_type), *conditions)
            .order_by(key)
            .limit(MOST_EXAMPLES)
        )
        rows = self.connection.execute(statement).all()
        if not rows:
            return []
        examples = tuple(Example(row[0], str(row[1])) for row in rows)
        return [Finding(record_type, rule, title, effect, rows[0][2], examples)]

    def sent(self, record_type: str) -> tuple[Condition, ...]:
        """Return what holds for the rows that a first push would send."""
        return (
            self.ours(record_type),
            _SENT[record_type],
            ~self.is_linked(record_type),
        )

    def ours(self, record_type: str) -> Condition:
        """Return what holds for the organization's rows."""
        return table_of(record_type).c.organization_id == self.organization_id

    def is_linked(self, record_type: str, loupe_id: ColumnElement[int] | None = None) -> Condition:
        """Return whether a row (by default the table's own) is linked to a QuickBooks record."""
        loupe_id = key_of(record_type) if loupe_id is None else loupe_id
        return exists().where(
            link.c.realm_id == self.realm_id,
            link.c.record_type == record_type,
            link.c.loupe_id == loupe_id,
        )


def table_of(record_type: str) -> Table:
    """Return a record type's Loupe table."""
    return RECORD_TYPES[record_type].table


def key_of(record_type: str) -> ColumnElement[int]:
    """Return the key column of a record type's Loupe table."""
    (key,) = table_of(record_type).primary_key
    return key


def is_blank(column: ColumnElement[Any]) -> Condition:
    """Return whether a text column holds nothing that can be read."""
    return func.coalesce(func.btrim(column), "") == ""


def shown(*columns: ColumnElement[Any]) -> ColumnElement[str]:
    """Return columns joined by blanks, empty ones left out, as an example's text."""
    return func.concat_ws(" ", *(func.nullif(func.btrim(column), "") for column in columns))
