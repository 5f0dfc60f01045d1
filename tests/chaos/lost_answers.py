"""Answers that are lost for good: a push ends without one, people go on working, and flows run in any order."""

import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import psycopg2

from quickbooks_sync.model.flow import Flow, FlowOptions
from quickbooks_sync.record_types.registry import FLOWS
from tests.chaos import loupe_changes, loupe_edits, quickbooks_changes
from tests.chaos.administration import let_leases_expire, pass_days
from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.books import Json, RefusedError
from tests.chaos.company import Company, Row

if TYPE_CHECKING:
    from tests.chaos.schedule import Schedule

WITHOUT_ANSWER = frozenset({"RetryableError"})
#: More tries than any client has patience for.
_TRIES = 50
_ENTER: dict[str, tuple[Callable[[Company, random.Random], str | None], ...]] = {
    "customer": (loupe_edits.add_customer, loupe_edits.add_customer, loupe_edits.edit_customer),
    "invoice": (loupe_edits.add_invoice, loupe_edits.add_invoice, loupe_edits.edit_lines),
    "payment": (loupe_edits.add_payment, loupe_edits.add_payment, loupe_edits.edit_payment),
    "inventory_item": (loupe_edits.add_item, loupe_edits.add_item, loupe_edits.edit_item),
}
Change = Callable[[Company, random.Random, Row], str | None]
_IN_LOUPE: dict[str, tuple[Change, ...]] = {
    "customer": (loupe_changes.change_customer,),
    "invoice": (
        loupe_changes.change_invoice,
        loupe_changes.change_lines,
        loupe_changes.void_invoice,
    ),
    "payment": (
        loupe_changes.change_payment,
        loupe_changes.change_amount,
        loupe_changes.void_payment,
    ),
    "inventory_item": (loupe_changes.change_item,),
}
_IN_QUICKBOOKS: dict[str, Callable[[Company, random.Random, Json], str]] = {
    "customer": quickbooks_changes.change_customer,
    "invoice": quickbooks_changes.change_invoice,
    "payment": quickbooks_changes.change_payment,
    "inventory_item": quickbooks_changes.change_item,
}


def lose_an_answer(schedule: "Schedule", company: Company, rng: random.Random) -> str:
    """Push without getting an answer, edit what was sent, perhaps let a day pass, and run flows in any order."""
    flow = rng.choice([flow for flow in FLOWS if flow.direction == "push"])
    let_leases_expire(company)
    enter = [rng.choice(_ENTER[flow.record_type]) for _ in range(2)]
    said = [try_to(lambda edit=edit: edit(company, rng)) for edit in enter]
    said.append(_push_without_answer(schedule, company, flow, rng))
    for loupe_id in _sent(company, flow.record_type)[:3]:
        said.extend(_edit_sent(company, rng, flow.record_type, loupe_id))
    if rng.random() < 0.35:
        said.append(pass_days(schedule, company, rng, 1))
    said.extend(_run_both(schedule, company, flow, rng))
    return f"{flow.name}: {'; '.join(said)}"


def _push_without_answer(
    schedule: "Schedule", company: Company, flow: Flow, rng: random.Random
) -> str:
    schedule.ensure_connected(company)
    order = {"kind": "cut_after_commit", "match": {"path_contains": "/batch"}, "times": _TRIES}
    schedule.servers.side_door("faults", order)
    ended = run(schedule, company, flow, "incremental", rng, WITHOUT_ANSWER)
    schedule.servers.clear_faults()
    return ended


def _sent(company: Company, record_type: str) -> list[int]:
    rows = company.read(
        "select distinct t.loupe_id from quickbooks_sync.intent i"
        " join quickbooks_sync.intent_item t using (intent_id)"
        " where i.realm_id = %s and i.record_type = %s and i.status = 'open' order by 1 desc",
        company.realm_id,
        record_type,
    )
    return [row["loupe_id"] for row in rows]


def _edit_sent(
    company: Company, rng: random.Random, record_type: str, loupe_id: int
) -> Iterator[str]:
    """Edit a row that was sent, on either side; yields what was done."""
    sides = [side for side in (_edit_in_loupe, _edit_in_quickbooks) if rng.random() < 0.6]
    rng.shuffle(sides)
    for edit in sides:
        found = company.rows(record_type, f"{record_type}_id = {loupe_id}")
        if found:
            yield try_to(lambda edit=edit, row=found[0]: edit(company, rng, record_type, row))


def try_to(edit: Callable[[], str | None]) -> str:
    """Make an edit; says so where QuickBooks or a lock refuses it."""
    try:
        return edit() or "had nothing to do"
    except RefusedError as refusal:
        return f"refused, {refusal.code}"
    except psycopg2.errors.LockNotAvailable:
        return "row locked"
    except psycopg2.errors.RaiseException:
        return "refused by a trigger"


def _edit_in_loupe(company: Company, rng: random.Random, record_type: str, row: Row) -> str | None:
    if row.get("is_void") or row.get("lifecycle_status") == "Void":
        return None
    if rng.random() < 0.4:
        return loupe_changes.rename(company, record_type, row)
    change = rng.choice(_IN_LOUPE[record_type])
    if change in (loupe_changes.change_lines, loupe_changes.void_invoice):
        condition = loupe_edits.UNPAID if change is loupe_changes.change_lines else ""
        condition = condition or loupe_edits.WITHOUT_PAYMENT
        key = row["invoice_id"]
        if not company.rows("invoice", f"invoice_id = {key} and {condition}"):
            return None
    return change(company, rng, row)


def _edit_in_quickbooks(
    company: Company, rng: random.Random, record_type: str, row: Row
) -> str | None:
    mark = company.entered.mark_of_row(record_type, row)
    for record in company.books.records(ENTITIES[record_type]):
        is_live = record.get("Active", True) and record.get("TotalAmt") != 0
        if is_live and mark and company.entered.mark_of_record(record_type, record) == mark:
            if rng.random() < 0.4 and record_type != "inventory_item":
                return quickbooks_changes.rename(company, record_type, record)
            return _IN_QUICKBOOKS[record_type](company, rng, record)
    return None


def _run_both(
    schedule: "Schedule", company: Company, pushed: Flow, rng: random.Random
) -> Iterator[str]:
    """Run both flows of the record type, the pull first more often than not."""
    both = [flow for flow in FLOWS if flow.record_type == pushed.record_type]
    both.sort(key=lambda flow: flow.direction)
    if rng.random() < 0.35:
        both.reverse()
    for flow in both:
        mode = rng.choice(("full", "incremental"))
        yield f"{flow.name} {mode} {run(schedule, company, flow, mode, rng, frozenset())}"


def run(
    schedule: "Schedule",
    company: Company,
    flow: Flow,
    mode: str,
    rng: random.Random,
    allowed: frozenset[str],
) -> str:
    """Run a flow and say how it ended."""
    options = FlowOptions(realm_id=company.realm_id, mode=mode)
    key = f"chaos-{rng.getrandbits(48):x}"
    return schedule.judge(schedule.sync(company, flow, options, key, None).end(), allowed)
