"""What people do in Loupe to a row that is there: change, void or deactivate it, straight in its database."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.chaos.company import Company, Row
from tests.chaos.lines import CENT, new_lines, sums_of, write_lines

DAY = date(2026, 3, 1)
#: Days that no other record has: later than any that is entered otherwise, and never in closed books.
_OWN_DAYS = 100

CUSTOMER_FIELDS = ("email", "phone", "city", "street", "website", "first_name", "company_name")


def text_for(name: str, number: int) -> str:
    """Return a value that nobody else will enter."""
    return {
        "email": f"mail{number}@house.example",
        "phone": f"+49 30 {number:06d}",
        "website": f"https://w{number}.example",
    }.get(name, f"{name.replace('_', ' ').title()} {number}")


def own_day(number: int) -> date:
    """Return a day that no other record has."""
    return DAY + timedelta(days=_OWN_DAYS + number)


def change_customer(company: Company, rng: random.Random, row: Row) -> str:
    """Change or empty one field of a customer, now and then the name."""
    name, number = rng.choice(CUSTOMER_FIELDS), company.next_number()
    value = None if rng.random() < 0.15 and name != "first_name" else text_for(name, number)
    if rng.random() < 0.1 and (renamed := rename(company, "customer", row)):
        return renamed
    change(company, "customer", row, **{name: value})
    return f"customer {row['customer_id']} {name}={value}"


def toggle_customer(company: Company, _rng: random.Random, row: Row) -> str:
    """Make a customer inactive, or active again."""
    company.update("customer", row["customer_id"], is_active=not row["is_active"])
    note_end(company, "customer", row, is_ended=bool(row["is_active"]))
    return f"customer {row['customer_id']} is_active={not row['is_active']}"


def change_invoice(company: Company, rng: random.Random, row: Row) -> str:
    """Change an invoice's due date, now and then its number."""
    if rng.random() < 0.15 and (renamed := rename(company, "invoice", row)):
        return renamed
    due = DAY + timedelta(days=60 + company.next_number())
    change(company, "invoice", row, due_date=due)
    return f"invoice {row['invoice_id']} due {due}"


def change_lines(company: Company, rng: random.Random, row: Row) -> str:
    """Change an unpaid invoice's lines, and with them its total."""
    lines = new_lines(company, rng, company.next_number())
    sums = sums_of(lines)
    with company.transaction():
        write_lines(company, row["invoice_id"], lines)
        company.update("invoice", row["invoice_id"], **sums)
    company.note("loupe", "invoice", row["invoice_id"], "total_amount", sums["total_amount"])
    return f"invoice {row['invoice_id']} lines over {sums['total_amount']}"


def void_invoice(company: Company, _rng: random.Random, row: Row) -> str:
    """Void an invoice."""
    company.update("invoice", row["invoice_id"], lifecycle_status="Void", void_reason="by hand")
    note_end(company, "invoice", row)
    return f"invoice {row['invoice_id']} void"


def change_payment(company: Company, rng: random.Random, row: Row) -> str | None:
    """Change a payment's reference or day, or how it was paid; QuickBooks does not know every way."""
    choice = rng.random()
    if choice < 0.3:
        method = rng.choice(("Cash", "Check", "Visa", "Barter", None))
        change(company, "payment", row, method=method)
        return f"payment {row['payment_id']} method {method}"
    if choice < 0.5:
        day = own_day(company.next_number())
        change(company, "payment", row, payment_date=day)
        return f"payment {row['payment_id']} on {day}"
    return rename(company, "payment", row)


def change_amount(company: Company, rng: random.Random, row: Row) -> str | None:
    """Lower a payment of one invoice, and what it settles of it."""
    applied = company.rows("payment_application", f"payment_id = {row['payment_id']}")
    if len(applied) != 1 or applied[0]["amount"] != row["amount"] or row["amount"] < 2:
        return None
    amount = (row["amount"] * Decimal(rng.randrange(3, 10)) / 10).quantize(CENT)
    with company.transaction():
        change(company, "payment", row, amount=amount)
        company.execute(
            "update loupe.payment_application set amount = %s where payment_id = %s",
            amount,
            row["payment_id"],
        )
        settle_invoice(company, applied[0]["invoice_id"], row["amount"] - amount)
    note_applications(company, row["payment_id"])
    return f"payment {row['payment_id']} amount {amount}"


