"""Payments that people in QuickBooks take to the bank, and out again; in a deposit nobody can change them."""

import random

from tests.chaos.company import Company, pick


def deposit_payment(company: Company, rng: random.Random) -> str | None:
    """Put a payment into a bank deposit."""
    found = [
        record
        for record in company.books.records("Payment")
        if record["TotalAmt"] and not record.get("LinkedTxn")
    ]
    record = pick(rng, found)
    if record is None:
        return None
    company.books.deposit(record["Id"])
    return f"Payment {record['Id']} deposited"


def undo_deposit(company: Company, rng: random.Random) -> str | None:
    """Take a payment out of its bank deposit."""
    record = pick(rng, [one for one in company.books.records("Payment") if one.get("LinkedTxn")])
    if record is None:
        return None
    company.books.deposit(record["Id"], undo=True)
    return f"Payment {record['Id']} taken out of its deposit"
