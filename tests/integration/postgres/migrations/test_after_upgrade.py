"""After an upgrade in the middle of the work the next runs settle and read again all that was left open.

`revision_0006/README.md` says what the dump holds and how it was made.
"""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.postgres.migrations import upgrade_database
from tests.support.books import loupe, quickbooks
from tests.support.earlier_release import COMPANIES, EarlierRelease, Restore
from tests.support.installation import House

LISTS = ("waiting_record", "rejected_record")
_OPEN_SINCE = "update quickbooks_sync.intent set created_at ="


@pytest.fixture(scope="module", params=["the same day", "days later"])
def continued(restore: Restore, request: pytest.FixtureRequest) -> EarlierRelease:
    """The installation after its upgrade and one round of all flows, on the same day or some days later.

    Days later QuickBooks is not trusted to remember a request id, and change data capture does not look back so far.
    """
    release = restore()
    upgrade_database(release.engine)
    if request.param == "the same day":
        release.execute(f"{_OPEN_SINCE} now() - interval '2 hours' where status = 'open'")
    else:
        release.execute(f"{_OPEN_SINCE} now() - interval '40 days' where status = 'open'")
        release.execute(
            "update quickbooks_sync.watermark set changed_since = changed_since - interval '40 days'"
        )
        for house in release.houses:
            house.side_door("request-ids", {"realm": house.realm_id})
    for house in release.houses:
        assert {run["status"] for run in house.run_all().values()} == {"success"}
    return release


def test_intents_are_settled_by_the_next_runs(
    before: EarlierRelease, continued: EarlierRelease
) -> None:
    opened = {row["intent_id"] for row in before.read("intent") if row["status"] == "open"}
    assert not [row for row in continued.read("intent") if row["status"] == "open"]
    linked = {(row["record_type"], row["loupe_id"]) for row in continued.read("link")}
    types = {row["intent_id"]: row["record_type"] for row in continued.read("intent")}
    items = [row for row in continued.read("intent_item") if row["intent_id"] in opened]
    assert len(items) > len(opened)
    assert {(types[item["intent_id"]], item["loupe_id"]) for item in items} <= linked


#: Per record type: the entity, and what its records are called by on either side.
SIDES = {
    "customer": ("Customer", "DisplayName", "display_name"),
    "invoice": ("Invoice", "DocNumber", "invoice_number"),
    "payment": ("Payment", "TotalAmt", "amount"),
    "inventory_item": ("Item", "Name", "item_name"),
}
#: What was sent without an answer, staged, or not looked at yet, per company.
UNDER_WAY = {
    COMPANIES[0][0]: (
        *(("customer", "Kunzite Studio"), ("invoice", "QB-2"), ("invoice", "LF-1004")),
        *(("payment", Decimal("15.00")), ("inventory_item", "Lapis, slab")),
    ),
    COMPANIES[1][0]: (
        *(("customer", "Morion Works"), ("customer", "Nacre Bros"), ("invoice", "LF-2004")),
        *(("payment", Decimal("30.00")), ("inventory_item", "Onyx, cabochon")),
    ),
}


def test_what_was_under_way_is_on_both_sides_once_and_linked(continued: EarlierRelease) -> None:
    for house in continued.houses:
        for record_type, name in UNDER_WAY[house.realm_id]:
            entity, property_name, column = SIDES[record_type]
            records = quickbooks.find(house, entity, "")
            [record] = [record for record in records if record[property_name] == name]
            [row] = [row for row in _rows(house, record_type) if row[column] == name]
            assert house.quickbooks_id(record_type, row[f"{record_type}_id"]) == record["Id"]


def test_nothing_is_created_twice_in_quickbooks(continued: EarlierRelease) -> None:
    for house in continued.houses:
        for entity, property_name, _column in SIDES.values():
            records = quickbooks.find(house, entity, "")
            names = Counter(record[property_name] for record in records)
            assert set(names.values()) == {1}, names


