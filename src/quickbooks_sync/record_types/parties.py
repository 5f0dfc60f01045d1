"""The customers that invoices and payments are made out to, and what QuickBooks refuses because of them."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Numeric, and_, cast, func, select

from quickbooks_sync.model.problem import Problem, Severity, warning
from quickbooks_sync.postgres.records.links import DELETED, REPLACED
from quickbooks_sync.postgres.tables import customer, invoice, link
from quickbooks_sync.record_types.currency import refuse_currency
from quickbooks_sync.record_types.declarations import LinkedPair, Party
from quickbooks_sync.record_types.unsendable import join, refuse
from quickbooks_sync.settings import CompanySettings

ACTIVE = "is active"
ENTERED_CURRENCY = "keeps the currency that it was entered in"
PARTYS_CURRENCY = "is in its customer's currency"
SETTLED = "has nothing open when it is made inactive"


def read_parties(
    connection: Connection,
    realm_id: str,
    key: ColumnElement[int],
    customer_id: ColumnElement[int],
    loupe_ids: Collection[int],
) -> dict[int, Party]:
    """Return the linked customers of some rows.

    Args:
        connection: An open connection.
        realm_id: The company.
        key: The key of the rows' table.
        customer_id: The table's column with the customer.
        loupe_ids: The rows.
    """
    rows = connection.execute(
        select(
            key,
            customer.c.customer_id,
            customer.c.is_active,
            link.c.document["Active"].astext,
            link.c.document["CurrencyRef"]["value"].astext,
        )
        .join(customer, customer.c.customer_id == customer_id)
        .join(link, _links(realm_id, "customer", customer.c.customer_id))
        .where(key.in_(list(loupe_ids)))
    )
    return {
        loupe_id: Party(customer_id, is_active, is_active_there != "false", currency)
        for loupe_id, customer_id, is_active, is_active_there, currency in rows
    }


def read_open_amounts(
    connection: Connection, realm_id: str, customer_ids: Collection[int]
) -> dict[int, Decimal]:
    """Return what is open of the linked invoices of inactive customers, by customer, as of when they were last read."""
    balance = cast(link.c.document["Balance"].astext, Numeric)
    rows = connection.execute(
        select(customer.c.customer_id, func.sum(balance).label("open_amount"))
        .join(invoice, invoice.c.customer_id == customer.c.customer_id)
        .join(link, _links(realm_id, "invoice", invoice.c.invoice_id))
        .where(customer.c.customer_id.in_(list(customer_ids)), customer.c.is_active.is_(False))
        .group_by(customer.c.customer_id)
        .having(func.sum(balance) > 0)
    )
    return {row.customer_id: row.open_amount for row in rows}


def _links(realm_id: str, record_type: str, loupe_id: ColumnElement[int]) -> Any:
    return and_(
        link.c.realm_id == realm_id,
        link.c.record_type == record_type,
        link.c.loupe_id == loupe_id,
        link.c.state.not_in((DELETED, REPLACED)),
    )


def refuse_party(
    settings: CompanySettings, currency: str | None, party: Party | None
) -> tuple[Problem, ...]:
    """Refuse a new record for its currency, or for an inactive customer."""
    kept = refuse_currency(settings, "currency", currency)
    return join(kept or _refuse_other_currency(currency, party), _refuse_inactive(party))


def refuse_party_change(pair: LinkedPair, fields: Collection[str]) -> tuple[Problem, ...]:
    """Refuse a change to a currency or to a customer; a void asks for neither."""
    if "is_void" in fields:
        return ()
    inactive = _refuse_inactive(pair.party)
    if "customer" not in fields:
        # Whether QuickBooks takes other changes of what an inactive customer has already is not documented.
        inactive = tuple(replace(problem, severity=Severity.WARNING) for problem in inactive)
    return join(_refuse_currency_change(pair, fields), inactive)


def _refuse_currency_change(pair: LinkedPair, fields: Collection[str]) -> tuple[Problem, ...]:
    currency = pair.row["currency_code"]
    if "currency" in fields:
        return (
            refuse_currency(pair.settings, "currency", currency)
            or _refuse_other_currency(currency, pair.party)
            or _doubt_currency(currency)
        )
    return _refuse_other_currency(currency, pair.party) if "customer" in fields else ()


def _refuse_inactive(party: Party | None) -> tuple[Problem, ...]:
    """Refuse a record that is new to a customer who is inactive on both sides (Intuit: code 2500, section 8.4).

    Where one side alone calls the customer inactive, the other may follow either way before the record is sent: then
    it goes on, with a warning.
    """
    if party is None or (party.is_active and party.is_active_there):
        return ()
    name = f"the customer {party.loupe_id}"
    if not party.is_active and not party.is_active_there:
        message = (
            f"{name} is inactive in Loupe and in QuickBooks, which takes nothing new of an inactive customer; make it "
            "active, or correct the customer"
        )
        return refuse("customer", ACTIVE, party.loupe_id, message)
    side = "Loupe" if party.is_active_there else "QuickBooks, as far as is known"
    message = (
        f"{name} is inactive in {side}, and active on the other side; once it is inactive in QuickBooks, that refuses "
        "the record (fault 2500): make it active, or correct the customer"
    )
    return (warning("customer", ACTIVE, party.loupe_id, message),)


def _refuse_other_currency(currency: str | None, party: Party | None) -> tuple[Problem, ...]:
    """Refuse a currency that is not the customer's (Intuit: multicurrency, section 8.11)."""
    if party is None or None in (currency, party.currency) or currency == party.currency:
        return ()
    message = (
        f"the currency is {currency}, and QuickBooks keeps the customer {party.loupe_id} in {party.currency} for good; "
        f"correct the currency, or make the record out to a customer in {currency}"
    )
    return refuse("currency", PARTYS_CURRENCY, currency, message)


def _doubt_currency(currency: str | None) -> tuple[Problem, ...]:
    message = (
        f"the currency becomes {currency}; QuickBooks may keep the one that the record was entered in, and refuse "
        "the change (fault 6000): then void it, and enter it again"
    )
    return (warning("currency", ENTERED_CURRENCY, currency, message),)


def doubt_deactivation(pair: LinkedPair) -> tuple[Problem, ...]:
    """Warn about a customer that is made inactive while something is open (Intuit: code 6220, section 8.3)."""
    balance = max(Decimal(str(pair.document.get("Balance") or 0)), pair.open_amount)
    if pair.row["is_active"] or balance <= 0:
        return ()
    message = (
        f"{balance} of the customer was open in QuickBooks when it was last read; while anything is, QuickBooks may "
        "refuse to make the customer inactive (fault 6220): settle it first, or leave the customer active"
    )
    return (warning("is_active", SETTLED, str(balance), message),)
