"""What a push never sends, and never creates, is said by the database with each row."""

from typing import Any

import pytest

from quickbooks_sync.postgres.records.loupe_rows import iter_rows
from quickbooks_sync.record_types.registry import RECORD_TYPES
from tests.support.books import loupe
from tests.support.installation import House


def add(house: House, record_type: str, columns: dict[str, Any]) -> int:
    customer_id = loupe.add_customer(
        house, "Aurora", **columns if record_type == "customer" else {}
    )
    if record_type == "invoice":
        return loupe.add_invoice(house, customer_id, "I-1", **columns)
    if record_type == "payment":
        return loupe.add_payment(house, customer_id, "5.00", {}, **columns)
    if record_type == "inventory_item":
        return loupe.add_item(house, "Opal", None, **columns)
    return customer_id


@pytest.mark.parametrize(
    ("record_type", "columns", "when_new", "when_linked"),
    [
        ("invoice", {"lifecycle_status": "Draft"}, "draft", "draft"),
        ("invoice", {"lifecycle_status": "Void"}, "never saw", None),
        ("invoice", {}, None, None),
        ("payment", {"is_void": True}, "never saw", None),
        ("payment", {"payment_kind": "credit_application"}, "credits", None),
        ("payment", {}, None, None),
        ("customer", {"is_active": False}, "inactive", None),
        ("customer", {}, None, None),
        ("inventory_item", {"is_active": False}, "inactive", None),
        ("inventory_item", {}, None, None),
    ],
)
def test_what_is_not_pushed_says_why(
    shared_house: House,
    record_type: str,
    columns: dict[str, Any],
    when_new: str | None,
    when_linked: str | None,
) -> None:
    house, kind = shared_house, RECORD_TYPES[record_type]
    key = add(house, record_type, columns)
    mapping = house.workspace.mapping(record_type)
    where = kind.table.c[mapping.key] == key
    with house.workspace.engine.connect() as connection:
        pages = iter_rows(
            connection, mapping, house.organization_id, where, beside=kind.unsent_columns
        )
        ((row,),) = list(pages)
    for is_linked, expected in ((False, when_new), (True, when_linked)):
        reason = kind.unsent_reason(row, is_linked=is_linked)
        assert (reason is None) == (expected is None)
        assert (expected or "") in (reason or "")
