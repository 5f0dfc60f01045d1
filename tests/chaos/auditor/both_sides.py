"""Both sides of one company as they stand, and everything that the sync lists about them."""

from collections import defaultdict
from collections.abc import Iterator

from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.books import Json
from tests.chaos.company import Company, Row

CHILDREN = {"invoice": "invoice_line", "payment": "payment_application"}


class BothSides:
    """Both sides of one company, read once, with everything that the sync lists about them."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.rows = {one: _read_rows(company, one) for one in ENTITIES}
        self.records = {
            one: {record["Id"]: record for record in company.books.records(entity, _only(one))}
            for one, entity in ENTITIES.items()
        }
        self.links: dict[str, list[Row]] = defaultdict(list)
        for link in company.sync_rows("link", "true order by link_id"):
            self.links[link["record_type"]].append(link)
        self.linked = {
            one: {link["quickbooks_id"]: link["loupe_id"] for link in self.links[one]}
            for one in ENTITIES
        }
        self._numbers = {
            one: {loupe_id: number for number, loupe_id in self.linked[one].items()}
            for one in ENTITIES
        }
        self._conflicts = company.sync_rows("conflict")
        self._listed = [*company.sync_rows("waiting_record"), *company.sync_rows("rejected_record")]
        self._missing = {
            (link["record_type"], link["loupe_id"], link["quickbooks_id"])
            for link in company.sync_rows("link", "missing_since_at is not null")
        }
        self._differs = _read_differing(company)

    def pairs(self, record_type: str) -> Iterator[tuple[Row, Row, Json]]:
        """Yield link, row and record of every linked pair of which both exist."""
        for link in self.links[record_type]:
            row = self.rows[record_type].get(link["loupe_id"])
            record = self.records[record_type].get(link["quickbooks_id"])
            if row is not None and record is not None:
                yield link, row, record

    def mark_of(self, record_type: str, side: str, key: int | str) -> str | None:
        """Return the mark of what stands on a side; of what bears none itself, the mark of its linked partner."""
        entered = self.company.entered
        row_id = key if side == "loupe" else self.linked[record_type].get(str(key))
        row = self.rows[record_type].get(int(row_id)) if row_id is not None else None
        record = self.records[record_type].get(self._record_id(record_type, side, key))
        marks = (
            entered.mark_of_row(record_type, row) if row else None,
            entered.mark_of_record(record_type, record) if record else None,
        )
        ours, partners = marks if side == "loupe" else reversed(marks)
        return ours or partners

    def _record_id(self, record_type: str, side: str, key: int | str) -> str:
        return str(key) if side == "quickbooks" else self._numbers[record_type].get(int(key), "")

    def is_told(self, record_type: str, side: str, key: int | str) -> bool:
        """Whether a person is told of what stands on a side, or of the record that it is linked to."""
        number = self._record_id(record_type, side, key)
        loupe_id = int(key) if side == "loupe" else self.linked[record_type].get(number)
        return self.is_listed(record_type, loupe_id=loupe_id, quickbooks_id=number or None)

    def standing(self, record_type: str) -> Iterator[tuple[str, int | str, Json]]:
        """Yield side, id and record of everything of a type that stands on either side."""
        for key, row in self.rows[record_type].items():
            yield "loupe", key, row
        for number, record in self.records[record_type].items():
            yield "quickbooks", number, record

    def is_listed(
        self,
        record_type: str,
        *,
        loupe_id: int | None = None,
        quickbooks_id: str | None = None,
        name: str | None = None,
    ) -> bool:
        """Whether a person is told of a record, or of one field of it."""
        for one in self._conflicts:
            is_meant = one["resolved_at"] is None and one["record_type"] == record_type
            is_named = name is None or one["field"] in ("record", name)
            if is_meant and is_named and _is_about(one, loupe_id, quickbooks_id):
                return True
        ids = {"push": str(loupe_id), "pull": str(quickbooks_id)}
        if any(
            one["record_type"] == record_type and one["source_id"] == ids[one["direction"]]
            for one in self._listed
        ):
            return True
        is_missing = (record_type, loupe_id, quickbooks_id) in self._missing
        return is_missing or (record_type, loupe_id) in self._differs

    def held_because(self, record_type: str, link: Row, name: str) -> str:
        """Return the reason of the open conflict about a field of a linked record, or nothing."""
        for conflict in self._conflicts:
            is_open = conflict["resolved_at"] is None and conflict["record_type"] == record_type
            is_meant = _is_about(conflict, link["loupe_id"], link["quickbooks_id"])
            if is_open and is_meant and conflict["field"] == name:
                return str(conflict["reason"] or "")
        return ""


def _is_about(conflict: Row, loupe_id: int | None, quickbooks_id: str | None) -> bool:
    is_ours = loupe_id is not None and conflict["loupe_id"] == loupe_id
    return is_ours or (quickbooks_id is not None and conflict["quickbooks_id"] == quickbooks_id)


def _only(record_type: str) -> str:
    return "Type = 'Inventory'" if record_type == "inventory_item" else ""


def _read_rows(company: Company, record_type: str) -> dict[int, Row]:
    rows = {row[f"{record_type}_id"]: {**row, "lines": []} for row in company.rows(record_type)}
    if record_type in CHILDREN:
        order = "line_number" if record_type == "invoice" else "invoice_id"
        for child in sorted(company.rows(CHILDREN[record_type]), key=lambda one: one[order]):
            rows[child[f"{record_type}_id"]]["lines"].append(child)
    return rows


def _read_differing(company: Company) -> set[tuple[str, int]]:
    """Return the records of which the newest push said that they differ, apart from a conflict or by itself."""
    found = company.read(
        "select r.record_type, rr.loupe_id from quickbooks_sync.run_record rr"
        " join quickbooks_sync.run r using (run_id)"
        " join (select n.record_type, m.loupe_id, max(run_id) as run_id"
        " from quickbooks_sync.run_record m join quickbooks_sync.run n using (run_id)"
        " where n.realm_id = %s and n.direction = 'push' and m.loupe_id is not null"
        " and not n.is_preview group by 1, 2) newest"
        " on newest.run_id = rr.run_id and newest.loupe_id = rr.loupe_id"
        " where rr.outcome in ('differs', 'warning')",
        company.realm_id,
    )
    return {(one["record_type"], one["loupe_id"]) for one in found}
