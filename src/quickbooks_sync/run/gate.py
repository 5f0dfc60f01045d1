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
from quickbooks_sync.run.resourced import fields_of
from quickbooks_sync.run.watermarks import find_resourced
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
    with context.transaction() as connection:
        settings = read_settings(connection, context.realm_id)
        total, rejected = staging.read_totals(connection, context.run_id)
        rejections = Rejections.read(context, connection, list_rejected)
        reason = why_rejected_too_often(settings, total, len(rejections.new), len(rejections.known))
        if reason and not context.is_preview:
            rejections.write(context, connection)
    if reason:
        raise _too_many_rejected(context, reason, rejections)
    with context.transaction() as connection:
        linked = read_live_ids(connection, context.realm_id, context.record_type)
        deleted = len(linked & staging.read_deleted_ids(connection, context.run_id))
        _refuse_deleted(settings, len(linked), deleted)
        fields = _find_written(context, connection)
        blanked = read_blanked_fields(connection, context.run, fields, MIN_BLANKED)
        _refuse_blanked(connection, context, settings, blanked)
    return {"records": total, "rejected": rejected, "deleted": deleted}


def why_rejected_too_often(
    settings: CompanySettings, total: int, new: int, known: int
) -> str | None:
    """Return why a run of `total` records stops for its new rejected ones, or `None`.

    Known rejections count neither as rejected nor as records of the run.
    """
    limit, counted = settings.max_rejected_ratio, total - known
    if new < MIN_REJECTED or new <= limit * counted:
        return None
    beside = f" (beside {known} that are known)" if known else ""
    return (
        f"{new} of {counted} records were rejected{beside}, more than the allowed share of {limit}"
    )


def why_blanked_too_often(
    settings: CompanySettings, direction: Direction, field: BlankedField
) -> str | None:
    """Return why a run stops for a field that it would empty, or `None`."""
    limit = settings.max_blanked_ratio
    if field.blanked < MIN_BLANKED or Decimal(field.blanked) <= limit * field.filled:
        return None
    other = "Loupe" if direction == Direction.PULL else "QuickBooks"
    return (
        f"it would empty the field {field.name} in {other} on {field.blanked} of the {field.filled} records of this run "
        f"that held it, more than the allowed share of {limit}"
    )


def _too_many_rejected(context: RunContext, reason: str, rejections: Rejections) -> GateClosedError:
    return GateClosedError(
        f"{reason}. Nothing was loaded. See why in the validation report or with "
        "`quickbooks-sync rejected`, correct the records or the mapping, and run again; or let them stay rejected and "
        f"the others go with `quickbooks-sync gate accept {context.run_id}`, then run again. The share is the setting "
        "max_rejected_ratio.",
        rejected=len(rejections.new),
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


def _find_written(context: RunContext, connection: Connection) -> list[str]:
    """Return the run's fields without those that stay as they are until a person has accepted their new source."""
    mapping = context.mapping
    held = fields_of(
        find_resourced(connection, context.realm_id, context.record_type, mapping.sources)
    )
    return [field.name for field in mapping.fields if field.name not in held]


def _refuse_blanked(
    connection: Connection,
    context: RunContext,
    settings: CompanySettings,
    blanked: list[BlankedField],
) -> None:
    for field in blanked:
        reason = why_blanked_too_often(settings, context.direction, field)
        if reason:
            ids = read_blanked_ids(connection, context.run, field.name)
            raise _too_many_blanked(context, field, reason, ids)


def _too_many_blanked(
    context: RunContext, blanked: BlankedField, reason: str, ids: list[str]
) -> GateClosedError:
    source = "QuickBooks" if context.direction == Direction.PULL else "Loupe"
    return GateClosedError(
        f"The {context.direction} of {context.type.labels} stops: {reason}; {source} has no value for it any more, for "
        f"example in {', '.join(ids)}. Nothing was loaded. Mostly {source} did not give the value, or the mapping "
        "looks for it in the wrong place: correct that and run again. If it was emptied on purpose, raise the setting "
        "max_blanked_ratio for one run: `quickbooks-sync settings confirm --set max_blanked_ratio=1`.",
        field=blanked.name,
        blanked=blanked.blanked,
        filled=blanked.filled,
    )
