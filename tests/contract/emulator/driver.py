"""Drives the emulator over plain HTTP, as a client that knows nothing but Intuit's documentation."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import requests

JSON = {"Accept": "application/json"}
TIMEOUT = 10
_realms = itertools.count(9341450000001000)


@dataclass
class Driver:
    """One company of a running emulator, with a valid access token."""

    base: str
    realm: str
    tokens: dict[str, Any]
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def root(self) -> str:
        return f"{self.base}/v3/company/{self.realm}"

    @property
    def headers(self) -> dict[str, str]:
        return {**JSON, "Authorization": f"Bearer {self.tokens['access_token']}"}

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.session.request(
            method, f"{self.root}/{path}", headers=headers, timeout=TIMEOUT, **options
        )

    def get(self, path: str, **params: str) -> Any:
        return self.request("GET", path, params=params).json()

    def post(self, path: str, body: Any, **params: str) -> Any:
        return self.request("POST", path, json=body, params=params).json()

    def write(self, entity: str, body: Any, **params: str) -> dict[str, Any]:
        """Send a write that must pass and return the record."""
        answer = self.post(entity.lower(), body, **params)
        assert entity in answer, answer
        return answer[entity]

    def read(self, entity: str, number: str) -> dict[str, Any]:
        return self.get(f"{entity.lower()}/{number}")[entity]

    def fault(self, entity: str, body: Any, **params: str) -> dict[str, Any]:
        """Send a write that must be refused and return the error, checking HTTP 400."""
        response = self.request("POST", entity.lower(), json=body, params=params)
        assert response.status_code == 400, response.text
        return response.json()["Fault"]["Error"][0]

    def query(self, statement: str) -> dict[str, Any]:
        return self.get("query", query=statement)["QueryResponse"]

    def query_fault(self, statement: str) -> dict[str, Any]:
        response = self.request("GET", "query", params={"query": statement})
        assert response.status_code == 400, response.text
        return response.json()["Fault"]["Error"][0]

    def ids(self, statement: str, entity: str) -> list[str]:
        return [record["Id"] for record in self.query(statement).get(entity, [])]

    def side_door(self, path: str, body: Any = None) -> Any:
        return requests.post(f"{self.base}/_emulator/{path}", json=body, timeout=TIMEOUT).json()

    def order_fault(self, kind: str, path: str, **details: Any) -> None:
        match = {"path_contains": f"/{self.realm}/{path}"}
        self.side_door("faults", {"match": match, "kind": kind, **details})

    def prefer(self, group: str, **settings: Any) -> None:
        order = {"realm": self.realm, "preferences": {group: settings}}
        self.side_door("preferences", order)

    # Records that many tests begin with.

    def customer(self, name: str = "Nordwind Outfitters", **fields: Any) -> dict[str, Any]:
        return self.write("Customer", {"DisplayName": name, **fields})

    def invoice(self, customer: str, *amounts: float, **fields: Any) -> dict[str, Any]:
        lines = [sales_line(amount) for amount in amounts]
        return self.write("Invoice", {"CustomerRef": {"value": customer}, "Line": lines, **fields})

    def payment(self, customer: str, total: float, **applied: float) -> dict[str, Any]:
        """Pay; ``applied`` names invoices as ``i<Id>``."""
        lines = [payment_line(number[1:], amount) for number, amount in applied.items()]
        return self.write(
            "Payment", {"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": lines}
        )

    def account(self, name: str) -> dict[str, str]:
        return {"value": self.ids(f"SELECT Id FROM Account WHERE Name = '{name}'", "Account")[0]}

    def stock_item(self, name: str = "Trail Pump 2L", **fields: Any) -> dict[str, Any]:
        return self.write("Item", {**self.stock_item_body(name), **fields})

    def stock_item_body(self, name: str) -> dict[str, Any]:
        return {
            "Name": name,
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 25,
            "InvStartDate": "2026-01-01",
            "IncomeAccountRef": self.account("Sales of Product Income"),
            "ExpenseAccountRef": self.account("Cost of Goods Sold"),
            "AssetAccountRef": self.account("Inventory Asset"),
        }


def sales_line(amount: float, **detail: Any) -> dict[str, Any]:
    return {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }


def payment_line(invoice: str, amount: float) -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}


def head(record: dict[str, Any]) -> dict[str, Any]:
    return {"Id": record["Id"], "SyncToken": record["SyncToken"]}


def open_company(base: str) -> Driver:
    realm = str(next(_realms))
    for path, order in (("companies", {"realm": realm}), ("tokens", {"realm": realm})):
        response = requests.post(f"{base}/_emulator/{path}", json=order, timeout=10)
        response.raise_for_status()
    return Driver(base, realm, response.json())
