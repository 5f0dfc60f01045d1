"""What a run said of records, and what it left behind."""

from typing import Any

from tests.support.installation import House


def outcome_of(house: House, run: Any, loupe_id: int) -> tuple[str, str]:
    """What a run said of a Loupe row: outcome and reason."""
    return next(
        (row["outcome"], row["reason"] or "")
        for row in house.records(run)
        if row["loupe_id"] == loupe_id
    )


def reason_of(house: House, run: Any, loupe_id: int) -> str:
    """The reason that a run gave for the one thing it did with a Loupe row."""
    [record] = [row for row in house.records(run) if row["loupe_id"] == loupe_id]
    return str(record["reason"])


def open_conflicts(house: House, record_type: str, loupe_id: int) -> set[str]:
    """The fields of a Loupe row that are held."""
    return {
        conflict["field"]
        for conflict in house.rows("conflict")
        if (conflict["record_type"], conflict["loupe_id"]) == (record_type, loupe_id)
        and conflict["resolved_at"] is None
    }


def causes(house: House, direction: str, source_id: Any) -> list[dict[str, Any]]:
    """Why a record is on the list of the rejected."""
    (rejected,) = [
        row
        for row in house.rows("rejected_record")
        if (row["direction"], row["source_id"]) == (direction, str(source_id))
    ]
    return list(rejected["causes"])


def state(house: House) -> dict[str, Any]:
    """Everything that a run which stops must leave as it was."""
    tables = ("customer", "invoice", "payment", "inventory_item", "link", "watermark")
    return {**{name: house.rows(name) for name in tables}, "writes": house.writes()}
