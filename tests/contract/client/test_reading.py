"""What the client reads from a QuickBooks company."""

from decimal import Decimal

import pytest

from quickbooks_sync.model.errors import QuickBooksFault, UnexpectedAnswerError
from quickbooks_sync.quickbooks.client import LONGEST_GET_STATEMENT, QuickBooksClient
from quickbooks_sync.quickbooks.query import build_select, is_in, quote


def test_a_name_with_every_awkward_character_is_found(client: QuickBooksClient) -> None:
    name = "O'Neil \\ Søn & Co +10% #1 {tmp}?="
    client.send("Customer", {"DisplayName": name}, request_id="awkward-name")
    found = client.query(build_select("Customer", f"DisplayName = {quote(name)}")).records
    assert [record["DisplayName"] for record in found] == [name]


def test_a_statement_too_long_for_an_address_is_posted(client: QuickBooksClient) -> None:
    statement = build_select("Customer", is_in("Id", [str(n) for n in range(1, 600)]))
    assert len(statement) > LONGEST_GET_STATEMENT
    assert client.query(statement).records


def test_pages_hold_each_record_once_inactive_ones_included(client: QuickBooksClient) -> None:
    ids = [
        record["Id"] for page in client.pages("Customer", page_size=7) for record in page.records
    ]
    whole = client.query(build_select("Customer", max_results=1000)).records
    assert len(ids) == len(set(ids)) == client.count("Customer")
    assert set(ids) == {record["Id"] for record in whole}
    assert any(record["Active"] is False for record in whole)


def test_items_come_with_their_sku_when_it_is_asked_for(client: QuickBooksClient) -> None:
    items = [record for page in client.pages("Item", asked_for=["Sku"]) for record in page.records]
    assert "LF-AQUA0054" in {item["Sku"] for item in items}


def test_an_empty_property_can_be_told_from_one_that_was_not_asked_for(
    client: QuickBooksClient,
) -> None:
    """Naive: both are absent, and an item read without asking loses its SKU."""
    asked = [record for page in client.pages("Item", asked_for=["Sku"]) for record in page.records]
    unasked = [record for page in client.pages("Item") for record in page.records]
    assert None in {item["Sku"] for item in asked}
    assert not any("Sku" in item for item in unasked)


def test_money_is_decimal_to_the_cent(client: QuickBooksClient) -> None:
    invoice = client.query(build_select("Invoice", "DocNumber = 'INV-1001'")).records[0]
    assert invoice["TotalAmt"] == Decimal("1250.00")
    assert isinstance(invoice["TotalAmt"], Decimal)


def test_the_clock_is_quickbooks_own_with_the_offset_of_the_company(
    client: QuickBooksClient, setup: object
) -> None:
    setup.door.post("clock", {"now": "2026-07-01T12:00:00+00:00", "frozen": True})  # type: ignore[attr-defined]
    answer = client.query("SELECT * FROM Customer MAXRESULTS 1")
    assert answer.server_time.isoformat() == "2026-07-01T05:00:00-07:00"


def test_a_record_is_read_by_its_id(client: QuickBooksClient) -> None:
    assert client.fetch("Item", "1")["Name"] == "Services"


def test_a_record_that_is_gone_is_code_610(client: QuickBooksClient) -> None:
    with pytest.raises(QuickBooksFault) as caught:
        client.fetch("Invoice", "987654")
    assert caught.value.code == "610"


def test_a_statement_that_quickbooks_cannot_parse_stops_the_run(client: QuickBooksClient) -> None:
    with pytest.raises(UnexpectedAnswerError, match="code 4000"):
        client.query("SELECT * FROM Customer WHERE DisplayName = 'D''Angelo'")


def test_the_company_tells_its_name_and_preferences(client: QuickBooksClient) -> None:
    assert client.company_info()["CompanyName"] == "Loupe Gemstones Co."
    assert client.preferences()["CurrencyPrefs"]["HomeCurrency"]["value"] == "USD"
