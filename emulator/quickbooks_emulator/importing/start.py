"""Turns files of recorded answers into a company of the emulator, whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.company.indexing import UNRECORDED
from quickbooks_emulator.company.slim_store import SlimStore, refuse_taken_realm
from quickbooks_emulator.company.store import DATABASE
from quickbooks_emulator.entities.registry import ENTITIES
from quickbooks_emulator.importing.answers import Recorded, Remark, list_files, read_answers
from quickbooks_emulator.importing.collection import (
    Collection,
    Problem,
    collect,
    find_contradictions,
)
from quickbooks_emulator.importing.opening import complete_opening
from quickbooks_emulator.importing.references import DELETED
from quickbooks_emulator.importing.synthesis import add_missing
from quickbooks_emulator.importing.unrecorded import find_unrecorded
from quickbooks_emulator.model.clock import PACIFIC, MovableClock, to_stamp
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.faults import EmulatorError
from quickbooks_emulator.reading.present import present


class ImportRefusedError(ValueError):
    """The recordings contradict themselves or hold what is no whole answer; nothing was written.

    Attributes:
        problems: one text a refused record, with its file.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        listed = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(
            f"{len(problems)} recorded records cannot be imported:\n{listed}\n"
            "Name only the files that belong together, or leave out such records."
        )
        self.problems = list(problems)

    def __reduce__(self) -> tuple[type[ImportRefusedError], tuple[list[str]]]:
        """Pickle by the problems."""
        return type(self), (self.problems,)


@dataclass(frozen=True)
class ImportedCompany:
    """What an import did.

    Attributes:
        counts: records taken as recorded, by type.
        made_up: a line for each record that recordings only refer to.
        added: a line for each type of which usual records were added.
        notes: a line for each thing left out or chosen.
    """

    realm: str
    counts: dict[str, int]
    made_up: list[str]
    added: list[str]
    notes: list[str]


def import_company(
    data_dir: Path | str, realm: str, paths: Iterable[Path | str], *, leave_out: bool = False
) -> ImportedCompany:
    """Write a company from recorded answers into the data folder of an emulator not running.

    Args:
        data_dir: the folder, made when missing; other companies in it are kept.
        realm: the new company's realm id.
        paths: JSON files, or folders of them.
        leave_out: leave records that cannot be taken out, and say so, instead of refusing all.

    Raises:
        ImportRefusedError: naming each record that cannot be taken.
        ValueError: for a file that is not JSON, or a realm that is no number or taken.
    """
    files = list_files(Path(path) for path in paths)
    recordings = [recorded for file in files for recorded in read_answers(file)]
    collection = _settle(recordings, leave_out=leave_out)
    if not collection.records:
        raise ValueError(f"No record was found in {', '.join(file.name for file in files)}")
    counts = Counter(entity for entity, _ in collection.records)
    made_up = add_missing(collection)
    added = _write(Path(data_dir), realm, collection)
    return ImportedCompany(realm, dict(counts), made_up, added, collection.notes)


def _settle(recordings: list[Recorded | Remark], *, leave_out: bool) -> Collection:
    """Return what can be taken; what contradicts is refused or left out until nothing does."""
    collection, problems = collect(recordings)
    problems += find_contradictions(collection)
    if problems and not leave_out:
        raise ImportRefusedError([str(problem) for problem in problems])
    while problems:
        _leave_out(collection, problems)
        problems = list(find_contradictions(collection))
    return collection


def _leave_out(collection: Collection, problems: list[Problem]) -> None:
    for problem in problems:
        collection.notes.append(f"Left out {problem}")
        key = (problem.record.entity, problem.record.number)
        # Another copy of the record may have been taken: that one stays.
        if collection.records.get(key) is problem.record:
            del collection.records[key]


def _write(data_dir: Path, realm: str, collection: Collection) -> list[str]:
    data_dir.mkdir(parents=True, exist_ok=True)
    store = SlimStore(data_dir / DATABASE)
    try:
        refuse_taken_realm(store, realm)
        company = Company(store, realm, MovableClock())
        with store.transaction():
            for record in collection.records.values():
                _keep(store, company, record)
            for number, payment in find_unrecorded(collection).items():
                company.keep(UNRECORDED, payment)
                store.raise_number(realm, ENTITIES["Payment"].counter, int(number))
            added = complete_opening(company, store, f"Imported company {realm}")
            _refuse_unshowable(company, collection)
        store.finish()
    finally:
        store.close()
    return added


def _keep(store: SlimStore, company: Company, record: Recorded) -> None:
    company.keep(record.entity, _to_stored(record))
    store.raise_number(company.realm, ENTITIES[record.entity].counter, int(record.number))


def _to_stored(record: Recorded) -> Document:
    """Return a document as the store keeps it: times in UTC, names without suffix."""
    stored = {**record.document, "Id": record.number}
    times = record.document["MetaData"]
    updated = times.get("LastUpdatedTime") or times["CreateTime"]
    created = times.get("CreateTime") or updated
    stored["MetaData"] = {"CreateTime": _stamp(created), "LastUpdatedTime": _stamp(updated)}
    if ENTITIES[record.entity].has_active:
        stored.setdefault("Active", True)
    if stored.get("Active") is False:
        names = {"DisplayName", "Name", "FullyQualifiedName"} & stored.keys()
        stored |= {name: str(stored[name]).removesuffix(DELETED) for name in names}
    return stored


def _stamp(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return to_stamp((moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)).astimezone(UTC))


def _refuse_unshowable(company: Company, collection: Collection) -> None:
    """Refuse records of a form that the emulator could not answer with."""
    problems = []
    for record in collection.records.values():
        try:
            present(company, record.entity, company.get(record.entity, record.number))
        except (EmulatorError, KeyError, IndexError) as error:
            problems.append(f"{record.place}: the emulator cannot show it ({error!r})")
    if problems:
        raise ImportRefusedError(problems)
