"""Writes a planned company through the emulator's own writing path, so that its books are consistent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from quickbooks_emulator.books.options import Options
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.company.slim_store import SlimStore
from quickbooks_emulator.entities.registry import ENTITIES
from quickbooks_emulator.generator import bodies, words
from quickbooks_emulator.generator.deals import (
    LONGEST_DELAY,
    Charge,
    Credit,
    Deposit,
    Event,
    Receipt,
    Undoing,
)
from quickbooks_emulator.generator.parties import Party
from quickbooks_emulator.generator.plan import Plan
from quickbooks_emulator.generator.products import Product
from quickbooks_emulator.generator.sales import Sale
from quickbooks_emulator.model.clock import PACIFIC, MovableClock
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.faults import FaultError
from quickbooks_emulator.writing.bookkeeping import (
    add_record,
    deposit_payment,
    set_rates,
    write_journal,
)
from quickbooks_emulator.writing.new_company import create_company, merge_preferences
from quickbooks_emulator.writing.operations import delete_record, void_record, write_record

T = TypeVar("T")
_TOGETHER = 1000
"""Records of one transaction: bounds the memory that undoing it needs."""
_GAP = timedelta(seconds=20)
_OPENING_HOUR, _LAST_SECOND = time(9), timedelta(hours=10)
_ANY_NUMBER = Options(frozenset({"allowduplicatedocnum"}))
_NO_OPTIONS = Options()
_BY_HAND = ("Category", "Group")
"""Kinds of items that people make on QuickBooks' pages; its API does not."""


