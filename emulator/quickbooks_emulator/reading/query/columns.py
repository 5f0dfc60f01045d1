"""Which properties can be filtered, sorted and selected, and how each is compared.

Intuit: query language, section 3.2. Texts are compared exactly, case included: Intuit's choice is
not published, and this is the harder one for a client that looks a name up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from quickbooks_emulator.model.clock import PACIFIC, to_stamp
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.faults import FaultError
from quickbooks_emulator.reading.present import shown_name

Comparable = str | Decimal | bool
Parse = Callable[[object], Comparable]


def query_fault(text: str) -> FaultError:
    """4001: the statement can be read but not answered."""
    return FaultError("4001", "Invalid query", f"QueryValidationError: {text}")


def _parse_text(value: object) -> Comparable:
    return value if isinstance(value, str) else str(value)


def _parse_number(value: object) -> Comparable:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise query_fault(f"value {value} is not a number") from None


def _parse_flag(value: object) -> Comparable:
    if isinstance(value, bool):
        return value
    raise query_fault(f"value {value} is not true or false")


def _parse_day(value: object) -> Comparable:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise query_fault(f"value {value} is not a date") from None


def _parse_moment(value: object) -> Comparable:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise query_fault(f"value {value} is not a date-time") from None
    # Without an offset the time is the company's, not UTC.
    return to_stamp(moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC))


@dataclass(frozen=True)
class Column:
    """A property that a query can name.

    Attributes:
        path: where the value stands in the document.
        parse: turns a literal into what values are compared as.
        filters: whether WHERE takes it.
        sorts: whether ORDERBY takes it.
    """

    path: tuple[str, ...]
    parse: Parse
    filters: bool = True
    sorts: bool = True

    def read(self, entity: str, document: Document) -> Comparable | None:
        """Return the value of a document, or None if it has none."""
        value: Any = document
        for step in self.path:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None and len(self.path) == 1:
            value = shown_name(entity, self.path[0], document) if isinstance(value, str) else value
        return Decimal(value) if value is not None and self.path == ("Id",) else value


def _columns(names: str, parse: Parse, **marks: bool) -> dict[str, Column]:
    return {name: Column(tuple(name.split(".")), parse, **marks) for name in names.split()}


def _references(names: str) -> dict[str, Column]:
    return {name: Column((name, "value"), _parse_text, sorts=False) for name in names.split()}


_COMMON = {
    **_columns("Id", _parse_number),
    **_columns("MetaData.CreateTime MetaData.LastUpdatedTime", _parse_moment),
}
_LIST = {**_COMMON, **_columns("Name", _parse_text), **_columns("Active", _parse_flag)}

_PEOPLE = {
    **_COMMON,
    **_columns(
        "DisplayName GivenName MiddleName FamilyName CompanyName PrintOnCheckName", _parse_text
    ),
    **_columns("Active", _parse_flag),
}

COLUMNS: dict[str, dict[str, Column]] = {
    "Customer": {
        **_PEOPLE,
        **_columns("FullyQualifiedName", _parse_text),
        **_columns("Balance", _parse_number),
        **_columns("BalanceWithJobs", _parse_number, filters=False),
        "PrimaryEmailAddr": Column(("PrimaryEmailAddr", "Address"), _parse_text, sorts=False),
    },
    "Invoice": {
        **_COMMON,
        **_columns("DocNumber", _parse_text),
        **_columns("TxnDate DueDate", _parse_day),
        **_columns("Balance TotalAmt", _parse_number),
        **_references("CustomerRef SalesTermRef ProjectRef"),
    },
    "CreditMemo": {
        **_COMMON,
        **_columns("DocNumber", _parse_text),
        **_columns("TxnDate", _parse_day),
        **_columns("Balance TotalAmt", _parse_number),
        **_references("CustomerRef SalesTermRef"),
    },
    "Payment": {
        **_COMMON,
        **_columns("PaymentRefNum", _parse_text),
        **_columns("TxnDate", _parse_day),
        **_columns("TotalAmt", _parse_number),
        **_references("CustomerRef ProjectRef PaymentMethodRef"),
    },
    "Item": {
        **_COMMON,
        **_columns("Name Type", _parse_text),
        **_columns("FullyQualifiedName Sku", _parse_text, sorts=False),
        **_columns("Active", _parse_flag, sorts=False),
        **_columns("UnitPrice", _parse_number, filters=False),
    },
    "Account": {
        **_LIST,
        **_columns("AccountType AccountSubType Classification FullyQualifiedName", _parse_text),
        **_columns("CurrentBalance", _parse_number),
        **_columns("SubAccount", _parse_flag),
    },
    "Vendor": {**_PEOPLE, **_columns("Balance", _parse_number)},
    "Employee": _PEOPLE,
    "InventoryAdjustment": _COMMON,
    "JournalEntry": {
        **_COMMON,
        **_columns("DocNumber", _parse_text),
        **_columns("TxnDate", _parse_day),
    },
    "Deposit": {**_COMMON, **_columns("TxnDate", _parse_day)},
    "Class": {**_LIST, **_columns("FullyQualifiedName", _parse_text)},
    "Department": {**_LIST, **_columns("FullyQualifiedName", _parse_text)},
    "Term": _LIST,
    "TaxCode": _LIST,
    "TaxRate": _LIST,
    "CompanyCurrency": {**_LIST, **_columns("Code", _parse_text)},
    "PaymentMethod": _LIST,
    "Preferences": _COMMON,
    "CompanyInfo": _COMMON,
}
