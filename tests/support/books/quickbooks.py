"""Writes and reads QuickBooks records as a bookkeeper in QuickBooks would."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from quickbooks_sync.settings import propose_settings
from tests.support.installation import House

Json = dict[str, Any]

#: How a payment is voided (Intuit: Payment, section 8.5).
VOID_PARAMS = {"Payment": {"operation": "update", "include": "void"}}


def create(house: House, entity: str, **properties: Any) -> Json:
    """Create a record; returns it."""
    return _send(house, entity, properties)


def create_invoice(house: House, customer: str, number: str, *amounts: str, **more: Any) -> Json:
    """Create an invoice of one line an amount, sold as item 1; returns it."""
    lines = [
        {
            "Amount": Decimal(amount),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
        }
        for amount in amounts
    ]
    return create(
        house,
        "Invoice",
        CustomerRef={"value": customer},
        DocNumber=number,
        TxnDate="2026-09-01",
        Line=lines,
        **more,
    )


def create_payment(house: House, customer: str, amount: str, *invoices: str, **more: Any) -> Json:
    """Create a payment of `amount` for each of the invoices; returns it."""
    lines = [
        {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": one, "TxnType": "Invoice"}]}
        for one in invoices
    ]
    total = Decimal(amount) * max(len(invoices), 1)
    return create(
        house,
        "Payment",
        **{
            "CustomerRef": {"value": customer},
            "TotalAmt": total,
            "TxnDate": "2026-09-01",
            "Line": lines,
            **more,
        },
    )


def create_stock(house: House, name: str, **more: Any) -> Json:
    """Create an Inventory item in the accounts of the emulator's own chart; returns it."""
    return create(
        house,
        "Item",
        **{
            "Name": name,
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 0,
            "InvStartDate": "2026-01-01",
            "UnitPrice": 10,
            "PurchaseCost": 4,
            "IncomeAccountRef": {"value": "9"},
            "ExpenseAccountRef": {"value": "13"},
            "AssetAccountRef": {"value": "5"},
            **more,
        },
    )


def change(house: House, entity: str, record_id: str, **properties: Any) -> Json:
    """Change some properties of a record; returns it."""
    now = fetch(house, entity, record_id)
    key = {"Id": record_id, "SyncToken": now["SyncToken"], "sparse": True}
    return _send(house, entity, {**properties, **key})


def remove(house: House, entity: str, record_id: str) -> None:
    """Delete a transaction."""
    now = fetch(house, entity, record_id)
    key = {"Id": record_id, "SyncToken": now["SyncToken"]}
    house.client().send(entity, key, operation="delete", request_id=str(uuid4()))


def void(house: House, entity: str, record_id: str) -> None:
    """Void a transaction."""
    now = fetch(house, entity, record_id)
    key = {"Id": record_id, "SyncToken": now["SyncToken"], "sparse": True}
    params = VOID_PARAMS.get(entity)
    house.client().send(entity, key, operation="void", params=params, request_id=str(uuid4()))


def fetch(house: House, entity: str, record_id: str) -> Json:
    """Read one record."""
    found: Json = house.client().fetch(entity, record_id)
    return found


def find(house: House, entity: str, where: str) -> list[Json]:
    """Return the records that a condition finds, inactive ones included."""
    pages = house.client().pages(entity, where=where, has_activity=entity in ("Customer", "Item"))
    return [record for page in pages for record in page.records]


def prefer(house: House, section: str, **values: Any) -> None:
    """Change the company's preferences, and let the sync read them again."""
    body = {"realm": house.realm_id, "preferences": {section: values}}
    house.side_door("preferences", body)
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql("delete from quickbooks_sync.company_reference")
    propose_settings(house.workspace, house.realm_id)


def _send(house: House, entity: str, payload: Json) -> Json:
    sent: Json = house.client().send(entity, payload, request_id=str(uuid4()))
    return sent
