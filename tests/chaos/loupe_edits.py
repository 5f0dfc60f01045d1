"""What people do in Loupe: they enter records, and change, void and remove some that are there."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.chaos import loupe_changes
from tests.chaos.company import Company, Row, pick
from tests.chaos.lines import CENT, new_lines, sums_of, write_lines
from tests.chaos.loupe_changes import DAY, note, settle_invoice, text_for

#: Invoices whose lines may still be changed, and those that may be voided.
UNPAID = (
    "lifecycle_status <> 'Void' and payment_status = 'Unpaid' and balance_amount = total_amount"
)
WITHOUT_PAYMENT = (
    "lifecycle_status <> 'Void' and not exists (select 1 from loupe.payment_application a"
    " join loupe.payment p using (payment_id) where a.invoice_id = invoice.invoice_id"
    " and not p.is_void)"
)
#: Customers of whom there is something to move a payment to.
OWES = (
    "exists (select 1 from loupe.invoice i where i.customer_id = customer.customer_id"
    " and i.balance_amount > 0)"
)
Change = Callable[[Company, random.Random, Row], str | None]


def add_customer(company: Company, rng: random.Random) -> str:
    """Enter a customer; now and then without a display name, or without an e-mail address."""
    number = company.next_number()
    columns: dict[str, Any] = {
        "display_name": f"C{number} Loupe",
        "email": text_for("email", number),
    }
    if rng.random() < 0.2:
        columns["email"] = None
    if rng.random() < 0.1:
        columns = {"first_name": f"C{number}", "last_name": "Nameless"}
    if rng.random() < 0.04:
        columns["email"] = "no address"
    key = company.insert("customer", "customer_id", **columns)
    note(company, "customer", key, columns)
    company.entered.note_mark(
        "loupe", "customer", key, columns.get("display_name") or columns["first_name"]
    )
    return f"customer {key} as C{number}"


def note_customer(company: Company, rng: random.Random) -> str | None:
    """Change a column that is not mapped."""
    row = pick(rng, company.rows("customer"))
    if row is None:
        return None
    company.update("customer", row["customer_id"], notes=f"note {company.next_number()}")
    return f"customer {row['customer_id']} notes"


def remove_customer(company: Company, rng: random.Random) -> str | None:
    """Delete the row of a customer that has nothing else, which nobody should."""
    row = pick(
        rng,
        company.rows(
            "customer",
            "not exists (select 1 from loupe.invoice i where i.customer_id = customer.customer_id)"
            " and not exists (select 1 from loupe.payment p where p.customer_id = customer.customer_id)",
        ),
    )
    if row is None:
        return None
    company.execute("delete from loupe.customer where customer_id = %s", row["customer_id"])
    company.entered.end("customer", company.entered.mark_of_row("customer", row))
    return f"customer {row['customer_id']} row deleted"


def add_invoice(company: Company, rng: random.Random) -> str | None:
    """Enter an invoice, mostly finalised."""
    owing = f"is_active and {OWES}" if rng.random() < 0.4 else "is_active"
    customer = pick(rng, company.rows("customer", owing))
    if customer is None:
        return None
    number = company.next_number()
    lines = new_lines(company, rng, number)
    columns = {
        "customer_id": customer["customer_id"],
        "invoice_number": f"I{number}",
        "invoice_date": DAY + timedelta(days=rng.randrange(60)),
        "due_date": DAY + timedelta(days=60 + number),
        "currency_code": _currency(company, customer, rng),
        "lifecycle_status": "Draft" if rng.random() < 0.15 else "Finalised",
        **sums_of(lines),
    }
    with company.transaction():
        key = company.insert("invoice", "invoice_id", **columns)
        write_lines(company, key, lines)
    note(company, "invoice", key, columns)
    company.entered.note_mark("loupe", "invoice", key, f"I{number}")
    return f"invoice {key} as I{number} over {columns['total_amount']}"


def _currency(company: Company, customer: Row, rng: random.Random) -> str:
    """Return the currency of a new invoice: mostly the one that its customer has or was invoiced in."""
    if not company.has_currencies:
        return "USD"
    known = company.rows("invoice", f"customer_id = {customer['customer_id']}")
    usual = known[0]["currency_code"] if known else customer["currency_code"]
    other = str(rng.choice(("USD", "EUR")))
    return usual if usual and rng.random() < 0.97 else other


def finalise_invoice(company: Company, rng: random.Random) -> str | None:
    """Finalise a draft."""
    row = pick(rng, company.rows("invoice", "lifecycle_status = 'Draft'"))
    if row is None:
        return None
    company.update("invoice", row["invoice_id"], lifecycle_status="Finalised")
    return f"invoice {row['invoice_id']} finalised"


def remove_invoice(company: Company, rng: random.Random) -> str | None:
    """Delete an invoice's row, which nobody should."""
    row = pick(
        rng,
        company.rows(
            "invoice",
            "not exists (select 1 from loupe.payment_application a"
            " where a.invoice_id = invoice.invoice_id)",
        ),
    )
    if row is None:
        return None
    company.execute("delete from loupe.invoice where invoice_id = %s", row["invoice_id"])
    company.entered.end("invoice", company.entered.mark_of_row("invoice", row))
    return f"invoice {row['invoice_id']} row deleted"


