"""Contradictions: one field edited on both sides, another on one, and flows in any order afterwards.

The first is held for a person and stays on both sides as it was typed there, whatever else is sent of the record.
"""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from quickbooks_sync.record_types.registry import FLOWS
from tests.chaos import loupe_changes
from tests.chaos.administration import let_leases_expire
from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.books import Json
from tests.chaos.company import Company, Row, pick
from tests.chaos.lost_answers import run, try_to
from tests.chaos.loupe_changes import own_day, text_for
from tests.chaos.quickbooks_changes import PROPERTIES

if TYPE_CHECKING:
    from tests.chaos.schedule import Schedule

#: Record type -> the field that both sides edit, its value for a number, and how QuickBooks holds it.
_Clash = tuple[str, Callable[[int], str], Callable[[str], Json]]
_CLASHES: dict[str, _Clash] = {
    "payment": (
        "payment_date",
        lambda number: own_day(number).isoformat(),
        lambda text: {"TxnDate": text},
    ),
    "customer": ("email", lambda number: text_for("email", number), PROPERTIES["email"]),
    "invoice": (
        "due_date",
        lambda number: own_day(number).isoformat(),
        lambda text: {"DueDate": text},
    ),
    "inventory_item": (
        "description",
        lambda number: f"Clash {number}",
        lambda text: {"Description": text},
    ),
}
#: The field that is edited in Loupe alone.
_OTHERS: dict[str, Callable[[Row, int], Row]] = {
    "payment": lambda row, number: {
        "reference_number": f"{(row['reference_number'] or 'P').split('-')[0]}-{number}"
    },
    "customer": lambda _row, number: {"city": f"City {number}"},
    "invoice": lambda row, number: {
        "invoice_number": f"{(row['invoice_number'] or 'I').split('-')[0]}-{number}"
    },
    "inventory_item": lambda row, number: {"item_name": f"{row['tag_id']} stone {number}"},
}


def contradict(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Edit a linked record so that one field must be held, and run its flows."""
    record_type = rng.choice(("payment", "payment", "payment", *ENTITIES))
    found = _choose(company, rng, record_type)
    if found is None:
        return f"no linked {record_type}"
    let_leases_expire(company)
    row, record = found
    sides = [lambda: _in_loupe(company, record_type, row)]
    sides.append(lambda: _in_quickbooks(company, record_type, record))
    rng.shuffle(sides)
    said = [try_to(edit) for edit in sides]
    flows = [flow for flow in FLOWS if flow.record_type == record_type]
    for _ in range(3):
        flow, mode = rng.choice(flows), rng.choice(("full", "incremental", "incremental"))
        said.append(f"{flow.name} {mode} {run(schedule, company, flow, mode, rng, frozenset())}")
    return "; ".join(said)


def _choose(company: Company, rng: random.Random, record_type: str) -> tuple[Row, Json] | None:
    live = "record_type = %r and state = 'live' order by link_id"
    link = pick(rng, company.sync_rows("link", live % record_type))
    if link is None:
        return None
    rows = company.rows(record_type, f"{record_type}_id = {link['loupe_id']}")
    records = company.books.records(ENTITIES[record_type], f"Id = '{link['quickbooks_id']}'")
    if not rows or not records or not (_is_live(rows[0]) and _is_live(records[0])):
        return None
    return rows[0], records[0]


def _is_live(record: Row) -> bool:
    is_active = record.get("is_active", True) and record.get("Active", True)
    is_void = record.get("is_void") or record.get("lifecycle_status") in ("Void", "Draft")
    return bool(is_active and not is_void and record.get("TotalAmt") != 0)


def _in_loupe(company: Company, record_type: str, row: Row) -> str:
    name, to_value, _ = _CLASHES[record_type]
    value = to_value(company.next_number())
    other = _OTHERS[record_type](row, company.next_number())
    loupe_changes.change(company, record_type, row, **{name: value, **other})
    kind = record_type.removeprefix("inventory_")
    return f"{kind} {row[f'{record_type}_id']} {name}={value} and {other}"


def _in_quickbooks(company: Company, record_type: str, record: Json) -> str:
    name, to_value, to_properties = _CLASHES[record_type]
    value = to_value(company.next_number())
    entity = ENTITIES[record_type]
    company.books.change(entity, record, **to_properties(value))
    company.note("quickbooks", record_type, record["Id"], name, value)
    return f"{entity} {record['Id']} {name}={value}"
