"""The review before the first push finds what a push would reject, hold back or send twice."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, text

from quickbooks_sync.mapping import load_mappings
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.records.loupe_rows import read_rows
from quickbooks_sync.record_types.registry import RECORD_TYPES, VOCABULARIES
from quickbooks_sync.review.building import find_all
from quickbooks_sync.review.duplicates import to_name_key
from quickbooks_sync.review.model import Finding
from quickbooks_sync.review.scope import Scope
from quickbooks_sync.settings import CompanySettings

REALM = "9341450000000001"
MAPPINGS = load_mappings(Path(__file__).parents[3] / "include" / "mappings", VOCABULARIES)
SETTINGS = {"home_currency": "USD", "book_close_date": "2024-12-31", "multi_currency": "false"}


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    """Engine of a migrated database."""
    engine = build_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection whose changes are undone after the test; the company is known."""
    with engine.connect() as connection:
        connection.execute(
            insert(tables.company).values(
                realm_id=REALM,
                organization_id=1,
                company_name="Loupe Gemstones Co.",
                environment="sandbox",
            )
        )
        yield connection
        connection.rollback()


def review(connection: Connection) -> dict[str, Finding]:
    """Return the findings by record type and rule."""
    scope = Scope(connection, REALM, 1, CompanySettings(SETTINGS), MAPPINGS)
    return {f"{one.record_type}.{one.rule}": one for one in find_all(scope)}


def add(connection: Connection, table: str, **values: Any) -> int:
    """Insert a row of the organization and return its key."""
    where = tables.metadata.tables[f"loupe.{table}"]
    (key,) = where.primary_key
    row = {"organization_id": 1, **values}
    return int(connection.execute(insert(where).values(row).returning(key)).scalar_one())


def add_invoice(connection: Connection, *lines: dict[str, Any], **values: Any) -> int:
    """Insert a finalised invoice with its lines."""
    row: dict[str, Any] = {
        "customer_id": values.pop("customer_id", None) or add(connection, "customer"),
        "invoice_number": "INV-1",
        "invoice_date": date(2026, 8, 3),
        "currency_code": "USD",
        "lifecycle_status": "Finalised",
        "total_amount": Decimal("100.00"),
        **values,
    }
    invoice_id = add(connection, "invoice", **row)
    for number, line in enumerate(lines or (GOOD_LINE,), start=1):
        add(connection, "invoice_line", invoice_id=invoice_id, line_number=number, **line)
    return invoice_id


GOOD_LINE = {"quantity": Decimal(2), "unit_price": Decimal(50), "amount": Decimal(100)}


def add_link(connection: Connection, record_type: str, loupe_id: int, document: Any) -> None:
    """Link a row to a QuickBooks record."""
    connection.execute(
        insert(tables.link).values(
            realm_id=REALM,
            record_type=record_type,
            loupe_id=loupe_id,
            quickbooks_id=document["Id"],
            origin="matched",
            sync_token="0",
            loupe_base={},
            quickbooks_base={},
            document=document,
        )
    )


def test_a_customer_without_any_name_is_found(connection: Connection) -> None:
    nameless = add(connection, "customer", display_name="  ", email="a@b.example")
    add(connection, "customer", company_name="Only a company")

    found = review(connection)["customer.name_missing"]

    assert [one.loupe_id for one in found.examples] == [nameless]
    assert found.effect == "rejected"


def test_texts_longer_than_quickbooks_takes_are_found(connection: Connection) -> None:
    add(connection, "customer", display_name="x" * 501, first_name="y" * 101)
    add(connection, "customer", display_name="x" * 500, first_name="y" * 100)
    add_invoice(connection, invoice_number="1" * 22)
    add_invoice(connection, invoice_number="2" * 21)
    add(connection, "inventory_item", item_name="z" * 101)

    found = review(connection)

    assert found["customer.display_name_too_long"].count == 1
    assert found["customer.first_name_too_long"].count == 1
    assert found["invoice.invoice_number_too_long"].count == 1
    assert found["inventory_item.item_name_too_long"].count == 1


