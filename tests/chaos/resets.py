"""A company is reset: wiped under its realm id and filled with strangers, whose Ids are those of linked records."""

import copy
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.chaos.administration import let_leases_expire
from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.books import Json
from tests.chaos.company import Company
from tests.chaos.stopped import FEW, UnnoticedError, run_some

if TYPE_CHECKING:
    from tests.chaos.schedule import Schedule

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
    """Wipe a company, run flows into it, and put back what it was; a person who saw that it was stopped did so."""
    linked = _count_linked(company)
    if linked["customer"] <= FEW or company.sync_rows("intent", "status = 'open'"):
        return "too little is linked, or an answer is awaited"
    let_leases_expire(company)
    ledger = copy.deepcopy(company.entered)
    _order(schedule, company, "take")
    _order(schedule, company, "wipe")
    strangers = [_fill(company, kind, linked) for kind in _STRANGERS]
    said = run_some(schedule, company, rng, _replaced(linked), "pull")
    _ensure_apart(company)
    _order(schedule, company, "put_back")
    company.entered = ledger
    _note_lost(company)
    return f"{sum(strangers)} strangers: {said}; put back"


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
    if linked[record_type] <= FEW:
        return 0
    links = company.sync_rows("link", f"record_type = '{record_type}'")
    last = max(int(link["quickbooks_id"]) for link in links)
    for number in range(1, last + 1):
        name = {"customer": "DisplayName", "inventory_item": "Name"}[record_type]
        properties = {name: f"Stranger {number}", **_STRANGERS[record_type]}
        record = company.books.create(ENTITIES[record_type], **properties)
        if int(record["Id"]) >= last:
            return number
    return last


def _ensure_apart(company: Company) -> None:
    """No stranger has come to Loupe, and none was changed."""
    rows = [
        *company.rows("customer", "display_name like 'Stranger %%'"),
        *company.rows("inventory_item", "item_name like 'Stranger %%'"),
    ]
    if rows:
        raise UnnoticedError(f"the company was reset, and a stranger came to Loupe: {rows[0]}")
    for kind in _STRANGERS:
        for record in company.books.records(ENTITIES[kind]):
            name = str(record.get("DisplayName") or record.get("Name"))
            if name.startswith("Stranger ") and record["SyncToken"] != "0":
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
