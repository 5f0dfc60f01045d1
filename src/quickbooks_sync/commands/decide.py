"""Deciding a conflict: recorded with who and when, and applied at once."""

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from quickbooks_sync.commands.steps import run_flow
from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.model.flow import Direction, Flow, FlowOptions, RunSummary
from quickbooks_sync.model.outcome import RECORD_CONFLICT
from quickbooks_sync.postgres.connection.companies import read_company
from quickbooks_sync.postgres.records.decisions import (
    EXCESS,
    FOREIGN,
    read_open_conflict,
    write_decision,
)
from quickbooks_sync.postgres.records.links import delete_links, read_link_ids
from quickbooks_sync.postgres.records.loupe_rows import read_rows
from quickbooks_sync.postgres.runs.leases import free_lease, take_lease
from quickbooks_sync.quickbooks.client import fetch_if_there
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.workspace import Workspace

FIELD_CHOICES = ("loupe", "quickbooks")
RECORD_CHOICES = ("same", "separate")


def decide(workspace: Workspace, conflict_id: int, choice: str, *, by: str) -> list[RunSummary]:
    """Decide one conflict and run the flows that carry the decision out.

    Args:
        workspace: The workspace.
        conflict_id: As `quickbooks-sync conflicts` lists it.
        choice: `loupe` or `quickbooks` for a field: that side's value wins. `same` or `separate` for a
            record: the two are one, or are two.
        by: Who decides.

    Returns:
        The summaries of the runs that applied it.

    Raises:
        ConfigurationError: There is no such open conflict, the choice does not fit it, or no flow could carry it out.
        LeaseHeldError: The two are linked, and a run works on their record type; nothing was changed.
    """
    with workspace.engine.begin() as connection:
        row = _find_conflict(connection, conflict_id)
        _check_choice(row, choice)
        if choice == "same":
            pair = row.loupe_id, row.quickbooks_id
            ensure_row(workspace, connection, row.realm_id, row.record_type, row.loupe_id)
            ensure_unlinked(connection, row.realm_id, row.record_type, pair)
        elif choice == "separate" and row.reason.startswith(EXCESS):
            _ensure_new(connection, row)
    if choice == "same":
        ensure_record(workspace, row.realm_id, row.record_type, row.quickbooks_id)
    with workspace.engine.begin() as connection:
        # QuickBooks was asked meanwhile: is it still the question that was looked at?
        _find_conflict(connection, conflict_id)
        if choice == "separate" and row.loupe_id and row.quickbooks_id:
            pair = row.loupe_id, row.quickbooks_id
            give_up_links(connection, row.realm_id, row.record_type, {pair}, by=by)
        write_decision(connection, conflict_id, choice, by)
    return [
        apply_decision(workspace, Flow(row.record_type, direction), row.realm_id, source_id, by=by)
        for direction, source_id in _carried_out_by(choice, row.loupe_id, row.quickbooks_id)
    ]


def _find_conflict(connection: Connection, conflict_id: int) -> Any:
    row = read_open_conflict(connection, conflict_id)
    if row is None:
        raise ConfigurationError(
            f"There is no open conflict {conflict_id}; `quickbooks-sync conflicts` lists those there are. One whose "
            "values have moved on since it was listed has another number."
        )
    return row


def _check_choice(row: Any, choice: str) -> None:
    choices = RECORD_CHOICES if row.field == RECORD_CONFLICT else FIELD_CHOICES
    if choice not in choices:
        about = "which record is which" if row.field == RECORD_CONFLICT else row.field
        raise ConfigurationError(
            f"This conflict is about {about}; it is decided by {' or '.join(choices)}, not {choice!r}."
        )
    if choice == "same" and not (row.loupe_id and row.quickbooks_id):
        raise ConfigurationError(
            "This conflict names no single pair of records, so they cannot be declared the same; "
            "correct the records on either side and run the flow again."
        )
    if row.field != RECORD_CONFLICT:
        _refuse_in_vain(row, choice)


def _refuse_in_vain(row: Any, choice: str) -> None:
    """Refuse what no flow could carry out: the decision would stay without effect."""
    if not row.quickbooks_id:
        raise ConfigurationError(
            f"{row.reason}. QuickBooks has no record of it yet, so neither side's value can be taken. Correct or void "
            "it in Loupe, or make room for it in QuickBooks; the next push tries again."
        )
    reason = _why_not_sent(row) if choice == "loupe" else None
    if reason is not None:
        raise ConfigurationError(f"{reason}, or decide `quickbooks`.")


def _why_not_sent(row: Any) -> str | None:
    """Return why QuickBooks cannot take Loupe's value whatever is decided, and what to do; `None` where it can."""
    if row.reason.startswith(EXCESS):
        return (
            "QuickBooks has less open than Loupe's value settles. Correct or void it in Loupe, make room for it in "
            "QuickBooks and run the push"
        )
    if row.reason.startswith(FOREIGN):
        return (
            "QuickBooks applies money within one customer's family only. Correct the customer of the payment or of the "
            "invoice and run the push"
        )
    if row.field == "is_void" and row.quickbooks_value:
        return (
            "What is void in QuickBooks stays void: it cannot be taken back into use by the sync. Take it back into "
            "use in QuickBooks and run the pull"
        )
    unsendable = RECORD_TYPES[row.record_type].never_lifted
    return next((advice for reason, advice in unsendable.items() if row.reason == reason), None)


