"""What people in Loupe take back or do once more: a void, a payment over a wrong sum, an invoice, a customer."""

import random
from decimal import Decimal

from tests.chaos.company import Company, Row, pick
from tests.chaos.lines import CENT, new_lines, sums_of, write_lines
from tests.chaos.loupe_changes import (
    note,
    note_applications,
    note_end,
    settle_invoice,
    toggle_customer,
    void_payment,
)
from tests.chaos.loupe_edits import OWES, WITHOUT_PAYMENT


def unvoid_invoice(company: Company, rng: random.Random) -> str | None:
    """Take the void of an invoice back."""
    row = pick(rng, company.rows("invoice", "lifecycle_status = 'Void'"))
    if row is None:
        return None
    company.execute(
        "update loupe.invoice i set lifecycle_status = 'Finalised', void_reason = null,"
        " payment_status = 'Unpaid', balance_amount = total_amount - coalesce((select sum(a.amount)"
        " from loupe.payment_application a join loupe.payment p using (payment_id)"
        " where a.invoice_id = i.invoice_id and not p.is_void), 0) where invoice_id = %s",
        row["invoice_id"],
    )
    note_end(company, "invoice", row, is_ended=False)
    return f"invoice {row['invoice_id']} in use again"


def unvoid_payment(company: Company, rng: random.Random) -> str | None:
    """Take the void of a payment back, where its invoices are still open by as much."""
    row = pick(rng, [row for row in company.rows("payment", "is_void") if _fits(company, row)])
    if row is None:
        return None
    with company.transaction():
        company.update("payment", row["payment_id"], is_void=False)
        for line in company.rows("payment_application", f"payment_id = {row['payment_id']}"):
            settle_invoice(company, line["invoice_id"], -line["amount"])
    note_end(company, "payment", row, is_ended=False)
    return f"payment {row['payment_id']} in use again"


def _fits(company: Company, payment: Row) -> bool:
    """Whether all that a void payment settled is open again, on invoices that are in use."""
    applied = company.rows("payment_application", f"payment_id = {payment['payment_id']}")
    for line in applied:
        open_by = f"invoice_id = {line['invoice_id']} and balance_amount >= {line['amount']}"
        if not company.rows("invoice", f"{open_by} and lifecycle_status not in ('Void', 'Draft')"):
            return False
    return bool(applied)


def reenter_payment(company: Company, rng: random.Random) -> str | None:
    """Void a payment and enter it again over another sum, as somebody does who mistyped it."""
    found = [
        row for row in company.rows("payment", "not is_void") if _is_of_one_invoice(company, row)
    ]
    row = pick(rng, found)
    if row is None:
        return None
    (line,) = company.rows("payment_application", f"payment_id = {row['payment_id']}")
    said = void_payment(company, rng, row)
    amount = max((line["amount"] * Decimal(rng.randrange(2, 10)) / 10).quantize(CENT), CENT)
    copied = ("customer_id", "payment_date", "currency_code", "method")
    columns = {
        **{name: row[name] for name in copied},
        "amount": amount,
        "reference_number": f"P{company.next_number()}",
    }
    with company.transaction():
        key = company.insert("payment", "payment_id", **columns)
        _apply(company, key, line["invoice_id"], amount)
        settle_invoice(company, line["invoice_id"], -amount)
    note(company, "payment", key, columns)
    note_applications(company, key)
    company.entered.note_mark("loupe", "payment", key, columns["reference_number"])
    return f"{said}; entered again as payment {key} {columns['reference_number']} of {amount}"


def _is_of_one_invoice(company: Company, payment: Row) -> bool:
    applied = company.rows("payment_application", f"payment_id = {payment['payment_id']}")
    is_whole = len(applied) == 1 and applied[0]["amount"] == payment["amount"]
    return is_whole and payment["payment_kind"] == "payment"


def _apply(company: Company, payment_id: int, invoice_id: int, amount: Decimal) -> None:
    company.insert(
        "payment_application",
        "payment_application_id",
        payment_id=payment_id,
        invoice_id=invoice_id,
        amount=amount,
    )


def reenter_invoice(company: Company, rng: random.Random) -> str | None:
    """Void an invoice and enter it again under the same number, over another sum."""
    row = pick(rng, company.rows("invoice", f"{WITHOUT_PAYMENT} and invoice_number is not null"))
    if row is None:
        return None
    company.update("invoice", row["invoice_id"], lifecycle_status="Void", void_reason="mistyped")
    note_end(company, "invoice", row)
    lines = new_lines(company, rng, company.next_number())
    copied = ("customer_id", "invoice_number", "invoice_date", "due_date", "currency_code")
    columns = {
        **{name: row[name] for name in copied},
        "lifecycle_status": "Finalised",
        **sums_of(lines),
    }
    with company.transaction():
        key = company.insert("invoice", "invoice_id", **columns)
        write_lines(company, key, lines)
    note(company, "invoice", key, columns)
    _note_again(company, "invoice", key, row)
    number, total = columns["invoice_number"], columns["total_amount"]
    return f"invoice {row['invoice_id']} void; invoice {key} is {number} again, over {total}"


def set_aside_customer(company: Company, rng: random.Random) -> str | None:
    """Make a customer inactive that still owes something."""
    row = pick(rng, company.rows("customer", f"is_active and {OWES}"))
    return None if row is None else toggle_customer(company, rng, row)


def return_customer(company: Company, rng: random.Random) -> str | None:
    """Take a customer back into use."""
    row = pick(rng, company.rows("customer", "not is_active"))
    return None if row is None else toggle_customer(company, rng, row)


def reenter_customer(company: Company, rng: random.Random) -> str | None:
    """Make a customer inactive and enter it anew under the same name, whatever it still owes."""
    row = pick(rng, company.rows("customer", "is_active and display_name is not null"))
    if row is None:
        return None
    company.update("customer", row["customer_id"], is_active=False)
    note_end(company, "customer", row)
    columns = {"display_name": row["display_name"], "email": row["email"]}
    key = company.insert("customer", "customer_id", **columns)
    note(company, "customer", key, columns)
    _note_again(company, "customer", key, row)
    return f"customer {row['customer_id']} inactive; customer {key} is {row['display_name']} again"


def _note_again(company: Company, table: str, key: int, before: Row) -> None:
    """Remember that a new row bears the mark of an ended one."""
    mark = company.entered.mark_of_row(table, before)
    if mark:
        company.entered.note_mark("loupe", table, key, mark)
        company.entered.entered_again[table, mark] += 1
