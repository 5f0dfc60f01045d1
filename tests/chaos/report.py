"""Tells of a violation: what, the steps that led to it, the record's history, and how to repeat it."""

from collections.abc import Sequence
from typing import Any

from tests.chaos.auditor.violation import Violation
from tests.chaos.company import Company
from tests.chaos.schedule import Schedule

TAIL = 40


def describe(schedule: Schedule, found: Sequence[Violation], command: str) -> str:
    """Return the report of some violations."""
    parts = [f"{len(found)} violation(s), seed {schedule.seed}. To repeat it:", f"  {command}", ""]
    for one in found[:8]:
        parts.append(
            f"* {one.rule}: {one.record_type} {one.loupe_id or '-'}={one.quickbooks_id or '-'}"
        )
        parts.append(f"  {one.text}")
        parts.extend(_steps_about(schedule, one))
        for company in schedule.servers.companies:
            parts.extend(f"    {line}" for line in history(company, one))
    parts += ["", f"The last {TAIL} steps:", *schedule.log[-TAIL:]]
    return "\n".join(parts)


def _steps_about(schedule: Schedule, one: Violation) -> list[str]:
    """Return the steps whose lines name the record."""
    entity = {"inventory_item": "Item"}.get(one.record_type, one.record_type.capitalize())
    ours = {"inventory_item": "item"}.get(one.record_type, one.record_type)
    names = [f" {ours} {one.loupe_id} "] if one.loupe_id else []
    names += [f"{entity} {one.quickbooks_id} "] if one.quickbooks_id else []
    return [f"    step {line}" for line in schedule.log if any(name in line for name in names)][
        -25:
    ]


def history(company: Company, one: Violation) -> list[str]:
    """Return what the sync noted about a record: its link, outcomes, intents, open lists."""
    if not one.record_type or not (one.loupe_id or one.quickbooks_id):
        return []
    key = (company.realm_id, one.record_type, one.loupe_id or 0, one.quickbooks_id or "")
    lines: list[str] = []
    for title, statement in _QUERIES.items():
        lines.extend(f"{title}: {_plain(row)}" for row in company.read(statement, *key))
    return lines


_WHERE = " realm_id = %s and record_type = %s and (loupe_id = %s or quickbooks_id = %s)"
_QUERIES = {
    "link": f"select loupe_id, quickbooks_id, origin, sync_token, state, loupe_row_version, loupe_base,"
    f" quickbooks_base from quickbooks_sync.link where {_WHERE}",
    "conflict": f"select field, reason, loupe_value, quickbooks_value, decision, resolved_at is null as open"
    f" from quickbooks_sync.conflict where {_WHERE} order by conflict_id",
    "outcome": "select * from (select run_id, r.direction, r.mode, r.status, rr.outcome, rr.field, rr.reason,"
    " rr.run_record_id"
    " from quickbooks_sync.run_record rr join quickbooks_sync.run r using (run_id)"
    f" where {_WHERE} order by rr.run_record_id desc limit 14) as newest order by run_record_id",
    "intent": "select i.intent_id, i.run_id, i.status, t.operation, t.row_version, t.sent_fields"
    " from quickbooks_sync.intent i join quickbooks_sync.intent_item t using (intent_id)"
    " where i.realm_id = %s and i.record_type = %s and (t.loupe_id = %s or false and %s = '')"
    " order by i.intent_id",
}


def _plain(row: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items() if value is not None)[:900]
