"""One company as the business rules see it: its documents, settings, references and clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from quickbooks_emulator.company.store import Store
from quickbooks_emulator.entities.registry import ENTITIES
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.clock import Clock, company_date, to_stamp
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.switches import Switches

# The names that Intuit's messages use for a missing reference, by record type.
_ELEMENTS = {
    "Customer": "Names", "Item": "Items", "Account": "Accounts", "Class": "Klasses",
    "Department": "Departments", "Term": "Terms", "PaymentMethod": "PaymentMethods",
    "TaxCode": "TaxCodes", "Vendor": "Names", "Employee": "Names",
}  # fmt: skip


class Company:
    """A company's records and the ways to change them."""

    def __init__(
        self, store: Store, realm: str, clock: Clock, switches: Switches | None = None
    ) -> None:
        self.store, self.realm, self.clock = store, realm, clock
        self.switches = switches or Switches()

    def find(self, entity: str, number: str) -> Document | None:
        """Return a document, or None."""
        return self.store.find(self.realm, entity, number)

    def get(self, entity: str, number: str) -> Document:
        """Return a document that must exist.

        Raises:
            FaultError: 2030 for an Id that is no number, 610 if there is none.
        """
        if not (number.isascii() and number.isdigit()):
            raise faults.invalid_id(number)
        document = self.find(entity, number)
        if document is None:
            raise faults.not_found()
        return document

    def preference(self, group: str, name: str) -> Any:
        """Return a setting of the company's Preferences, or None."""
        preferences = self.find("Preferences", "1") or {}
        return preferences.get(group, {}).get(name)

    @property
    def home_currency(self) -> str:
        """The currency of the books."""
        return str(self.preference("CurrencyPrefs", "HomeCurrency")["value"])

    @property
    def has_currencies(self) -> bool:
        """Whether the company keeps several currencies."""
        return bool(self.preference("CurrencyPrefs", "MultiCurrencyEnabled"))

    def exchange_rate(self, code: str) -> Decimal:
        """Return the home units for one unit of a currency: the company's rate, or 1."""
        currencies = self.store.documents(self.realm, "CompanyCurrency").values()
        rates = (
            currency["Rate"]
            for currency in currencies
            if currency["Code"] == code and currency["Active"]
        )
        return Decimal(next(rates, 1))

    def today(self) -> date:
        """Return the company's calendar day."""
        return company_date(self.clock.now())

    def is_visible(self, document: Document) -> bool:
        """Return whether queries show a record yet (see the switches ``late_rows`` and ``listed_until``)."""
        if not self.switches.late_rows:
            return True
        latest = self.clock.now() - timedelta(seconds=self.switches.late_rows)
        caught_up = datetime.fromtimestamp(self.switches.listed_until, UTC)
        return bool(document["MetaData"]["CreateTime"] <= to_stamp(max(latest, caught_up)))

    def insert(self, entity: str, document: Document) -> Document:
        """Add a document under the next Id, with SyncToken 0 and both times set to now."""
        number = self.store.next_number(self.realm, ENTITIES[entity].counter)
        now = to_stamp(self.clock.now())
        times = {"CreateTime": now, "LastUpdatedTime": now}
        added = {**document, "Id": str(number), "SyncToken": "0", "MetaData": times}
        self.store.put(self.realm, entity, added)
        return added

    def replace(self, entity: str, document: Document) -> Document:
        """Store a changed document with the next SyncToken and LastUpdatedTime now."""
        token = str(int(document["SyncToken"]) + 1)
        return self.touch(entity, {**document, "SyncToken": token})

    def touch(self, entity: str, document: Document) -> Document:
        """Store a document with LastUpdatedTime now but the same SyncToken."""
        times = {**document["MetaData"], "LastUpdatedTime": to_stamp(self.clock.now())}
        return self.keep(entity, {**document, "MetaData": times})

    def keep(self, entity: str, document: Document) -> Document:
        """Store a document as it is, with neither SyncToken nor time moved."""
        self.store.put(self.realm, entity, document)
        return document

    def remove(self, entity: str, number: str) -> None:
        """Delete a document, leaving a tombstone for change data capture."""
        self.store.remove(self.realm, entity, number, to_stamp(self.clock.now()))

    def resolve(self, entity: str, pointer: Document, element: str) -> Document:
        """Return the active record that a reference points to.

        Raises:
            FaultError: 2500 when there is none or when it is inactive.
        """
        record = self.find(entity, pointer["value"])
        if record is None:
            what = f"{_ELEMENTS.get(entity, entity)} element id {pointer['value']} not found"
            raise faults.bad_reference(what, element)
        if record.get("Active") is False:
            raise faults.bad_reference(faults.INACTIVE_TEXT, element)
        return record

    def account_of(self, subtype: str) -> Document | None:
        """Return the first active account of a sub-type, or None."""
        accounts = self.store.documents(self.realm, "Account").values()
        matching = (a for a in accounts if a["AccountSubType"] == subtype and a["Active"])
        return next(matching, None)

    def refuse_closed(self, *days: str) -> None:
        """Refuse a change that touches a closed period.

        Raises:
            FaultError: 6210 if a day is at or before the BookCloseDate.
        """
        closed = self.preference("AccountingInfoPrefs", "BookCloseDate")
        if closed and any(day <= closed for day in days):
            raise faults.closed_period()
