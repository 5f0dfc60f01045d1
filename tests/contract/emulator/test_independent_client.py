"""An independent QuickBooks client works against the emulator, but for the URL unmodified."""

import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.emulator.driver import Driver

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from intuitlib.client import AuthClient
    from intuitlib.config import DISCOVERY_URL
    from quickbooks import QuickBooks
    from quickbooks.batch import batch_create
    from quickbooks.cdc import change_data_capture
    from quickbooks.exceptions import QuickbooksException
    from quickbooks.objects import (
        Customer,
        Invoice,
        Payment,
        PaymentLine,
        SalesItemLine,
        SalesItemLineDetail,
    )


@pytest.fixture
def client(company: Driver, monkeypatch: pytest.MonkeyPatch) -> Iterator[QuickBooks]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(QuickBooks, "sandbox_api_url_v3", f"{company.base}/v3")
    discovery = f"{company.base}/.well-known/openid_sandbox_configuration/"
    monkeypatch.setitem(DISCOVERY_URL, "sandbox", discovery)
    auth = AuthClient(
        "demo-client",
        "demo-secret",
        "http://localhost:8765/callback",
        "sandbox",
        access_token=company.tokens["access_token"],
        refresh_token=company.tokens["refresh_token"],
    )
    auth.refresh()
    made = QuickBooks(
        auth_client=auth,
        refresh_token=auth.refresh_token,
        company_id=company.realm,
        minorversion=75,
        use_decimal=True,
    )
    yield made
    made.session.close()


def invoice_for(customer: Any, amount: str) -> Any:
    line = SalesItemLine()
    line.Amount = amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    invoice = Invoice()
    invoice.CustomerRef = customer.to_ref()
    invoice.Line.append(line)
    return invoice


def test_python_quickbooks_creates_updates_voids_and_deletes(client: QuickBooks) -> None:
    """Intuit facts 11: create, update, query, payment, void, delete."""
    customer = Customer()
    customer.DisplayName = "O'Brien & Søn"
    customer.save(qb=client)
    customer.Notes = "changed"
    customer.save(qb=client)
    (found,) = Customer.filter(DisplayName="O'Brien & Søn", qb=client)
    assert (found.Notes, found.SyncToken) == ("changed", "1")
    invoice = invoice_for(customer, "100.00")
    invoice.save(qb=client)
    payment = Payment()
    payment.CustomerRef = customer.to_ref()
    payment.TotalAmt = "60.00"
    line = PaymentLine()
    line.Amount = "60.00"
    line.LinkedTxn.append(invoice.to_linked_txn())
    payment.Line.append(line)
    payment.save(qb=client)
    assert Invoice.get(invoice.Id, qb=client).Balance == Decimal("40.00")
    payment.void(qb=client)
    current = Invoice.get(invoice.Id, qb=client)
    assert current.Balance == 100
    current.void(qb=client)
    assert Invoice.get(invoice.Id, qb=client).TotalAmt == 0
    payment = Payment.get(payment.Id, qb=client)
    payment.delete(qb=client)
    assert Payment.count(qb=client) == 0


def test_python_quickbooks_batches_and_sees_changes(client: QuickBooks) -> None:
    """Intuit facts 11: batch, CDC, requestid."""
    customers = [Customer(), Customer()]
    customers[0].DisplayName, customers[1].DisplayName = "A", "B"
    assert len(batch_create(customers, qb=client).successes) == 2
    changed = change_data_capture([Customer, Invoice], "2026-11-20", qb=client)
    assert {each.DisplayName for each in changed.Customer} == {"A", "B"}
    twice = Customer()
    twice.DisplayName = "C"
    twice.save(qb=client, request_id="r-1")
    other = Customer()
    other.DisplayName = "C"
    other.save(qb=client, request_id="r-1")
    assert other.Id == twice.Id
    other.Id = None
    with pytest.raises(QuickbooksException) as caught:
        other.save(qb=client)
    assert caught.value.error_code == 6240
