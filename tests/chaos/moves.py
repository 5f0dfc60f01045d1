"""Payments that people move to another invoice, and pairs of them that change places, on either side."""

import random
from decimal import Decimal
from itertools import permutations

from tests.chaos.auditor.comparing import settled_by
from tests.chaos.books import Json, money
from tests.chaos.company import Company, Row, pick
from tests.chaos.loupe_changes import note_applications, settle_invoice
from tests.chaos.quickbooks_changes import note_applications as note_theirs
from tests.chaos.quickbooks_regrets import is_of_one_invoice, line_on, open_invoices

#: Loupe's payments that settle one invoice and nothing else, with it and what is open of it.
_SINGLE = (
    "select p.payment_id, p.customer_id, p.currency_code, a.amount, a.invoice_id, i.balance_amount"
    " from loupe.payment p join loupe.payment_application a using (payment_id)"
    " join loupe.invoice i using (invoice_id) where p.organization_id = %s and not p.is_void"
    " and p.payment_kind = 'payment' and p.amount = a.amount and i.lifecycle_status <> 'Void'"
    " order by p.payment_id"
)


def move_in_loupe(company: Company, rng: random.Random) -> str | None:
    """Let a payment settle another invoice of its customer that is open by as much."""
    found = company.read(
        f"select s.*, i.invoice_id as other_id from ({_SINGLE}) s join loupe.invoice i"
        " on i.customer_id = s.customer_id and i.currency_code = s.currency_code"
        " and i.invoice_id <> s.invoice_id and i.balance_amount >= s.amount"
        " and i.lifecycle_status not in ('Void', 'Draft') order by s.payment_id, i.invoice_id",
        company.organization_id,
    )
    payment = pick(rng, found)
    if payment is None:
        return None
    _lay_on(company, {payment["payment_id"]: payment["other_id"]}, [payment])
    return f"payment {payment['payment_id']} moved to invoice {payment['other_id']}"


def exchange_in_loupe(company: Company, rng: random.Random) -> str | None:
    """Let two payments of a customer change their invoices."""
    pair = _choose(rng, company.read(_SINGLE, company.organization_id))
    if pair is None:
        return None
    first, second = pair
    targets = {
        first["payment_id"]: second["invoice_id"],
        second["payment_id"]: first["invoice_id"],
    }
    _lay_on(company, targets, pair)
    return f"payment {first['payment_id']} and payment {second['payment_id']} change invoices"


def _choose(rng: random.Random, payments: list[Row]) -> tuple[Row, Row] | None:
    """Return two payments of one customer on different invoices, each of which has room for the other."""
    pairs: list[Row] = [
        {"first": first, "second": second}
        for first, second in permutations(payments, 2)
        if first["invoice_id"] != second["invoice_id"]
        and first["customer_id"] == second["customer_id"]
        and first["currency_code"] == second["currency_code"]
        and first["balance_amount"] + first["amount"] >= second["amount"]
        and second["balance_amount"] + second["amount"] >= first["amount"]
    ]
    found = pick(rng, pairs)
    return (found["first"], found["second"]) if found else None


def _lay_on(
    company: Company, targets: dict[int, int], payments: list[Row] | tuple[Row, Row]
) -> None:
    with company.transaction():
        for payment in payments:
            company.execute(
                "update loupe.payment_application set invoice_id = %s where payment_id = %s",
                targets[payment["payment_id"]],
                payment["payment_id"],
            )
            settle_invoice(company, payment["invoice_id"], payment["amount"])
            settle_invoice(company, targets[payment["payment_id"]], -payment["amount"])
    for payment in payments:
        note_applications(company, payment["payment_id"])


def move_in_quickbooks(company: Company, rng: random.Random) -> str | None:
    """Let a payment settle another invoice of its customer that is open by as much."""
    invoices = company.books.records("Invoice")
    found = [
        {"payment": record, "invoice": invoice["Id"], "amount": amount}
        for record in _single(company)
        for before, amount in settled_by(record).items()
        for invoice in open_invoices(invoices, record)
        if invoice["Id"] != before and money(invoice["Balance"]) >= amount
    ]
    move = pick(rng, found)
    if move is None:
        return None
    _apply(company, move["payment"], move["invoice"], move["amount"])
    return f"Payment {move['payment']['Id']} moved to Invoice {move['invoice']}"


def exchange_in_quickbooks(company: Company, rng: random.Random) -> str | None:
    """Let two payments of a customer change their invoices: one is taken off first."""
    balances = {one["Id"]: money(one["Balance"]) for one in company.books.records("Invoice")}
    pair = _choose(rng, [_as_row(record, balances) for record in _single(company)])
    if pair is None:
        return None
    first, second = pair
    loose = company.books.change("Payment", first["record"], Line=[])
    _apply(company, second["record"], first["invoice_id"], second["amount"])
    _apply(company, loose, second["invoice_id"], first["amount"])
    numbers = first["record"]["Id"], second["record"]["Id"]
    return f"Payment {numbers[0]} and Payment {numbers[1]} change invoices"


def _single(company: Company) -> list[Json]:
    return [one for one in company.books.records("Payment") if is_of_one_invoice(one)]


def _as_row(record: Json, balances: dict[str, Decimal]) -> Row:
    ((invoice, amount),) = settled_by(record).items()
    return {
        "record": record,
        "customer_id": record["CustomerRef"]["value"],
        "currency_code": record["CurrencyRef"]["value"],
        "amount": amount,
        "invoice_id": invoice,
        "balance_amount": balances[invoice],
    }


def _apply(company: Company, record: Json, invoice: str, amount: Decimal) -> None:
    changed = company.books.change("Payment", record, Line=[line_on(invoice, amount)])
    note_theirs(company, changed)
