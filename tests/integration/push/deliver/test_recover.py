"""Whatever breaks a push between sending and committing, nothing is made twice and nothing is lost."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, text, update

from quickbooks_sync.model.errors import LeaseHeldError, LeaseLostError, UnreachableError
from quickbooks_sync.model.flow import BatchManifest, RunManifest
from quickbooks_sync.postgres import tables
from tests.support.books import loupe, quickbooks
from tests.support.books.child import start_load
from tests.support.installation import House
from tests.support.killed import links_locked, wait_until, waits_for_lock


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test pushes customers of its own."""
    shared_house.run("pull_customers")
    return shared_house


@pytest.fixture(autouse=True)
def _free_leases(house: House) -> Iterator[None]:
    """A test that fails half-way leaves no lease to the next one."""
    yield
    let_lease_expire(house)


def add_customers(house: House, name: str, number: int) -> list[int]:
    return [loupe.add_customer(house, f"{name} {one:03d}") for one in range(number)]


def found(house: House, name: str) -> int:
    """Count the QuickBooks customers of a name."""
    return len(quickbooks.find(house, "Customer", f"DisplayName LIKE '{name} %'"))


def open_intents(house: House) -> int:
    return sum(one["status"] == "open" for one in house.rows("intent"))


def watermark(house: House, direction: str) -> object:
    return [
        one["changed_since"]
        for one in house.rows("watermark")
        if (one["record_type"], one["direction"]) == ("customer", direction)
    ]


def let_lease_expire(house: House) -> None:
    """Set the lease's last sign of life back, as if its run had died long ago."""
    with house.workspace.engine.begin() as connection:
        connection.execute(
            update(tables.lease).values(heartbeat_at=func.now() - timedelta(minutes=11))
        )


def killed_after_sending(house: House, name: str, number: int) -> tuple[RunManifest, BatchManifest]:
    """Push in a process that is killed (SIGKILL) between QuickBooks' answer and its own commit."""
    add_customers(house, name, number)
    run, (batch,) = house.prepare("push_customers")
    writes = house.writes()
    with links_locked(house):
        process = start_load(house, run, batch)
        wait_until(lambda: waits_for_lock(house))
        assert house.writes() == writes + number
        process.kill()
        process.join(10)
    assert process.exitcode == -9
    assert open_intents(house) == 1
    return run, batch


def test_a_task_killed_after_sending_creates_nothing_twice_when_repeated(house: House) -> None:
    run, batch = killed_after_sending(house, "Killed", 7)
    writes = house.writes()
    assert house.load(run, [batch])["created"] == 7
    assert house.finish(run)["status"] == "success"
    assert (found(house, "Killed"), house.writes(), open_intents(house)) == (7, writes, 0)
    assert house.run("push_customers")["counts"] == {}


def test_the_next_run_settles_what_a_dead_run_had_sent(house: House) -> None:
    dead, batch = killed_after_sending(house, "Dead", 3)
    with pytest.raises(LeaseHeldError, match="This run changed nothing"):
        house.run("push_customers")
    let_lease_expire(house)
    run = house.run("push_customers")
    assert run["counts"] == {"created": 3}
    assert found(house, "Dead") == 3
    with pytest.raises(LeaseLostError, match="Another run has worked"):
        house.load(dead, [batch])
    assert house.finish(dead)["status"] == "abandoned"
    assert found(house, "Dead") == 3


def test_an_answer_lost_once_is_asked_for_again(house: House) -> None:
    add_customers(house, "Lost", 4)
    house.order_fault("cut_after_commit")
    assert house.run("push_customers")["counts"] == {"created": 4}
    assert found(house, "Lost") == 4


@pytest.mark.parametrize(
    ("kind", "name", "arrived"),
    [("cut_after_commit", "After", 4), ("cut_before_commit", "Before", 0)],
)
def test_a_lost_answer_fails_the_run_and_the_next_one_settles_it(
    house: House, kind: str, name: str, arrived: int
) -> None:
    ids = add_customers(house, name, 4)
    before = watermark(house, "push")
    house.order_fault(kind, times=2)
    with pytest.raises(UnreachableError, match=r"QuickBooks did not answer.*Check the network"):
        house.run("push_customers")
    assert house.runs[-1]["status"] == "failed"
    assert house.runs[-1]["reason"].startswith("Failed: load. load: QuickBooks did not answer")
    assert watermark(house, "push") == before
    assert (found(house, name), open_intents(house)) == (arrived, 1)
    run = house.run("push_customers")
    assert run["counts"] == {"created": 4}
    assert found(house, name) == 4
    assert all(house.link("customer", loupe_id=one) for one in ids)
    assert watermark(house, "push") != before


def test_a_row_edited_while_its_answer_was_lost_is_sent_again_as_an_edit(house: House) -> None:
    (customer_id,) = add_customers(house, "Edited", 1)
    house.order_fault("cut_after_commit", times=2)
    with pytest.raises(UnreachableError):
        house.run("push_customers")
    house.update("customer", customer_id, city="Lund")
    house.run("push_customers")
    house.run("push_customers")
    record = quickbooks.fetch(house, "Customer", house.quickbooks_id("customer", customer_id))
    assert record["BillAddr"]["City"] == "Lund"
    assert found(house, "Edited") == 1


def test_a_row_deleted_while_its_answer_was_lost_does_not_come_back(house: House) -> None:
    (customer_id,) = add_customers(house, "Deleted", 1)
    house.order_fault("cut_after_commit", times=2)
    with pytest.raises(UnreachableError):
        house.run("push_customers")
    with house.workspace.engine.begin() as connection:
        connection.execute(text(f"delete from loupe.customer where customer_id = {customer_id}"))
    house.run("push_customers")
    house.run("pull_customers")
    assert "Deleted 000" not in {one["display_name"] for one in house.rows("customer")}
    assert house.link("customer", loupe_id=customer_id) is not None


def test_a_load_repeated_after_partial_success_sends_only_the_rest(house: House) -> None:
    add_customers(house, "Partly", 45)
    run, batches = house.prepare("push_customers")
    house.order_fault("status", status=503, skip=1, times=2)
    writes = house.writes()
    with pytest.raises(UnreachableError):
        house.load(run, batches)
    assert (found(house, "Partly"), house.writes()) == (30, writes + 30)
    assert house.load(run, batches)["created"] == 45
    assert (found(house, "Partly"), house.writes()) == (45, writes + 45)
    assert house.load(run, batches)["created"] == 45  # done is done
    assert house.finish(run)["counts"]["created"] == 45
    assert house.writes() == writes + 45


def test_an_intent_too_old_to_be_remembered_is_looked_up_first(house: House) -> None:
    ids = add_customers(house, "Old", 3)
    house.order_fault("cut_after_commit", times=2)
    with pytest.raises(UnreachableError):
        house.run("push_customers")
    with house.workspace.engine.begin() as connection:
        aged = update(tables.intent).where(tables.intent.c.status == "open")
        connection.execute(aged.values(created_at=func.now() - timedelta(hours=25)))
    writes = house.writes()
    run = house.run("push_customers")
    assert all(house.said(run, loupe_id=one) == ["linked"] for one in ids)
    assert (found(house, "Old"), house.writes()) == (3, writes)
    assert all(house.link("customer", loupe_id=one) for one in ids)
