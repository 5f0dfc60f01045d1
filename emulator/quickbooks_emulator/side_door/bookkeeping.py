"""The side door's bookkeeping: deposits, journal entries, lists and rates of a company."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model.documents import Document, to_json
from quickbooks_emulator.model.faults import FaultError
from quickbooks_emulator.side_door.orders import company_of, read_exact_order, refusal
from quickbooks_emulator.writing.bookkeeping import (
    add_record,
    deposit_payment,
    set_rates,
    undo_deposit,
    write_journal,
)

Book = Callable[[Company, Mapping[str, Any]], Document]


def _deposit(company: Company, order: Mapping[str, Any]) -> Document:
    """POST ``{"realm", "payment", "undo": bool}``: take a payment to the bank, or out again."""
    book = undo_deposit if order.get("undo") else deposit_payment
    return book(company, str(order["payment"]))


def _journal(company: Company, order: Mapping[str, Any]) -> Document:
    """POST ``{"realm", "customer", "amount"}``: a charge above zero, a credit below."""
    return write_journal(company, str(order["customer"]), Decimal(order["amount"]))


def _record(company: Company, order: Mapping[str, Any]) -> Document:
    """POST ``{"realm", "entity", "fields"}``: a category, bundle, class, department, account .."""
    return add_record(company, str(order["entity"]), dict(order["fields"]))


def _rates(company: Company, order: Mapping[str, Any]) -> Document:
    """POST ``{"realm", "rates": {"EUR": 1.08}}``: exchange rates."""
    set_rates(company, order["rates"])
    return {"rates": order["rates"]}


def _route(name: str, book: Book) -> Route:
    async def endpoint(request: Request) -> Response:
        order = await read_exact_order(request)
        try:
            company = company_of(request, order)
            with company.store.transaction():
                written = book(company, order)
        except KeyError as error:
            return refusal(f"{error} is missing in the order")
        except (ValueError, FaultError) as error:
            return refusal(str(error))
        return Response(to_json(written), media_type="application/json")

    return Route(f"/_emulator/{name}", endpoint, methods=["POST"])


BOOK_ROUTES = [
    _route("deposit", _deposit),
    _route("journal", _journal),
    _route("records", _record),
    _route("rates", _rates),
]
