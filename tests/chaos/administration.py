"""What people with rights do between syncs, and what time does: decisions, retries, settings, closed books, clocks."""

import random
from typing import TYPE_CHECKING, Any

from quickbooks_sync.commands.retry import retry
from quickbooks_sync.model.flow import FlowOptions
from quickbooks_sync.record_types.registry import FLOWS
from quickbooks_sync.settings import confirm_settings
from quickbooks_sync.workspace import Workspace
from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.child import Child, carry_out
from tests.chaos.company import Company, Row

if TYPE_CHECKING:
    from tests.chaos.schedule import Schedule

#: Values that a setting may be changed to, by Id where it names an account.
_SETTINGS = {
    "deposit_account": ("1", "4"),
    "adjustment_account": ("", "14", "14", "15"),
    "opening_stock": ("push", "push", "none"),
    "tax": ("none", "total_tax"),
    "invoice_line_item": ("1", "1", ""),
}
#: Days up to which the books are closed; the first one leaves every record of a run open.
_CLOSED = ("2024-12-31", "2024-12-31", "2026-02-15", "2026-03-10", "2026-03-25")

#: A day on which the books are never closed yet.
_AFTER_CLOSED = "2026-04-01"
#: How a decision that cannot be carried out is refused.
_REFUSED = frozenset({"ConfigurationError"})

_INTENTS_OF_RENAMED = (
    "select i.intent_id, t.loupe_id from quickbooks_sync.intent i"
    " join quickbooks_sync.intent_item t using (intent_id)"
    " where i.realm_id = %s and i.record_type = %s and i.status = 'open'"
)


