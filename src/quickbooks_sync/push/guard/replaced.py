"""Nothing is written to a record that is not the one its row was linked to, as in a company that was wiped.

SyncTokens start at 0 in every record, so QuickBooks itself would not refuse such a write.
"""

from collections.abc import Sequence
from dataclasses import replace

from quickbooks_sync.intake.replaced import describe_replaced, find_difference
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import REPLACED, Link, update_links
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.quickbooks.query import build_select, is_in
from quickbooks_sync.run.context import RunContext


def hold_replaced(context: RunContext, writes: Sequence[Write]) -> list[RecordOutcome]:
    """Return an outcome for every change whose record is another one now; one metered read, or none.

    Their links are marked, so that nothing is sent to these records until a person has decided.
    """
    links = {write.link.quickbooks_id: write for write in writes if write.link is not None}
    if not links:
        return []
    entity = context.mapping.entity
    client = context.client()
    statement = build_select(
        entity, is_in("Id", sorted(links)), has_activity=context.type.has_activity, max_results=1000
    )
    held: list[RecordOutcome] = []
    marked: list[Link] = []
    for record in client.query(statement).records:
        write = links[record["Id"]]
        link = write.link
        if link is None:
            continue
        difference = find_difference(context.type, link.document, record)
        if difference is not None:
            held.append(_conflict(write, link, difference))
            marked.append(replace(link, state=REPLACED, loupe_row_version=None))
    if marked:
        with context.transaction() as connection:
            update_links(connection, context.realm_id, context.record_type, marked)
    return held


def _conflict(write: Write, link: Link, difference: str) -> RecordOutcome:
    why = describe_replaced(write.loupe_id, link.quickbooks_id, difference)
    return RecordOutcome(
        write.source_id,
        Outcome.CONFLICT,
        loupe_id=write.loupe_id,
        quickbooks_id=link.quickbooks_id,
        reason=why,
        conflicts=(FieldConflict(RECORD_CONFLICT, why, write.loupe_id, link.quickbooks_id),),
        raw=write.raw,
    )
