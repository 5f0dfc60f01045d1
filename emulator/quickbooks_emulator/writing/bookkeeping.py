"""What a person does on QuickBooks' own pages and the API of this emulator does not.

Bank deposits, journal entries, categories, bundles, classes and exchange rates: the sample and the
side door make them, so that clients meet their effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from quickbooks_emulator.books.balances import Shifts, add_shift, shift_balances
from quickbooks_emulator.books.currency import CURRENCY_NAMES
from quickbooks_emulator.books.names import refuse_taken_name
from quickbooks_emulator.books.references import to_reference
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.entities.registry import ENTITIES
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO, to_cents

OWN_RECORDS = ("Account", "Class", "Department", "Item", "TaxCode", "TaxRate")
"""Lists that `add_record` can add to."""


def deposit_payment(company: Company, number: str) -> Document:
    """Take a payment to the bank; from then on it cannot be changed (6540). Return the deposit.

    Raises:
        FaultError: 610 for a payment that is not there, 6540 for one that lies in a deposit.
    """
    payment = company.get("Payment", number)
    if payment.get("LinkedTxn"):
        raise faults.deposited()
    line = {
        "Amount": payment["TotalAmt"],
        "LinkedTxn": [{"TxnId": number, "TxnType": "Payment", "TxnLineId": "0"}],
    }
    bank = company.account_of("Checking")
    deposit = company.insert(
        "Deposit",
        {
            "TxnDate": company.today().isoformat(),
            "TotalAmt": payment["TotalAmt"],
            "DepositToAccountRef": to_reference(bank) if bank else {},
            "Line": [line],
        },
    )
    link = {"TxnId": deposit["Id"], "TxnType": "Deposit"}
    company.replace("Payment", {**payment, "LinkedTxn": [link]})
    return deposit


def undo_deposit(company: Company, number: str) -> Document:
    """Take a payment out of its deposit and delete the deposit. Return the payment.

    Raises:
        FaultError: 610 for a payment that is not there or lies in no deposit.
    """
    payment = company.get("Payment", number)
    links = payment.get("LinkedTxn", [])
    if not links:
        raise faults.not_found()
    company.remove("Deposit", links[0]["TxnId"])
    kept = {name: value for name, value in payment.items() if name != "LinkedTxn"}
    return company.replace("Payment", kept)


def write_journal(company: Company, customer: str, amount: Decimal) -> Document:
    """Write a journal entry on a customer's receivables: a charge above zero, a credit below.

    Payments can point to it by TxnType JournalEntry.

    Raises:
        FaultError: 2500 for a customer that is not there.
    """
    party = company.resolve("Customer", {"value": customer}, "CustomerRef")
    total = to_cents(abs(amount))
    entry = company.insert(
        "JournalEntry",
        {
            "Adjustment": False,
            "DocNumber": str(company.store.next_number(company.realm, "journal number")),
            "TxnDate": company.today().isoformat(),
            "CurrencyRef": party["CurrencyRef"],
            "Line": _journal_lines(company, party, total, is_credit=amount < ZERO),
            "TotalAmt": total,
            "CustomerRef": to_reference(party),
            "Balance": total,
            "IsCredit": amount < ZERO,
        },
    )
    shifts: Shifts = {}
    add_shift(shifts, entry, to_cents(amount))
    shift_balances(company, shifts)
    return entry


def _journal_lines(
    company: Company, party: Document, total: Decimal, *, is_credit: bool
) -> list[Document]:
    receivable, equity = map(company.account_of, ("AccountsReceivable", "RetainedEarnings"))
    entity = {"Type": "Customer", "EntityRef": to_reference(party)}
    sides = (("Credit", "Debit") if is_credit else ("Debit", "Credit")), (receivable, equity)
    lines = []
    for position, (side, account) in enumerate(zip(*sides, strict=True)):
        detail: Document = {"PostingType": side, "AccountRef": to_reference(account or {})}
        if position == 0:
            detail["Entity"] = entity
        line = {"Id": str(position), "Amount": total, "DetailType": "JournalEntryLineDetail"}
        lines.append({**line, "JournalEntryLineDetail": detail})
    return lines


def add_record(company: Company, entity: str, fields: Document) -> Document:
    """Add a record of a list that the API cannot write, with the defaults of its kind.

    Raises:
        ValueError: for a record type that is not one of `OWN_RECORDS`.
        FaultError: 6240 for an item whose name is taken, 2500 for an unknown parent.
    """
    if entity not in OWN_RECORDS:
        raise ValueError(f"{entity!r} is not a list kept here; one of {', '.join(OWN_RECORDS)}")
    if entity == "Item":
        return add_item(company, fields)
    name = str(fields[ENTITIES[entity].name_property])
    return company.insert(entity, {"Active": True, "FullyQualifiedName": name, **fields})


def add_item(company: Company, fields: Document) -> Document:
    """Add a category, or a bundle with ``ItemGroupDetail``; see `add_record`."""
    name = str(fields["Name"])
    refuse_taken_name(company, "Item", name, None)
    parent = fields.get("ParentRef")
    place: Document = {"FullyQualifiedName": name, "SubItem": False}
    if parent:
        above = company.resolve("Item", parent, "ParentRef")
        full = f"{above['FullyQualifiedName']}:{name}"
        level = int(above.get("Level", 0)) + 1
        place = {"FullyQualifiedName": full, "SubItem": True, "Level": level}
    kinds: dict[str, Document] = {
        "Group": {"Taxable": False, "UnitPrice": ZERO, "PrintGroupedItems": False},
    }
    more = kinds.get(fields.get("Type", ""), {})
    return company.insert("Item", {"Active": True, **more, **fields, **place})


def set_rates(company: Company, rates: Mapping[str, Decimal]) -> None:
    """Keep exchange rates: home units for one unit of each currency.

    Raises:
        ValueError: for an unknown currency or a rate that is not above zero.
    """
    known = company.store.documents(company.realm, "CompanyCurrency")
    by_code = {currency["Code"]: currency for currency in known.values()}
    for code, rate in rates.items():
        if code not in CURRENCY_NAMES or rate <= ZERO:
            raise ValueError(f"{code!r} at {rate}: expected a known currency and a rate above 0")
        fields = {"Name": CURRENCY_NAMES[code], "Code": code, "Active": True, "Rate": rate}
        if code in by_code:
            company.replace("CompanyCurrency", {**by_code[code], **fields})
        else:
            company.insert("CompanyCurrency", fields)
