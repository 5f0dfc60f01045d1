"""What is deleted on one side becomes a state on the other, never a deleted row."""

from typing import Any

import pytest

from quickbooks_sync.model.errors import GateClosedError
from quickbooks_sync.settings import confirm_settings
from tests.support.books import quickbooks
from tests.support.installation import House


@pytest.fixture
def synced(house: House) -> House:
    """The sample company after a first pull of customers, invoices and payments."""
    for name in ("pull_customers", "pull_invoices", "pull_payments"):
        house.run(name)
    return house


def delete(house: House, entity: str, record: dict[str, Any]) -> None:
    key = {"Id": record["Id"], "SyncToken": record["SyncToken"]}
    house.client().send(entity, key, operation="delete", request_id=f"delete-{record['Id']}")


def unpaid(house: House) -> list[dict[str, Any]]:
    found = house.client().query("select * from Invoice where Balance > '0' maxresults 1000")
    return [one for one in found.records if one["Balance"] == one["TotalAmt"]]


def loupe_invoice(house: House, quickbooks_id: str) -> dict[str, Any]:
    [link] = [
        row
        for row in house.rows("link")
        if row["record_type"] == "invoice" and row["quickbooks_id"] == quickbooks_id
    ]
    [row] = [r for r in house.rows("invoice") if r["invoice_id"] == link["loupe_id"]]
    return row


@pytest.mark.parametrize("mode", ["incremental", "full"])
def test_an_unpaid_invoice_deleted_in_quickbooks_becomes_void(synced: House, mode: str) -> None:
    gone = unpaid(synced)[0]
    delete(synced, "Invoice", gone)
    run = synced.run("pull_invoices", mode=mode)
    row = loupe_invoice(synced, gone["Id"])
    assert (row["lifecycle_status"], row["void_reason"]) == ("Void", "deleted in QuickBooks")
    assert run["counts"]["updated"] >= 1
    assert "updated" not in synced.run("pull_invoices", mode=mode)["counts"]
    assert synced.run("push_invoices")["counts"].get("created") is None


def test_a_paid_invoice_deleted_in_quickbooks_is_a_conflict(synced: House) -> None:
    paid = next(
        one
        for one in synced.client().query("select * from Invoice maxresults 1000").records
        if one["TotalAmt"] and not one["Balance"] and one.get("LinkedTxn")
    )
    delete(synced, "Invoice", paid)
    run = synced.run("pull_invoices")
    assert run["counts"]["conflict"] == 1
    assert loupe_invoice(synced, paid["Id"])["lifecycle_status"] != "Void"


def test_a_payment_deleted_in_quickbooks_becomes_void_in_loupe(synced: House) -> None:
    payment = synced.client().query("select * from Payment maxresults 1").records[0]
    delete(synced, "Payment", payment)
    assert synced.run("pull_payments")["counts"] == {"updated": 1}
    [link] = [row for row in synced.rows("link") if row["state"] == "deleted_in_quickbooks"]
    [row] = [r for r in synced.rows("payment") if r["payment_id"] == link["loupe_id"]]
    assert (link["quickbooks_id"], row["is_void"]) == (payment["Id"], True)
    assert synced.run("push_payments", mode="full")["counts"].keys() == {"unchanged"}


def test_a_loupe_row_that_vanished_is_a_conflict_and_stays_in_quickbooks(synced: House) -> None:
    gone = unpaid(synced)[0]
    row = loupe_invoice(synced, gone["Id"])
    with synced.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            f"delete from loupe.invoice where invoice_id = {row['invoice_id']}"
        )
    assert synced.run("push_invoices")["counts"]["conflict"] == 1
    assert synced.client().fetch("Invoice", gone["Id"])["TotalAmt"] == gone["TotalAmt"]


def test_more_deletions_than_allowed_stop_the_run_before_anything_is_loaded(
    synced: House,
) -> None:
    confirm_settings(synced.workspace, synced.realm_id, {"max_deletions": "1"})
    for one in unpaid(synced)[:2]:
        delete(synced, "Invoice", one)
    with pytest.raises(
        GateClosedError, match=r"2 of \d+ linked records were deleted in QuickBooks"
    ):
        synced.run("pull_invoices")
    assert not [row for row in synced.rows("invoice") if row["void_reason"]]


def test_what_was_deleted_before_it_was_ever_linked_stops_no_run(synced: House) -> None:
    # Naive: the gate says that "2 of n linked records were deleted" of invoices that Loupe never had.
    confirm_settings(synced.workspace, synced.realm_id, {"max_deletions": "1"})
    customer = synced.rows("link")[0]["quickbooks_id"]
    for number in ("BRIEF-1", "BRIEF-2"):
        made = quickbooks.create_invoice(synced, customer, number, "10.00")
        quickbooks.remove(synced, "Invoice", made["Id"])
    gone = unpaid(synced)[0]
    delete(synced, "Invoice", gone)
    synced.run("pull_invoices")
    assert loupe_invoice(synced, gone["Id"])["void_reason"] == "deleted in QuickBooks"
