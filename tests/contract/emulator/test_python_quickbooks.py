"""python-quickbooks works against the emulator, but for the address unmodified."""

import json
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.emulator.driver import Driver

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from intuitlib.client import AuthClient
    from intuitlib.config import DISCOVERY_URL
    from quickbooks import QuickBooks
    from quickbooks.batch import batch_create, batch_delete, batch_update
    from quickbooks.cdc import change_data_capture
    from quickbooks.exceptions import QuickbooksException
    from quickbooks.objects import (
        CreditMemo,
        Customer,
        Invoice,
        Item,
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


def saved_customer(client: QuickBooks, name: str) -> Any:
    customer = Customer()
    customer.DisplayName = name
    customer.save(qb=client)
    return Customer.get(customer.Id, qb=client)


def sale(form: Any, customer: Any, amount: str) -> Any:
    line = SalesItemLine()
    line.Amount = amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    form.CustomerRef = customer.to_ref()
    form.Line.append(line)
    return form


def paid(client: QuickBooks, customer: Any, total: str, *settled: tuple[Any, str]) -> Any:
    payment = Payment()
    payment.CustomerRef = customer.to_ref()
    payment.TotalAmt = total
    for form, amount in settled:
        line = PaymentLine()
        line.Amount = amount
        line.LinkedTxn.append(form.to_linked_txn())
        payment.Line.append(line)
    payment.save(qb=client)
    return Payment.get(payment.Id, qb=client)


def test_a_customer_is_created_found_and_changed(client: QuickBooks) -> None:
    customer = saved_customer(client, "O'Brien & Søn")
    customer.Notes = "changed"
    customer.save(qb=client)
    (found,) = Customer.filter(DisplayName="O'Brien & Søn", qb=client)
    assert (found.Notes, found.SyncToken) == ("changed", "1")
    assert Customer.choose([found.Id, "99"], field="Id", qb=client)[0].Notes == "changed"
    assert Customer.query("SELECT * FROM Customer WHERE Id = '99'", qb=client) == []
    assert Customer.where("DisplayName LIKE 'O%'", order_by="Id", qb=client)[0].Id == found.Id


def test_a_full_update_clears_and_a_sparse_one_keeps(client: QuickBooks) -> None:
    customer = saved_customer(client, "Nordwind")
    customer.Notes, customer.CompanyName = "n", "Nordwind Ltd"
    customer.save(qb=client)
    sparse = Customer()
    sparse.Id, sparse.SyncToken, sparse.sparse = customer.Id, "1", True
    sparse.DisplayName, sparse.Notes = "Nordwind", "m"
    keep = {name: value for name, value in vars(sparse).items() if value not in ("", None)}
    client.update_object("Customer", json.dumps(keep, default=vars))
    kept = Customer.get(customer.Id, qb=client)
    assert (kept.Notes, kept.CompanyName) == ("m", "Nordwind Ltd")
    kept.CompanyName = ""
    kept.save(qb=client)
    assert Customer.get(customer.Id, qb=client).CompanyName == ""


def test_a_customer_is_made_inactive_and_found_among_all(client: QuickBooks) -> None:
    customer = saved_customer(client, "Nordwind")
    customer.Active = False
    customer.save(qb=client)
    assert Customer.all(qb=client) == []
    (gone,) = Customer.filter(Active=False, qb=client)
    assert gone.DisplayName == "Nordwind (deleted)"


def test_an_invoice_is_paid_voided_and_deleted(client: QuickBooks) -> None:
    customer = saved_customer(client, "Nordwind")
    invoice = sale(Invoice(), customer, "100.00")
    invoice.save(qb=client)
    payment = paid(client, customer, "60.00", (invoice, "60.00"))
    assert Invoice.get(invoice.Id, qb=client).Balance == Decimal("40.00")
    payment.void(qb=client)
    current = Invoice.get(invoice.Id, qb=client)
    assert current.Balance == 100
    current.void(qb=client)
    assert Invoice.get(invoice.Id, qb=client).TotalAmt == 0
    Payment.get(payment.Id, qb=client).delete(qb=client)
    assert Payment.count(qb=client) == 0
    Invoice.get(invoice.Id, qb=client).delete(qb=client)
    with pytest.raises(QuickbooksException) as caught:
        Invoice.get(invoice.Id, qb=client)
    assert caught.value.error_code == 610


def test_an_invoice_read_and_saved_again_is_the_same(client: QuickBooks) -> None:
    """Every property that an answer holds can be sent back, LineEx and LinkedTxn as well."""
    customer = saved_customer(client, "Nordwind")
    invoice = sale(Invoice(), customer, "100.00")
    invoice.save(qb=client)
    payment = paid(client, customer, "60.00", (invoice, "60.00"))
    for record in (Invoice.get(invoice.Id, qb=client), payment):
        record.PrivateNote = "seen"
        record.save(qb=client)
        again = type(record).get(record.Id, qb=client)
        assert (again.PrivateNote, again.TotalAmt) == ("seen", record.TotalAmt)
    assert Invoice.get(invoice.Id, qb=client).Balance == Decimal("40.00")


def test_a_credit_memo_pays_an_invoice(client: QuickBooks) -> None:
    """Intuit facts 14: the client sends an empty text for a boolean."""
    customer = saved_customer(client, "Nordwind")
    credit = sale(CreditMemo(), customer, "30.00")
    credit.save(qb=client)
    invoice = sale(Invoice(), customer, "100.00")
    invoice.save(qb=client)
    assert CreditMemo.get(credit.Id, qb=client).RemainingCredit == 30
    paid(client, customer, "0", (invoice, "30.00"), (credit, "30.00"))
    assert CreditMemo.get(credit.Id, qb=client).RemainingCredit == 0
    assert Invoice.get(invoice.Id, qb=client).Balance == 70


def test_lists_page_and_count(client: QuickBooks) -> None:
    for name in ("pearl", "PG&E", "Aurora"):
        saved_customer(client, name)
    assert Customer.count(qb=client) == 3
    assert [each.DisplayName for each in Customer.all(qb=client)] == ["Aurora", "PG&E", "pearl"]
    (second,) = Customer.all(start_position=2, max_results=1, order_by="Id", qb=client)
    assert second.DisplayName == "PG&E"
    assert [each.Name for each in Item.all(qb=client)] == ["Services"]


def test_a_batch_creates_changes_and_deletes(client: QuickBooks) -> None:
    customers = [Customer(), Customer()]
    customers[0].DisplayName, customers[1].DisplayName = "A", "B"
    made = batch_create(customers, qb=client)
    assert [each.DisplayName for each in made.successes] == ["A", "B"]
    for customer in made.successes:
        customer.Notes = "changed"
    assert len(batch_update(made.successes, qb=client).successes) == 2
    stale = batch_update(made.successes, qb=client)
    assert [fault.Error[0].code for fault in stale.faults] == ["5010", "5010"]
    invoices = [sale(Invoice(), customer, "5.00") for customer in made.successes]
    sold = batch_create(invoices, qb=client).successes
    assert len(batch_delete(sold, qb=client).successes) == 2
    assert Invoice.count(qb=client) == 0


def test_change_data_capture_shows_changes_and_deletions(client: QuickBooks) -> None:
    since = (datetime.now(UTC) - timedelta(minutes=5)).isoformat(timespec="seconds")
    customer = saved_customer(client, "Nordwind")
    invoice = sale(Invoice(), customer, "5.00")
    invoice.save(qb=client)
    Invoice.get(invoice.Id, qb=client).delete(qb=client)
    changed = change_data_capture([Customer, Invoice], since, qb=client)
    assert [each.DisplayName for each in changed.Customer] == ["Nordwind"]
    assert [each.status for each in changed.Invoice] == ["Deleted"]


def test_a_change_long_ago_cannot_be_asked_for(client: QuickBooks) -> None:
    """Intuit facts 14: code 500."""
    with pytest.raises(QuickbooksException) as caught:
        change_data_capture([Customer], datetime.now(UTC) - timedelta(days=60), qb=client)
    assert (caught.value.error_code, "older than fixed days" in caught.value.detail) == (500, True)


def test_a_request_id_replays_and_a_taken_name_is_refused(client: QuickBooks) -> None:
    """Intuit facts 2.1 and 14: the first answer again; 6240 without an element."""
    twice, other = Customer(), Customer()
    twice.DisplayName = other.DisplayName = "C"
    twice.save(qb=client, request_id="r-1")
    other.save(qb=client, request_id="r-1")
    assert other.Id == twice.Id
    other.Id = None
    with pytest.raises(QuickbooksException) as caught:
        other.save(qb=client)
    assert caught.value.error_code == 6240