def test_invoices_without_date_number_or_lines_are_found(connection: Connection) -> None:
    invoice_id = add_invoice(connection, invoice_number=" ", invoice_date=None)
    connection.execute(text("delete from loupe.invoice_line"))

    found = review(connection)

    for rule in ("date_missing", "number_missing", "lines_missing"):
        assert [one.loupe_id for one in found[f"invoice.{rule}"].examples] == [invoice_id]


def test_lines_that_do_not_come_to_the_total_are_found_with_both_amounts(
    connection: Connection,
) -> None:
    add_invoice(connection, GOOD_LINE, invoice_number="WRONG", total_amount=Decimal("99.99"))
    add_invoice(connection, GOOD_LINE, invoice_number="RIGHT")

    found = review(connection)["invoice.lines_add_up"]

    assert found.count == 1
    assert found.examples[0].text == "WRONG lines 100.00 total 99.99"


def test_shipping_adds_and_a_discount_subtracts(connection: Connection) -> None:
    add_invoice(
        connection,
        GOOD_LINE,
        {"line_kind": "shipping", "amount": Decimal(15)},
        {"line_kind": "discount", "amount": Decimal(5)},
        {"line_kind": "description", "description": "Thank you"},
        total_amount=Decimal("110.00"),
    )

    assert "invoice.lines_add_up" not in review(connection)


def test_amounts_are_rounded_half_up_to_cents(connection: Connection) -> None:
    line = {"quantity": Decimal("128.35"), "unit_price": Decimal("14.50")}
    add_invoice(connection, {**line, "amount": Decimal("1861.08")}, total_amount=Decimal("1861.08"))
    add_invoice(connection, line, total_amount=Decimal("1861.08"), invoice_number="INV-2")
    wrong = add_invoice(
        connection, {**line, "amount": Decimal("1861.07")}, total_amount=Decimal("1861.07")
    )

    found = review(connection)

    assert [one.loupe_id for one in found["invoice.line_amount_wrong"].examples] == [wrong]
    assert "invoice.lines_add_up" not in found


def test_a_foreign_currency_is_found(connection: Connection) -> None:
    add_invoice(connection, currency_code="EUR")
    add(connection, "inventory_item", item_name="Ring", tag_id="T-2", currency_code="EUR")

    found = review(connection)

    assert found["invoice.currency_foreign"].examples[0].text == "INV-1 EUR"
    assert found["inventory_item.currency_foreign"].count == 1


def test_transactions_in_the_closed_period_are_found(connection: Connection) -> None:
    add_invoice(connection, invoice_date=date(2024, 12, 31))
    add_invoice(connection, invoice_date=date(2025, 1, 1), invoice_number="INV-2")

    found = review(connection)["invoice.period_closed"]

    assert found.count == 1
    assert "2024-12-31" in found.title


def test_the_review_rejects_what_the_push_rejects(connection: Connection) -> None:
    add_invoice(connection, invoice_number="plain")
    add_invoice(connection, invoice_number="foreign", currency_code="EUR")
    taxed = {"tax_amount": Decimal(8), "total_amount": Decimal(108)}
    add_invoice(connection, invoice_number="taxed", **taxed)
    bundle = {"line_kind": "group", "amount": Decimal(15)}
    add_invoice(connection, GOOD_LINE, bundle, invoice_number="set", total_amount=Decimal(115))

    found = [one for one in review(connection).values() if one.record_type == "invoice"]
    rejected = {
        one.loupe_id for each in found if each.effect == "rejected" for one in each.examples
    }

    ids = connection.scalars(text("select invoice_id from loupe.invoice")).all()
    rows = read_rows(connection, MAPPINGS["invoice"], 1, ids)
    settings = CompanySettings(SETTINGS)
    assert rejected == {
        key
        for key, row in rows.items()
        if RECORD_TYPES["invoice"].why_not_representable(settings, row)
    }
    assert len(rejected) == 3


def test_invoices_wait_for_customers_that_are_not_in_quickbooks(connection: Connection) -> None:
    linked = add(connection, "customer", display_name="Aurora")
    add_link(connection, "customer", linked, {"Id": "58", "DisplayName": "Aurora"})
    add_invoice(connection, customer_id=linked)
    waiting = add_invoice(connection, invoice_number="INV-2")

    found = review(connection)["invoice.customer_not_linked"]

    assert [one.loupe_id for one in found.examples] == [waiting]


