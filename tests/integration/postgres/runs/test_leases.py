"""The lease: one run at a time per record type and company, and no writing for the dead."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, update

from quickbooks_sync.model.errors import LeaseHeldError, LeaseLostError
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.connection.companies import write_company
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.runs.leases import Lease, free_lease, hold_lease, take_lease


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    """A database with two companies."""
    built = build_engine(fresh_database_url)
    with built.begin() as connection:
        for realm_id in ("1", "2"):
            write_company(
                connection,
                realm_id=realm_id,
                organization_id=int(realm_id),
                company_name="x",
                environment="sandbox",
            )
    yield built
    built.dispose()


def take(
    engine: Engine, holder: str, *, realm_id: str = "1", record_type: str = "customer"
) -> Lease:
    with engine.begin() as connection:
        return take_lease(connection, realm_id, record_type, holder)


def hold(engine: Engine, lease: Lease) -> None:
    with engine.begin() as connection:
        hold_lease(connection, lease)


def expire(engine: Engine) -> None:
    with engine.begin() as connection:
        long_ago = func.now() - timedelta(minutes=11)
        connection.execute(update(tables.lease).values(heartbeat_at=long_ago))


def test_a_held_lease_names_its_holder_and_the_way_out(engine: Engine) -> None:
    take(engine, "pull_customers nightly-1")
    with pytest.raises(LeaseHeldError) as caught:
        take(engine, "push_customers by-hand")
    assert str(caught.value).startswith("pull_customers nightly-1 is working on customer records")
    assert "run it again once the other has finished" in str(caught.value)
    assert caught.value.facts["holder"] == "pull_customers nightly-1"


def test_the_holder_may_take_it_again_at_the_same_fence(engine: Engine) -> None:
    assert take(engine, "one") == take(engine, "one")


def test_companies_and_record_types_do_not_disturb_each_other(engine: Engine) -> None:
    leases = [
        take(engine, "one"),
        take(engine, "two", realm_id="2"),
        take(engine, "three", record_type="invoice"),
    ]
    for lease in leases:
        hold(engine, lease)


def test_a_freed_lease_goes_to_the_next_with_a_higher_fence(engine: Engine) -> None:
    first = take(engine, "one")
    with engine.begin() as connection:
        free_lease(connection, first)
    second = take(engine, "two")
    assert second.fence > first.fence
    with pytest.raises(LeaseLostError):
        hold(engine, first)


def test_a_freed_lease_that_nobody_took_is_taken_again_at_the_same_fence(engine: Engine) -> None:
    lease = take(engine, "one")
    with engine.begin() as connection:
        free_lease(connection, lease)
    with engine.begin() as connection:
        assert hold_lease(connection, lease)
    with pytest.raises(LeaseHeldError):
        take(engine, "two")
    with engine.begin() as connection:
        assert not hold_lease(connection, lease)


def test_an_expired_lease_passes_on_and_fences_the_old_holder_out(engine: Engine) -> None:
    old = take(engine, "one")
    expire(engine)
    new = take(engine, "two")
    with pytest.raises(LeaseLostError, match="two is working on the"):
        hold(engine, old)
    with engine.begin() as connection:
        free_lease(connection, old)
    hold(engine, new)


def test_an_old_holder_that_comes_back_gets_a_new_fence(engine: Engine) -> None:
    old = take(engine, "one")
    expire(engine)
    take(engine, "two")
    expire(engine)
    again = take(engine, "one")
    assert again.fence == old.fence + 2
    with pytest.raises(LeaseLostError):
        hold(engine, old)


def test_work_keeps_a_lease_alive(engine: Engine) -> None:
    lease = take(engine, "one")
    expire(engine)
    hold(engine, lease)
    with pytest.raises(LeaseHeldError):
        take(engine, "two")
