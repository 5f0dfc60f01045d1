"""Re-flows billing addresses of invoices into free lines, as Intuit does.

Intuit: Invoice, section 8.4: BillAddr may come back as Line1 to Line4 with FreeFormAddress true.
The emulator always does so: the harder case for a client that compares what it sent.
"""

from __future__ import annotations

from quickbooks_emulator.model.documents import Document

_MOST_LINES = 5


def billing_address(sent: Document | None, customer: Document) -> Document:
    """Return the BillAddr of an invoice, or {} if neither it nor the customer has one."""
    if sent is not None:
        lines = _lines(sent)
    elif "BillAddr" in customer:
        lines = [*_heading(customer), *_lines(customer["BillAddr"])]
    else:
        lines = []
    folded = [*lines[: _MOST_LINES - 1], " ".join(lines[_MOST_LINES - 1 :])]
    return {f"Line{n}": line for n, line in enumerate(folded, 1) if line}


def _lines(address: Document) -> list[str]:
    streets = [address[f"Line{n}"] for n in range(1, 6) if f"Line{n}" in address]
    region = " ".join(
        address[name] for name in ("CountrySubDivisionCode", "PostalCode") if name in address
    )
    place = ", ".join(part for part in (address.get("City"), region) if part)
    return [line for line in (*streets, place, address.get("Country", "")) if line]


def _heading(customer: Document) -> list[str]:
    person = " ".join(customer[part] for part in ("GivenName", "FamilyName") if part in customer)
    company = customer.get("CompanyName", "")
    return [line for line in (person, company) if line] or [customer["DisplayName"]]
