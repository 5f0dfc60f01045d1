"""`python -m demo.loupe_generator`: writes Loupe Factory's side of a generated company by COPY."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, func, select

from demo.generated_records import Invoice, Payment, Row
from demo.generated_rows import GeneratedRows, Overlap
from quickbooks_emulator.generator import Character, Plan, Sizes
from quickbooks_sync.postgres import tables as schema
from quickbooks_sync.postgres.database.copying import copy_rows, next_ids
from quickbooks_sync.postgres.database.engine import build_engine

_TOGETHER = 5000
T = TypeVar("T")


def write_organization(
    database_url: str, plan: Plan, overlap: Overlap | None = None, organization_id: int = 1
) -> dict[str, int]:
    """Write the organization that overlaps a generated company, whole or not at all.

    Args:
        database_url: a migrated database.
        plan: the company, as `quickbooks_emulator.generator.generate_company` was given it.
        overlap: how much of it Loupe has too, and how much more; default half and a fifth.
        organization_id: the organization, which must have no records yet.

    Returns:
        The number of rows by table.

    Raises:
        ValueError: if the organization has records already.
    """
    rows = GeneratedRows(plan, overlap or Overlap())
    engine = build_engine(database_url)
    try:
        with engine.begin() as connection:
            return _Writer(connection, rows, organization_id).write()
    finally:
        engine.dispose()


class _Writer:
    def __init__(self, connection: Connection, rows: GeneratedRows, organization_id: int) -> None:
        self._connection, self._rows, self._organization_id = connection, rows, organization_id
        self._customers: dict[int, int] = {}
        self._items: dict[int, int] = {}
        self._invoices: dict[int, int] = {}
        self._written: dict[str, int] = {}

    def write(self) -> dict[str, int]:
        self._refuse_records()
        for numbers in _chunks(self._rows.parties):
            made = [self._rows.customer(number) for number in numbers]
            self._customers |= self._copy_keyed(schema.customer, numbers, made)
        for numbers in _chunks(self._rows.products):
            made = [self._rows.item(number) for number in numbers]
            self._items |= self._copy_keyed(schema.inventory_item, numbers, made)
        for invoices in _chunks(self._rows.invoices()):
            self._write_invoices(invoices)
        for payments in _chunks(self._rows.payments()):
            self._write_payments(payments)
        return self._written

    def _refuse_records(self) -> None:
        for table in (schema.customer, schema.inventory_item):
            query = select(func.count()).where(table.c.organization_id == self._organization_id)
            if count := self._connection.scalar(query):
                raise ValueError(
                    f"Organization {self._organization_id} has {count} rows in {table.fullname}; "
                    "give another organization, or an empty database"
                )

    def _write_invoices(self, invoices: Sequence[Invoice]) -> None:
        rows = [{**one.row, "customer_id": self._customers[one.party]} for one in invoices]
        ids = self._copy_keyed(schema.invoice, [one.key for one in invoices], rows)
        self._invoices |= ids
        lines = [
            {**_without(line, "product"), "invoice_id": ids[one.key], **self._item_link(line)}
            for one in invoices
            for line in one.lines
        ]
        self._copy(schema.invoice_line, lines)

    def _item_link(self, line: Row) -> Row:
        return {"inventory_item_id": self._items.get(line["product"])}

    def _write_payments(self, payments: Sequence[Payment]) -> None:
        rows = [{**one.row, "customer_id": self._customers[one.party]} for one in payments]
        ids = self._copy_keyed(schema.payment, range(len(rows)), rows)
        applied = [
            {"payment_id": ids[place], "invoice_id": self._invoices[key], "amount": amount}
            for place, one in enumerate(payments)
            for key, amount in one.applied
        ]
        self._copy(schema.payment_application, applied)

    def _copy_keyed(self, table: Table, keys: Sequence[int], rows: Sequence[Row]) -> dict[int, int]:
        """Copy rows under new ids, and return the ids by key."""
        (column,) = table.primary_key
        ids = next_ids(self._connection, table, column.name, len(rows))
        numbered = [{**row, column.name: new} for row, new in zip(rows, ids, strict=True)]
        self._copy(table, numbered)
        return dict(zip(keys, ids, strict=True))

    def _copy(self, table: Table, rows: Sequence[Row]) -> None:
        if not rows:
            return
        tagged: list[Mapping[str, Any]] = [
            {"organization_id": self._organization_id, **row} for row in rows
        ]
        columns = list(dict.fromkeys(name for row in tagged for name in row))
        copied = copy_rows(self._connection, table, columns, tagged)
        self._written[table.name] = self._written.get(table.name, 0) + copied


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


def _chunks(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while chunk := list(islice(rest, _TOGETHER)):
        yield chunk


def main(arguments: Sequence[str]) -> int:
    """Write an organization as the arguments say; return the exit status."""
    given = _parse(arguments)
    try:
        sizes = Sizes(given.customers, given.invoices, given.payments, given.items)
        character = Character(given.awkward, multi_currency=given.multi_currency)
        plan = Plan(sizes, given.seed, character)
        overlap = Overlap(given.shared, given.new)
        written = write_organization(given.database_url, plan, overlap, given.organization)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for table, count in written.items():
        print(f"{count:>9} {table}")
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.loupe_generator", description=__doc__)
    parser.add_argument("--database-url", default=None, help="default: as quickbooks-sync's")
    parser.add_argument("--organization", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1, help="as given to the company's generator")
    for name, size in vars(Sizes()).items():
        parser.add_argument(f"--{name}", type=int, default=size, help="of the company")
    parser.add_argument("--awkward", type=float, default=Character.awkward)
    parser.add_argument("--multi-currency", action="store_true")
    parser.add_argument("--shared", type=float, default=Overlap.shared, help="share in both")
    parser.add_argument("--new", type=float, default=Overlap.new, help="share only in Loupe")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
