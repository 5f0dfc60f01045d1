"""Builds the sample companies, each record on its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial

from quickbooks_emulator.company.store import Store
from quickbooks_emulator.entities.registry import (
    CREDIT_MEMO,
    CUSTOMER,
    EMPLOYEE,
    INVOICE,
    ITEM,
    PAYMENT,
    VENDOR,
)
from quickbooks_emulator.model.clock import Clock
from quickbooks_emulator.sample import atelier, customers, items
from quickbooks_emulator.sample.awkward_sales import AWKWARD_SALES, SHARED_SALES
from quickbooks_emulator.sample.other_records import COUNTS, CREDITS, EMPLOYEES, VENDORS
from quickbooks_emulator.sample.receipts import RECEIPTS
from quickbooks_emulator.sample.records import Credit, Goods, Receipt, Sale
from quickbooks_emulator.sample.sales_first_half import FIRST_HALF
from quickbooks_emulator.sample.sales_second_half import SECOND_HALF
from quickbooks_emulator.sample.writer import Writer
from quickbooks_emulator.writing.bookkeeping import set_rates
from quickbooks_emulator.writing.new_company import create_company, merge_preferences

LOUPE_REALM = "9341450000000001"
SECOND_REALM = "9341450000000002"
ATELIER_REALM = "9341450000000003"
_OPENED = "2026-01-02"
_CLOSED = "2026-11-20"
_BOOKS_CLOSED = "2024-12-31"
_STILL_OPEN = {"AccountingInfoPrefs": {"BookCloseDate": "2023-12-31"}}
"""Until the invoices of 2024 have been brought in."""
_LOUPE_ADDRESS = {
    "Id": "1",
    "Line1": "62 W 47th St, Suite 1401",
    "City": "New York",
    "CountrySubDivisionCode": "NY",
    "PostalCode": "10036",
    "Country": "USA",
}
_LOUPE_SALES = (*SHARED_SALES, *FIRST_HALF, *SECOND_HALF, *AWKWARD_SALES)
Step = tuple[str, int, Callable[[], object]]
"""A day, an order within it, and what happens then."""


def seed_sample(store: Store, clock: Clock) -> None:
    """Write the sample companies; their records carry the times of their own days."""
    present = clock.now()
    with store.transaction():
        _build_loupe(store, present)
        _build_second(store, present)
        _build_atelier(store, present)


def _build_loupe(store: Store, present: datetime) -> None:
    writer = Writer(store, LOUPE_REALM, present)
    writer.move_to(_OPENED)
    create_company(writer.company, "Loupe Gemstones Co.", _STILL_OPEN, _LOUPE_ADDRESS)
    _add_lists(writer)
    _live_through(writer, [*_sale_steps(writer, _LOUPE_SALES), *_credit_steps(writer),
                           *_receipt_steps(writer, RECEIPTS)])  # fmt: skip
    writer.move_to(_CLOSED)
    writer.deactivate(CUSTOMER, customers.INACTIVE)
    writer.deactivate(ITEM, items.INACTIVE)
    _close_books(writer, _BOOKS_CLOSED)


def _build_second(store: Store, present: datetime) -> None:
    writer = Writer(store, SECOND_REALM, present)
    writer.move_to(_OPENED)
    create_company(writer.company, "Second Facet LLC", {})
    writer.add_customers(({"DisplayName": "Only Customer"},))
    writer.add_sale(Sale("1", "Only Customer", "2026-02-02", "", (Goods("Services", "1", "10"),)))


def _build_atelier(store: Store, present: datetime) -> None:
    writer = Writer(store, ATELIER_REALM, present)
    writer.move_to(_OPENED)
    create_company(writer.company, "Prism Atelier SARL", atelier.PREFERENCES)
    set_rates(writer.company, atelier.RATES)
    writer.add_customers(atelier.CUSTOMERS)
    _live_through(writer, [*_sale_steps(writer, atelier.SALES),
                           *_receipt_steps(writer, atelier.RECEIPTS)])  # fmt: skip


def _add_lists(writer: Writer) -> None:
    for name in VENDORS:
        writer.write(VENDOR, name, {"DisplayName": name, "CompanyName": name})
    for given, family in EMPLOYEES:
        writer.write(EMPLOYEE, family, {"GivenName": given, "FamilyName": family})
    writer.add_customers(customers.CUSTOMERS)
    for category in items.CATEGORIES:
        writer.add_category(category)
    moved = _moved_quantities()
    for product in items.PRODUCTS:
        writer.add_product(product, moved[product.name])
    for name, parts in items.BUNDLES.items():
        writer.add_bundle(name, parts)


def _live_through(writer: Writer, steps: list[Step]) -> None:
    for day, _, step in sorted(steps, key=lambda timed: timed[:2]):
        writer.move_to(day)
        step()


def _sale_steps(writer: Writer, sales: tuple[Sale, ...]) -> Iterator[Step]:
    for sale in sales:
        yield sale.day, 0, partial(writer.add_sale, sale)
        if sale.voided:
            yield sale.voided, 2, partial(writer.void, INVOICE, sale.number)


def _credit_steps(writer: Writer) -> Iterator[Step]:
    for credit in CREDITS:
        yield credit.day, 0, partial(writer.add_credit, credit)
        if credit.voided:
            yield credit.voided, 2, partial(writer.void, CREDIT_MEMO, credit.number)
    for count in COUNTS:
        yield count.day, 0, partial(writer.add_count, count)


def _receipt_steps(writer: Writer, receipts: tuple[Receipt, ...]) -> Iterator[Step]:
    for position, receipt in enumerate(receipts):
        key = f"receipt {position}"
        yield receipt.day, 1, partial(writer.add_receipt, receipt, key)
        if receipt.voided:
            yield receipt.voided, 2, partial(writer.void, PAYMENT, key)
        if receipt.deposited:
            yield receipt.deposited, 3, partial(writer.deposit, key)


def _close_books(writer: Writer, day: str) -> None:
    company = writer.company
    closing = {"AccountingInfoPrefs": {"BookCloseDate": day}}
    company.replace("Preferences", merge_preferences(company.get("Preferences", "1"), closing))


def _moved_quantities() -> dict[str, Decimal]:
    """Return how much of each item the records that stand take from stock."""
    moved: dict[str, Decimal] = defaultdict(Decimal)
    forms: list[tuple[Sale | Credit, int]] = [
        *((sale, 1) for sale in _LOUPE_SALES),
        *((credit, -1) for credit in CREDITS),
    ]
    for form, sign in forms:
        for line in form.lines:
            if isinstance(line, Goods) and line.quantity and not form.voided:
                moved[line.item] += sign * Decimal(line.quantity)
    for count in COUNTS:
        moved[count.item] -= Decimal(count.difference)
    return moved
