"""Names, numbers and Tag IDs that two linked records exchange, on either side."""

import random
from dataclasses import dataclass

from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.books import Json
from tests.chaos.company import Company, Row

#: A linked row and its record.
_Pair = tuple[Row, Json]


@dataclass(frozen=True)
class _Field:
    """A field that two records exchange: in Loupe a column, in QuickBooks a property."""

    record_type: str
    name: str
    property: str
    is_live: str


_FIELDS = (
    _Field("customer", "display_name", "DisplayName", "is_active"),
    _Field("invoice", "invoice_number", "DocNumber", "lifecycle_status not in ('Void', 'Draft')"),
    _Field("inventory_item", "tag_id", "Sku", "is_active"),
    _Field("inventory_item", "tag_id", "Sku", "is_active"),
    _Field("inventory_item", "item_name", "Name", "is_active"),
)


def exchange_in_loupe(company: Company, rng: random.Random) -> str | None:
    """Let two rows exchange a name, number or Tag ID within one transaction."""
    found = _choose(company, rng)
    if found is None:
        return None
    field, *pair = found
    keys = [row[f"{field.record_type}_id"] for row, _ in pair]
    texts = [row[field.name] for row, _ in reversed(pair)]
    with company.transaction():
        company.update(field.record_type, keys[0], **{field.name: None})
        for key, text in reversed(tuple(zip(keys, texts, strict=True))):
            company.update(field.record_type, key, **{field.name: text})
    for key, text in zip(keys, texts, strict=True):
        company.note("loupe", field.record_type, key, field.name, text)
    kind = field.record_type.removeprefix("inventory_")
    return f"{kind} {keys[0]} and {kind} {keys[1]} exchange {field.name}"


def exchange_in_quickbooks(company: Company, rng: random.Random) -> str | None:
    """Let two records exchange a name, number or SKU by way of a third value."""
    found = _choose(company, rng)
    if found is None or _awaits_answer(company, found[0].record_type):
        return None
    field, *pair = found
    entity = ENTITIES[field.record_type]
    first, second = (record for _, record in pair)
    if not first.get(field.property) or not second.get(field.property):
        return None
    moved = company.books.change(entity, first, **{field.property: f"X{company.next_number()}"})
    company.books.change(entity, second, **{field.property: first[field.property]})
    company.books.change(entity, moved, **{field.property: second[field.property]})
    for record, other in ((first, second), (second, first)):
        text = other[field.property]
        company.note("quickbooks", field.record_type, record["Id"], field.name, text)
    return f"{entity} {first['Id']} and {entity} {second['Id']} exchange {field.property}"


def _awaits_answer(company: Company, record_type: str) -> bool:
    """Whether an answer is awaited: what is recognised by its name must keep it until then."""
    return bool(company.sync_rows("intent", f"record_type = '{record_type}' and status = 'open'"))


def _choose(company: Company, rng: random.Random) -> tuple[_Field, _Pair, _Pair] | None:
    """Return a field and two linked pairs that are in use, whose marks no longer depend on it."""
    field = rng.choice(_FIELDS)
    links = _linked(company, field)
    chosen = rng.sample(links, min(len(links), 2))
    pairs = [pair for link in chosen if (pair := _read(company, field, link))]
    if len(pairs) < 2:
        return None
    for row, record in pairs:
        _pin(company, field.record_type, row, record)
    return field, pairs[0], pairs[1]


def _linked(company: Company, field: _Field) -> list[Row]:
    table = field.record_type
    return company.read(
        f"select l.loupe_id, l.quickbooks_id from quickbooks_sync.link l join loupe.{table} t"
        f" on t.{table}_id = l.loupe_id where l.realm_id = %s and l.record_type = %s"
        f" and l.state = 'live' and t.{field.name} is not null and t.{field.is_live}"
        " order by l.loupe_id",
        company.realm_id,
        table,
    )


def _read(company: Company, field: _Field, link: Row) -> _Pair | None:
    rows = company.rows(field.record_type, f"{field.record_type}_id = {link['loupe_id']}")
    records = company.books.records(ENTITIES[field.record_type], f"Id = '{link['quickbooks_id']}'")
    is_there = rows and records and records[0].get("Active", True) and records[0].get("TotalAmt", 1)
    return (rows[0], records[0]) if is_there else None


def _pin(company: Company, record_type: str, row: Row, record: Json) -> None:
    """Remember by which mark both ends are known, before the text that shows it goes to another."""
    entered = company.entered
    ours = entered.marks.get(("loupe", record_type, str(row[f"{record_type}_id"])))
    theirs = entered.marks.get(("quickbooks", record_type, record["Id"]))
    mark = ours or theirs or entered.mark_of_row(record_type, row)
    entered.note_mark("loupe", record_type, row[f"{record_type}_id"], mark)
    entered.note_mark("quickbooks", record_type, record["Id"], mark)
