"""A pull that is killed while it loads has written nothing, and is repeated whole."""

import pytest

from tests.support.books import quickbooks
from tests.support.books.child import start_load
from tests.support.installation import House
from tests.support.killed import links_locked, wait_until, waits_for_lock


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test pushes customers of its own."""
    shared_house.run("pull_customers")
    return shared_house


def test_a_killed_pull_is_repeated_whole(house: House) -> None:
    for number in range(5):
        quickbooks.create(house, "Customer", DisplayName=f"Pulled {number}")
    run, (batch,) = house.prepare("pull_customers")
    with links_locked(house):
        process = start_load(house, run, batch)
        wait_until(lambda: waits_for_lock(house))
        process.kill()
        process.join(10)
    assert not [one for one in house.rows("customer") if "Pulled" in str(one["display_name"])]
    assert house.load(run, [batch])["created"] == 5
    assert house.finish(run)["status"] == "success"
