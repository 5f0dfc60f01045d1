"""A company is reset: wiped under its realm id and filled with strangers, whose Ids are those of linked records.

Mostly what was before is put back. Else it stays so, and a person has every record listed that is another one now.
"""

import copy
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.chaos.administration import let_leases_expire
from tests.chaos.auditor.comparing import ENTITIES, shown
from tests.chaos.auditor.ledger import Ledger
from tests.chaos.auditor.people_only import TRACED
from tests.chaos.books import Json
from tests.chaos.company import Company
from tests.chaos.stopped import UnnoticedError, run_some, tolerate

if TYPE_CHECKING:
    from tests.chaos.schedule import Schedule

#: So many linked records that are other ones do not stop a company yet.
_FEW = 2
_STRANGER = "Stranger"
#: Fields whose values come back or are counted.
_ALSO = {"inventory_item": ("tag_id", "quantity")}
#: What is over with a wiped company: whether its records were in use, and what settled what.
_OVER = ("is_ended", "applications")
#: Per record type and key what stands in the fields of a row.
_Standing = dict[tuple[str, int], dict[str, Any]]
_STRANGERS: dict[str, Json] = {
    "customer": {},
    "inventory_item": {
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 0,
        "InvStartDate": "2026-01-01",
        "IncomeAccountRef": {"value": "9"},
        "ExpenseAccountRef": {"value": "13"},
        "AssetAccountRef": {"value": "5"},
    },
}


def reset_company(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Wipe a company and run flows into it; a person who saw that it was stopped puts back what was, or lets it be."""
    linked = _count_linked(company)
    if company.most_replaced != _FEW:
        return "it was reset for good once"
    if linked["customer"] <= _FEW or company.sync_rows("intent", "status = 'open'"):
        return "too little is linked, or an answer is awaited"
    let_leases_expire(company)
    ledger, standing = copy.deepcopy(company.entered), _read_standing(company)
    _order(schedule, company, "take")
    _order(schedule, company, "wipe")
    strangers = [_fill(company, kind, linked) for kind in _STRANGERS]
    said = run_some(schedule, company, rng, _replaced(linked), "pull")
    _ensure_apart(company)
    if rng.random() < 0.3:
        _note_standing(company, standing)
        return f"{sum(strangers)} strangers: {said}; {_let_be(schedule, company, ledger)}"
    _order(schedule, company, "put_back")
    company.entered = ledger
    _note_lost(company)
    return f"{sum(strangers)} strangers: {said}; put back"


def _let_be(schedule: "Schedule", company: Company, ledger: Ledger) -> str:
    """Forget with the person who wiped the company what it held; what was linked to that has ended."""
    for (side, kind, key), mark in ledger.marks.items():
        if side == "quickbooks":
            company.entered.end(kind, mark)
            if company.entered.marks.get((side, kind, key)) == mark:
                company.entered.forget(side, kind, key)
    for link in company.sync_rows("link"):
        kind = link["record_type"]
        for row in company.rows(kind, f"{kind}_id = {link['loupe_id']}"):
            company.entered.end(kind, company.entered.mark_of_row(kind, row))
    company.unmapped.clear()
    company.twins.clear()
    return tolerate(schedule, company, is_for_good=True)


def _read_standing(company: Company) -> _Standing:
    """Return what stands in Loupe."""
    return {
        (kind, row[f"{kind}_id"]): {
            name: shown(row[name]) for name in (*TRACED[kind], *_ALSO.get(kind, ()))
        }
        for kind in ENTITIES
        for row in company.rows(kind)
    }


def _note_standing(company: Company, standing: _Standing) -> None:
    """Let the person who wiped the company stand for what Loupe has: what was entered there has gone with it."""
    for (kind, key), values in standing.items():
        for name, value in values.items():
            typed = company.entered.edits.get(("loupe", kind, str(key), name), ())
            if value != (typed[-1].value if typed else None):
                company.note("loupe", kind, key, name, value)
        for name in _OVER:
            company.entered.edits.pop(("loupe", kind, str(key), name), None)


def _order(schedule: "Schedule", company: Company, action: str) -> None:
    order: dict[str, Any] = {"realm": company.realm_id, "action": action}
    schedule.servers.side_door("backups", order)


def _count_linked(company: Company) -> Counter[str]:
    return Counter(link["record_type"] for link in company.sync_rows("link", "state = 'live'"))


def _replaced(linked: Counter[str]) -> Counter[str]:
    """Return by record type how many linked records are strangers now."""
    return Counter({kind: number for kind, number in linked.items() if kind in _STRANGERS})


def _fill(company: Company, record_type: str, linked: Counter[str]) -> int:
    """Enter strangers until each linked Id is given out again; where few are linked, none."""
    if linked[record_type] <= _FEW:
        return 0
    links = company.sync_rows("link", f"record_type = '{record_type}'")
    last = max(int(link["quickbooks_id"]) for link in links)
    for count in range(1, last + 1):
        record = _enter_stranger(company, record_type)
        if int(record["Id"]) >= last:
            return count
    return last


def _enter_stranger(company: Company, record_type: str) -> Json:
    number = company.next_number()
    if record_type == "customer":
        named = {"DisplayName": f"C{number} {_STRANGER}"}
    else:
        named = {"Name": f"T{number} {_STRANGER}", "Sku": f"T{number}"}
    properties = {**named, **_STRANGERS[record_type]}
    record = company.books.create(ENTITIES[record_type], **properties)
    mark = next(iter(named.values()))
    company.entered.note_mark("quickbooks", record_type, record["Id"], mark)
    return record


def _ensure_apart(company: Company) -> None:
    """No stranger has come to Loupe, and none was changed."""
    rows = [
        *company.rows("customer", f"display_name like '%%{_STRANGER}'"),
        *company.rows("inventory_item", f"item_name like '%%{_STRANGER}'"),
    ]
    if rows:
        raise UnnoticedError(f"the company was reset, and a stranger came to Loupe: {rows[0]}")
    for kind in _STRANGERS:
        for record in company.books.records(ENTITIES[kind]):
            name = str(record.get("DisplayName") or record.get("Name"))
            if name.endswith(_STRANGER) and record["SyncToken"] != "0":
                raise UnnoticedError(f"the company was reset, and a stranger was changed: {record}")


def _note_lost(company: Company) -> None:
    """What the sync entered into the wiped company is gone by the person who put back what was before."""
    for record_type, entity in ENTITIES.items():
        there = {record["Id"] for record in company.books.records(entity)}
        rows = {row[f"{record_type}_id"]: row for row in company.rows(record_type)}
        for link in company.sync_rows("link", f"record_type = '{record_type}'"):
            if link["quickbooks_id"] not in there and link["loupe_id"] in rows:
                mark = company.entered.mark_of_row(record_type, rows[link["loupe_id"]])
                company.entered.end(record_type, mark)
