"""What people do in Loupe: they enter, change, void and remove records, straight in its database."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.chaos.company import Company, Row, pick
from tests.chaos.lines import CENT, new_lines, sums_of, write_lines

DAY = date(2026, 3, 1)

CUSTOMER_FIELDS = ("email", "phone", "city", "street", "website", "first_name", "company_name")


def text_for(name: str, number: int) -> str:
    """Return a value that nobody else will enter."""
    return {
        "email": f"mail{number}@house.example",
        "phone": f"+49 30 {number:06d}",
        "website": f"https://w{number}.example",
    }.get(name, f"{name.replace('_', ' ').title()} {number}")


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
    _note(company, "customer", key, columns)
    return f"customer {key} as C{number}"


def edit_customer(company: Company, rng: random.Random) -> str | None:
    """Change or empty one field of a customer."""
    row = pick(rng, company.rows("customer"))
    if row is None:
        return None
    name, number = rng.choice(CUSTOMER_FIELDS), company.next_number()
    value = None if rng.random() < 0.15 and name != "first_name" else text_for(name, number)
    if rng.random() < 0.1 and row["display_name"]:
        name, value = "display_name", f"{row['display_name'].split()[0]} Loupe {number}"
    _change(company, "customer", row, **{name: value})
    return f"customer {row['customer_id']} {name}={value}"


def toggle_customer(company: Company, rng: random.Random) -> str | None:
    """Make a customer inactive, or active again."""
    row = pick(rng, company.rows("customer"))
    if row is None:
        return None
    company.update("customer", row["customer_id"], is_active=not row["is_active"])
    return f"customer {row['customer_id']} is_active={not row['is_active']}"


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
    return f"customer {row['customer_id']} row deleted"


def add_invoice(company: Company, rng: random.Random) -> str | None:
    """Enter an invoice, mostly finalised."""
    customer = pick(rng, company.rows("customer", "is_active"))
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
    with company.database:
        key = company.insert("invoice", "invoice_id", **columns)
        write_lines(company, key, lines)
    _note(company, "invoice", key, columns)
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


def edit_invoice(company: Company, rng: random.Random) -> str | None:
    """Change an invoice's due date."""
    row = pick(rng, company.rows("invoice", "lifecycle_status <> 'Void'"))
    if row is None:
        return None
    due = DAY + timedelta(days=60 + company.next_number())
    _change(company, "invoice", row, due_date=due)
    return f"invoice {row['invoice_id']} due {due}"


def edit_lines(company: Company, rng: random.Random) -> str | None:
    """Change an unpaid invoice's lines, and with them its total."""
    unpaid = "lifecycle_status <> 'Void' and payment_status = 'Unpaid'"
    row = pick(rng, company.rows("invoice", f"{unpaid} and balance_amount = total_amount"))
    if row is None:
        return None
    lines = new_lines(company, rng, company.next_number())
    sums = sums_of(lines)
    with company.database:
        write_lines(company, row["invoice_id"], lines)
        company.update("invoice", row["invoice_id"], **sums)
    return f"invoice {row['invoice_id']} lines over {sums['total_amount']}"


def void_invoice(company: Company, rng: random.Random) -> str | None:
    """Void an invoice that has no live payment."""
    row = pick(
        rng,
        company.rows(
            "invoice",
            "lifecycle_status <> 'Void' and not exists (select 1 from loupe.payment_application a"
            " join loupe.payment p using (payment_id) where a.invoice_id = invoice.invoice_id"
            " and not p.is_void)",
        ),
    )
    if row is None:
        return None
    company.update("invoice", row["invoice_id"], lifecycle_status="Void", void_reason="by hand")
    return f"invoice {row['invoice_id']} void"


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
    with company.database:
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
    _note(company, "payment", key, columns)
    return f"payment {key} as P{number} on {applied}"


def _part(rng: random.Random, open_amount: Decimal) -> Decimal:
    if rng.random() < 0.5 or open_amount < 2:
        return open_amount
    return (open_amount * Decimal(rng.randrange(1, 10)) / 10).quantize(CENT)


def settle_invoice(company: Company, invoice_id: int, change: Decimal) -> None:
    """Move what Loupe holds of an invoice's balance, as its payment screen does."""
    company.execute(
        "update loupe.invoice set balance_amount = balance_amount + %s, payment_status = case"
        " when balance_amount + %s <= 0 then 'Paid' when balance_amount + %s < total_amount"
        " then 'Partial' else 'Unpaid' end where invoice_id = %s and lifecycle_status <> 'Void'",
        *[change] * 3,
        invoice_id,
    )


def edit_payment(company: Company, rng: random.Random) -> str | None:
    """Change a payment's reference, or how it was paid; QuickBooks does not know every way."""
    row = pick(rng, company.rows("payment", "not is_void and reference_number is not null"))
    if row is None:
        return None
    if rng.random() < 0.3:
        method = rng.choice(("Cash", "Check", "Visa", "Barter", None))
        _change(company, "payment", row, method=method)
        return f"payment {row['payment_id']} method {method}"
    reference = f"{row['reference_number'].split('-')[0]}-{company.next_number()}"
    _change(company, "payment", row, reference_number=reference)
    return f"payment {row['payment_id']} reference {reference}"


def void_payment(company: Company, rng: random.Random) -> str | None:
    """Void a payment; its invoices are open again."""
    row = pick(rng, company.rows("payment", "not is_void"))
    if row is None:
        return None
    applied = company.rows("payment_application", f"payment_id = {row['payment_id']}")
    with company.database:
        company.update("payment", row["payment_id"], is_void=True)
        for one in applied:
            settle_invoice(company, one["invoice_id"], one["amount"])
    return f"payment {row['payment_id']} void"


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
    _note(company, "inventory_item", key, columns)
    return f"item {key} as T{number}"


def edit_item(company: Company, rng: random.Random) -> str | None:
    """Change an item's description, price or quantity, or whether it is active."""
    row = pick(rng, company.rows("inventory_item"))
    if row is None:
        return None
    name = rng.choice(("description", "sell_price", "quantity", "quantity", "is_active"))
    number = company.next_number()
    value: Any = {
        "description": f"Stone {number}",
        "sell_price": Decimal(number) + Decimal("0.25"),
        "quantity": Decimal(rng.randrange(0, 6)),
        "is_active": not row["is_active"],
    }[name]
    _change(company, "inventory_item", row, **{name: value})
    return f"item {row['inventory_item_id']} {name}={value}"


def _change(company: Company, table: str, row: Row, **columns: Any) -> None:
    company.update(table, row[f"{table}_id"], **columns)
    # What was there already is no change, and QuickBooks' newer value rightly takes its place.
    changed = {name: value for name, value in columns.items() if row[name] != value}
    _note(company, table, row[f"{table}_id"], changed)


def _note(company: Company, table: str, key: int, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        text = value.isoformat() if isinstance(value, date) else value
        company.note("loupe", table, key, name, text)
