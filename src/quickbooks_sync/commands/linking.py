"""Linking a Loupe row and a QuickBooks record by hand, and giving a link up."""

from collections.abc import Collection

from sqlalchemy import Connection

from quickbooks_sync.commands.decide import (
    apply_decision,
    ensure_record,
    ensure_row,
    ensure_unlinked,
    find_other_links,
    give_up_links,
)
from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.model.flow import Direction, Flow, RunSummary
from quickbooks_sync.postgres.connection.companies import resolve_company
from quickbooks_sync.postgres.records.decisions import write_pair_decision
from quickbooks_sync.postgres.records.links import read_link_ids
from quickbooks_sync.workspace import Workspace


def link(
    workspace: Workspace,
    record_type: str,
    loupe_id: int,
    quickbooks_id: str,
    *,
    by: str,
    realm_id: str | None = None,
    is_instead: bool = False,
) -> list[RunSummary]:
    """Declare that a Loupe row and a QuickBooks record are one, and bring both together.

    Args:
        workspace: The workspace.
        record_type: Their type.
        loupe_id: The row's key.
        quickbooks_id: The record's Id; one metered read finds it, another one brings it in.
        by: Who decides.
        realm_id: The company; the only one by default.
        is_instead: Give up the links that either has to another one; those others are looked for again.

    Returns:
        The summaries of the runs that carried it out.

    Raises:
        ConfigurationError: There is no such row or record, or either is linked to another one.
        LeaseHeldError: A link is to be given up, and a run works on the record type; nothing was changed.
    """
    pair = loupe_id, quickbooks_id
    with workspace.engine.begin() as connection:
        realm_id = resolve_company(connection, realm_id).realm_id
        key = connection, realm_id, record_type
        ensure_row(workspace, *key, loupe_id)
        others = find_other_links(*key, pair)
        if not is_instead:
            ensure_unlinked(*key, pair)
    ensure_record(workspace, realm_id, record_type, quickbooks_id)
    with workspace.engine.begin() as connection:
        key = connection, realm_id, record_type
        _separate(key, others, by)
        write_pair_decision(*key, pair, "same", by)
    ids = {quickbooks_id, *(other for _, other in others)}
    rows = {str(loupe_id), *(str(other) for other, _ in others)}
    return _apply(workspace, record_type, realm_id, sorted(ids), sorted(rows), by)


def unlink(
    workspace: Workspace,
    record_type: str,
    loupe_id: int,
    *,
    by: str,
    realm_id: str | None = None,
) -> list[RunSummary]:
    """Declare that a Loupe row and the QuickBooks record that it is linked to are two records.

    Each is then looked for on the other side, and entered there where nothing is it.

    Raises:
        ConfigurationError: The row has no link.
        LeaseHeldError: A run works on the record type; nothing was changed.
    """
    with workspace.engine.begin() as connection:
        realm_id = resolve_company(connection, realm_id).realm_id
        pairs = read_link_ids(connection, realm_id, record_type, loupe_ids=[loupe_id])
        if not pairs:
            raise ConfigurationError(
                f"Loupe's {record_type} {loupe_id} is not linked to any QuickBooks record."
            )
        _separate((connection, realm_id, record_type), pairs, by)
    ids = [quickbooks_id for _, quickbooks_id in pairs]
    return _apply(workspace, record_type, realm_id, ids, [str(loupe_id)], by)


def _separate(
    key: tuple[Connection, str, str], pairs: Collection[tuple[int, str]], by: str
) -> None:
    give_up_links(*key, pairs, by=by)
    for pair in pairs:
        write_pair_decision(*key, pair, "separate", by)


def _apply(
    workspace: Workspace,
    record_type: str,
    realm_id: str,
    quickbooks_ids: list[str],
    loupe_ids: list[str],
    by: str,
) -> list[RunSummary]:
    pull, push = (Flow(record_type, direction) for direction in (Direction.PULL, Direction.PUSH))
    return [
        apply_decision(workspace, pull, realm_id, *quickbooks_ids, by=by),
        apply_decision(workspace, push, realm_id, *loupe_ids, by=by),
    ]
