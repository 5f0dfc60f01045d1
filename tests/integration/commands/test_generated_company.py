"""A generated company with every awkwardness syncs both ways, and nothing stays unexplained.

The size comes from QUICKBOOKS_SYNC_TEST_SCALE (1 is 2,000 customers, 5,000 invoices, 4,000 payments, 1,000
items); the suite runs a fiftieth of it.
"""

import os
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from quickbooks_sync.model.flow import RunSummary
from quickbooks_sync.settings import confirm_settings, propose_settings
from tests.support.installation import House, build_workspace, connect

REALM = "9341450000000077"
SCALE = Decimal(os.environ.get("QUICKBOOKS_SYNC_TEST_SCALE", "0.02"))
OPEN = ("waiting", "rejected", "conflict", "differs")
TABLES = {
    "Customer": "customer",
    "Invoice": "invoice",
    "Payment": "payment",
    "Item": "inventory_item",
}


@pytest.fixture
def generated(fresh_database_url: str, start_emulator: Any, tmp_path: Path) -> House:
    """A generated QuickBooks company and the Loupe organization that overlaps it."""
    from demo.loupe_generator import write_organization
    from quickbooks_emulator.generator import Character, Plan, Sizes, generate_company

    sizes = Sizes(*(max(int(size * SCALE), 10) for size in (2000, 5000, 4000, 1000)))
    plan = Plan(sizes, seed=7, character=Character(multi_currency=True))
    data = tmp_path / "company"
    generate_company(data, REALM, plan.sizes, plan.seed, plan.character)
    emulator = start_emulator(seed=False, data_folder=data)
    workspace = build_workspace(fresh_database_url, emulator.url, tmp_path / "docs")
    connect(workspace, emulator.url, REALM)
    write_organization(fresh_database_url, plan)
    missing = {one.name for one in propose_settings(workspace, REALM) if one.value is None}
    settings = {"opening_stock": "push", "tax": "total_tax", "max_rejected_ratio": "1"}
    if "inventory_start_date" in missing:
        settings["inventory_start_date"] = "2025-04-01"
    confirm_settings(workspace, REALM, settings)
    return House(workspace, emulator.url, realm_id=REALM)


def test_every_record_of_both_sides_has_an_outcome_and_receivables_agree(
    generated: House,
) -> None:
    house = generated
    first = house.run_all(mode="full")
    assert {run["status"] for run in first.values()} == {"success"}
    house.run_all()
    last = house.run_all(mode="full")
    night = house.run_all()
    _print_accounts(house, first=first, last=last, night=night)

    for name, run in (*last.items(), *night.items()):
        assert not run["counts"].keys() & {"created", "updated", "linked", "failed"}, (name, run)
        assert run["writes"] == 0, name
    _assert_a_night_is_cheap(night, items=len(house.rows("inventory_item")))
    records = _everything(house)
    told = _told(house, last)
    for entity, table in TABLES.items():
        _assert_all_told(house, entity, table, records, told)
    _assert_receivables_agree(house, records, told)


def _assert_a_night_is_cheap(night: dict[str, RunSummary], items: int) -> None:
    """One read a record type, and the whole of the items, whose quantities move unseen."""
    reads: dict[str, int] = defaultdict(int)
    for name, run in night.items():
        reads[name.partition("_")[2]] += run["metered_reads"]
    assert reads.pop("inventory_items") <= 2 + items // 1000
    assert all(number <= 1 for number in reads.values()), reads


