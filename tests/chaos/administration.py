"""What people with rights do between syncs, and what time does: decisions, retries, settings, closed books, clocks."""

import random
import time
from typing import TYPE_CHECKING, Any

from quickbooks_sync.flows import FLOWS
from quickbooks_sync.retry import retry
from quickbooks_sync.settings import confirm_settings
from quickbooks_sync.workspace import Workspace
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


def decide(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Decide an open conflict, as the command line does."""
    found = company.sync_rows("conflict", "resolved_at is null order by conflict_id")
    if not found:
        return "nothing to decide"
    row = rng.choice(found)
    choice = rng.choice(("loupe", "quickbooks"))
    if row["field"] == "record":
        choice = "separate" if rng.random() < 0.3 else "same"
    if choice == "same" and not (row["loupe_id"] and row["quickbooks_id"]):
        return "names no pair"
    if choice == "separate":
        company.told_apart.add((row["record_type"], row["loupe_id"]))
        company.told_apart.add((row["record_type"], row["quickbooks_id"]))
    said = _run(schedule, company, carry_out(row["conflict_id"], choice))
    return f"{_words(row)} {choice}: {said}"


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

    return f"{flow.name} {chosen or 'all'}: {_run(schedule, company, work)}"


def change_setting(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Confirm another value of a company setting, or forget it."""
    name = rng.choice(tuple(_SETTINGS))
    value = rng.choice(_SETTINGS[name])

    def work(workspace: Workspace) -> Any:
        confirm_settings(workspace, company.realm_id, {name: value})

    # A start of stock that the books have been closed over since must be moved first.
    said = _run(schedule, company, work, frozenset({"SettingsError"}))
    return f"{name}={value}: {said}"


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
    """Make watermarks, cached facts and open intents old."""
    days = rng.choice((1, 31))
    back = f"interval '{days} days'"
    company.execute(
        f"update quickbooks_sync.watermark set changed_since = changed_since - {back} where realm_id = %s",
        company.realm_id,
    )
    company.execute(
        f"update quickbooks_sync.intent set created_at = created_at - {back}"
        " where realm_id = %s and status = 'open'",
        company.realm_id,
    )
    company.execute(
        f"update quickbooks_sync.company_reference set fetched_at = fetched_at - {back} where realm_id = %s",
        company.realm_id,
    )
    # After a day every record is visible; only the tables above know that there was one.
    time.sleep(schedule.servers.switches["late_rows"])
    return f"{days} days"


def _run(
    schedule: "Schedule", company: Company, work: Any, allowed: frozenset[str] = frozenset()
) -> str:
    schedule.ensure_connected(company)
    return schedule.judge(Child(work, schedule.servers.workspace, None).end(), allowed)
