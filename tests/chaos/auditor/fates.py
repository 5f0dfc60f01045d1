"""What became of everything that people entered: it is on both sides, or something explains why it is not."""

from collections import defaultdict
from collections.abc import Iterator

from tests.chaos.auditor.both_sides import BothSides
from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.auditor.ledger import Thing
from tests.chaos.auditor.violation import Violation

#: What stands of a thing on the two sides: (side, id).
_Places = set[tuple[str, int | str]]


def astray(books: BothSides) -> Iterator[Violation]:
    """What a person entered and none ended is on both sides under one link, or listed."""
    places = _places_by_thing(books)
    ended = books.company.entered.ended
    for (_, record_type, key), mark in books.company.entered.marks.items():
        stands = places.get((record_type, mark), set())
        if (record_type, mark) in ended or _is_explained(books, record_type, stands):
            continue
        text = (
            f"{mark}, entered as {key}, stands as {sorted(map(str, stands))}, and no list says why"
        )
        yield Violation("what was entered is on both sides", text, record_type, *_ids(stands))


def _places_by_thing(books: BothSides) -> dict[Thing, _Places]:
    places: dict[Thing, _Places] = defaultdict(set)
    for record_type in ENTITIES:
        for side, key, _ in books.standing(record_type):
            mark = books.mark_of(record_type, side, key)
            if mark:
                places[record_type, mark].add((side, key))
    return places


def _is_explained(books: BothSides, record_type: str, stands: _Places) -> bool:
    """Whether everything that stands of a thing is linked within it, or a person is told, or it is a draft.

    What a person has told apart may be linked to something else since.
    """
    return bool(stands) and all(
        _is_linked(books, record_type, stands, side, key)
        or books.is_told(record_type, side, key)
        or _is_told_apart(books, record_type, side, key)
        or (side == "loupe" and _is_draft(books, record_type, key))
        for side, key in stands
    )


def _is_linked(
    books: BothSides, record_type: str, stands: _Places, side: str, key: int | str
) -> bool:
    for number, loupe_id in books.linked[record_type].items():
        ends: _Places = {("loupe", loupe_id), ("quickbooks", number)}
        if (side, key) in ends:
            return ends <= stands
    return False


def _is_told_apart(books: BothSides, record_type: str, side: str, key: int | str) -> bool:
    end = f"{side}_id"
    is_linked = any(link[end] == key for link in books.links[record_type])
    return is_linked and (record_type, key) in books.company.told_apart


def _is_draft(books: BothSides, record_type: str, key: int | str) -> bool:
    return books.rows[record_type][int(key)].get("lifecycle_status") == "Draft"


def _ids(stands: _Places) -> tuple[int | None, str | None]:
    loupe_id = next((int(key) for side, key in stands if side == "loupe"), None)
    return loupe_id, next((str(key) for side, key in stands if side == "quickbooks"), None)


def entered_by_nobody(books: BothSides) -> Iterator[Violation]:
    """Nothing stands on either side that no person entered."""
    for record_type in ENTITIES:
        for side, key, _ in books.standing(record_type):
            mark = books.mark_of(record_type, side, key)
            if (record_type, mark) not in books.company.entered.things:
                text = f"{side} has {key} ({mark or 'without a mark'}), which no person entered"
                number = str(key) if side == "quickbooks" else None
                loupe_id = int(key) if side == "loupe" else None
                rule = "people enter everything"
                yield Violation(rule, text, record_type, loupe_id, number)
