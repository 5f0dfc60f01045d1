"""Two QuickBooks companies with the same Ids, each with a Loupe organization of its own, stay apart."""

from dataclasses import replace

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.installation import House, furnish


@pytest.fixture(scope="module")
def houses(shared_house: House) -> tuple[House, House]:
    """Both companies, in one database."""
    other = replace(shared_house, realm_id="9341450000000777", organization_id=2, runs=[])
    return shared_house, furnish(other, seed=False)


def test_equal_ids_of_two_companies_stay_apart(houses: tuple[House, House]) -> None:
    one, two = houses
    first = quickbooks.create(one, "Customer", DisplayName="In one")["Id"]
    second = quickbooks.create(two, "Customer", DisplayName="In two")["Id"]
    assert first == second, "the companies count their Ids alike"
    ours = loupe.add_customer(one, "Loupe one")
    theirs = loupe.add_customer(two, "Loupe two")
    for house in houses:
        assert house.run("pull_customers")["counts"] == {"created": 1}
        assert house.run("push_customers")["counts"] == {"created": 1, "unchanged": 1}
    names = {(row["organization_id"], row["display_name"]) for row in one.rows("customer")}
    assert names == {(1, "In one"), (1, "Loupe one"), (2, "In two"), (2, "Loupe two")}
    assert one.loupe_id("customer", first) != two.loupe_id("customer", second)
    assert one.link("customer", loupe_id=theirs) is two.link("customer", loupe_id=ours) is None
    found = {house.realm_id: quickbooks.find(house, "Customer", "") for house in houses}
    assert [c["DisplayName"] for c in found[one.realm_id]] == ["In one", "Loupe one"]
    assert [c["DisplayName"] for c in found[two.realm_id]] == ["In two", "Loupe two"]


def test_a_lease_and_a_watermark_belong_to_one_company(houses: tuple[House, House]) -> None:
    one, two = houses
    held = one.check("pull_invoices")
    assert two.run("pull_invoices")["status"] == "success"
    marks = {(row["realm_id"], row["record_type"]) for row in one.rows("watermark")}
    assert (two.realm_id, "invoice") in marks
    assert (one.realm_id, "invoice") not in marks
    one.finish(held, "extract")