def decide(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Decide an open conflict, as the command line does."""
    found = company.sync_rows("conflict", "resolved_at is null order by conflict_id")
    if not found:
        return "nothing to decide"
    row = rng.choice(found)
    choice = rng.choice(("loupe", "quickbooks"))
    if row["field"] == "record":
        choice = "separate" if rng.random() < 0.3 else "same"
    if choice == "same" and not _is_one_thing(company, row):
        choice = "separate"
    # What QuickBooks cannot take of a field is refused when it is decided; who is who is not, where both are free.
    is_carried_out = row["field"] == "record" and is_free(company, row)
    allowed = frozenset() if is_carried_out else _REFUSED
    said = run_as_admin(schedule, company, carry_out(row["conflict_id"], choice), allowed)
    if not said.startswith("ended in"):
        _note_decision(company, row, choice)
    return f"{_words(row)} {choice}: {said}"


def tell_apart(company: Company, record_type: str, *ids: int | str | None) -> None:
    """Remember that somebody decided of a row and a record that they are two."""
    company.told_apart |= {(record_type, key) for key in ids}


def is_free(company: Company, pair: Row) -> bool:
    """Whether a row is there, and neither it nor the record of a pair is linked to another one."""
    record_type, loupe_id, number = pair["record_type"], pair["loupe_id"], pair["quickbooks_id"]
    links = company.sync_rows("link", f"record_type = '{record_type}'")
    ends = {(link["loupe_id"], link["quickbooks_id"]) for link in links}
    is_taken = any((row == loupe_id) != (record == number) for row, record in ends)
    return bool(company.rows(record_type, f"{record_type}_id = {loupe_id or 0}")) and not is_taken


def _is_one_thing(company: Company, pair: Row) -> bool:
    """Whether somebody who knows the books would call a row and a record the same."""
    record_type, entity = pair["record_type"], ENTITIES[pair["record_type"]]
    rows = company.rows(record_type, f"{record_type}_id = {pair['loupe_id'] or 0}")
    records = company.books.records(entity, f"Id = '{pair['quickbooks_id'] or 0}'")
    marks = {
        *(company.entered.mark_of_row(record_type, row) for row in rows),
        *(company.entered.mark_of_record(record_type, record) for record in records),
    }
    return bool(rows and records) and len(marks) == 1


def _note_decision(company: Company, conflict: Row, choice: str) -> None:
    """Remember that a person is the reason for what becomes of a field, or of the record's life."""
    record_type, ids = conflict["record_type"], (conflict["loupe_id"], conflict["quickbooks_id"])
    if choice == "separate":
        tell_apart(company, record_type, *ids)
    company.note_decision(record_type, conflict["field"], ids)
    if conflict["field"] in ("is_void", "is_active", "record"):
        for row in company.rows(record_type, f"{record_type}_id = {conflict['loupe_id'] or 0}"):
            company.entered.end(record_type, company.entered.mark_of_row(record_type, row))


def _words(row: Row) -> str:
    return f"{row['record_type']} {row['loupe_id']}={row['quickbooks_id']} {row['field']}"


def retry_some(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Try refused and waiting records of a flow again, all of them or one."""
    flow = rng.choice(FLOWS)
    listed = company.sync_rows(
        rng.choice(("rejected_record", "waiting_record")),
        f"record_type = '{flow.record_type}' and direction = '{flow.direction}' order by source_id",
    )
    chosen = [rng.choice(listed)["source_id"]] if listed and rng.random() < 0.5 else []

    def work(workspace: Workspace) -> Any:
        return retry(workspace, flow, realm_id=company.realm_id, source_ids=chosen, by="chaos")

    return f"{flow.name} {chosen or 'all'}: {run_as_admin(schedule, company, work)}"


def change_setting(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Confirm another value of a company setting, or forget it."""
    name = rng.choice(tuple(_SETTINGS))
    if name == "opening_stock" and company.has_stock_in_quickbooks:
        return "opening stock stays out"
    value = rng.choice(_SETTINGS[name])

    def work(workspace: Workspace) -> Any:
        confirm_settings(workspace, company.realm_id, {name: value})

    # A start of stock that the books have been closed over since must be moved first.
    said = run_as_admin(schedule, company, work, frozenset({"SettingsError"}))
    return f"{name}={value}: {said}"


def confirm(schedule: "Schedule", company: Company, **settings: str) -> None:
    """Confirm settings; where the books were closed over the start of stock, that is moved along."""
    later = {**settings, "inventory_start_date": _AFTER_CLOSED}
    refused = frozenset({"SettingsError"})
    for given, allowed in ((settings, refused), (later, frozenset[str]())):

        def work(workspace: Workspace, given: dict[str, str] = given) -> None:
            confirm_settings(workspace, company.realm_id, given)

        if "SettingsError" not in run_as_admin(schedule, company, work, allowed):
            return


def close_books(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Close the books up to another day, or open them again."""
    day = rng.choice(_CLOSED)
    preferences = {"AccountingInfoPrefs": {"BookCloseDate": day}}
    order = {"realm": company.realm_id, "preferences": preferences}
    schedule.servers.side_door("preferences", order)
    return day


def trouble_tokens(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Expire the access token, rotate at the next refresh, or forget how long it lives."""
    action = rng.choice(("rotate", "expire", "forget"))
    if action == "forget":
        company.execute(
            "update quickbooks_sync.company_grant set access_expires_at = now() where realm_id = %s",
            company.realm_id,
        )
    else:
        schedule.servers.side_door("grants", {"realm": company.realm_id, "action": action})
    return action


def let_time_pass(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Let a day or a month pass."""
    return pass_days(schedule, company, rng, rng.choice((1, 31)))


def pass_days(schedule: "Schedule", company: Company, rng: random.Random, days: int) -> str:
    """Make watermarks, cached facts and open intents old; lists catch up, request ids may be forgotten."""
    if _awaits_renamed(company):
        # Under its old name nobody could find it any more.
        return "no day passes while the answer about a renamed record is awaited"
    back = f"interval '{days} days'"
    for table, column in (
        ("watermark", "changed_since"),
        ("intent", "created_at"),
        ("company_reference", "fetched_at"),
    ):
        company.execute(
            f"update quickbooks_sync.{table} set {column} = {column} - {back} where realm_id = %s",
            company.realm_id,
        )
    let_missing_age(company)
    schedule.servers.let_lists_catch_up()
    if rng.random() < 0.5:
        return f"{days} days"
    schedule.servers.side_door("request-ids", {"realm": company.realm_id})
    return f"{days} days, request ids forgotten"


def _awaits_renamed(company: Company) -> bool:
    """Whether an answer is awaited about a record that was given another name in QuickBooks."""
    for record_type in {record_type for record_type, _ in company.entered.renamed}:
        for sent in company.read(_INTENTS_OF_RENAMED, company.realm_id, record_type):
            rows = company.rows(record_type, f"{record_type}_id = {sent['loupe_id']}")
            marks = {company.entered.mark_of_row(record_type, row) for row in rows}
            if any((record_type, mark) in company.entered.renamed for mark in marks):
                return True
    return False


def options_for(company: Company, rng: random.Random) -> FlowOptions:
    """Return the options of a run that somebody starts."""
    mode = "full" if rng.random() < 0.2 else "incremental"
    return FlowOptions(realm_id=company.realm_id, mode=mode)


def let_leases_expire(company: Company) -> None:
    """Set the heartbeats back, as if the holders had died a while ago."""
    company.execute(
        "update quickbooks_sync.lease set heartbeat_at = heartbeat_at - interval '11 minutes'"
        " where realm_id = %s and holder is not null",
        company.realm_id,
    )


def let_missing_age(company: Company) -> None:
    """Let ten minutes pass since records were found missing, where the sync keeps that."""
    kept = company.read(
        "select 1 from information_schema.columns where table_schema = 'quickbooks_sync'"
        " and table_name = 'link' and column_name = 'missing_since_at'"
    )
    if kept:
        company.execute(
            "update quickbooks_sync.link set missing_since_at = missing_since_at"
            " - interval '11 minutes' where realm_id = %s and missing_since_at is not null",
            company.realm_id,
        )


def run_as_admin(
    schedule: "Schedule", company: Company, work: Any, allowed: frozenset[str] = frozenset()
) -> str:
    """Have a person with rights do something; says how it ended."""
    schedule.ensure_connected(company)
    return schedule.judge(Child(work, schedule.servers.workspace, None).end(), allowed)
