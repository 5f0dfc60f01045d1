"""R4: what was sent and never answered is settled before any flow looks at either side."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from quickbooks_sync.model.errors import SyncError
from quickbooks_sync.quickbooks.patience import Patience
from quickbooks_sync.record_types.registry import RECORD_TYPES
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House


@dataclass(frozen=True)
class Sent:
    """A record type: how one is entered in Loupe, and how somebody edits it before the answer is known."""

    enter: Callable[[House], int]
    edit: dict[str, Any]


def enter_customer(house: House) -> int:
    return loupe.add_customer(house, "Anna Example", email="anna@l.example")


def enter_invoice(house: House) -> int:
    customer_id = enter_customer(house)
    house.run("push_customers")
    return loupe.add_invoice(house, customer_id, "R4-1")


def enter_payment(house: House) -> int:
    customer_id = enter_customer(house)
    house.run("push_customers")
    return loupe.add_payment(house, customer_id, "40.00", {}, reference_number="R4")


def enter_item(house: House) -> int:
    return loupe.add_item(house, "Opal", "R4-T")


SENT = {
    "customer": Sent(enter_customer, {"display_name": "Anna Sample", "email": "sample@l.example"}),
    "invoice": Sent(enter_invoice, {"invoice_number": "R4-2"}),
    "payment": Sent(enter_payment, {"reference_number": "R4-B"}),
    "inventory_item": Sent(enter_item, {"item_name": "Fire opal", "tag_id": "R4-U"}),
}


def lose_answer(house: House, flow: str) -> None:
    """Let QuickBooks carry a batch out and cut the connection before it answers, until the client gives up."""
    house.order_fault("cut_after_commit", times=2)
    patience = Patience(attempts=2, first_wait=0.01, timeout=(5, 30))
    hasty = replace(house, workspace=replace(house.workspace, patience=patience))
    with pytest.raises(SyncError):
        hasty.run(flow)


def test_every_record_type_is_tried() -> None:
    assert SENT.keys() == RECORD_TYPES.keys()


@pytest.mark.parametrize("order", [("pull", "push"), ("push", "pull"), ("pull", "pull", "push")])
@pytest.mark.parametrize("record_type", SENT)
def test_a_row_edited_after_its_answer_was_lost_stays_one_record(
    build_house: BuildHouse, record_type: str, order: tuple[str, ...]
) -> None:
    # Naive: the pull that comes first finds a record that no row is, for the row has another name by now.
    house = build_house(seed=False)
    loupe_id = SENT[record_type].enter(house)
    house.run(f"pull_{record_type}s")
    lose_answer(house, f"push_{record_type}s")
    house.update(record_type, loupe_id, **SENT[record_type].edit)
    for direction in (*order, "pull", "push"):
        house.run(f"{direction}_{record_type}s")
    entity = RECORD_TYPES[record_type].entity
    is_stock = "Type = 'Inventory'" if record_type == "inventory_item" else ""
    assert len(house.rows(record_type)) == 1
    (record,) = quickbooks.find(house, entity, is_stock)
    assert house.quickbooks_id(record_type, loupe_id) == record["Id"]
    assert not [row for row in house.rows("conflict") if row["resolved_at"] is None]


def restore_quickbooks(house: House, action: str) -> None:
    """Take a copy of the company in QuickBooks, or put it back: what was made since is gone, its Ids are free again."""
    house.side_door("backups", {"realm": house.realm_id, "action": action})


def test_a_record_made_under_the_id_of_a_linked_one_is_not_made_again(
    build_house: BuildHouse,
) -> None:
    # Naive: whatever is noted about the other row of the Id closes the question, and each night makes one more.
    house = build_house(seed=False)
    customer_id = enter_customer(house)
    house.run_all()
    restore_quickbooks(house, "take")
    loupe.add_payment(house, customer_id, "40.00", {}, reference_number="OLD")
    house.run("push_payments")
    restore_quickbooks(house, "put_back")
    loupe.add_payment(house, customer_id, "70.00", {}, reference_number="NEW")
    for _ in range(3):
        house.run("push_payments", mode="full")
        house.run("pull_payments")
    made = [record["PaymentRefNum"] for record in quickbooks.find(house, "Payment", "")]
    assert made == ["NEW"]
    held = [row["reason"] for row in house.rows("conflict") if row["resolved_at"] is None]
    assert [reason for reason in held if "was made for Loupe row" in reason]
