"""Invoices. Lines, customer and currency are money: what is paid or finalised moves only by a person's decision."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, case, exists, select

from quickbooks_sync.mapping.vocabulary import ADDRESS, Vocabulary, pointers, under
from quickbooks_sync.matching.merge import MergePolicy
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.applied import read_applied_amounts
from quickbooks_sync.postgres.records.decisions import HAS_PAYMENTS
from quickbooks_sync.postgres.tables import invoice, link, payment, payment_application
from quickbooks_sync.record_types.declarations import (
    Document,
    LinkedPair,
    Party,
    Removal,
    Row,
    TakenOnce,
    Unsettled,
    Values,
    WorthALook,
)
from quickbooks_sync.record_types.invoice_identity import INVOICE_IDENTITY
from quickbooks_sync.record_types.invoice_lines import build_lines
from quickbooks_sync.record_types.invoice_values import (
    CHECKS,
    LOUPE_RULES,
    NAMED_LISTS,
    QUICKBOOKS_RULES,
    find_left_out,
    with_due_date,
)
from quickbooks_sync.record_types.narrowing import linked_customer_ids, of_linked_customers
from quickbooks_sync.record_types.parties import read_parties, refuse_party, refuse_party_change
from quickbooks_sync.record_types.record_type import Json, RecordType, are_equal
from quickbooks_sync.record_types.unsendable import (
    REPRESENTABLE,
    SENT_TAX,
    join,
    refuse,
    refuse_closed,
    refuse_closed_change,
    tax_problem,
)
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.canonical import parse_text, to_date, to_decimal

_MONEY = ("lines", "customer", "currency", "invoice_date")
_FINALISED = ("lines", "customer", "currency")


class Invoice(RecordType):
    """An invoice."""

    vocabulary = Vocabulary(
        record_type="invoice",
        entity="Invoice",
        properties=(
            *("DocNumber", "TxnDate", "DueDate", "PrivateNote", "CustomerMemo.value"),
            *("BillEmail.Address", "BillEmailCc.Address", "BillEmailBcc.Address", "ShipDate"),
            *("TrackingNum", "Deposit", "ExchangeRate", "GlobalTaxCalculation", "Line"),
            *("TxnTaxDetail.TotalTax", "TxnTaxDetail.TxnTaxCodeRef.value", "ApplyTaxAfterDiscount"),
            *("TotalAmt", "Balance", "HomeTotalAmt", "HomeBalance"),
            *under("BillAddr", ADDRESS),
            *under("ShipAddr", ADDRESS),
            *pointers("CustomerRef", "CurrencyRef", "SalesTermRef", "ClassRef", "DepartmentRef"),
            *pointers("ShipMethodRef", "ProjectRef", "DepositToAccountRef"),
        ),
        line_properties=(
            *("Description", "Amount", "DetailType", "LineNum"),
            *("SalesItemLineDetail.Qty", "SalesItemLineDetail.UnitPrice"),
            *("SalesItemLineDetail.ServiceDate", "GroupLineDetail.Quantity"),
            *pointers("SalesItemLineDetail.ItemRef", "SalesItemLineDetail.TaxCodeRef"),
            *pointers("SalesItemLineDetail.ClassRef", "GroupLineDetail.GroupItemRef"),
            *("DiscountLineDetail.PercentBased", "DiscountLineDetail.DiscountPercent"),
            *pointers("DiscountLineDetail.DiscountAccountRef"),
        ),
        always_sent=lambda _record: (
            *("CustomerRef.value", "TxnDate", "TotalAmt", "Balance", "Line"),
        ),
        find_left_out=find_left_out,
        quickbooks_rules=QUICKBOOKS_RULES,
        loupe_rules=LOUPE_RULES,
        checks=CHECKS,
        build_lines=build_lines,
        named_lists=NAMED_LISTS,
    )
    label, labels = "invoice", "invoices"
    depends_on = ("customer",)
    needs = (
        "Customers. An invoice whose customer is on one side only waits and goes with the first "
        "run after the customer has arrived."
    )
    is_history_optional = True
    needed_settings = ("invoice_line_item",)
    identity = INVOICE_IDENTITY
    once = TakenOnce(
        name="invoice_number",
        property="DocNumber",
        read=lambda row: parse_text(row["invoice_number"]),
        columns=(invoice.c.invoice_number,),
        rule="is no other invoice's number",
        code="6140",
        is_refused=lambda settings: settings.custom_txn_numbers is True,
    )
    lasting_properties = ("DocNumber", "TxnDate")
    telling_fields = (("invoice_number", "total_amount"), ("customer", "invoice_date"))
    dated_by = "TxnDate"
    unsettled = Unsettled(
        fields=("balance_amount", "payment_status"),
        waits_for="payment",
        reason="Loupe has a payment on it that QuickBooks does not know yet, so its balance and payment status are "
        "left as they are; push payments, then pull invoices",
    )
    table = invoice
    never_sent = case(
        (
            invoice.c.lifecycle_status == "Draft",
            "A draft is not pushed; finalise the invoice first.",
        )
    )
    never_created = case(
        (
            invoice.c.lifecycle_status == "Void",
            "A void invoice that QuickBooks never saw is not pushed.",
        )
    )
    display_name = invoice.c.invoice_number
    display_amount = invoice.c.total_amount
    shown_by = ("invoice_number",)
    shown_else = ("invoice_date", "total_amount")
    worth_a_look = (WorthALook("invoice_number", "without a number"),)

    def linked_quickbooks_ids(
        self, connection: Connection, realm_id: str
    ) -> tuple[str, list[str]] | None:
        """Return the linked customers."""
        return linked_customer_ids(connection, realm_id)

    def linked_rows(self, realm_id: str) -> list[ColumnElement[bool]]:
        """Keep invoices of linked customers."""
        return of_linked_customers(realm_id, invoice.c.customer_id)

    def read_paid(
        self, connection: Connection, organization_id: int, loupe_ids: Collection[int]
    ) -> set[int]:
        """Return the invoices that live payments are applied to."""
        amounts = read_applied_amounts(connection, organization_id, loupe_ids)
        return {invoice_id for invoice_id, (_, applied) in amounts.items() if applied}

    def read_unsettled(
        self, connection: Connection, realm_id: str, loupe_ids: Collection[int]
    ) -> set[int]:
        """Return the invoices with a live Loupe payment that QuickBooks does not have yet."""
        is_linked = exists(
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
                payment_application.c.invoice_id.in_(list(loupe_ids)),
                payment.c.is_void.is_(False),
                ~is_linked,
            )
        )
        return set(rows.scalars())

    def read_parties(
        self, connection: Connection, realm_id: str, loupe_ids: Collection[int]
    ) -> dict[int, Party]:
        """Return the linked customers."""
        columns = invoice.c.invoice_id, invoice.c.customer_id
        return read_parties(connection, realm_id, *columns, loupe_ids)

    def why_not_representable(
        self, settings: CompanySettings, row: Row, party: Party | None = None
    ) -> tuple[Problem, ...]:
        """Refuse currencies and tax that QuickBooks does not keep, inactive customers, closed periods, and bundles."""
        return join(
            refuse_party(settings, row["currency_code"], party),
            refuse(
                "tax_amount", SENT_TAX, str(row["tax_amount"] or ""), tax_problem(settings, row)
            ),
            refuse("lines", REPRESENTABLE, None, _bundle_problem(row)),
            refuse_closed(settings, "invoice_date", row["invoice_date"]),
        )

    def why_not_changeable(self, pair: LinkedPair, fields: Collection[str]) -> tuple[Problem, ...]:
        """Refuse currencies that QuickBooks does not keep, inactive customers, and changes of the closed books."""
        days = [to_date(pair.quickbooks.get("invoice_date"))]
        if "invoice_date" in fields:
            days.append(pair.row["invoice_date"])
        return join(
            refuse_party_change(pair, fields),
            refuse_closed_change(pair.settings, "invoice_date", days, fields, (*_MONEY, "is_void")),
        )

    def locks(self, pair: LinkedPair) -> MergePolicy:
        """Hold money on invoices that are paid in QuickBooks, and what was finalised in Loupe."""
        if pair.is_void:
            return _void_locks(pair)
        quickbooks_locked: dict[str, str] = {}
        untaxed = tax_problem(pair.settings, pair.row)
        if untaxed:
            quickbooks_locked["lines"] = untaxed
        loupe_locked: dict[str, str] = {}
        if pair.document.get("LinkedTxn"):
            reason = "the invoice has payments, credits or other links in QuickBooks"
            quickbooks_locked |= dict.fromkeys(_MONEY, reason)
        if pair.origin != "quickbooks" and pair.row["lifecycle_status"] != "Draft":
            reason = "a finalised Loupe invoice was edited in QuickBooks"
            loupe_locked = dict.fromkeys(_FINALISED, reason)
        return MergePolicy(quickbooks_locked=quickbooks_locked, loupe_locked=loupe_locked)

    def remove(
        self, row: Row, quickbooks_id: str, *, is_paid: bool, is_again: bool = False
    ) -> Removal:
        """Void the row, or ask a person where Loupe has money on it."""
        if row["lifecycle_status"] == "Void":
            return Removal({})
        # Its payment state was QuickBooks' to tell: it says nothing once the payments were taken off.
        if is_paid or (row["payment_status"] != "Unpaid" and not is_again):
            why = (
                HAS_PAYMENTS if is_paid else "deleted in QuickBooks, but it counts as paid in Loupe"
            )
            return Removal(
                {}, FieldConflict(RECORD_CONFLICT, why, row["invoice_number"], quickbooks_id)
            )
        void = {"lifecycle_status": "Void", "void_reason": "deleted in QuickBooks"}
        return Removal({**void, "balance_amount": Decimal(0), "payment_status": "Unpaid"})

    def update_properties(
        self,
        settings: CompanySettings,
        values: Values,
        fields: Sequence[str],
        document: Document,
    ) -> Json:
        """QuickBooks honours an explicit total tax where it can; its answer is compared with it."""
        due = with_due_date(values, fields, document)
        if settings.tax != "total_tax" or "lines" not in fields:
            return due
        return {**due, "TxnTaxDetail": {"TotalTax": to_decimal(values.get("tax_amount") or "0")}}

    def is_made_from(self, sent: Values, theirs: Values) -> bool:
        """Compare customer and number, or customer, day and total where it has none."""
        if sent.get("invoice_number"):
            return are_equal(("customer", "invoice_number"), sent, theirs)
        return are_equal(("customer", "invoice_date", "total_amount"), sent, theirs)


def _void_locks(pair: LinkedPair) -> MergePolicy:
    """A void zeroes lines and amounts; only the fact that it is void goes across."""
    excluded = frozenset((*_MONEY, "due_date", "payment_terms", "invoice_number"))
    quickbooks_locked = {}
    loupe_locked = {}
    if pair.document.get("LinkedTxn"):
        quickbooks_locked["is_void"] = (
            "voiding would leave money unapplied in QuickBooks; remove its payments there first"
        )
    if pair.is_paid or pair.row["payment_status"] != "Unpaid":
        loupe_locked["is_void"] = (
            "the invoice was voided in QuickBooks but Loupe has payments on it"
        )
    return MergePolicy(
        quickbooks_locked=quickbooks_locked, loupe_locked=loupe_locked, excluded=excluded
    )


def _bundle_problem(row: Row) -> str | None:
    if any(line["line_kind"] == "group" for line in row["invoice_line"]):
        return (
            "the invoice has a bundle; enter it in QuickBooks, where bundles are made, and pull it"
        )
    return None