def settle_invoice(company: Company, invoice_id: int, amount: Decimal) -> None:
    """Move what Loupe holds of an invoice's balance, as its payment screen does."""
    company.execute(
        "update loupe.invoice set balance_amount = balance_amount + %s, payment_status = case"
        " when balance_amount + %s <= 0 then 'Paid' when balance_amount + %s < total_amount"
        " then 'Partial' else 'Unpaid' end where invoice_id = %s and lifecycle_status <> 'Void'",
        *[amount] * 3,
        invoice_id,
    )


def void_payment(company: Company, _rng: random.Random, row: Row) -> str:
    """Void a payment; its invoices are open again."""
    applied = company.rows("payment_application", f"payment_id = {row['payment_id']}")
    with company.transaction():
        company.update("payment", row["payment_id"], is_void=True)
        for line in applied:
            settle_invoice(company, line["invoice_id"], line["amount"])
    note_end(company, "payment", row)
    return f"payment {row['payment_id']} void"


def change_item(company: Company, rng: random.Random, row: Row) -> str:
    """Change an item's description, name, price or quantity, or whether it is active."""
    names = ("description", "item_name", "sell_price", "quantity", "quantity", "is_active")
    name, number = rng.choice(names), company.next_number()
    value: Any = {
        "description": f"Stone {number}",
        "item_name": f"{(row['tag_id'] or 'T').split('-')[0]} stone {number}",
        "sell_price": Decimal(number) + Decimal("0.25"),
        "quantity": Decimal(rng.randrange(0, 6)),
        "is_active": not row["is_active"],
    }[name]
    change(company, "inventory_item", row, **{name: value})
    if name == "is_active":
        note_end(company, "inventory_item", row, is_ended=bool(row["is_active"]))
    return f"item {row['inventory_item_id']} {name}={value}"


#: Per table the column that a row is recognised by, and what follows the mark in it.
_NAMES = {
    "customer": ("display_name", " Loupe "),
    "invoice": ("invoice_number", "-"),
    "payment": ("reference_number", "-"),
    "inventory_item": ("item_name", " stone "),
}


def rename(company: Company, table: str, row: Row) -> str | None:
    """Give a row another name, number or reference, after the same mark."""
    column, between = _NAMES[table]
    mark = company.entered.mark_of_row(table, row)
    if not mark or not row[column]:
        return None
    text = f"{mark}{between}{company.next_number()}"
    change(company, table, row, **{column: text})
    return f"{table.removeprefix('inventory_')} {row[f'{table}_id']} {column}={text}"


def change(company: Company, table: str, row: Row, **columns: Any) -> None:
    """Change columns of a row and remember what was entered."""
    company.update(table, row[f"{table}_id"], **columns)
    # What was there already is no change, and QuickBooks' newer value rightly takes its place.
    changed = {name: value for name, value in columns.items() if row[name] != value}
    note(company, table, row[f"{table}_id"], changed)


def note(company: Company, table: str, key: int, columns: dict[str, Any]) -> None:
    """Remember what was entered into the columns of a row."""
    for name, value in columns.items():
        text = value.isoformat() if isinstance(value, date) else value
        company.note("loupe", table, key, name, text)


def note_end(company: Company, table: str, row: Row, *, is_ended: bool = True) -> None:
    """Remember that somebody voided or deactivated a row, or took it back into use."""
    company.note("loupe", table, row[f"{table}_id"], "is_ended", is_ended)
    note = company.entered.end if is_ended else company.entered.take_up
    note(table, company.entered.mark_of_row(table, row))


def note_applications(company: Company, payment_id: int) -> None:
    """Remember what a payment settles by somebody's hand."""
    applied = company.rows("payment_application", f"payment_id = {payment_id}")
    settled = {line["invoice_id"]: line["amount"] for line in applied}
    company.note("loupe", "payment", payment_id, "applications", settled)
