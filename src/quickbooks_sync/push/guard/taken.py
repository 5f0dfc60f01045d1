"""Lets a write wait for a name that its holder in QuickBooks gives up, but not in this batch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import Link, read_holders
from quickbooks_sync.postgres.records.loupe_rows import read_rows
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.guard.moves import to_move
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.canonical import folded
from quickbooks_sync.transform.loupe_side import rows_to_values


@dataclass(frozen=True)
class _Holder:
    """A record that holds a name which its Loupe row has given up."""

    link: Link
    is_void: bool


def hold_taken(context: RunContext, writes: Sequence[Write]) -> list[RecordOutcome]:
    """Return an outcome for every write whose name is still to be given up by a record that is not among them.

    QuickBooks would refuse it, and what was refused is not sent again before it changes.
    """
    name = context.type.exclusive_field
    taken = {write.loupe_id: _find_taken(context, write) for write in writes} if name else {}
    if not any(taken.values()):
        return []
    with context.reading() as connection:
        holders = _find_holders(context, connection, {text for text in taken.values() if text})
    return [
        _waiting(context, write, holder)
        for write in writes
        if (holder := holders.get(taken[write.loupe_id] or ""))
        and (holder.is_void or holder.link.loupe_id not in taken)
    ]


def _find_taken(context: RunContext, write: Write) -> str | None:
    """Return the name that a write takes, folded."""
    more = to_move(context.type, write).more
    return next((text for text, amount in more.items() if amount > 0), None)


def _find_holders(
    context: RunContext, connection: Connection, texts: Collection[str]
) -> dict[str, _Holder]:
    """Return the links, by name, of records that hold it in QuickBooks and were renamed in Loupe."""
    once = context.type.once
    if once is None:
        return {}
    name = once.name
    links = read_holders(connection, context.realm_id, context.record_type, name, texts)
    rows = read_rows(
        connection, context.mapping, context.organization_id, [link.loupe_id for link in links]
    )
    done = rows_to_values(
        context.mapping, list(rows.values()), references={}, settings=CompanySettings({})
    )
    now = dict(zip(rows, done.values, strict=True))
    return {
        held: _Holder(link, is_void=bool(now[link.loupe_id].get("is_void")))
        for link in links
        if (held := folded(link.quickbooks_base[name]))
        and folded(link.document.get(once.property)) == held
        and link.loupe_id in now
        and folded(now[link.loupe_id].get(name)) not in (held, folded(link.loupe_base.get(name)))
    }


def _waiting(context: RunContext, write: Write, holder: _Holder) -> RecordOutcome:
    name, link = str(context.type.exclusive_field), holder.link
    told = (
        f"that record is void, and nothing of it is sent any more: give it another {name} in QuickBooks, then this one goes "
        "by itself"
        if holder.is_void
        else f"its Loupe row {link.loupe_id} has another one now, and must be sent first"
    )
    return RecordOutcome(
        write.source_id,
        Outcome.WAITING,
        loupe_id=write.loupe_id,
        quickbooks_id=write.link.quickbooks_id if write.link else None,
        reason=f"{name}: the QuickBooks {context.type.label} with Id {link.quickbooks_id} has it still; {told}",
        waits_for=context.record_type,
        waits_for_id=link.quickbooks_id,
        raw=write.raw,
    )
