"""Copies of a company's rows in Loupe, as a backup holds them, and how they are put back: in part or as a whole."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.company import Company

#: Each table with the one that holds its lines.
TABLES: Mapping[str, str | None] = {
    "customer": None,
    "inventory_item": None,
    "invoice": "invoice_line",
    "payment": "payment_application",
}


@dataclass(frozen=True)
class Copy:
    """A copy of all rows of a company.

    Attributes:
        schema: Where it is kept.
        tick: When it was taken, by the ledger.
        versions: Per table the row_version of every row by key.
    """

    schema: str
    tick: int
    versions: Mapping[str, Mapping[int, int]]


def read_versions(company: Company) -> dict[str, dict[int, int]]:
    """Return the row_version of every row of Loupe, by table and key."""
    return {
        table: {row[f"{table}_id"]: row["row_version"] for row in company.rows(table)}
        for table in ENTITIES
    }


def take_copy(company: Company, name: str) -> Copy:
    """Copy all rows of a company; a former copy of that name is given up."""
    schema = f"{name}_{company.organization_id}"
    company.execute(f"drop schema if exists {schema} cascade")
    company.execute(f"create schema {schema}")
    for table in _all_tables():
        statement = f"create table {schema}.{table} as select * from loupe.{table}"
        company.execute(f"{statement} where organization_id = %s", company.organization_id)
    return Copy(schema, company.entered.tick(), read_versions(company))


def put_back(company: Company, copy: Copy, table: str, keys: Collection[int]) -> None:
    """Let rows and their lines be as they were copied, whatever triggers say; the other rows stay."""
    with company.database:
        company.execute("set local session_replication_role = replica")
        _put_back(company, copy, table, keys)


def put_all_back(company: Company, copy: Copy) -> None:
    """Let Loupe be as it was copied; rows entered since are gone, and their keys are given out again."""
    with company.database:
        company.execute("set local session_replication_role = replica")
        for table in TABLES:
            now = {row[f"{table}_id"] for row in company.rows(table)}
            _put_back(company, copy, table, now | copy.versions[table].keys())
    for table in TABLES:
        _number_from(company, table, 1)


def pass_over_lost(company: Company, most: int) -> None:
    """Let new rows have other keys than the lost ones that are linked, but for the last of these, `most` at most."""
    for table in TABLES:
        links = f"record_type = '{table}' order by loupe_id desc limit 1"
        for link in company.sync_rows("link", links):
            _number_from(company, table, link["loupe_id"] + 1 - most)


def _number_from(company: Company, table: str, number: int) -> None:
    """Let the next row of a table have this key, or the next one that is free of rows."""
    key = f"{table}_id"
    free = f"(select coalesce(max({key}), 0) + 1 from loupe.{table})"
    sequence = f"pg_get_serial_sequence('loupe.{table}', '{key}')"
    company.read(f"select setval({sequence}, greatest({number}, {free}), false)")


def _put_back(company: Company, copy: Copy, table: str, keys: Collection[int]) -> None:
    for part in filter(None, (table, TABLES[table])):
        chosen = f"{table}_id = any(%s)"
        company.execute(f"delete from loupe.{part} where {chosen}", list(keys))
        rows = f"select * from {copy.schema}.{part} where {chosen}"
        company.execute(f"insert into loupe.{part} overriding system value {rows}", list(keys))


def _all_tables() -> list[str]:
    return [name for pair in TABLES.items() for name in pair if name]
