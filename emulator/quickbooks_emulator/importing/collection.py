"""Gathers the records of an import, one a record type and Id, and finds what contradicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from quickbooks_emulator.entities.registry import ENTITIES
from quickbooks_emulator.importing.answers import Recorded, Remark
from quickbooks_emulator.importing.references import Reference, fold, list_references, names_of
from quickbooks_emulator.model.documents import Document

SINGLE = ("CompanyInfo", "Preferences")
_NEEDED = {
    "Customer": ("DisplayName",),
    "Vendor": ("DisplayName",),
    "Employee": ("DisplayName",),
    "Invoice": ("CustomerRef", "Line", "TxnDate", "TotalAmt", "Balance"),
    "CreditMemo": ("CustomerRef", "Line", "TxnDate", "TotalAmt", "Balance"),
    "Payment": ("CustomerRef", "TxnDate", "TotalAmt"),
    "Item": ("Name", "Type"),
    "Account": ("Name", "AccountType"),
    "Preferences": ("SalesFormsPrefs",),
    "CompanyInfo": ("CompanyName",),
    "InventoryAdjustment": ("Line",),
}


@dataclass(frozen=True)
class Problem:
    """Why a record cannot be taken."""

    record: Recorded
    text: str

    def __str__(self) -> str:
        """Return the message with its place."""
        return f"{self.record.place}: {self.text}"


@dataclass
class Collection:
    """The records of an import by record type and Id.

    Attributes:
        notes: what was decided about what was read, each a line for a person.
    """

    records: dict[tuple[str, str], Recorded] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, recorded: Recorded | Remark) -> Problem | None:
        """Take a record; of an Id the newest SyncToken wins, and answers that agree are put together."""
        if isinstance(recorded, Remark):
            self.notes.append(f"{recorded.file}: left out {recorded.text}")
            return None
        if recorded.entity in SINGLE and recorded.number != "1":
            self.notes.append(f"{recorded.place}: left out, a company has but one, with Id 1")
            return None
        if problem := _unusable(recorded):
            return problem
        key = (recorded.entity, recorded.number)
        earlier = self.records.setdefault(key, recorded)
        if earlier is recorded or earlier.document == recorded.document:
            return None
        return self._choose(key, earlier, recorded)

    def _choose(
        self, key: tuple[str, str], earlier: Recorded, recorded: Recorded
    ) -> Problem | None:
        if _age(earlier) == _age(recorded):
            if _agree(earlier.document, recorded.document):
                whole = _together(earlier.document, recorded.document)
                self.records[key] = replace(earlier, document=whole)
                return None
            text = f"differs from the one in {earlier.file}, which has the same SyncToken and time"
            return Problem(recorded, f"{text}; keep one of them")
        newest = max(earlier, recorded, key=_age)
        older = earlier if newest is recorded else recorded
        self.records[key] = newest
        token, old_token = newest.document["SyncToken"], older.document["SyncToken"]
        self.notes.append(
            f"{newest.place}: SyncToken {token} taken, {old_token} in {older.file} left out"
        )
        return None

    def references(self) -> Iterator[Reference]:
        """Yield the references of all records."""
        for record in self.records.values():
            yield from list_references(record)

    def of(self, *entities: str) -> list[Recorded]:
        """Return the records of some types."""
        return [record for record in self.records.values() if record.entity in entities]


def find_contradictions(collection: Collection) -> Iterator[Problem]:
    """Yield a problem for each reference, link or Id that the other records contradict."""
    yield from _contradicted_names(collection)
    yield from _lost_links(collection)
    yield from _shared_numbers(collection)


def _contradicted_names(collection: Collection) -> Iterator[Problem]:
    first_named: dict[tuple[str, str], Reference] = {}
    for reference in collection.references():
        if not (reference.number.isascii() and reference.number.isdigit()):
            text = f"{reference.at} points to {reference.number!r}; an Id of QuickBooks is digits"
            yield Problem(reference.source, text)
            continue
        record = collection.records.get((reference.target, reference.number))
        if not reference.name:
            continue
        if record is not None:
            if fold(reference.name) not in names_of(record.document):
                yield Problem(reference.source, _contradiction(reference, record))
            continue
        earlier = first_named.setdefault((reference.target, reference.number), reference)
        if fold(earlier.name) != fold(reference.name):
            text = f"{_calls(reference)}, but {earlier.place} calls it {earlier.name!r}"
            yield Problem(reference.source, text)


def _calls(reference: Reference) -> str:
    return f"{reference.at} calls {reference.target} {reference.number} {reference.name!r}"


def _contradiction(reference: Reference, record: Recorded) -> str:
    name = record.document.get("DisplayName") or record.document.get("Name")
    return f"{_calls(reference)}, but {record.place} is {name!r}"


def _lost_links(collection: Collection) -> Iterator[Problem]:
    for payment in collection.of("Payment"):
        for line in payment.document.get("Line", []):
            links = line.get("LinkedTxn", [])
            if len(links) != 1:
                yield Problem(payment, f"a line pays {len(links)} transactions; expected one")
            for link in links:
                kind, number = str(link.get("TxnType")), str(link.get("TxnId"))
                if (kind, number) not in collection.records:
                    yield Problem(payment, f"a line pays {kind} {number}, which was not recorded")


def _shared_numbers(collection: Collection) -> Iterator[Problem]:
    holders: dict[str, list[Recorded]] = defaultdict(list)
    kinds = [entity.name for entity in ENTITIES.values() if entity.is_transaction]
    for record in collection.of(*kinds):
        holders[record.number].append(record)
    for first, *others in holders.values():
        for record in others:
            text = f"{first.place} has the same Id, and transactions share one row of Ids"
            yield Problem(record, text)


def _unusable(record: Recorded) -> Problem | None:
    document = record.document
    number = record.number
    if not (number.isascii() and number.isdigit() and number != "0"):
        return Problem(record, f"its Id is {number!r}; an Id of QuickBooks is digits")
    needed = ("SyncToken", "MetaData", *_NEEDED.get(record.entity, ("Name",)))
    missing = [name for name in needed if name not in document]
    if missing:
        return Problem(record, f"it lacks {', '.join(missing)}, so it is no whole answer")
    if not str(document["SyncToken"]).isdigit():
        return Problem(record, f"its SyncToken is {document['SyncToken']!r}; expected digits")
    return None


def _agree(first: Any, second: Any) -> bool:
    """Return whether two answers contradict each other in nothing that both hold."""
    if not (isinstance(first, dict) and isinstance(second, dict)):
        return bool(first == second)
    return all(_agree(first[name], second[name]) for name in first.keys() & second.keys())


def _together(first: Document, second: Document) -> Document:
    """Return what two answers of one state hold between them.

    QuickBooks shows more of a record in the answer to a GET or a write than in a query, and a query
    some that the other lacks (Intuit: query language, section 3.3, and section 14).
    """
    inner = {
        name: _together(value, second[name])
        for name, value in first.items()
        if isinstance(value, dict) and name in second
    }
    return {**second, **first, **inner}


def _age(record: Recorded) -> tuple[int, str]:
    times = record.document.get("MetaData") or {}
    return int(record.document["SyncToken"]), str(times.get("LastUpdatedTime", ""))


def collect(answers: Iterable[Recorded | Remark]) -> tuple[Collection, list[Problem]]:
    """Return the recorded answers as a collection, and what could not be taken."""
    collection = Collection()
    problems = [problem for recorded in answers if (problem := collection.add(recorded))]
    return collection, problems