def test_what_a_push_never_sends_is_not_reviewed(connection: Connection) -> None:
    linked = add_invoice(connection, invoice_date=None)
    add_link(connection, "invoice", linked, {"Id": "7"})
    add_invoice(connection, invoice_date=None, lifecycle_status="Draft", invoice_number="D")
    add_invoice(connection, invoice_date=None, lifecycle_status="Void", invoice_number="V")
    add(connection, "customer", organization_id=2, email="elsewhere@b.example")

    found = review(connection)

    assert "invoice.date_missing" not in found
    assert all(one.loupe_id != linked for each in found.values() for one in each.examples)


def test_payments_applied_beyond_their_amount_are_found(connection: Connection) -> None:
    invoice_id = add_invoice(connection)
    customer_id = connection.scalar(text("select customer_id from loupe.invoice"))
    payment = add(
        connection,
        "payment",
        customer_id=customer_id,
        amount=Decimal(10),
        currency_code="USD",
        payment_date=date(2026, 9, 1),
    )
    applied = {"payment_id": payment, "invoice_id": invoice_id, "amount": Decimal("10.01")}
    add(connection, "payment_application", **applied)

    found = review(connection)["payment.applied_too_much"]

    assert found.examples[0].text == "2026-09-01 10.00 applied 10.01"


def test_items_priced_by_weight_or_with_unusable_names_are_found(connection: Connection) -> None:
    add(connection, "inventory_item", item_name="Rough", price_basis="carat", tag_id="T-1")
    add(connection, "inventory_item", item_name="Ring: gold")

    found = review(connection)

    assert found["inventory_item.price_basis"].examples[0].text == "T-1 Rough per carat"
    assert found["inventory_item.name_unusable"].count == 1
    assert found["inventory_item.tag_missing"].count == 1


def test_customers_with_similar_names_or_the_same_email_are_found(connection: Connection) -> None:
    first = add(connection, "customer", display_name="Bellini & Figli S.r.l.", email="o@b.example")
    second = add(connection, "customer", display_name="BELLINI AND FIGLI", email=" O@B.example")
    add(connection, "customer", display_name="Opal Ridge Trading")

    found = review(connection)

    assert [one.loupe_id for one in found["customer.name_similar"].examples] == [first, second]
    assert found["customer.email_same"].count == 2


def test_a_row_that_looks_like_a_linked_quickbooks_record_is_found(connection: Connection) -> None:
    linked = add(connection, "customer", display_name="Étoile Diamants SARL")
    add_link(
        connection,
        "customer",
        linked,
        {"Id": "61", "DisplayName": "Etoile Diamants SARL (deleted)"},
    )
    double = add(connection, "customer", display_name="ETOILE DIAMANTS")

    found = review(connection)["customer.name_similar_in_quickbooks"]

    assert [one.loupe_id for one in found.examples] == [double]
    assert "QuickBooks Id 61" in found.examples[0].text


def test_a_number_that_quickbooks_has_on_another_invoice_is_found(connection: Connection) -> None:
    linked = add_invoice(connection, invoice_number="A-1")
    add_link(connection, "invoice", linked, {"Id": "130", "DocNumber": "INV-1"})
    again = add_invoice(connection, invoice_number="INV-1")

    found = review(connection)["invoice.number_same_in_quickbooks"]

    assert [one.loupe_id for one in found.examples] == [again]


def test_many_records_are_counted_but_only_some_shown(connection: Connection) -> None:
    for _ in range(25):
        add(connection, "customer")

    found = review(connection)["customer.name_missing"]

    assert found.count == 25
    assert len(found.examples) == 20


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bellini & Figli S.r.l.", "bellini and figli srl"),
        ("Étoile Diamants SARL", "Etoile  Diamants"),
        ("D'Angelo & Fils", "DAngelo & Fils"),
        ("Kusuma Gems Pte Ltd", "KUSUMA GEMS PTE. LTD."),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert to_name_key(one) == to_name_key(other)


@pytest.mark.parametrize("name", ["Co", "株式会社", "Ltd."])
def test_a_name_that_is_only_a_legal_form_keeps_a_key(name: str) -> None:
    assert to_name_key(name)
