"""QuickBooks as another of its users sees it: plain requests, nothing of the product's client."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import requests
import simplejson

Json = dict[str, Any]


class RefusedError(Exception):
    """QuickBooks refused what was asked; `code` is its fault code."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


def _new_session() -> requests.Session:
    """Return a session of one connection per request: one that was idle may be closed just as it is used again."""
    session = requests.Session()
    session.headers["Connection"] = "close"
    return session


@dataclass
class Books:
    """One company's books.

    Attributes:
        emulator_url: Where QuickBooks is.
        realm_id: The company.
        on_new: Told of every record that somebody enters, with its entity.
        on_sum: Told of every record that somebody let come to another sum or be another customer's, with its entity.
    """

    emulator_url: str
    realm_id: str
    on_new: Callable[[str, Json], None] = lambda _entity, _record: None
    on_sum: Callable[[str, Json], None] = lambda _entity, _record: None
    _session: requests.Session = field(default_factory=_new_session)
    _token: str = ""

    def create(self, entity: str, **properties: Any) -> Json:
        """Create a record; returns it."""
        record = self._write(entity, properties)
        self.on_new(entity, record)
        self.on_sum(entity, record)
        return record

    def change(self, entity: str, record: Mapping[str, Any], **properties: Any) -> Json:
        """Change some properties of a record as it was read; returns it."""
        changed = self._change(entity, record, properties)
        if _owing(changed) != _owing(record):
            self.on_sum(entity, changed)
        return changed

    def _change(self, entity: str, record: Mapping[str, Any], properties: Json) -> Json:
        key = {"Id": record["Id"], "SyncToken": record["SyncToken"]}
        if entity != "Payment":
            return self._write(entity, {**key, "sparse": True, **properties})
        # A payment takes no sparse update.
        left_out = ("domain", "sparse", "MetaData", "UnappliedAmt", "LinkedTxn", "ProcessPayment")
        kept = {name: value for name, value in record.items() if name not in left_out}
        kept["Line"] = [_without(line, "LineEx") for line in kept.get("Line", [])]
        return self._write(entity, {**kept, **properties})

    def void(self, entity: str, record: Mapping[str, Any]) -> Json:
        """Void a transaction."""
        if entity == "Payment":
            kept = {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}
            return self._write(entity, kept, operation="update", include="void")
        key = {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}
        return self._write(entity, key, operation="void")

    def delete(self, entity: str, record: Mapping[str, Any]) -> None:
        """Delete a transaction."""
        key = {"Id": record["Id"], "SyncToken": record["SyncToken"]}
        self._write(entity, key, operation="delete")

    def deposit(self, payment_id: str, *, undo: bool = False) -> None:
        """Put a payment into a bank deposit, or take it out, as a person does on QuickBooks' own pages."""
        self._order("deposit", {"payment": payment_id, "undo": undo})

    def records(self, entity: str, where: str = "") -> list[Json]:
        """Return all records, inactive ones included, by Id."""
        return sorted(self._pages(entity, where), key=lambda record: int(record["Id"]))

    def _pages(self, entity: str, where: str) -> Iterator[Json]:
        columns = "*, Sku" if entity == "Item" else "*"
        conditions = [where] if where else []
        if entity in ("Customer", "Item"):
            conditions.append("Active IN (true, false)")
        clause = f" where {' and '.join(conditions)}" if conditions else ""
        start = 1
        while True:
            paging = f" orderby Id startposition {start} maxresults 1000"
            found = self._show(f"select {columns} from {entity}{clause}{paging}").get(entity, [])
            yield from found
            if len(found) < 1000:
                return
            start += 1000

    def _show(self, statement: str) -> Json:
        """Return what QuickBooks' own pages show, whose lists never lag."""
        shown: Json = self._order("query", {"query": statement})["QueryResponse"]
        return shown

    def _order(self, page: str, order: Json) -> Json:
        """Do something on QuickBooks' own pages."""
        url = f"{self.emulator_url}/_emulator/{page}"
        answer = self._session.post(url, json={"realm": self.realm_id, **order}, timeout=30)
        answer.raise_for_status()
        told: Json = simplejson.loads(answer.text, use_decimal=True)
        return told

    def _write(self, entity: str, body: Mapping[str, Any], **params: str) -> Json:
        answer = self._call("POST", entity.lower(), body, **params)
        record: Json = answer[entity]
        return record

    def _call(self, method: str, path: str, body: Any = None, **params: str) -> Json:
        answer = self._send(method, path, body, params)
        if answer.status_code == 401:
            self._token = self._fetch_token()
            answer = self._send(method, path, body, params)
        try:
            document: Json = simplejson.loads(answer.text, use_decimal=True)
        except ValueError:
            raise RefusedError(str(answer.status_code), answer.text[:200]) from None
        fault = document.get("Fault") or document.get("fault")
        if fault:
            errors = fault.get("Error") or fault.get("error")
            raise RefusedError(str(errors[0].get("code")), str(errors[0]))
        if answer.status_code != 200:
            raise RefusedError(str(answer.status_code), answer.text[:200])
        return document

    def _send(
        self, method: str, path: str, body: Any, params: Mapping[str, str]
    ) -> requests.Response:
        return self._session.request(
            method,
            f"{self.emulator_url}/v3/company/{self.realm_id}/{path}",
            params=dict(params),
            data=None if body is None else simplejson.dumps(body, use_decimal=True).encode(),
            headers={
                "Accept": "application/json",
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self._token}",
            },
            timeout=30,
        )

    def _fetch_token(self) -> str:
        url = f"{self.emulator_url}/_emulator/tokens"
        answer = self._session.post(url, json={"realm": self.realm_id}, timeout=30)
        answer.raise_for_status()
        return str(answer.json()["access_token"])


def money(value: Any) -> Decimal:
    """Return an amount of QuickBooks with two decimals."""
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


def _owing(record: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a record comes to and who owes it."""
    payer = record.get("CustomerRef", {}).get("value")
    return record.get("TotalAmt"), payer, record.get("CurrencyRef", {}).get("value")


def _without(line: Mapping[str, Any], name: str) -> Json:
    return {key: value for key, value in line.items() if key != name}