def _print_accounts(house: House, **passes: dict[str, RunSummary]) -> None:
    """Print what each pass did and what it took; `pytest -s` shows it."""
    times = {row["run_id"]: row["finished_at"] - row["started_at"] for row in house.rows("run")}
    for name, runs in passes.items():
        reads, writes = (
            sum(run[key] for run in runs.values()) for key in ("metered_reads", "writes")
        )
        seconds = sum(times[run["run_id"]].total_seconds() for run in runs.values())
        sys.stdout.write(f"\n{name}: {reads} metered reads, {writes} writes, {seconds:.1f} s\n")
        for flow, run in runs.items():
            counts = ", ".join(f"{key} {value}" for key, value in sorted(run["counts"].items()))
            calls = f"{run['metered_reads']} reads, {run['writes']} writes"
            sys.stdout.write(f"  {flow}: {calls}; {counts}\n")


def _everything(house: House) -> dict[str, dict[str, dict[str, Any]]]:
    client = house.client()
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for entity in TABLES:
        where = "Type IN ('Inventory')" if entity == "Item" else ""
        asked_for = ("Sku",) if entity == "Item" else ()
        pages = client.pages(entity, where=where, asked_for=asked_for)
        found[entity] = {one["Id"]: one for page in pages for one in page.records}
    return found


def _told(house: House, runs: dict[str, Any]) -> dict[tuple[str, str, str], str]:
    """What the last runs said, by (record type, side, id); an open outcome before an unchanged one."""
    by_id = {row["run_id"]: row for row in house.rows("run")}
    wanted = {run["run_id"] for run in runs.values()}
    told: dict[tuple[str, str, str], str] = {}
    for row in house.rows("run_record"):
        if row["run_id"] not in wanted or row["outcome"] == "warning":
            continue
        record_type = by_id[row["run_id"]]["record_type"]
        for side, key in (("loupe", row["loupe_id"]), ("quickbooks", row["quickbooks_id"])):
            place = (record_type, side, str(key))
            if key is not None and told.get(place) not in OPEN:
                told[place] = row["outcome"]
    return told


def _assert_all_told(
    house: House, entity: str, table: str, records: dict[str, Any], told: dict[Any, str]
) -> None:
    for quickbooks_id in records[entity]:
        assert (table, "quickbooks", quickbooks_id) in told, (entity, quickbooks_id)
    for row in house.rows(table):
        assert (table, "loupe", str(row[f"{table}_id"])) in told, (table, row[f"{table}_id"])


def _assert_receivables_agree(house: House, records: dict[str, Any], told: dict[Any, str]) -> None:
    """Open balances by customer and currency, of all invoices that nothing is held about."""
    links = [row for row in house.rows("link") if row["record_type"] == "invoice"]
    rows = {row["invoice_id"]: row for row in house.rows("invoice")}
    ours: dict[Any, Decimal] = defaultdict(Decimal)
    theirs: dict[Any, Decimal] = defaultdict(Decimal)
    compared = 0
    for link in links:
        record, row = records["Invoice"].get(link["quickbooks_id"]), rows[link["loupe_id"]]
        if record is None or told[("invoice", "loupe", str(link["loupe_id"]))] in OPEN:
            continue
        if _has_open_payment(house, link["loupe_id"], told):
            continue
        customer = record["CustomerRef"]["value"]
        ours[customer, row["currency_code"]] += row["balance_amount"]
        theirs[customer, record["CurrencyRef"]["value"]] += Decimal(record["Balance"])
        compared += 1
    assert dict(ours) == dict(theirs)
    assert compared > len(records["Invoice"]) * 0.6, "too little is left to compare"


def _has_open_payment(house: House, invoice_id: int, told: dict[Any, str]) -> bool:
    """Whether Loupe has a payment on the invoice that QuickBooks does not have, and says why."""
    applied = _applications(house).get(invoice_id, ())
    return any(told.get(("payment", "loupe", str(one))) in OPEN for one in applied)


def _applications(house: House) -> dict[int, list[int]]:
    cached: dict[int, list[int]] | None = house.__dict__.get("_applications")
    if cached is None:
        cached = defaultdict(list)
        for row in house.rows("payment_application"):
            cached[row["invoice_id"]].append(row["payment_id"])
        house.__dict__["_applications"] = cached
    return cached
