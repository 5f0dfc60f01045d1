"""Guards of a pull: no invoice in Loupe is paid more than it asks for."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, exists, select

from quickbooks_sync.matching.id_lookup import IdLookup
from quickbooks_sync.postgres.records.loupe_rows import read_applied_amounts
from quickbooks_sync.postgres.tables import link, payment, payment_application


class PaymentGuard:
    """Knows what is applied to each invoice, counting the payments of this batch as they come."""

    def __init__(self, connection: Connection, organization_id: int, references: IdLookup) -> None:
        self._connection = connection
        self._organization_id = organization_id
        self._references = references
        self._left: dict[int, Decimal] = {}

    def check(self, values: Mapping[str, Any], row: Mapping[str, Any] | None) -> str | None:
        """Return why a pulled payment must not be loaded, or `None` after counting it.

        Args:
            values: The payment's canonical values; other record types pass.
            row: The Loupe payment that it would change, whose own amounts are given back first.
        """
        if not values.get("applications") or values.get("is_void"):
            return None
        asked = self._asked(values)
        given = _given_back(row)
        self._load(asked)
        for invoice_id, amount in asked.items():
            left = self._left[invoice_id] + given.get(invoice_id, Decimal(0))
            if amount > left:
                return (
                    f"possible duplicate payment: {amount} applied to Loupe invoice {invoice_id}, "
                    f"of which {left} is still open"
                )
        for invoice_id, amount in asked.items():
            self._left[invoice_id] += given.get(invoice_id, Decimal(0)) - amount
        return None

    def _asked(self, values: Mapping[str, Any]) -> dict[int, Decimal]:
        to_loupe = self._references.to_loupe["invoice"]
        return {
            to_loupe[line["invoice"]]: Decimal(line["amount"]) for line in values["applications"]
        }

    def _load(self, invoice_ids: Collection[int]) -> None:
        unknown = set(invoice_ids) - set(self._left)
        if unknown:
            amounts = read_applied_amounts(self._connection, self._organization_id, unknown)
            self._left.update({key: total - paid for key, (total, paid) in amounts.items()})


def _given_back(row: Mapping[str, Any] | None) -> dict[int, Decimal]:
    if row is None or row["is_void"]:
        return {}
    return {line["invoice_id"]: line["amount"] for line in row["payment_application"]}


def read_unsynced_invoice_ids(
    connection: Connection, realm_id: str, invoice_ids: Collection[int]
) -> set[int]:
    """Return the invoices with a live Loupe payment that QuickBooks does not have yet."""
    linked = exists(
        select(link.c.link_id).where(
            link.c.realm_id == realm_id,
            link.c.record_type == "payment",
            link.c.loupe_id == payment.c.payment_id,
        )
    )
    rows = connection.execute(
        select(payment_application.c.invoice_id)
        .join(payment, payment.c.payment_id == payment_application.c.payment_id)
        .where(
            payment_application.c.invoice_id.in_(list(invoice_ids)),
            payment.c.is_void.is_(False),
            ~linked,
        )
    )
    return set(rows.scalars())
