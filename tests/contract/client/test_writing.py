"""What the client writes to a QuickBooks company, and what it never writes."""

import pytest

from quickbooks_sync.model.errors import FatalError, QuickBooksFault
from quickbooks_sync.quickbooks.batch import BatchRequest, serialise_batch
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.faults import Action, action_of_error
from quickbooks_sync.quickbooks.guard import NEVER_SENT


def _invoice(client: QuickBooksClient, number: str) -> dict[str, object]:
    customer = client.query("SELECT * FROM Customer MAXRESULTS 1").records[0]
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": 10,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    return {
        "CustomerRef": {"value": customer["Id"]},
        "Line": [line],
        "DocNumber": number,
        "TxnDate": "2026-10-01",
    }


def test_a_record_is_created_updated_and_deleted(client: QuickBooksClient) -> None:
    made = client.send("Invoice", _invoice(client, "W-1"), request_id="w-1")
    changed = client.send(
        "Invoice",
        {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "PrivateNote": "seen"},
        request_id="w-2",
    )
    assert (changed["PrivateNote"], changed["DocNumber"]) == ("seen", "W-1")
    key = {"Id": made["Id"], "SyncToken": changed["SyncToken"]}
    assert client.send("Invoice", key, operation="delete", request_id="w-3")["status"] == "Deleted"


def test_an_invoice_is_voided(client: QuickBooksClient) -> None:
    made = client.send("Invoice", _invoice(client, "W-2"), request_id="w-4")
    key = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    voided = client.send("Invoice", key, operation="void", request_id="w-5")
    assert voided["TotalAmt"] == 0
    assert voided["PrivateNote"].startswith("Voided")


def test_a_payment_is_voided_alone_and_in_a_batch(client: QuickBooksClient) -> None:
    customer = client.query("SELECT * FROM Customer MAXRESULTS 1").records[0]
    payload = {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": 5, "TxnDate": "2026-10-01"}
    made = [client.send("Payment", payload, request_id=f"w-6{n}") for n in range(2)]
    keys = [{"Id": one["Id"], "SyncToken": one["SyncToken"]} for one in made]
    as_update = {"operation": "update", "include": "void"}
    payload = {**keys[0], "sparse": True}
    alone = client.send("Payment", payload, operation="void", params=as_update, request_id="w-7")
    body = serialise_batch([BatchRequest("v", "void", "Payment", {**keys[1], "sparse": True})])
    batched = client.send_batch(body, "w-8").items["v"].record
    assert batched is not None
    assert alone["TotalAmt"] == batched["TotalAmt"] == 0


def test_customers_cannot_be_voided(client: QuickBooksClient) -> None:
    with pytest.raises(QuickBooksFault, match="Unsupported Operation"):
        client.send("Customer", {"Id": "1"}, operation="void", request_id="w-9")


def test_each_item_of_a_batch_is_answered_by_itself(client: QuickBooksClient) -> None:
    body = serialise_batch(
        [
            BatchRequest("new", "create", "Customer", {"DisplayName": "Batch One"}),
            BatchRequest("taken", "create", "Customer", {"DisplayName": "D'Angelo & Fils"}),
            BatchRequest("stale", "update", "Customer", {"Id": "1", "SyncToken": "99"}),
        ]
    )
    items = client.send_batch(body, "b-1").items
    assert items["new"].record is not None
    assert items["new"].record["DisplayName"] == "Batch One"
    taken, stale = items["taken"].fault, items["stale"].fault
    assert taken is not None
    assert taken.code == "6240"
    assert stale is not None
    assert action_of_error(stale) in (Action.MERGE, Action.REJECT)


def test_the_same_batch_again_creates_nothing_again(client: QuickBooksClient) -> None:
    body = serialise_batch([BatchRequest("1", "create", "Customer", {"DisplayName": "Batch Two"})])
    first = client.send_batch(body, "b-2").items["1"].record
    again = client.send_batch(body, "b-2").items["1"].record
    assert first == again
    assert client.count("Customer", "DisplayName = 'Batch Two'") == 1


def test_a_stale_record_is_to_be_merged(client: QuickBooksClient) -> None:
    made = client.send("Customer", {"DisplayName": "Stale"}, request_id="w-10")
    change = {"Id": made["Id"], "SyncToken": "0", "sparse": True}
    client.send("Customer", {**change, "GivenName": "A"}, request_id="w-11")
    with pytest.raises(QuickBooksFault) as caught:
        client.send("Customer", {**change, "GivenName": "B"}, request_id="w-12")
    assert caught.value.code == "5010"
    assert action_of_error(caught.value) is Action.MERGE


@pytest.mark.parametrize("name", sorted(NEVER_SENT))
def test_what_would_mail_or_charge_is_never_sent(setup: object, name: str) -> None:
    client, door = setup.client, setup.door  # type: ignore[attr-defined]
    payload = {"CustomerRef": {"value": "1"}, "Line": [], name: "NeedToSend"}
    body = serialise_batch([BatchRequest("1", "create", "Invoice", payload)])
    with pytest.raises(FatalError, match=name):
        client.send("Invoice", payload, request_id="n-1")
    with pytest.raises(FatalError, match=name):
        client.send_batch(body, "n-2")
    assert door.counters() == {}


@pytest.mark.parametrize("request_id", ["", "x" * 37])
def test_a_request_id_that_batches_refuse_is_not_sent(
    client: QuickBooksClient, request_id: str
) -> None:
    with pytest.raises(FatalError, match="request id"):
        client.send_batch(serialise_batch([BatchRequest("1", "create", "Item", {})]), request_id)
