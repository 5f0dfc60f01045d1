"""Records that both sides hold and that are linked."""

from typing import Any

from tests.support.books import loupe
from tests.support.installation import House


def invoiced(house: House, number: str, **columns: Any) -> tuple[int, int, str]:
    """A linked invoice over 100.00: customer, invoice, and the invoice's QuickBooks Id."""
    customer_id = loupe.add_customer(house, f"Customer of {number}")
    invoice_id = loupe.add_invoice(house, customer_id, number, **columns)
    house.run("push_customers")
    house.run("push_invoices")
    return customer_id, invoice_id, house.quickbooks_id("invoice", invoice_id)


def pay(house: House, number: str, customer_id: int, invoice_id: int) -> tuple[int, str]:
    """A linked payment of 40.00 with that reference: its key, and its QuickBooks Id."""
    payment_id = loupe.add_payment(
        house, customer_id, "40.00", {invoice_id: "40.00"}, reference_number=number
    )
    house.run("push_payments")
    return payment_id, house.quickbooks_id("payment", payment_id)