def _ensure_new(connection: Connection, row: Any) -> None:
    """Refuse to call a record a new one where it is linked and merely settles too much."""
    pairs = read_link_ids(
        connection, row.realm_id, row.record_type, quickbooks_ids=[row.quickbooks_id]
    )
    if pairs:
        raise ConfigurationError(
            f"QuickBooks record {row.quickbooks_id} is linked to Loupe row {pairs[0][0]} already, so it is no new one. "
            "Decide `same` to take it as it is in QuickBooks, or correct the amounts on either side."
        )


def ensure_row(
    workspace: Workspace, connection: Connection, realm_id: str, record_type: str, loupe_id: int
) -> None:
    """Refuse a decision about a Loupe row that is gone, or another company's."""
    mapping = workspace.mapping(record_type)
    organization_id = read_company(connection, realm_id).organization_id
    if not read_rows(connection, mapping, organization_id, [loupe_id]):
        raise ConfigurationError(
            f"Loupe has no {record_type} {loupe_id} any more, so no QuickBooks record can be it. Decide `separate`: then "
            "QuickBooks' record is looked for among Loupe's other rows, or entered there again."
        )


def find_other_links(
    connection: Connection, realm_id: str, record_type: str, pair: tuple[int, str]
) -> set[tuple[int, str]]:
    """Return the links that a row and a record have to others."""
    key = connection, realm_id, record_type
    loupe_id, quickbooks_id = pair
    linked = {
        *read_link_ids(*key, loupe_ids=[loupe_id]),
        *read_link_ids(*key, quickbooks_ids=[quickbooks_id]),
    }
    return linked - {pair}


def ensure_unlinked(
    connection: Connection, realm_id: str, record_type: str, pair: tuple[int, str]
) -> None:
    """Refuse to link a row or a record that is linked to another one."""
    for loupe_id, quickbooks_id in find_other_links(connection, realm_id, record_type, pair):
        raise ConfigurationError(
            f"Loupe row {pair[0]} and QuickBooks record {pair[1]} cannot be declared the same: "
            f"Loupe row {loupe_id} is linked to QuickBooks record {quickbooks_id} meanwhile. Decide `separate`, "
            f"merge the two records in QuickBooks, or use `quickbooks-sync link {record_type} {pair[0]} {pair[1]} "
            "--instead`, which gives that link up."
        )


def ensure_record(
    workspace: Workspace, realm_id: str, record_type: str, quickbooks_id: str
) -> None:
    """Refuse a decision for a record that QuickBooks does not have; one metered read tells."""
    entity = workspace.mapping(record_type).entity
    if fetch_if_there(workspace.client(realm_id), entity, quickbooks_id) is None:
        raise ConfigurationError(
            f"QuickBooks has no {entity} with the Id {quickbooks_id}, so no Loupe row can be it. Give the Id of one "
            "that is there; where a conflict asks about it, decide `separate`: then the row is looked for among "
            "QuickBooks' other records, or entered there again."
        )


def give_up_links(
    connection: Connection,
    realm_id: str,
    record_type: str,
    pairs: Collection[tuple[int, str]],
    *,
    by: str,
) -> None:
    """Forget the links of pairs that are two; no run may work on the record type meanwhile.

    The pull that follows cannot be left to do it: it does not read what QuickBooks has deleted.

    Raises:
        LeaseHeldError: A run works on it; nothing was changed.
    """
    key = connection, realm_id, record_type
    linked = {*read_link_ids(*key, quickbooks_ids=[quickbooks_id for _, quickbooks_id in pairs])}
    over = linked.intersection(pairs)
    if over:
        lease = take_lease(*key, f"decision by {by}")
        delete_links(*key, [quickbooks_id for _, quickbooks_id in over])
        free_lease(connection, lease)


def _carried_out_by(
    choice: str, loupe_id: int | None, quickbooks_id: str | None
) -> list[tuple[Direction, str]]:
    """Return (direction, source id) of the flows that carry a decision out."""
    flows = []
    if choice != "loupe" and quickbooks_id:
        flows.append((Direction.PULL, quickbooks_id))
    if choice in ("loupe", "separate") and loupe_id:
        flows.append((Direction.PUSH, str(loupe_id)))
    return flows


def apply_decision(
    workspace: Workspace, flow: Flow, realm_id: str, *source_ids: str, by: str
) -> RunSummary:
    """Run a flow for the records that a decision is about."""
    options = FlowOptions(realm_id=realm_id, record_ids=source_ids)
    return run_flow(workspace, flow, options, run_key=f"decision-{uuid4()}", triggered_by=by)