class Writer:
    """Writes one plan into an empty company."""

    def __init__(self, store: SlimStore, realm: str, plan: Plan, present: datetime) -> None:
        self._store, self._plan, self._present = store, plan, present
        self._clock = MovableClock()
        self._company = Company(store, realm, self._clock)
        self._known = bodies.Register()
        self._today, self._today_count = plan.character.opened, 0
        self._marks: list[tuple[date, int]] = []

    def write(self, name: str, report: Callable[[str], None]) -> None:
        """Write the company, saying after each part how far it is."""
        with self._store.transaction():
            self._move_to(self._plan.character.opened)
            create_company(self._company, name, self._preferences(closed=False))
            if self._plan.character.multi_currency:
                rates = words.EXCHANGE_RATES.items()
                set_rates(self._company, {code: Decimal(rate) for code, rate in rates})
        self._known.named = dict(self._read_named())
        self._write_all(self._plan.parties(), self._add_party)
        report(f"{len(self._known.parties)} customers")
        self._write_all(self._plan.products(), self._add_product)
        report(f"{len(self._known.products)} items")
        self._write_all(self._plan.events(), self._add_event)
        report(f"{len(self._known.sales)} invoices, {len(self._known.receipts)} payments")
        self._write_all(self._plan.parties(), self._retire_party)
        self._write_all(self._plan.products(), self._retire_product)
        with self._store.transaction():
            self._close_books()

    def _preferences(self, *, closed: bool) -> dict[str, Document]:
        character = self._plan.character
        before = character.opened - timedelta(days=1)
        day = (closed and character.closed_until) or before
        return {
            "AccountingInfoPrefs": {"BookCloseDate": day.isoformat()},
            "SalesFormsPrefs": {"CustomTxnNumbers": character.custom_numbers},
            "TaxPrefs": {"UsingSalesTax": character.sales_tax},
            "CurrencyPrefs": {"MultiCurrencyEnabled": character.multi_currency},
        }

    def _close_books(self) -> None:
        current = self._company.get("Preferences", "1")
        changed = merge_preferences(current, self._preferences(closed=True))
        self._company.replace("Preferences", changed)

    def _read_named(self) -> Iterator[tuple[tuple[str, str], str]]:
        for entity in ("Account", "Term", "PaymentMethod", "TaxCode"):
            for record in self._store.documents(self._company.realm, entity).values():
                yield (entity, record["Name"]), record["Id"]

    def _write_all(self, records: Iterable[T], write: Callable[[T], None]) -> None:
        rest = iter(records)
        while together := list(islice(rest, _TOGETHER)):
            with self._store.transaction():
                for record in together:
                    write(record)
            self._forget_settled()

    def _move_to(self, day: date) -> None:
        """Put the clock on a day, each record of it some seconds after the one before."""
        self._today_count = self._today_count + 1 if day == self._today else 0
        self._today = day
        since = min(self._today_count * _GAP, _LAST_SECOND)
        moment = datetime.combine(day, _OPENING_HOUR, PACIFIC) + since
        self._clock.put(min(moment.astimezone(UTC), self._present), frozen=True)

    def _create(self, entity: str, body: Document, options: Options = _NO_OPTIONS) -> str:
        """Write a record and return its Id.

        Raises:
            ValueError: if the emulator refuses it: the plan and the rules have parted ways.
        """
        try:
            written = write_record(self._company, ENTITIES[entity], body, options)
        except FaultError as error:
            shown = {name: body.get(name) for name in ("DisplayName", "Name", "DocNumber")}
            raise ValueError(f"The emulator refuses a planned {entity} {shown}: {error}") from error
        return str(written["Id"])

    def _add_party(self, party: Party) -> None:
        self._move_to(self._plan.character.opened)
        number = self._create("Customer", bodies.customer_body(party, self._known))
        self._known.parties[party.number] = number

    def _add_product(self, product: Product) -> None:
        self._move_to(self._plan.character.opened)
        body = bodies.item_body(product, self._known, self._plan.character.opened)
        if product.kind in _BY_HAND:
            number = add_record(self._company, "Item", body)["Id"]
        else:
            number = self._create("Item", body)
        self._known.products[product.number] = number

    def _add_event(self, event: Event) -> None:
        self._move_to(event.day)
        if isinstance(event, Sale):
            self._add_sale(event)
        elif isinstance(event, Receipt):
            body = bodies.payment_body(event, self._known)
            self._known.receipts[event.key] = self._create("Payment", body)
        elif isinstance(event, Credit):
            body = bodies.credit_body(event, self._known)
            self._known.credits[event.key] = self._create("CreditMemo", body)
        elif isinstance(event, Charge):
            party = self._known.parties[event.party.number]
            entry = write_journal(self._company, party, event.amount)
            self._known.charges[event.key] = entry["Id"]
        elif isinstance(event, Deposit):
            deposit_payment(self._company, self._known.receipts[event.of.key])
        else:
            self._undo(event)

    def _add_sale(self, sale: Sale) -> None:
        body = bodies.invoice_body(sale, self._known)
        self._known.sales[sale.key] = self._create("Invoice", body, _ANY_NUMBER)

    def _undo(self, undoing: Undoing) -> None:
        is_sale = isinstance(undoing.of, Sale)
        entity = ENTITIES["Invoice" if is_sale else "Payment"]
        ids = self._known.sales if is_sale else self._known.receipts
        current = self._company.get(entity.name, ids[undoing.of.key])
        head = {"Id": current["Id"], "SyncToken": current["SyncToken"]}
        if not undoing.is_deletion:
            void_record(self._company, entity, head)
            return
        delete_record(self._company, entity, head)
        del ids[undoing.of.key]

    def _retire_party(self, party: Party) -> None:
        record = self._company.get("Customer", self._known.parties[party.number])
        if party.retires and not record["Balance"] and not record["BalanceWithJobs"]:
            self._retire("Customer", record)

    def _retire_product(self, product: Product) -> None:
        if product.retires:
            self._retire("Item", self._company.get("Item", self._known.products[product.number]))

    def _retire(self, entity: str, record: Document) -> None:
        self._move_to(self._plan.character.until)
        head = {"Id": record["Id"], "SyncToken": record["SyncToken"]}
        body = {**head, "sparse": True, "Active": False}
        write_record(self._company, ENTITIES[entity], body, _NO_OPTIONS)

    def _forget_settled(self) -> None:
        """Let go of transactions to which nothing can happen any more."""
        counter = (self._company.realm, "transaction")
        self._marks.append((self._today, self._store.last_number(*counter)))
        while self._marks[0][0] < self._today - LONGEST_DELAY:
            _, last = self._marks.pop(0)
            self._store.forget_transactions(self._company.realm, last)