def add_payment(company: Company, rng: random.Random) -> str | None:
    """Enter a payment of one or two open invoices of a customer, whole or in part."""
    open_ones = company.rows(
        "invoice", "lifecycle_status not in ('Void', 'Draft') and balance_amount > 0"
    )
    first = pick(rng, open_ones)
    if first is None:
        return None
    payer = first["customer_id"], first["currency_code"]
    mine = [
        one
        for one in open_ones
        if (one["customer_id"], one["currency_code"]) == payer and one != first
    ]
    chosen = [first, *(mine[:1] if rng.random() < 0.3 else [])]
    applied = {one["invoice_id"]: _part(rng, one["balance_amount"]) for one in chosen}
    number = company.next_number()
    extra = Decimal("7.50") if rng.random() < 0.1 else Decimal(0)
    columns = {
        "customer_id": first["customer_id"],
        "payment_date": DAY + timedelta(days=rng.randrange(90)),
        "amount": sum(applied.values(), extra),
        "currency_code": first["currency_code"],
        "reference_number": f"P{number}",
        "method": rng.choice((None, "Cash", "Check", "Barter")),
    }
    with company.transaction():
        key = company.insert("payment", "payment_id", **columns)
        for invoice_id, amount in applied.items():
            company.insert(
                "payment_application",
                "payment_application_id",
                payment_id=key,
                invoice_id=invoice_id,
                amount=amount,
            )
            settle_invoice(company, invoice_id, -amount)
    note(company, "payment", key, columns)
    loupe_changes.note_applications(company, key)
    company.entered.note_mark("loupe", "payment", key, f"P{number}")
    return f"payment {key} as P{number} on {applied}"


def _part(rng: random.Random, open_amount: Decimal) -> Decimal:
    if rng.random() < 0.5 or open_amount < 2:
        return open_amount
    return (open_amount * Decimal(rng.randrange(1, 10)) / 10).quantize(CENT)


def add_item(company: Company, rng: random.Random) -> str:
    """Enter a piece of stock; now and then one priced by weight, which is not pushed."""
    number = company.next_number()
    columns = {
        "item_name": f"T{number} stone",
        "description": f"Stone {number}",
        "tag_id": f"T{number}",
        "quantity": Decimal(rng.randrange(0, 5)),
        "sell_price": Decimal(rng.randrange(1000, 99999)) / 100,
        "cost_price": Decimal(rng.randrange(100, 9999)) / 100,
        "currency_code": "USD",
        "price_basis": "carat" if rng.random() < 0.05 else "piece",
    }
    key = company.insert("inventory_item", "inventory_item_id", **columns)
    note(company, "inventory_item", key, columns)
    company.entered.note_mark("loupe", "inventory_item", key, f"T{number}")
    return f"item {key} as T{number}"


def edit_customer(company: Company, rng: random.Random) -> str | None:
    """Change or empty one field of a customer."""
    return _to_one(company, rng, "customer", "true", loupe_changes.change_customer)


def toggle_customer(company: Company, rng: random.Random) -> str | None:
    """Make a customer inactive, or active again."""
    return _to_one(company, rng, "customer", "true", loupe_changes.toggle_customer)


def edit_invoice(company: Company, rng: random.Random) -> str | None:
    """Change an invoice's due date or number."""
    return _to_one(
        company, rng, "invoice", "lifecycle_status <> 'Void'", loupe_changes.change_invoice
    )


def edit_lines(company: Company, rng: random.Random) -> str | None:
    """Change an unpaid invoice's lines, and with them its total."""
    return _to_one(company, rng, "invoice", UNPAID, loupe_changes.change_lines)


def void_invoice(company: Company, rng: random.Random) -> str | None:
    """Void an invoice that has no live payment."""
    return _to_one(company, rng, "invoice", WITHOUT_PAYMENT, loupe_changes.void_invoice)


def edit_payment(company: Company, rng: random.Random) -> str | None:
    """Change a payment's reference or day, or how it was paid."""
    live = "not is_void and reference_number is not null"
    return _to_one(company, rng, "payment", live, loupe_changes.change_payment)


def edit_amount(company: Company, rng: random.Random) -> str | None:
    """Lower a payment."""
    return _to_one(company, rng, "payment", "not is_void", loupe_changes.change_amount)


def void_payment(company: Company, rng: random.Random) -> str | None:
    """Void a payment; its invoices are open again."""
    return _to_one(company, rng, "payment", "not is_void", loupe_changes.void_payment)


def edit_item(company: Company, rng: random.Random) -> str | None:
    """Change one field of an item."""
    return _to_one(company, rng, "inventory_item", "true", loupe_changes.change_item)


def _to_one(
    company: Company, rng: random.Random, table: str, condition: str, change: Change
) -> str | None:
    row = pick(rng, company.rows(table, condition))
    return None if row is None else change(company, rng, row)
