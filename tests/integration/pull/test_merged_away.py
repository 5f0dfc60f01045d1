"""A record that was merged into another one in QuickBooks is left to a person."""

import pytest

from tests.support.books import loupe
from tests.support.installation import House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


@pytest.mark.parametrize(
    ("record_type", "flow"), [("customer", "customers"), ("inventory_item", "inventory_items")]
)
def test_what_was_merged_away_in_quickbooks_is_left_to_a_person(
    house: House, record_type: str, flow: str
) -> None:
    # Naive: it is made inactive in Loupe, or made anew in QuickBooks, with its invoices elsewhere.
    if record_type == "customer":
        loupe_id = loupe.add_customer(house, "Merged Gems")
    else:
        loupe_id = loupe.add_item(house, "Merged stone", "MERGED-1")
    house.run(f"push_{flow}")
    with house.workspace.engine.begin() as connection:
        # As after a merge: nothing answers to the Id any more.
        connection.exec_driver_sql(
            "update quickbooks_sync.link set quickbooks_id = '999999' "
            f"where record_type = '{record_type}' and loupe_id = {loupe_id}"
        )
    writes = house.writes()
    run = house.run(f"pull_{flow}", mode="full")
    assert house.said(run, quickbooks_id="999999") == ["waiting"]
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "update quickbooks_sync.link set missing_since_at = missing_since_at - interval '11 minutes'"
        )
    run = house.run(f"pull_{flow}", mode="full")
    assert house.said(run, quickbooks_id="999999") == ["conflict"]
    assert house.row(record_type, loupe_id)["is_active"] is True
    assert house.said(house.run(f"push_{flow}", mode="full"), loupe_id=loupe_id) == ["conflict"]
    assert house.writes() == writes
