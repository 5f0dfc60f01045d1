"""Reads files of answers as QuickBooks returned them into single records.

Known forms: an object or a list wrapped in one key, whatever its name; a page of a query; batch and
change-data answers; bare objects and lists of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quickbooks_emulator.entities.registry import ENTITIES, NOT_MODELLED
from quickbooks_emulator.model.documents import Document, parse_json

_ENVELOPES = ("QueryResponse", "BatchItemResponse", "CDCResponse")
_FAULTS = ("Fault", "fault")
# What only objects of a type hold; the first match counts.
_MARKS = (
    ("Payment", {"UnappliedAmt"}),
    ("CreditMemo", {"RemainingCredit"}),
    ("InventoryAdjustment", {"AdjustAccountRef"}),
    ("Invoice", {"Line", "CustomerRef", "DueDate"}),
    ("Account", {"AccountType"}),
    ("CompanyInfo", {"LegalName"}),
    ("Preferences", {"SalesFormsPrefs"}),
    ("Customer", {"DisplayName", "BalanceWithJobs"}),
    ("Item", {"Name", "TrackQtyOnHand"}),
    ("Term", {"Name", "DueDays"}),
)


@dataclass(frozen=True)
class Recorded:
    """One record and where it was found."""

    entity: str
    document: Document
    file: str

    @property
    def number(self) -> str:
        """Its Id, "" if it has none."""
        return str(self.document.get("Id", ""))

    @property
    def place(self) -> str:
        """What a message calls it: file, record type and Id."""
        return f"{self.file}: {self.entity} {self.number or 'without Id'}"


@dataclass(frozen=True)
class Remark:
    """Something in a file that is no record, and what it is."""

    file: str
    text: str


def list_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files themselves and every ``*.json`` of the folders, in order.

    Raises:
        ValueError: for a path that is not there or a folder without such a file.
    """
    files: list[Path] = []
    for path in paths:
        listed = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not listed or not all(file.is_file() for file in listed):
            raise ValueError(f"{path} is no JSON file, nor a folder that holds any (*.json)")
        files += listed
    return files


def read_answers(file: Path) -> Iterator[Recorded | Remark]:
    """Yield every record of a file, and a remark for whatever else it holds.

    Raises:
        ValueError: if the file is not JSON in UTF-8.
    """
    try:
        content = parse_json(file.read_bytes())
    except ValueError as error:
        raise ValueError(f"{file.name} is not JSON: {error}") from None
    yield from _read(content, file, "")


def _read(content: Any, file: Path, key: str) -> Iterator[Recorded | Remark]:
    if isinstance(content, list):
        for element in content:
            yield from _read(element, file, key)
    elif isinstance(content, Mapping):
        yield from _read_object(dict(content), file, key)


def _read_object(content: Document, file: Path, key: str) -> Iterator[Recorded | Remark]:
    if any(name in content for name in _FAULTS):
        yield Remark(file.name, "an error that QuickBooks answered")
    elif content.get("status") == "Deleted":
        yield Remark(file.name, f"the mark of a deleted record, Id {content.get('Id')}")
    elif "Id" in content or "SyncToken" in content:
        yield _recognise(content, file, key)
    else:
        for name, value in content.items():
            if isinstance(value, list | Mapping):
                yield from _read(value, file, "" if name in _ENVELOPES else name)


def _recognise(content: Document, file: Path, key: str) -> Recorded | Remark:
    entity = _named(key) or _marked(content) or _named(file.stem)
    if entity is None:
        return Remark(file.name, f"an object of an unknown kind, Id {content.get('Id')}")
    if entity not in ENTITIES:
        return Remark(file.name, f"{entity} {content.get('Id')}, which the emulator does not model")
    return Recorded(entity, content, file.name)


def _named(text: str) -> str | None:
    """Return the record type in a key or file name, as CreditMemo in "mockCreditMemoData"."""
    plain = "".join(filter(str.isalpha, text)).lower()
    names = sorted((*ENTITIES, *NOT_MODELLED), key=len, reverse=True)
    return next((name for name in names if name.lower().removesuffix("s") in plain), None)


def _marked(content: Document) -> str | None:
    return next((entity for entity, marks in _MARKS if marks <= content.keys()), None)
