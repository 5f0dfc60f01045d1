"""Credit memos in QuickBooks, and the payments that set them against invoices."""

import random
from datetime import timedelta
from decimal import Decimal

from tests.chaos import quickbooks_changes
from tests.chaos.books import Json, money
from tests.chaos.company import Company, pick
from tests.chaos.loupe_changes import DAY
from tests.chaos.quickbooks_edits import live_invoices


def enter_memo(company: Company, rng: random.Random) -> str | None:
    """Enter a credit memo, mostly for a customer who owes something."""
    invoice = pick(rng, [one for one in live_invoices(company) if one["Balance"]])
    if invoice is None:
        return None
    number = company.next_number()
    amount = Decimal(rng.randrange(500, 30000)) / 100
    detail = {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": amount}
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": amount,
        "SalesItemLineDetail": detail,
    }
    day = (DAY + timedelta(days=rng.randrange(60))).isoformat()
    record = company.books.create(
        "CreditMemo",
        CustomerRef={"value": invoice["CustomerRef"]["value"]},
        CurrencyRef={"value": invoice["CurrencyRef"]["value"]},
        DocNumber=f"M{number}",
        TxnDate=day,
        Line=[line],
    )
    return f"CreditMemo {record['Id']} M{number} over {amount}"


def apply_memo(company: Company, rng: random.Random) -> str | None:
    """Set a credit memo against an invoice of its customer, sometimes with money on top."""
    memo = pick(rng, [one for one in company.books.records("CreditMemo") if one["Balance"]])
    if memo is None:
        return None
    customer = memo["CustomerRef"]["value"]
    owing = [
        one
        for one in live_invoices(company)
        if one["Balance"] and one["CustomerRef"]["value"] == customer
    ]
    invoice = pick(rng, owing)
    if invoice is None:
        return None
    credit = min(money(memo["Balance"]), money(invoice["Balance"]))
    cash = (money(invoice["Balance"]) - credit) / 2 if rng.random() < 0.4 else Decimal(0)
    cash = cash.quantize(Decimal("0.01"))
    reference = f"P{company.next_number()}"
    record = company.books.create(
        "Payment",
        CustomerRef={"value": customer},
        CurrencyRef={"value": memo["CurrencyRef"]["value"]},
        TotalAmt=cash,
        TxnDate=(DAY + timedelta(days=rng.randrange(90))).isoformat(),
        PaymentRefNum=reference,
        Line=[
            _line(invoice["Id"], "Invoice", credit + cash),
            _line(memo["Id"], "CreditMemo", credit),
        ],
    )
    company.note("quickbooks", "payment", record["Id"], "reference_number", reference)
    company.note("quickbooks", "payment", record["Id"], "amount", cash)
    company.entered.note_mark("quickbooks", "payment", record["Id"], reference)
    return f"Payment {record['Id']} {reference} of {cash} and credit {credit} on {invoice['Id']}"


def _line(number: str, kind: str, amount: Decimal) -> Json:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": number, "TxnType": kind}]}


def undo_memo(company: Company, rng: random.Random) -> str | None:
    """Delete or void a credit memo; what it had settled is open again."""
    memo = pick(rng, [one for one in company.books.records("CreditMemo") if one["TotalAmt"]])
    if memo is None:
        return None
    if rng.random() < 0.5:
        company.books.void("CreditMemo", memo)
        return f"CreditMemo {memo['Id']} void"
    company.books.delete("CreditMemo", memo)
    return f"CreditMemo {memo['Id']} deleted"


def undo_application(company: Company, rng: random.Random) -> str | None:
    """Delete a payment that only sets credit against an invoice."""
    record = pick(
        rng,
        [one for one in company.books.records("Payment") if not one["TotalAmt"] and one["Line"]],
    )
    if record is None:
        return None
    return f"{quickbooks_changes.delete(company, 'Payment', record)}, a credit's"