def test_decisions_from_before_are_carried_out(continued: EarlierRelease) -> None:
    for house in continued.houses:
        rows = {row["display_name"]: row["customer_id"] for row in _rows(house, "customer")}
        aster = house.quickbooks_id("customer", rows["Aster Gems"])
        phone = quickbooks.fetch(house, "Customer", aster)["PrimaryPhone"]
        assert phone["FreeFormNumber"] == "aster Loupe"
        assert house.quickbooks_id("customer", rows["Fluorite Arts"])
        # The invoice that waited for that decision has come.
        assert "QB-F" in {row["invoice_number"] for row in _rows(house, "invoice")}


def test_what_nobody_has_decided_or_corrected_stays_listed(continued: EarlierRelease) -> None:
    for house in continued.houses:
        assert _open_fields(house) == Counter(
            {("customer", "phone"): 1, ("customer", "record"): 1, ("customer", "email"): 1}
            | {("inventory_item", "record"): 2}
        )
        assert _listed(house, "rejected_record") == Counter(
            {("push", "customer"): 1, ("push", "invoice"): 1, ("push", "inventory_item"): 1}
        )
        # An invoice of the first company waits for its payment: that was settled after the pull of invoices.
        invoices = 2 if house is continued.houses[0] else 1
        assert _listed(house, "waiting_record") == Counter(
            {("pull", "customer"): 1, ("pull", "invoice"): invoices, ("push", "invoice"): 1}
            | {("pull", "inventory_item"): 2}
        )


def test_once_people_have_done_their_part_both_sides_agree(continued: EarlierRelease) -> None:
    """The last test: it changes the companies."""
    for house in continued.houses:
        _correct(house)
        _decide_all(house)
        house.run_all()
        assert (_open_fields(house), *(_listed(house, name) for name in LISTS)) == ({}, {}, {})
        writes = house.writes()
        verdict = house.run_all(mode="full")
        assert {name: set(run["counts"]) - {"unchanged"} for name, run in verdict.items()} == {
            name: set() for name in verdict
        }
        assert {run["writes"] for run in verdict.values()} == {0}
        assert house.writes() == writes


def _correct(house: House) -> None:
    """Correct what was rejected, in Loupe, and the SKU that two items share, in QuickBooks."""
    keys = {
        (record_type, row[column]): row[f"{record_type}_id"]
        for record_type, (_entity, _property, column) in SIDES.items()
        for row in _rows(house, record_type)
    }
    house.update("customer", keys["customer", "Heliodor Ltd"], email="books@heliodor.example")
    house.update("invoice", keys["invoice", "LF-1003"], due_date=loupe.DAY)
    house.update("inventory_item", keys["inventory_item", "Iolite: rough"], item_name="Iolite")
    [jasper] = quickbooks.find(house, "Item", "Name = 'Jasper, rough'")
    quickbooks.change(house, "Item", jasper["Id"], Sku="LF-7")


def _decide_all(house: House) -> None:
    """Decide all about customers; two that are the same may then differ in a field."""
    for _ in range(2):
        for row in _open_conflicts(house):
            if row["record_type"] == "customer":
                choice = "same" if row["field"] == "record" else "quickbooks"
                decide(house.workspace, row["conflict_id"], choice, by="Ada")


def _rows(house: House, table: str) -> list[dict[str, Any]]:
    rows = house.rows(table)
    return [row for row in rows if row["organization_id"] == house.organization_id]


def _open_conflicts(house: House) -> list[dict[str, Any]]:
    rows = [row for row in house.rows("conflict") if row["realm_id"] == house.realm_id]
    return [row for row in rows if row["resolved_at"] is None]


def _open_fields(house: House) -> Counter[tuple[str, str]]:
    return Counter((row["record_type"], row["field"]) for row in _open_conflicts(house))


def _listed(house: House, table: str) -> Counter[tuple[str, str]]:
    rows = [row for row in house.rows(table) if row["realm_id"] == house.realm_id]
    return Counter((row["direction"], row["record_type"]) for row in rows)
