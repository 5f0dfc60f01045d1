"""The money guard: no payment is sent that pays an invoice more than it still asks for, or pays it twice.

QuickBooks would accept it silently and keep the rest as unapplied money (Intuit: Payment, section 8.5).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import DELETED, REPLACED, read_link_ids, read_links
from quickbooks_sync.postgres.runs.record_outcomes import read_held_payments, read_rejected_ids
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.quickbooks.client import fetch_if_there
from quickbooks_sync.quickbooks.query import build_select, is_in
from quickbooks_sync.run.context import RunContext

Record = dict[str, Any]


def refuse_overpayments(context: RunContext, writes: Sequence[Write]) -> list[RecordOutcome]:
    """Return an outcome for every payment that must not be sent just now; one metered read, or none.

    Invoices are asked from QuickBooks right before the payments are sent, and the payments of the chunk are
    counted against their balances one after the other. A new payment also waits while its invoice has one that
    no pull has seen: somebody may have entered the same money there. What was held before stays held, without
    asking, while it does not fit the invoices as they were last read either.
    """
    if context.record_type != "payment":
        return []
    # What is not sent settles nothing: QuickBooks' own applications go back with the document.
    paying = [
        write
        for write in writes
        if write.operation == Operation.CREATE or "applications" in write.fields
    ]
    refused = _refuse_again(context, paying)
    told = {one.source_id for one in refused}
    asked = [one for one in paying if one.source_id not in told]
    return [*refused, *_refuse(context, asked, _fetch_invoices(context, asked))]


def _refuse_again(context: RunContext, writes: Sequence[Write]) -> list[RecordOutcome]:
    """Refuse what was held before and does not fit the last pulled invoices; a payment that moves moves them."""
    realm_id = context.realm_id
    with context.reading() as connection:
        held = read_held_payments(connection, realm_id, [one.source_id for one in writes])
        again = [one for one in writes if one.source_id in held]
        ids = _invoice_ids(again)
        links = read_links(connection, realm_id, "invoice", quickbooks_ids=ids)
        outdated = read_rejected_ids(connection, realm_id, "invoice", Direction.PULL, ids)
    known = {
        link.quickbooks_id: link.document
        for link in links
        if link.quickbooks_id not in outdated and link.state not in (DELETED, REPLACED)
    }
    return _refuse(context, [one for one in again if _asked(one).keys() <= known.keys()], known)


def _refuse(
    context: RunContext,
    writes: Sequence[Write],
    invoices: Mapping[str, Record],
) -> list[RecordOutcome]:
    left = {number: Decimal(record.get("Balance") or 0) for number, record in invoices.items()}
    unseen = _find_unseen(context, invoices)
    refused = []
    for write in writes:
        problem = _find_excess(write, left)
        stranger = _first_unseen(write, unseen)
        if problem:
            refused.append(_conflict(write, problem))
        elif stranger:
            refused.append(_waiting(write, stranger))
        else:
            _count(write, left)
    return refused


def _invoice_ids(writes: Sequence[Write]) -> list[str]:
    return sorted({line["invoice"] for one in writes for line in one.values["applications"]})


def _fetch_invoices(context: RunContext, writes: Sequence[Write]) -> dict[str, Record]:
    ids = _invoice_ids(writes)
    if not ids:
        return {}
    client = context.client()
    statement = build_select("Invoice", is_in("Id", ids), max_results=1000)
    found = {record["Id"]: record for record in client.query(statement).records}
    # A list shows a new invoice late; by its Id it answers at once.
    late = {one: fetch_if_there(client, "Invoice", one) for one in ids if one not in found}
    return found | {number: record for number, record in late.items() if record is not None}


def _find_unseen(context: RunContext, invoices: Mapping[str, Record]) -> dict[str, str]:
    """Return by invoice a payment of it in QuickBooks that no Loupe row is linked to."""
    paid_by = [
        (number, linked["TxnId"])
        for number, record in invoices.items()
        for linked in record.get("LinkedTxn") or ()
        if linked.get("TxnType") == "Payment"
    ]
    ids = {payment for _, payment in paid_by}
    with context.reading() as connection:
        pairs = read_link_ids(connection, context.realm_id, "payment", quickbooks_ids=ids)
    seen = {quickbooks_id for _, quickbooks_id in pairs}
    return {number: payment for number, payment in paid_by if payment not in seen}


def _first_unseen(write: Write, unseen: Mapping[str, str]) -> str | None:
    if write.operation != Operation.CREATE:
        return None
    found = (unseen.get(line["invoice"]) for line in write.values["applications"])
    return next((one for one in found if one), None)


def _asked(write: Write) -> dict[str, Decimal]:
    return {line["invoice"]: Decimal(line["amount"]) for line in write.values["applications"]}


def _find_excess(write: Write, left: Mapping[str, Decimal]) -> str | None:
    """Return why a payment asks more of an invoice than is open, or `None`."""
    given = _given_back(write)
    for invoice, amount in _asked(write).items():
        if invoice not in left:
            return f"invoice {invoice} no longer exists in QuickBooks"
        if amount > left[invoice] + given.get(invoice, Decimal(0)):
            return (
                f"possible duplicate payment: {amount} for QuickBooks invoice {invoice}, "
                f"of which {left[invoice]} is open"
            )
    return None


def _count(write: Write, left: dict[str, Decimal]) -> None:
    given = _given_back(write)
    for invoice, amount in _asked(write).items():
        left[invoice] += given.get(invoice, Decimal(0)) - amount


def _given_back(write: Write) -> dict[str, Decimal]:
    """What the payment being changed applies already."""
    given: dict[str, Decimal] = {}
    document: dict[str, Any] = write.link.document if write.link else {}
    for line in document.get("Line") or ():
        for linked in line.get("LinkedTxn") or ():
            if linked.get("TxnType") == "Invoice":
                before = given.get(linked["TxnId"], Decimal(0))
                given[linked["TxnId"]] = before + Decimal(line.get("Amount") or 0)
    return given


def _waiting(write: Write, stranger: str) -> RecordOutcome:
    return RecordOutcome(
        write.source_id,
        Outcome.WAITING,
        loupe_id=write.loupe_id,
        reason=f"QuickBooks has payment {stranger} on the same invoice, which is not linked to Loupe yet and "
        "may be the same; pull payments first",
        waits_for="payment",
        waits_for_id=stranger,
        raw=write.raw,
    )


def _conflict(write: Write, problem: str) -> RecordOutcome:
    quickbooks_id = write.link.quickbooks_id if write.link else None
    held = FieldConflict("applications", problem, write.values["applications"], None)
    return RecordOutcome(
        write.source_id,
        Outcome.CONFLICT,
        loupe_id=write.loupe_id,
        quickbooks_id=quickbooks_id,
        reason=problem,
        conflicts=(held,),
        raw=write.raw,
    )
