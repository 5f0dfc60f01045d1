"""The step `gate`: stops a run before anything is loaded when the whole of it looks like a mistake."""

from decimal import Decimal

from sqlalchemy import Connection

from quickbooks_sync.model.errors import GateClosedError
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.postgres.records import staging
from quickbooks_sync.postgres.records.blanks import (
    BlankedField,
    read_blanked_fields,
    read_blanked_ids,
)
from quickbooks_sync.postgres.records.links import read_live_ids
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.rejections import ListRejected, Rejections
from quickbooks_sync.settings import CompanySettings, read_settings

#: A gate never closes for fewer new rejections.
MIN_REJECTED = 3
#: Nor for the share of fewer deleted ones: a person may well delete a few of few.
MIN_DELETED = 10
#: Nor for a field that fewer records would lose: a person may well empty a few at once.
MIN_BLANKED = 20


def gate(context: RunContext, list_rejected: ListRejected) -> dict[str, int]:
    """Close the gate when too much of the run was rejected, has vanished, or would be blanked.

    What was rejected is listed although nothing is loaded, so that a person can correct or accept it.

    Args:
        context: The run.
        list_rejected: Says which staged records are rejected.

    Raises:
        GateClosedError: One of the company's limits is passed; nothing was loaded.
        LeaseLostError: The run does not hold its lease any more: what it staged may be gone.
    """
    fields = [field.name for field in context.mapping.fields]
    with context.transaction() as connection:
        settings = read_settings(connection, context.realm_id)
        total, rejected = staging.read_totals(connection, context.run_id)
        rejections = Rejections.read(context, connection, list_rejected)
        is_closed = _are_too_many(settings, total, rejections)
        if is_closed and not context.is_preview:
            rejections.write(context, connection)
    if is_closed:
        raise _too_many_rejected(context, settings, total, rejections)
    with context.transaction() as connection:
        deleted = staging.count_deleted(connection, context.run_id)
        linked = len(read_live_ids(connection, context.realm_id, context.record_type))
        _refuse_deleted(settings, linked, deleted)
        blanked = read_blanked_fields(connection, context.run, fields, MIN_BLANKED)
        _refuse_blanked(connection, context, settings, blanked)
    return {"records": total, "rejected": rejected, "deleted": deleted}


def _are_too_many(settings: CompanySettings, total: int, rejections: Rejections) -> bool:
    """Known rejections count neither as rejected nor as records of the run."""
    new, counted = len(rejections.new), total - len(rejections.known)
    return new >= MIN_REJECTED and new > settings.max_rejected_ratio * counted


def _too_many_rejected(
    context: RunContext, settings: CompanySettings, total: int, rejections: Rejections
) -> GateClosedError:
    new, counted = len(rejections.new), total - len(rejections.known)
    beside = f" (beside {len(rejections.known)} that are known)" if rejections.known else ""
    return GateClosedError(
        f"{new} of {counted} records were rejected{beside}, more than the allowed share of "
        f"{settings.max_rejected_ratio}. Nothing was loaded. See why in the validation report or with "
        "`quickbooks-sync rejected`, correct the records or the mapping, and run again; or let them stay rejected and "
        f"the others go with `quickbooks-sync gate accept {context.run_id}`, then run again. The share is the setting "
        "max_rejected_ratio.",
        rejected=new,
        total=counted,
    )


def _refuse_deleted(settings: CompanySettings, linked: int, deleted: int) -> None:
    most, share = settings.max_deletions, settings.max_deleted_ratio
    is_share_passed = deleted >= MIN_DELETED and deleted > share * linked
    if deleted <= most and not is_share_passed:
        return
    limit = "max_deletions" if deleted > most else "max_deleted_ratio"
    allowed = f"the allowed {most}" if deleted > most else f"the allowed share of {share}"
    raise GateClosedError(
        f"{deleted} of {linked} linked records were deleted in QuickBooks since the last run, more than "
        f"{allowed}. Nothing was loaded. If they were deleted on purpose, raise the setting {limit} and run "
        "again; if not, look at the company in QuickBooks first.",
        deleted=deleted,
        linked=linked,
    )


def _refuse_blanked(
    connection: Connection,
    context: RunContext,
    settings: CompanySettings,
    blanked: list[BlankedField],
) -> None:
    limit = settings.max_blanked_ratio
    for field in blanked:
        if Decimal(field.blanked) > limit * field.filled:
            raise _too_many_blanked(
                context, field, limit, read_blanked_ids(connection, context.run, field.name)
            )


def _too_many_blanked(
    context: RunContext, blanked: BlankedField, limit: Decimal, ids: list[str]
) -> GateClosedError:
    flow = f"{context.direction} of {context.record_type}s"
    source, other = (
        ("QuickBooks", "Loupe") if context.direction == Direction.PULL else ("Loupe", "QuickBooks")
    )
    return GateClosedError(
        f"The {flow} would empty the field {blanked.name} in {other} on {blanked.blanked} of the "
        f"{blanked.filled} records of this run that held it, more than the allowed share of {limit}; "
        f"{source} has no value for it any more, for example in {', '.join(ids)}. Nothing was "
        f"loaded. Mostly {source} did not give the value, or the mapping looks for it in the wrong "
        "place: correct that and run again. If it was emptied on purpose, raise the setting "
        "max_blanked_ratio for one run: "
        "`quickbooks-sync settings confirm --set max_blanked_ratio=1`.",
        field=blanked.name,
        blanked=blanked.blanked,
        filled=blanked.filled,
    )
