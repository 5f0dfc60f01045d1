"""Triggers that people of the ERP put on Loupe's tables: they refuse some rows, or change what is written."""

import random
import re
from collections.abc import Callable

from tests.chaos.company import Company, pick

TABLES = ("customer", "invoice", "payment", "inventory_item")
#: Per table the column that a trigger may spell its own way, as what, and the same for the checks.
_SPELLINGS: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "customer": ("city", "upper(new.city)", str.upper),
    "inventory_item": (
        "description",
        "regexp_replace(new.description, '^[A-Z][a-z]+ ', '')",
        lambda text: re.sub("^[A-Z][a-z]+ ", "", text),
    ),
}


def refuse_a_row(company: Company, rng: random.Random) -> str | None:
    """Let a row be frozen: nobody may change it, the sync included."""
    table = rng.choice(TABLES)
    row = pick(rng, company.rows(table))
    if row is None:
        return None
    key = row[f"{table}_id"]
    _put(
        company, table, f"if new.{table}_id = {key} then raise exception 'frozen'; end if", "update"
    )
    return f"{table.removeprefix('inventory_')} {key} is frozen"


def refuse_new_rows(company: Company, rng: random.Random) -> str:
    """Let Loupe take no new row of a table from a program whose mark ends in an odd digit."""
    table = rng.choice(TABLES)
    column = {"customer": "display_name", "invoice": "invoice_number"}.get(table)
    column = column or {"payment": "reference_number", "inventory_item": "tag_id"}[table]
    odd = f"new.updated_by is not null and substring(new.{column} from '^.[0-9]+') ~ '[13579]$'"
    _put(company, table, f"if {odd} then raise exception 'odd'; end if", "insert")
    return f"no {table} with an odd number"


def change_what_is_written(company: Company, rng: random.Random) -> str:
    """Let the ERP spell a column its own way, whoever writes the row but its own screens."""
    table = rng.choice(tuple(_SPELLINGS))
    column, spelling, spell = _SPELLINGS[table]
    does = f"new.{column} := {spelling}"
    _put(
        company,
        table,
        f"if new.updated_by is distinct from 'operator' then {does}; end if",
        "insert or update",
    )
    company.spellings[table, column] = spell
    return f"{table}: {does}"


def drop_triggers(company: Company, _rng: random.Random) -> str:
    """Drop what was put on the tables."""
    for table in TABLES:
        company.execute(f"drop function if exists loupe.{_name(company, table)} cascade")
    return "no triggers of the ERP any more"


def _put(company: Company, table: str, does: str, when: str) -> None:
    """Put a trigger on a table for one organization, in the place of the one before."""
    name = _name(company, table)
    with company.transaction():
        company.execute(f"drop function if exists loupe.{name} cascade")
        company.execute(
            f"create function loupe.{name}() returns trigger language plpgsql as $$ begin"
            f" if new.organization_id = {company.organization_id} then {does}; end if;"
            " return new; end $$"
        )
        company.execute(
            f"create trigger {name} before {when} on loupe.{table}"
            f" for each row execute function loupe.{name}()"
        )


def _name(company: Company, table: str) -> str:
    return f"erp_{table}_{company.organization_id}"
