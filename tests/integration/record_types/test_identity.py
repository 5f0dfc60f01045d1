"""Who is who does not depend on which side is read first: every identity key, in either order of the flows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from quickbooks_sync.model.outcome import RECORD_CONFLICT
from quickbooks_sync.record_types.registry import RECORD_TYPES
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House

LINKED, CONFLICT, SEPARATE = "linked", "conflict", "separate"


@dataclass(frozen=True)
class Meeting:
    """A Loupe row and a QuickBooks record that have an identity key in common, and what they are to each other."""

    record_type: str
    key: str
    plant: Callable[[House], None]
    expected: str


def customers(ours: dict[str, Any], theirs: dict[str, Any]) -> Callable[[House], None]:
    def plant(house: House) -> None:
        loupe.add_customer(house, ours["name"], email=ours.get("email"))
        email = {"Address": theirs["email"]} if "email" in theirs else None
        more = {"PrimaryEmailAddr": email} if email else {}
        quickbooks.create(house, "Customer", DisplayName=theirs["name"], **more)

    return plant


def inactive_customer(house: House) -> None:
    """QuickBooks says "Aurora (deleted)" of it."""
    loupe.add_customer(house, "Aurora")
    made = quickbooks.create(house, "Customer", DisplayName="Aurora")
    quickbooks.change(house, "Customer", made["Id"], Active=False)


def with_customer(house: House) -> tuple[int, str]:
    """A customer that both sides have, linked."""
    customer_id = loupe.add_customer(house, "Aurora")
    house.run("push_customers")
    return customer_id, house.quickbooks_id("customer", customer_id)


def invoices(ours: str | None, theirs: str | None, amount: str = "100.00") -> Callable[..., None]:
    def plant(house: House) -> None:
        customer_id, quickbooks_id = with_customer(house)
        loupe.add_invoice(house, customer_id, ours)
        if theirs is None:
            # QuickBooks numbers an invoice by itself, unless the company numbers its own.
            quickbooks.prefer(house, "SalesFormsPrefs", CustomTxnNumbers=True)
        quickbooks.create_invoice(house, quickbooks_id, theirs or "", amount)

    return plant


def payments(house: House) -> None:
    customer_id, quickbooks_id = with_customer(house)
    invoice_id = loupe.add_invoice(house, customer_id, "I-1")
    house.run("push_invoices")
    loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    number = house.quickbooks_id("invoice", invoice_id)
    quickbooks.create_payment(house, quickbooks_id, "40.00", number)


def items(ours: tuple[str, str | None], theirs: tuple[str, str | None]) -> Callable[[House], None]:
    def plant(house: House) -> None:
        loupe.add_item(house, *ours)
        name, sku = theirs
        quickbooks.create_stock(house, name, **({"Sku": sku} if sku else {}))

    return plant


JUNO = "juno@juno.example"
MEETINGS = {
    "one name": Meeting(
        "customer", "name", customers({"name": "Aurora"}, {"name": "AURORA"}), LINKED
    ),
    "one name, another email": Meeting(
        "customer",
        "name",
        customers({"name": "Aurora", "email": JUNO}, {"name": "Aurora", "email": "a@b.example"}),
        CONFLICT,
    ),
    "one email, another name": Meeting(
        "customer",
        "email",
        customers({"name": "Juno GmbH", "email": JUNO}, {"name": "Juno Atelier", "email": JUNO}),
        CONFLICT,
    ),
    "one email in another case": Meeting(
        "customer",
        "email",
        customers(
            {"name": "Juno GmbH", "email": "Joe@x.example"},
            {"name": "Juno Atelier", "email": "joe@X.example"},
        ),
        CONFLICT,
    ),
    "one name with two blanks": Meeting(
        "customer", "name", customers({"name": "Aurora  Gems"}, {"name": "Aurora Gems"}), LINKED
    ),
    "one name with a no-break space": Meeting(
        "customer",
        "name",
        customers({"name": "Aurora\N{NO-BREAK SPACE}Gems"}, {"name": "Aurora Gems"}),
        LINKED,
    ),
    "one name, inactive there": Meeting("customer", "name", inactive_customer, LINKED),
    "one number": Meeting("invoice", "number", invoices("I-1", "I-1"), LINKED),
    "one number, another total": Meeting(
        "invoice", "number", invoices("I-1", "I-1", "90.00"), CONFLICT
    ),
    "one number in another case": Meeting("invoice", "number", invoices("inv-1", "INV-1"), LINKED),
    "no number, one customer, day and total": Meeting(
        "invoice", "customer, day and total", invoices(None, None), LINKED
    ),
    "no number, another total": Meeting(
        "invoice", "customer, day and total", invoices(None, None, "90.00"), SEPARATE
    ),
    "one payment": Meeting("payment", "amount, day and invoices", payments, LINKED),
    "one tag": Meeting(
        "inventory_item", "Tag ID", items(("Opal", "T-1"), ("Opal ring", "T-1")), LINKED
    ),
    "one tag in another case": Meeting(
        "inventory_item", "Tag ID", items(("Opal", "t-1"), ("Opal ring", "T-1")), LINKED
    ),
    "one item's name": Meeting(
        "inventory_item", "name", items(("Opal", None), ("opal", None)), LINKED
    ),
    "one item's name in another case, one tag": Meeting(
        "inventory_item", "name", items(("Opal", "T-1"), ("OPAL", None)), LINKED
    ),
    "one item's name, another tag": Meeting(
        "inventory_item", "name", items(("Opal", "T-1"), ("Opal", "T-2")), SEPARATE
    ),
}


def test_every_identity_key_is_met() -> None:
    keys = {(kind.name, key.word) for kind in RECORD_TYPES.values() for key in kind.identity.keys}
    assert {(meeting.record_type, meeting.key) for meeting in MEETINGS.values()} == keys


@pytest.mark.parametrize(
    "order", [("pull", "push"), ("push", "pull", "push"), ("pull", "MEET", "push", "pull", "push")]
)
@pytest.mark.parametrize("name", MEETINGS)
def test_what_two_records_are_to_each_other_does_not_depend_on_the_order(
    build_house: BuildHouse, name: str, order: tuple[str, ...]
) -> None:
    # Naive: what is pushed first is looked up by fewer keys than what is pulled, and exists twice from then on.
    # Naive: after a complete pull everything is known, so nothing is looked up.
    meeting = MEETINGS[name]
    house = build_house(seed=False)
    if "MEET" not in order:
        meeting.plant(house)
    for step in order:
        if step == "MEET":
            meeting.plant(house)
        else:
            house.run(f"{step}_{meeting.record_type}s")
    assert find_relation(house, meeting.record_type) == meeting.expected
    # What was found to be one is on no list of what QuickBooks refused.
    assert not house.rows("rejected_record")


def test_a_deposit_that_both_sides_enter_after_a_pull_is_not_doubled(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False)
    customer_id, quickbooks_id = with_customer(house)
    house.run_all()
    loupe.add_payment(house, customer_id, "40.00", {})
    quickbooks.create_payment(house, quickbooks_id, "40.00")
    house.run("push_payments")
    house.run("pull_payments")
    assert find_relation(house, "payment") == LINKED


def find_relation(house: House, record_type: str) -> str:
    """Return what the two are to each other; linked ones may still differ in single fields."""
    kind = RECORD_TYPES[record_type]
    conflicts = [
        row
        for row in house.rows("conflict")
        if (row["resolved_at"], row["record_type"], row["field"])
        == (None, record_type, RECORD_CONFLICT)
    ]
    is_stock = "Type = 'Inventory'" if record_type == "inventory_item" else ""
    counts = len(house.rows(kind.table.name)), len(quickbooks.find(house, kind.entity, is_stock))
    if conflicts:
        return CONFLICT if counts == (1, 1) else f"{counts} and a conflict"
    return {(1, 1): LINKED, (2, 2): SEPARATE}.get(counts, str(counts))
