"""The money guard: no payment is sent that pays an invoice more than it still asks for.

QuickBooks would accept it silently and keep the rest as unapplied money (Intuit: Payment, section 8.5).
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from quickbooks_sync.accounts import Account, FieldConflict
from quickbooks_sync.flows import RunManifest
from quickbooks_sync.push.operations import Write
from quickbooks_sync.quickbooks.query import build_select, is_in
from quickbooks_sync.workspace import Workspace


def refuse_overpayments(
    workspace: Workspace, run: RunManifest, writes: Sequence[Write]
) -> list[Account]:
    """Return an account for every payment that would overpay an invoice; one metered read.

    Balances are asked from QuickBooks right before the payments are sent, and the payments of the
    chunk are counted against them one after the other.
    """
    if run["record_type"] != "payment":
        return []
    paying = [one for one in writes if one.operation in ("create", "update")]
    left = _read_balances(workspace, run, paying)
    refused = []
    for write in paying:
        problem = _apply(write, left)
        if problem:
            refused.append(_account(write, problem))
    return refused


def _read_balances(
    workspace: Workspace, run: RunManifest, writes: Sequence[Write]
) -> dict[str, Decimal]:
    ids = sorted({line["invoice"] for one in writes for line in one.values["applications"]})
    if not ids:
        return {}
    client = workspace.client(run["realm_id"], run["run_id"])
    statement = build_select("Invoice", is_in("Id", ids), max_results=1000)
    records = client.query(statement).records
    return {record["Id"]: Decimal(record.get("Balance") or 0) for record in records}


def _apply(write: Write, left: dict[str, Decimal]) -> str | None:
    """Count a payment against the balances, or return why it must not be sent."""
    given = _given_back(write)
    asked = {line["invoice"]: Decimal(line["amount"]) for line in write.values["applications"]}
    for invoice, amount in asked.items():
        if invoice not in left:
            return f"invoice {invoice} no longer exists in QuickBooks"
        if amount > left[invoice] + given.get(invoice, Decimal(0)):
            return (
                f"possible duplicate payment: {amount} for QuickBooks invoice {invoice}, "
                f"of which {left[invoice]} is open"
            )
    for invoice, amount in asked.items():
        left[invoice] += given.get(invoice, Decimal(0)) - amount
    return None


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


def _account(write: Write, problem: str) -> Account:
    quickbooks_id = write.link.quickbooks_id if write.link else None
    held = FieldConflict("applications", problem, write.values["applications"], None)
    return Account(
        write.source_id,
        "conflict",
        loupe_id=write.loupe_id,
        quickbooks_id=quickbooks_id,
        reason=problem,
        conflicts=(held,),
        raw=write.raw,
    )
