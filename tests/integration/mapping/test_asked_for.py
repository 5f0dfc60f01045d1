"""Properties that QuickBooks sends only to a query that names them: what asking and not asking do."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quickbooks_sync.model.errors import ConfigurationError
from tests.support.books import quickbooks
from tests.support.installation import House

TAG = "ASKED-1"
Unasking = Callable[[House], House]


@pytest.fixture
def without_asking(tmp_path: Path) -> Unasking:
    """A function that opens a house whose mapping of items does not ask for the SKU."""

    def copy(house: House) -> House:
        folder = tmp_path / "mappings"
        shutil.copytree(house.workspace.mappings, folder)
        file = folder / "inventory_item.yaml"
        text = file.read_text(encoding="utf-8")
        assert text.count("    is_asked_for: true\n") == 1
        file.write_text(text.replace("    is_asked_for: true\n", ""), encoding="utf-8")
        return replace(house, workspace=replace(house.workspace, mappings=folder))

    return copy


def tag_of(house: House, quickbooks_id: str) -> str | None:
    row = house.row("inventory_item", house.loupe_id("inventory_item", quickbooks_id))
    tag: str | None = row["tag_id"]
    return tag


def document_of(house: House, quickbooks_id: str) -> dict[str, Any]:
    link = house.link("inventory_item", quickbooks_id=quickbooks_id)
    assert link is not None
    document: dict[str, Any] = link["document"]
    return document


def test_the_key_of_the_mapping_decides_whether_the_sku_is_read(
    build_house: Any, without_asking: Unasking
) -> None:
    """Naive: the SKU is asked for whatever the mapping says, or never."""
    house = build_house(seed=False)
    item = quickbooks.create_stock(house, "Opal", Sku=TAG)["Id"]
    unasking = without_asking(house)
    unasking.run("pull_inventory_items")
    assert tag_of(house, item) is None

    house.run("pull_inventory_items")

    assert tag_of(house, item) == TAG


def test_nothing_is_pushed_before_what_is_newly_asked_for_was_read(
    build_house: Any, without_asking: Unasking
) -> None:
    house = build_house(seed=False)
    quickbooks.create_stock(house, "Opal", Sku=TAG)
    without_asking(house).run("pull_inventory_items")

    with pytest.raises(ConfigurationError, match="tag_id"):
        house.run("push_inventory_items")


def test_an_emptied_sku_is_emptied_in_loupe_and_can_be_given_again(build_house: Any) -> None:
    """Naive: absent is unknown whatever was asked, and a Tag ID that QuickBooks dropped stays for good."""
    house = build_house(seed=False)
    item = quickbooks.create_stock(house, "Opal", Sku=TAG)["Id"]
    house.run("pull_inventory_items")
    quickbooks.change(house, "Item", item, Sku="")
    house.run("pull_inventory_items")
    assert tag_of(house, item) is None
    assert document_of(house, item)["Sku"] is None

    ours = house.loupe_id("inventory_item", item)
    house.update("inventory_item", ours, sell_price="12.50")
    house.run("push_inventory_items")
    assert document_of(house, item)["Sku"] is None
    house.update("inventory_item", ours, tag_id="AGAIN-1")
    house.run("push_inventory_items")

    assert quickbooks.fetch(house, "Item", item)["Sku"] == "AGAIN-1"


def test_an_answer_that_was_not_asked_for_the_sku_empties_nothing(build_house: Any) -> None:
    """Naive: the record that a request by Id brings is whole, so the absent SKU is an empty one."""
    house = build_house(seed=False)
    item = quickbooks.create_stock(house, "Opal", Sku=TAG)["Id"]
    house.run("pull_inventory_items")
    ours = house.loupe_id("inventory_item", item)
    # Emptied there: an answer by Id leaves it out, as one that hides what was not asked for would.
    quickbooks.change(house, "Item", item, Sku="", Description="Edited meanwhile")
    house.update("inventory_item", ours, sell_price="12.50")

    run = house.run("push_inventory_items")

    assert house.said(run, loupe_id=ours) == [
        "warning",
        "updated",
    ]  # what QuickBooks changed meanwhile was taken
    assert house.row("inventory_item", ours)["description"] == "Edited meanwhile"
    assert tag_of(house, item) == TAG
    house.run("pull_inventory_items")
    assert tag_of(house, item) is None
