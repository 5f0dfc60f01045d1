"""A push waits while a setting that it needs is missing, and says which."""

import pytest
from sqlalchemy import text

from tests.support.books import loupe
from tests.support.installation import House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module, with a linked customer."""
    loupe.add_customer(shared_house, "Regular")
    for name in ("pull_customers", "push_customers", "pull_invoices", "pull_inventory_items"):
        shared_house.run(name)
    return shared_house


def test_a_setting_that_is_missing_makes_a_push_wait(house: House) -> None:
    with house.workspace.engine.begin() as connection:
        taken = "delete from quickbooks_sync.company_setting where name = 'income_account'"
        connection.execute(text(taken))
    item_id = loupe.add_item(house, "Waiting item", "WAIT-1")
    run = house.run("push_inventory_items")
    assert house.said(run, loupe_id=item_id) == ["waiting"]
    (record,) = [one for one in house.records(run, "waiting") if one["loupe_id"] == item_id]
    assert "--set income_account=" in record["reason"]
    (waiting,) = [one for one in house.rows("waiting_record") if one["source_id"] == str(item_id)]
    assert (waiting["waits_for"], waiting["waits_for_id"]) == ("setting", "income_account")
