"""The gate: a run that would empty a field on many records loads nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import text

from quickbooks_sync.commands import steps
from quickbooks_sync.model.errors import GateClosedError
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import House

MANY = 25


@pytest.fixture(scope="module")
def synced(shared_house: House) -> House:
    """More customers than a gate needs, with phones, the same on both sides."""
    for number in range(MANY):
        quickbooks.create(
            shared_house,
            "Customer",
            DisplayName=f"Gate {number:02d}",
            PrimaryPhone={"FreeFormNumber": f"555 {number:04d}"},
        )
    shared_house.run("pull_customers")
    return shared_house


@pytest.fixture
def house(synced: House) -> Iterator[House]:
    """The company, whose setting a test may change."""
    yield synced
    confirm_settings(synced.workspace, synced.realm_id, {"max_blanked_ratio": ""})


def phones(house: House) -> dict[int, str | None]:
    return {one["customer_id"]: one["phone"] for one in house.rows("customer")}


def watermarks(house: House) -> list[Mapping[str, Any]]:
    return house.rows("watermark")


def pull_as_if_quickbooks_said(house: House, **properties: Any) -> Any:
    """A full pull of customers whose answers had these properties (`None`: left out)."""
    run = house.check("pull_customers", mode="full")
    batches = steps.extract(house.workspace, run)
    with house.workspace.engine.begin() as connection:
        for name in properties:
            connection.execute(
                text(
                    "update quickbooks_sync.staged_record set raw = raw - :name where run_id = :run"
                ),
                {"name": name, "run": run["run_id"]},
            )
    for batch in batches:
        steps.transform(house.workspace, run, batch)
        steps.validate(house.workspace, run, batch)
    return run, batches


def test_answers_without_a_property_for_all_customers_load_nothing(house: House) -> None:
    before, marks = phones(house), watermarks(house)
    run, batches = pull_as_if_quickbooks_said(house, PrimaryPhone=None)
    with pytest.raises(GateClosedError) as caught:
        steps.gate(house.workspace, run)
    said = str(caught.value)
    assert f"empty the field phone in Loupe on {MANY} of the {MANY} records" in said
    assert "more than the allowed share of 0.2" in said
    some = house.rows("link")[0]["quickbooks_id"]
    assert f"for example in {some}" in said
    assert "--set max_blanked_ratio=1" in said
    assert batches
    summary = house.finish(run, "gate")
    assert summary["status"] == "failed"
    assert (phones(house), watermarks(house)) == (before, marks)


def test_a_few_emptied_phones_are_loaded(house: House) -> None:
    # Whatever the share: below twenty records it is a person's edit.
    confirm_settings(house.workspace, house.realm_id, {"max_blanked_ratio": "0"})
    emptied = [one["quickbooks_id"] for one in house.rows("link")][:3]
    for quickbooks_id in emptied:
        quickbooks.change(house, "Customer", quickbooks_id, PrimaryPhone={"FreeFormNumber": ""})
    run = house.run("pull_customers")
    assert run["counts"]["updated"] == len(emptied)
    assert [phones(house)[house.loupe_id("customer", one)] for one in emptied] == [None] * 3


def test_what_a_person_allowed_for_one_run_is_loaded(house: House) -> None:
    confirm_settings(house.workspace, house.realm_id, {"max_blanked_ratio": "1"})
    before = phones(house)
    run, _batches = pull_as_if_quickbooks_said(house, PrimaryPhone=None)
    assert steps.gate(house.workspace, run)["records"] >= MANY
    house.finish(run, "load")
    assert phones(house) == before


def test_a_push_that_would_empty_a_field_in_quickbooks_on_many_records_sends_nothing(
    house: House,
) -> None:
    held = {key: phone for key, phone in phones(house).items() if phone}
    assert len(held) >= 20
    for key in held:
        house.update("customer", key, phone=None)
    writes = house.writes()
    with pytest.raises(GateClosedError, match="empty the field phone in QuickBooks on "):
        house.run("push_customers")
    assert house.writes() == writes
    for key, phone in held.items():
        house.update("customer", key, phone=phone)
    assert set(house.run("push_customers")["counts"]) == {"unchanged"}


def test_new_customers_without_a_phone_close_no_gate(house: House) -> None:
    for number in range(MANY):
        loupe.add_customer(house, f"Phoneless {number:02d}")
    assert house.run("push_customers")["counts"]["created"] == MANY
