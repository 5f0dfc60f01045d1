"""Customers. QuickBooks wants a name that no other customer, vendor or employee has."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from quickbooks_sync.mapping.vocabulary import ADDRESS, LoupeRule, Vocabulary, pointers, under
from quickbooks_sync.matching.identity import Identity, quoted, text_key
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.tables import customer, invoice
from quickbooks_sync.record_types.declarations import LinkedPair, Removal, Row, TakenOnce, Values
from quickbooks_sync.record_types.duplicates import to_name_key
from quickbooks_sync.record_types.parties import doubt_deactivation, read_open_amounts
from quickbooks_sync.record_types.record_type import Json, RecordType
from quickbooks_sync.transform.canonical import folded, parse_text

#: QuickBooks' longest DisplayName (Intuit: Customer, section 8.3).
MAX_NAME = 500


def _read_name(row: Mapping[str, Any]) -> str | None:
    """Return the name for QuickBooks: display name, else first and last name, else the company's."""
    names = [parse_text(row.get(column)) for column in ("first_name", "last_name")]
    person = " ".join(name for name in names if name)
    return parse_text(row.get("display_name")) or person or parse_text(row.get("company_name"))


def _read_parent(record: Mapping[str, Any]) -> str | None:
    """Return the name of the customer that a sub-customer or project belongs to, with that one's own parents."""
    if not record.get("ParentRef"):
        return None
    parents = str(record.get("FullyQualifiedName") or "").rpartition(":")[0]
    return parents or f"customer {record['ParentRef'].get('value')}"


def _own_name(values: Values) -> str | None:
    """Return a customer's name as a key; a sub-customer is not its bare name: another parent may have one like it."""
    return None if values.get("parent") else folded(values.get("display_name"))


def _confirm(quickbooks: Values, loupe: Values) -> str | None:
    """Two customers are one by their name; an e-mail address confirms it, or makes it doubtful."""
    name = folded(quickbooks.get("display_name")), folded(loupe.get("display_name"))
    email = folded(quickbooks.get("email")), folded(loupe.get("email"))
    if name[0] != name[1]:
        return f"a Loupe customer has the same email but another name, {quoted(loupe, quickbooks, 'display_name')}"
    if email[0] and email[1] and email[0] != email[1]:
        return f"a Loupe customer has the same name but another email, {quoted(loupe, quickbooks, 'email')}"
    return None


def never_created_inactive(is_active: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return why an inactive record that QuickBooks never saw is not created there."""
    return case((~is_active, "An inactive record that QuickBooks never saw is not pushed."))


class Customer(RecordType):
    """A customer."""

    vocabulary = Vocabulary(
        record_type="customer",
        entity="Customer",
        properties=(
            *("DisplayName", "Title", "Suffix", "GivenName", "MiddleName", "FamilyName"),
            *("CompanyName", "PrintOnCheckName", "PrimaryEmailAddr.Address", "WebAddr.URI"),
            *under("PrimaryPhone", ("FreeFormNumber",)),
            *under("AlternatePhone", ("FreeFormNumber",)),
            *("Mobile.FreeFormNumber", "Fax.FreeFormNumber", "Notes", "Active", "Job"),
            *("BillWithParent", "Taxable", "ResaleNum", "PreferredDeliveryMethod"),
            *("FullyQualifiedName", "Balance", "BalanceWithJobs"),
            *under("BillAddr", ADDRESS),
            *under("ShipAddr", ADDRESS),
            *pointers("CurrencyRef", "ParentRef", "SalesTermRef", "PaymentMethodRef"),
            *pointers("DefaultTaxCodeRef", "CustomerTypeRef"),
        ),
        always_sent=lambda _record: ("DisplayName", "Active"),
        not_in_lists=("DefaultTaxCodeRef",),
        quickbooks_rules={"customer_parent": _read_parent},
        loupe_rules={"customer_name": LoupeRule(_read_name)},
    )
    label, labels = "customer", "customers"
    needs = "Nothing; customers come first."
    identity = Identity(
        keys=(
            replace(
                text_key("name", "display_name", "DisplayName", to_name_key),
                key=_own_name,
                near=_own_name,
            ),
            text_key("email", "email", "PrimaryEmailAddr"),
        ),
        confirm=_confirm,
        folded=frozenset({"display_name", "email"}),
    )
    shares_names_with = ("Vendor", "Employee")
    once = TakenOnce(
        name="display_name",
        property="DisplayName",
        read=_read_name,
        columns=(
            customer.c.display_name,
            func.concat_ws(
                " ", func.btrim(customer.c.first_name), func.btrim(customer.c.last_name)
            ),
            customer.c.company_name,
        ),
        rule="is no other customer's name",
        code="6240",
    )
    lasting_properties = ("DisplayName",)
    telling_fields = (("display_name", "email", "phone", "company_name"), ())
    has_activity = True
    parent_property = "ParentRef"
    is_created_in_a_currency = True
    table = customer
    never_created = never_created_inactive(customer.c.is_active)
    display_name = func.coalesce(customer.c.display_name, customer.c.company_name)
    shown_by = ("display_name", "first_name", "last_name", "company_name")
    shown_else = ("email", "phone")

    def read_currencies(
        self, connection: Connection, loupe_ids: Collection[int]
    ) -> dict[int, set[str]]:
        """Return, per customer, the currencies of its invoices that are not void."""
        rows = connection.execute(
            select(invoice.c.customer_id, invoice.c.currency_code)
            .where(invoice.c.customer_id.in_(list(loupe_ids)), invoice.c.lifecycle_status != "Void")
            .distinct()
        )
        currencies: dict[int, set[str]] = {}
        for row in rows:
            currencies.setdefault(row.customer_id, set()).add(row.currency_code)
        return currencies

    def read_open_amounts(
        self, connection: Connection, realm_id: str, loupe_ids: Collection[int]
    ) -> dict[int, Decimal]:
        """Return what is open of the linked invoices of inactive customers."""
        return read_open_amounts(connection, realm_id, loupe_ids)

    def why_not_changeable(self, pair: LinkedPair, fields: Collection[str]) -> tuple[Problem, ...]:
        """Doubt that a customer can be made inactive while something is open."""
        return doubt_deactivation(pair) if "is_active" in fields else ()

    def remove(
        self, row: Row, quickbooks_id: str, *, is_paid: bool, is_again: bool = False
    ) -> Removal:
        """Ask a person: QuickBooks deletes no customer."""
        return remove_merged(row, quickbooks_id)

    def is_made_from(self, sent: Values, theirs: Values) -> bool:
        """Compare the names."""
        return folded(sent.get("display_name")) == folded(theirs.get("display_name"))

    def set_apart(self, values: Values) -> Json:
        """Add what it is: customers, vendors and employees share their names."""
        ending = f" ({self.label})"
        name = f"{values['display_name'][: MAX_NAME - len(ending)]}{ending}"
        return {**values, "display_name": name}


def remove_merged(row: Row, quickbooks_id: str) -> Removal:
    """Ask a person about a customer or an item: QuickBooks merges them, and does not report which survived."""
    if not row["is_active"]:
        return Removal({})
    why = "gone in QuickBooks, most likely merged with another; make it inactive or link it again"
    return Removal({}, FieldConflict(RECORD_CONFLICT, why, row.get("row_version"), quickbooks_id))
