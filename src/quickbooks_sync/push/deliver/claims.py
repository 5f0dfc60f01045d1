"""Which row a record that was made for it belongs to: a link is never dropped, nor turned to another record."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.intake.replaced import describe_replaced, find_other_time
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.errors import UnexpectedAnswerError
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.postgres.records.decisions import CLAIMED, LOST_ANSWER
from quickbooks_sync.postgres.records.links import read_link_ids, read_links
from quickbooks_sync.postgres.runs.intents import IntentItem
from quickbooks_sync.run.context import RunContext

Record = dict[str, Any]


class LinksOfWrites:
    """The links that the rows and the records of written items have already.

    Args:
        connection: An open transaction.
        context: The run.
        written: Items with the record that QuickBooks has for each.
    """

    def __init__(
        self,
        connection: Connection,
        context: RunContext,
        written: Sequence[tuple[IntentItem, Record]],
    ) -> None:
        key = connection, context.realm_id, context.record_type
        rows = read_links(*key, loupe_ids=[item.loupe_id for item, _ in written])
        pairs = read_link_ids(*key, quickbooks_ids=[record["Id"] for _, record in written])
        self.by_row = {link.loupe_id: link for link in rows}
        self._row_of = {quickbooks_id: loupe_id for loupe_id, quickbooks_id in pairs}

    def find_stranger(self, item: IntentItem, record: Record) -> str | None:
        """Return why record and row cannot be linked, or `None` after claiming the record for the row.

        A link is never dropped or turned to another record: whichever is wrong, a person must say.
        """
        link = self.by_row.get(item.loupe_id)
        if link is not None and link.quickbooks_id != record["Id"]:
            return (
                f"{CLAIMED}: QuickBooks record {record['Id']} was made for Loupe row {item.loupe_id}, which is linked to "
                f"{link.quickbooks_id}; void or merge one of the two in QuickBooks"
            )
        difference = find_other_time(link, record) if link is not None else None
        if difference is not None:
            return describe_replaced(item.loupe_id, record["Id"], difference)
        owner = self._row_of.setdefault(record["Id"], item.loupe_id)
        if owner != item.loupe_id:
            return (
                f"{CLAIMED}: QuickBooks record {record['Id']} was made for Loupe row {item.loupe_id} and is linked to Loupe "
                f"row {owner}; enter it once in Loupe, or once more in QuickBooks"
            )
        return None


def refuse_exchanged(
    context: RunContext,
    written: Sequence[tuple[IntentItem, Record]],
    values: Sequence[Mapping[str, Any]],
) -> None:
    """Refuse an answer that gives two creates each other's record; its batch stays open, and is asked for again.

    Args:
        context: The run.
        written: Items with the record that was answered for each.
        values: The records' canonical values.

    Raises:
        UnexpectedAnswerError: The answers are under each other's names.
    """
    is_made_from = context.type.is_made_from
    foreign = [
        (item, theirs)
        for (item, _), theirs in zip(written, values, strict=True)
        if item.operation == Operation.CREATE and not is_made_from(item.loupe_values, theirs)
    ]
    for item, theirs in foreign:
        other = next((sent for sent, _ in foreign if is_made_from(sent.loupe_values, theirs)), None)
        if other is not None:
            raise UnexpectedAnswerError(
                f"QuickBooks answered the create of Loupe row {item.loupe_id} with the record of row {other.loupe_id}; "
                "nothing was linked. Run the flow again: the same batch is asked for once more.",
                loupe_id=item.loupe_id,
            )


def doubted_outcome(item: IntentItem, record: Record) -> RecordOutcome:
    """Return the outcome of a create without an answer that QuickBooks may have carried out."""
    why = (
        f"{LOST_ANSWER}: Loupe row {item.loupe_id} was sent, and QuickBooks record {record['Id']}, made about then, "
        "may be what became of it. Decide `same` if it is, else `separate`; the row is sent again once no record "
        "is in doubt"
    )
    return stranger_outcome(item, record, why)


def stranger_outcome(item: IntentItem, record: Record, why: str) -> RecordOutcome:
    """Return the outcome of a row and a record of which a person must say whether they are one."""
    conflict = FieldConflict(RECORD_CONFLICT, why, item.row_version, record["Id"])
    return RecordOutcome(
        str(item.loupe_id),
        Outcome.CONFLICT,
        loupe_id=item.loupe_id,
        quickbooks_id=record["Id"],
        reason=why,
        conflicts=(conflict,),
    )
