"""Loupe is restored from a backup, in part or as a whole, and keys are given out again."""

import copy
import random
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import psycopg2.errors

from tests.chaos.administration import let_leases_expire
from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.company import Company, pick
from tests.chaos.loupe_changes import note, text_for
from tests.chaos.loupe_copies import (
    TABLES,
    Copy,
    pass_over_lost,
    put_all_back,
    put_back,
    read_versions,
    take_copy,
)
from tests.chaos.stopped import run_some, tolerate

if TYPE_CHECKING:
    from tests.chaos.schedule import Schedule


def restore_loupe(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Take a backup of Loupe, or put one back; then the latest state comes back, or a person has it listed."""
    backup = company.backup
    if backup is None or rng.random() < 0.3:
        company.backup = take_copy(company, "backup")
        return "backed up"
    let_leases_expire(company)
    latest, ledger = take_copy(company, "latest"), copy.deepcopy(company.entered)
    said = _restore(company, backup, rng)
    restored = read_versions(company)
    said += f": {run_some(schedule, company, rng, _count_older(company), 'push')}"
    if rng.random() < 0.5 and read_versions(company) == restored:
        put_all_back(company, latest)
        company.entered = ledger
        return f"{said}; the latest state was put back"
    said += f"; {tolerate(schedule, company)}"
    # More keys of lost rows, given out again by and by, would rightly stop the company at any later run.
    pass_over_lost(company, company.most_replaced)
    return said


def _restore(company: Company, backup: Copy, rng: random.Random) -> str:
    if rng.random() < 0.3:
        before = read_versions(company)
        put_all_back(company, backup)
        _note_all(company, backup, before)
        return "restored as a whole"
    now = read_versions(company)
    changed = {table: _find_changed(now[table], backup.versions[table]) for table in TABLES}
    table = rng.choice([table for table, keys in changed.items() if keys] or ["customer"])
    chosen = rng.sample(changed[table], min(len(changed[table]), rng.choice((1, 2, 6))))
    try:
        put_back(company, backup, table, chosen)
    except psycopg2.errors.UniqueViolation:
        return f"{table} {chosen} not restored: other rows have their Tag IDs by now"
    for key in chosen:
        company.entered.take_back("loupe", table, key, backup.tick)
    return f"{table} {chosen} restored"


def _find_changed(now: Mapping[int, int], before: Mapping[int, int]) -> list[int]:
    return [key for key, version in before.items() if now.get(key, 0) > version]


def _note_all(company: Company, backup: Copy, before: dict[str, dict[int, int]]) -> None:
    """Remember what a whole restore took: every edit since, and what was entered since."""
    for table in TABLES:
        for key in before[table].keys() | backup.versions[table].keys():
            if key in backup.versions[table]:
                company.entered.take_back("loupe", table, key, backup.tick)
            else:
                mark = company.entered.marks.get(("loupe", table, str(key)))
                company.entered.end(table, mark)
                company.entered.forget("loupe", table, key)


def _count_older(company: Company) -> Counter[str]:
    """Return by record type how many rows are surely older than the sync has seen them, or other ones."""
    found: Counter[str] = Counter()
    for record_type in ENTITIES:
        rows = {row[f"{record_type}_id"]: row for row in company.rows(record_type)}
        for link in company.sync_rows("link", f"record_type = '{record_type}' and state = 'live'"):
            row = rows.get(link["loupe_id"])
            seen = link["loupe_seen_version"]
            found[record_type] += bool(row and seen and row["row_version"] < seen)
    return found


def give_key_again(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Delete the row of a customer that has nothing else, and enter another one under its key."""
    documents = " and ".join(
        f"not exists (select 1 from loupe.{table} d where d.customer_id = customer.customer_id)"
        for table in ("invoice", "payment")
    )
    row = pick(rng, company.rows("customer", documents))
    if row is None:
        return "no customer without documents"
    key, number = row["customer_id"], company.next_number()
    company.execute("delete from loupe.customer where customer_id = %s", key)
    company.entered.end("customer", company.entered.mark_of_row("customer", row))
    company.entered.forget("loupe", "customer", key)
    columns = {"display_name": f"C{number} Loupe", "email": text_for("email", number)}
    company.insert("customer", "customer_id", customer_id=key, **columns)
    note(company, "customer", key, columns)
    company.entered.note_mark("loupe", "customer", key, columns["display_name"])
    let_leases_expire(company)
    return f"customer {key} is C{number} now: {tolerate(schedule, company)}"
