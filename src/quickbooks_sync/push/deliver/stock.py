"""Stock: Loupe's quantities go to QuickBooks as inventory adjustments, never as item updates.

An adjustment is a difference, not a target, so it is computed from the quantity that QuickBooks has at that
moment (Intuit: InventoryAdjustment, section 8.7). Differences are adjusted only once both sides have
agreed on a quantity: before that nobody can tell which of the two is right, whoever owns the stock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.intake.replaced import find_difference
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import Link, read_links, update_links
from quickbooks_sync.postgres.runs.intents import IntentItem
from quickbooks_sync.postgres.runs.parts import add_outcomes
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.guard.replaced import read_older_again
from quickbooks_sync.quickbooks.batch import BatchRequest
from quickbooks_sync.quickbooks.query import build_select, is_in
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.canonical import to_decimal


def to_adjustments(
    settings: CompanySettings, created: Sequence[Write], links: Mapping[int, Link]
) -> list[Write]:
    """Return the adjustments that bring new items from where they started to Loupe's quantity."""
    if not settings.adjustment_account:
        return []  # the next push says what waits for it
    return [
        replace(write, operation=Operation.ADJUST, link=links[write.loupe_id], fields=())
        for write in created
        if write.loupe_id in links
        and "quantity" in write.fields
        and to_decimal(write.values["quantity"]) != to_decimal(write.opening_quantity)
    ]


def build_adjustments(
    context: RunContext, settings: CompanySettings, writes: Sequence[Write]
) -> tuple[list[tuple[Write, BatchRequest]], list[RecordOutcome]]:
    """Build the adjustments that make QuickBooks' quantities Loupe's; one metered read.

    Returns:
        The adjustments; and an outcome for each item of which QuickBooks did not say how many there are.
    """
    on_hand, day = _fetch_quantities(context, writes)
    built: list[tuple[Write, BatchRequest]] = []
    unknown: list[RecordOutcome] = []
    for write in writes:
        if _id(write) not in on_hand:
            unknown.append(_unknown_outcome(write))
            continue
        difference = (to_decimal(write.values["quantity"]) or Decimal(0)) - on_hand[_id(write)]
        if difference:
            payload = _payload(settings, context, _id(write), difference, day)
            number = str(len(built) + 1)
            built.append((write, BatchRequest(number, "create", "InventoryAdjustment", payload)))
    return built, unknown


def _unknown_outcome(write: Write) -> RecordOutcome:
    return RecordOutcome(
        write.source_id,
        Outcome.FAILED,
        loupe_id=write.loupe_id,
        quickbooks_id=_id(write),
        reason="QuickBooks did not say what quantity it has on hand, so nothing was adjusted; the next run asks "
        "again. Pull items if it persists: the item may be another one now",
        raw=write.raw,
    )


def settle_adjustments(
    context: RunContext, connection: Connection, run_id: int, items: Sequence[IntentItem]
) -> None:
    """Note the new quantities on the links, and that they were adjusted with the run that sent them."""
    if not items:
        return
    realm_id, record_type = context.realm_id, context.record_type
    links = {
        link.loupe_id: link
        for link in read_links(
            connection, realm_id, record_type, loupe_ids=[item.loupe_id for item in items]
        )
    }
    update_links(
        connection,
        realm_id,
        record_type,
        [_with_quantity(links[item.loupe_id], item) for item in items],
    )
    adjusted = [
        RecordOutcome(
            str(item.loupe_id),
            Outcome.UPDATED,
            loupe_id=item.loupe_id,
            quickbooks_id=links[item.loupe_id].quickbooks_id,
            reason=f"stock adjusted to {item.loupe_values['quantity']}",
        )
        for item in items
    ]
    add_outcomes(connection, replace(context.scope, run_id=run_id), adjusted)


def _with_quantity(link: Link, item: IntentItem) -> Link:
    quantity = item.loupe_values["quantity"]
    return replace(
        link,
        document={**link.document, "QtyOnHand": to_decimal(quantity)},
        loupe_base={**link.loupe_base, "quantity": quantity},
        quickbooks_base={**link.quickbooks_base, "quantity": quantity},
    )


def _fetch_quantities(
    context: RunContext, writes: Sequence[Write]
) -> tuple[dict[str, Decimal], date]:
    """Return what QuickBooks has on hand of the items it knows, and which day it is for the company there."""
    client = context.client()
    links = {_id(write): write.link for write in writes if write.link}
    answer = client.query(
        build_select(
            context.mapping.entity,
            is_in("Id", links),
            has_activity=context.type.has_activity,
            max_results=1000,
        )
    )
    on_hand = {
        record["Id"]: Decimal(record["QtyOnHand"])
        for record in read_older_again(context, links, answer.records).values()
        if _is_number(record.get("QtyOnHand"))
        and not find_difference(context.type, links[record["Id"]], record)
    }
    return on_hand, datetime.now(UTC).astimezone(answer.server_time.tzinfo).date()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _payload(
    settings: CompanySettings,
    context: RunContext,
    item_id: str,
    difference: Decimal,
    day: date,
) -> dict[str, Any]:
    return {
        "AdjustAccountRef": {"value": settings.adjustment_account},
        "TxnDate": day.isoformat(),
        "PrivateNote": f"Stock as in Loupe Factory, sync run {context.run_id}",
        "Line": [
            {
                "DetailType": "ItemAdjustmentLineDetail",
                "ItemAdjustmentLineDetail": {
                    "ItemRef": {"value": item_id},
                    "QtyDiff": difference,
                },
            }
        ],
    }


def _id(write: Write) -> str:
    return write.link.quickbooks_id if write.link else ""
