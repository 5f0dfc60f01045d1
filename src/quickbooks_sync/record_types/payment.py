"""Payments. They settle invoices; what is settled twice is money lost, so the guards count every amount."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, case

from quickbooks_sync.mapping.vocabulary import Json as Source
from quickbooks_sync.mapping.vocabulary import NamedList, Vocabulary, pointers
from quickbooks_sync.matching.identity import Identity, IdentityKey, contradict
from quickbooks_sync.matching.merge import MergePolicy
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.tables import invoice, payment
from quickbooks_sync.record_types.declarations import (
    LinkedPair,
    Party,
    Removal,
    Row,
    Settling,
    Values,
)
from quickbooks_sync.record_types.documents import (
    amount_at,
    is_linked,
    is_noted_void,
    lines_of,
    read_amounts,
)
from quickbooks_sync.record_types.equal_payments import pair_one, payment_key
from quickbooks_sync.record_types.narrowing import linked_customer_ids, of_linked_customers
from quickbooks_sync.record_types.parties import read_parties, refuse_party, refuse_party_change
from quickbooks_sync.record_types.payment_lines import build_lines, linked_invoice, transactions_of
from quickbooks_sync.record_types.record_type import Json, RecordType, are_equal
from quickbooks_sync.record_types.unsendable import join, refuse_closed, refuse_closed_change
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.canonical import to_date, to_decimal, to_money

_MONEY = ("applications", "amount", "customer", "currency", "payment_date")
_PAID_WITH = (*_MONEY, "reference_number", "method")


def _is_void(record: Source) -> bool:
    """Void: no amount, no lines, and the note says so (Intuit: section 8.5)."""
    is_empty = not amount_at(record, "TotalAmt") and not lines_of(record)
    return is_noted_void(record) and is_empty


def _kind(record: Source) -> str:
    """QuickBooks itself writes zero-amount payments that set credits against charges."""
    is_credit = not amount_at(record, "TotalAmt") and bool(lines_of(record))
    return "credit_application" if is_credit else "payment"


def _applications(record: Source) -> list[Source]:
    """Return the lines that settle an invoice by some amount."""
    return [
        line
        for line in lines_of(record)
        if linked_invoice(line) is not None and amount_at(line, "Amount")
    ]


def _has_other_lines(record: Source) -> bool:
    return any(
        not transactions_of(line)
        or any(linked.get("TxnType") != "Invoice" for linked in transactions_of(line))
        for line in lines_of(record)
    )


def _amount_is_above_zero(values: Values) -> str | None:
    amount = to_decimal(values.get("amount"))
    return "0.00" if amount == 0 and not values.get("is_void") else None


def _applications_are_positive(values: Values) -> str | None:
    for line in values.get("applications") or []:
        amount = to_decimal(line["amount"])
        if amount is not None and amount <= 0:
            return f"{line['amount']} for the invoice {line['invoice']}"
    return None


def _applications_are_within_amount(values: Values) -> str | None:
    """Compare with the amount, unless credits pay a part."""
    has_credits = values.get("has_other_lines") or values.get("payment_kind") != "payment"
    amount, lines = to_decimal(values.get("amount")), values.get("applications") or []
    if amount is None or has_credits:
        return None
    applied = sum((to_decimal(line["amount"]) or Decimal(0) for line in lines), start=Decimal(0))
    return f"{to_money(applied)} of {to_money(amount)}" if applied > amount else None


def _find_left_out(record: Source) -> str | None:
    """Return what of a payment's lines is missing: they settle at least what QuickBooks counts as applied.

    So no lines are believed only of a payment that is not applied at all, or void. Credits come on top.
    """
    total, unapplied = read_amounts(record, ("TotalAmt", "UnappliedAmt"))
    settled = Decimal(0)
    for number, line in enumerate(lines_of(record), start=1):
        amount = amount_at(line, "Amount")
        linked = line.get("LinkedTxn")
        if amount and not (linked and is_linked(linked)):
            return f"came with line {number} without LinkedTxn"
        settled += abs(amount)
    if settled < total - unapplied:
        applied = to_money(total - unapplied)
        return f"came with lines over {to_money(settled)}, where {applied} is applied"
    return None


class Payment(RecordType):
    """A payment that came in."""

    vocabulary = Vocabulary(
        record_type="payment",
        entity="Payment",
        properties=(
            *("TotalAmt", "UnappliedAmt", "TxnDate", "PaymentRefNum", "PrivateNote"),
            *("ExchangeRate", "TxnSource", "Line"),
            *pointers("CustomerRef", "CurrencyRef", "DepositToAccountRef", "ARAccountRef"),
            *pointers("PaymentMethodRef", "ProjectRef"),
        ),
        line_properties=("Amount", "LinkedTxn"),
        always_sent=lambda _record: ("CustomerRef.value", "TxnDate", "TotalAmt", "UnappliedAmt"),
        find_left_out=_find_left_out,
        quickbooks_rules={
            "linked_invoice": linked_invoice,
            "payment_applications": _applications,
            "payment_has_other_lines": _has_other_lines,
            "payment_is_void": _is_void,
            "payment_kind": _kind,
        },
        checks={
            "amount_is_above_zero": _amount_is_above_zero,
            "applications_are_positive": _applications_are_positive,
            "applications_are_within_amount": _applications_are_within_amount,
        },
        build_lines=build_lines,
        named_lists={"PaymentMethod": NamedList()},
    )
    label, labels = "payment", "payments"
    depends_on = ("customer", "invoice")
    needs = "Customers and invoices. A payment whose invoice is on one side only waits for it."
    needed_settings = ("deposit_account",)
    identity = Identity(
        keys=(
            IdentityKey(
                "amount, day and invoices",
                payment_key,
                lambda values: values.get("payment_date"),
                ("payment_date",),
                (("CustomerRef", "customer"), ("TxnDate", "payment_date")),
            ),
        ),
        excludes=lambda quickbooks, loupe: contradict(quickbooks, loupe, "reference_number"),
        # Both lists of payment methods are each side's own.
        apart=frozenset({"method"}),
        told_by=("reference_number",),
        pair=pair_one,
    )
    lasting_properties = ("TxnDate", "TotalAmt")
    telling_fields = (
        ("amount", "applications", "reference_number"),
        ("customer", "payment_date"),
    )
    dated_by = "TxnDate"
    #: It takes no sparse update, whatever the documentation says (Intuit: section 8.1).
    is_updated_whole = True
    settles = Settling(
        lines="applications",
        of="invoice",
        reference="invoice",
        open_property="Balance",
        owner="customer",
        owner_property="CustomerRef",
        child_table="payment_application",
        child_key="invoice_id",
        total=invoice.c.total_amount,
        beside=("amount", "customer", "currency", "is_void"),
    )
    table = payment
    never_created = case(
        (payment.c.is_void, "A void payment that QuickBooks never saw is not pushed."),
        (
            payment.c.payment_kind != "payment",
            "An application of credits is made in QuickBooks and only pulled.",
        ),
    )
    display_name = payment.c.reference_number
    display_amount = payment.c.amount
    shown_by = ("payment_date", "amount")

    def linked_quickbooks_ids(
        self, connection: Connection, realm_id: str
    ) -> tuple[str, list[str]] | None:
        """Return the linked customers."""
        return linked_customer_ids(connection, realm_id)

    def linked_rows(self, realm_id: str) -> list[ColumnElement[bool]]:
        """Keep payments of linked customers."""
        return of_linked_customers(realm_id, payment.c.customer_id)

    def read_parties(
        self, connection: Connection, realm_id: str, loupe_ids: Collection[int]
    ) -> dict[int, Party]:
        """Return the linked customers."""
        columns = payment.c.payment_id, payment.c.customer_id
        return read_parties(connection, realm_id, *columns, loupe_ids)

    def why_not_representable(
        self, settings: CompanySettings, row: Row, party: Party | None = None
    ) -> tuple[Problem, ...]:
        """Refuse currencies that QuickBooks does not keep, inactive customers, and closed periods."""
        return join(
            refuse_party(settings, row["currency_code"], party),
            refuse_closed(settings, "payment_date", row["payment_date"]),
        )

    def why_not_changeable(self, pair: LinkedPair, fields: Collection[str]) -> tuple[Problem, ...]:
        """Refuse currencies that QuickBooks does not keep, inactive customers, and changes of the closed books."""
        days = [to_date(pair.quickbooks.get("payment_date"))]
        if "payment_date" in fields:
            days.append(pair.row["payment_date"])
        return join(
            refuse_party_change(pair, fields),
            refuse_closed_change(pair.settings, "payment_date", days, fields, (*_MONEY, "is_void")),
        )

    def locks(self, pair: LinkedPair) -> MergePolicy:
        """Hold payments that settle more than invoices in QuickBooks; leave a void one's amounts out."""
        locked = {}
        if pair.quickbooks.get("has_other_lines"):
            # A void, too: it would open the credits again.
            reason = "the payment settles more than invoices in QuickBooks and is only pulled"
            locked = dict.fromkeys((*_PAID_WITH, "is_void"), reason)
        return MergePolicy(
            quickbooks_locked=locked,
            excluded=frozenset(_PAID_WITH if pair.is_void else ()),
            together=frozenset({"amount", "applications"}),
        )

    def remove(
        self, row: Row, quickbooks_id: str, *, is_paid: bool, is_again: bool = False
    ) -> Removal:
        """Void the row."""
        return Removal({} if row["is_void"] else {"is_void": True})

    def create_properties(
        self,
        settings: CompanySettings,
        values: Values,
        fields: Sequence[str],
        opening: str,
    ) -> Json:
        """Say which account the money goes to."""
        return {"DepositToAccountRef": {"value": settings.deposit_account}}

    def is_made_from(self, sent: Values, theirs: Values) -> bool:
        """Compare everything that was sent of it; equal ones may be exchanged for each other."""
        names = ("customer", "payment_date", "amount", "applications", "reference_number")
        return are_equal(names, sent, theirs)
