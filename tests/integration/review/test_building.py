"""The review before the first push finds what a push would reject, hold back or send twice."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text, update

from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.connection.companies import resolve_company
from quickbooks_sync.record_types.duplicates import to_name_key
from quickbooks_sync.review import Count, Review, to_text
from quickbooks_sync.review.building import review_rows
from quickbooks_sync.review.model import Finding
from quickbooks_sync.review.reviewed import BothSettings, assume
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.workspace import Workspace
from tests.support.installation import build_workspace

REALM = "9341450000000001"
SETTINGS = CompanySettings(
    {"home_currency": "USD", "book_close_date": "2024-12-31", "multi_currency": "false"}
)
CUSTOMER_LINKED = "invoice.customer: refers to a linked customer"
BY_NAME = "customer.: may be another row of Loupe, by name"


@pytest.fixture(scope="module")
def workspace(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with a migrated database; QuickBooks is never asked."""
    folder = tmp_path_factory.mktemp("docs")
    workspace = build_workspace(database_url, "http://127.0.0.1:9", folder)
    yield workspace
    workspace.close()


@pytest.fixture
def connection(workspace: Workspace) -> Iterator[Connection]:
    """A connection whose changes are undone after the test; the company is known."""
    with workspace.engine.connect() as connection:
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


@pytest.fixture
def review(workspace: Workspace, connection: Connection) -> Any:
    """A function that returns the findings by record type, field and rule."""

    def build() -> dict[str, Finding]:
        company = resolve_company(connection, REALM)
        settings = BothSettings(SETTINGS, assume(SETTINGS))
        findings = review_rows(workspace, connection, company, settings).listed()
        return {f"{one.record_type}.{one.field or ''}: {one.rule}": one for one in findings}

    return build


def ids_of(finding: Finding) -> list[int]:
    """Return the rows that a finding names."""
    return [example.loupe_id for example in finding.examples]


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


def add_link(
    connection: Connection, record_type: str, loupe_id: int, document: Any, **columns: Any
) -> None:
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
            **columns,
        )
    )


def test_a_customer_without_any_name_is_found(connection: Connection, review: Any) -> None:
    nameless = add(connection, "customer", display_name="  ", email="a@b.example")
    add(connection, "customer", company_name="Only a company")

    found = review()["customer.display_name: is present"]

    assert ids_of(found) == [nameless]
    assert found.effect == "rejected"


def test_texts_longer_than_quickbooks_takes_are_found(connection: Connection, review: Any) -> None:
    add(connection, "customer", display_name="x" * 501, first_name="y" * 101)
    add(connection, "customer", display_name="x" * 500, first_name="y" * 100)
    add_invoice(connection, invoice_number="1" * 22)
    add_invoice(connection, invoice_number="2" * 21)
    add(connection, "inventory_item", item_name="z" * 101)

    found = review()

    assert found["customer.display_name: has at most 500 characters"].count == 1
    assert found["customer.first_name: has at most 100 characters"].count == 1
    assert found["invoice.invoice_number: has at most 21 characters"].count == 1
    assert found["inventory_item.item_name: has at most 100 characters"].count == 1


def test_invoices_without_date_number_or_lines_are_found(
    connection: Connection, review: Any
) -> None:
    invoice_id = add_invoice(connection, invoice_number=" ", invoice_date=None)
    connection.execute(text("delete from loupe.invoice_line"))

    found = review()

    for rule in (
        "invoice_date: is present",
        "invoice_number: without a number",
        "lines: has at least one line",
    ):
        assert [one.loupe_id for one in found[f"invoice.{rule}"].examples] == [invoice_id]


def test_lines_that_do_not_come_to_the_total_are_found_with_both_amounts(
    connection: Connection, review: Any
) -> None:
    add_invoice(connection, GOOD_LINE, invoice_number="WRONG", total_amount=Decimal("99.99"))
    add_invoice(connection, GOOD_LINE, invoice_number="RIGHT")

    found = review()["invoice.lines: adds up to the total"]

    assert found.count == 1
    assert found.examples[0].text == "WRONG"
    assert "lines and tax make 100.00, the total is 99.99" in found.examples[0].message


def test_shipping_adds_and_a_discount_subtracts(connection: Connection, review: Any) -> None:
    add_invoice(
        connection,
        GOOD_LINE,
        {"line_kind": "shipping", "amount": Decimal(15)},
        {"line_kind": "discount", "amount": Decimal(5)},
        {"line_kind": "description", "description": "Thank you"},
        total_amount=Decimal("110.00"),
    )

    assert "invoice.lines: adds up to the total" not in review()


def test_amounts_are_rounded_half_up_to_cents(connection: Connection, review: Any) -> None:
    line = {"quantity": Decimal("128.35"), "unit_price": Decimal("14.50")}
    add_invoice(connection, {**line, "amount": Decimal("1861.08")}, total_amount=Decimal("1861.08"))
    add_invoice(connection, line, total_amount=Decimal("1861.08"), invoice_number="INV-2")
    wrong = add_invoice(
        connection, {**line, "amount": Decimal("1861.07")}, total_amount=Decimal("1861.07")
    )

    found = review()

    assert [
        one.loupe_id
        for one in found["invoice.lines: has amounts that are quantity times unit price"].examples
    ] == [wrong]
    assert "invoice.lines: adds up to the total" not in found


def test_a_foreign_currency_is_found(connection: Connection, review: Any) -> None:
    add_invoice(connection, currency_code="EUR")
    add(connection, "inventory_item", item_name="Ring", tag_id="T-2", currency_code="EUR")

    found = review()

    assert (
        "EUR"
        in found["invoice.currency: is in a currency that the company keeps"].examples[0].message
    )
    assert found["inventory_item.sell_price: is in a currency that the company keeps"].count == 1


def test_transactions_in_the_closed_period_are_found(connection: Connection, review: Any) -> None:
    add_invoice(connection, invoice_date=date(2024, 12, 31))
    add_invoice(connection, invoice_date=date(2025, 1, 1), invoice_number="INV-2")

    found = review()["invoice.invoice_date: is after the closed period"]

    assert found.count == 1
    assert "2024-12-31" in found.examples[0].message


def test_invoices_wait_for_customers_that_are_not_in_quickbooks(
    connection: Connection, review: Any
) -> None:
    linked = add(connection, "customer", display_name="Aurora")
    add_link(connection, "customer", linked, {"Id": "58", "DisplayName": "Aurora"})
    add_invoice(connection, customer_id=linked)
    waiting = add_invoice(connection, invoice_number="INV-2")

    found = review()[CUSTOMER_LINKED]

    assert ids_of(found) == [waiting]


def test_what_a_push_never_sends_is_not_reviewed(connection: Connection, review: Any) -> None:
    linked = add_invoice(connection, invoice_date=None)
    version = connection.scalar(text("select row_version from loupe.invoice"))
    add_link(connection, "invoice", linked, {"Id": "7"}, loupe_row_version=version)
    add_invoice(connection, invoice_date=None, lifecycle_status="Draft", invoice_number="D")
    add_invoice(connection, invoice_date=None, lifecycle_status="Void", invoice_number="V")
    add(connection, "customer", organization_id=2, email="elsewhere@b.example")

    found = review()

    assert "invoice.invoice_date: is present" not in found
    assert all(one.loupe_id != linked for each in found.values() for one in each.examples)


def test_a_linked_row_that_has_changed_since_is_reviewed(
    connection: Connection, review: Any
) -> None:
    customer_id = add(connection, "customer", display_name="Aurora", email="no at sign")
    values = {"display_name": "Aurora", "email": "a@b.example"}
    document = {"Id": "58", "DisplayName": "Aurora", "PrimaryEmailAddr": {"Address": "a@b.example"}}
    add_link(connection, "customer", customer_id, document)
    connection.execute(update(tables.link).values(loupe_base=values, quickbooks_base=values))

    found = review()["customer.email: looks like an e-mail address"]

    assert ids_of(found) == [customer_id]


def test_a_link_whose_row_has_vanished_is_held(connection: Connection, review: Any) -> None:
    add_link(connection, "customer", 999_999, {"Id": "58", "DisplayName": "Gone"})

    found = review()["customer.: is decided by a person"]

    assert (found.effect, ids_of(found)) == ("held", [999_999])
    assert "no longer exists" in found.examples[0].message


def test_a_row_that_waits_and_breaks_a_rule_is_named_with_both(
    connection: Connection, review: Any
) -> None:
    invoice_id = add_invoice(connection, due_date=date(2026, 8, 1))

    found = review()

    assert ids_of(found[CUSTOMER_LINKED]) == [invoice_id]
    assert ids_of(found["invoice.due_date: is not before the invoice date"]) == [invoice_id]


def test_a_payment_entered_twice_is_found(connection: Connection, review: Any) -> None:
    customer_id = add(connection, "customer", display_name="Aurora")
    payment = {
        "customer_id": customer_id,
        "amount": Decimal(10),
        "currency_code": "USD",
        "payment_date": date(2026, 9, 1),
    }
    twice = [add(connection, "payment", **payment) for _ in range(2)]

    found = review()["payment.: may be another row of Loupe, by amount, day and invoices"]

    assert (found.effect, ids_of(found)) == ("look", twice)


def test_a_name_that_quickbooks_lacks_is_worth_a_look(connection: Connection, review: Any) -> None:
    customer_id = add(connection, "customer")
    payment = {"customer_id": customer_id, "amount": Decimal(5), "currency_code": "USD"}
    barter = add(connection, "payment", **payment, method="Barter")
    add(connection, "payment", **payment)

    found = review()["payment.method: is a PaymentMethod of QuickBooks"]

    assert (found.effect, ids_of(found)) == ("look", [barter])
    assert "no active PaymentMethod named 'Barter'" in found.examples[0].message


def test_payments_applied_beyond_their_amount_are_found(
    connection: Connection, review: Any
) -> None:
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

    found = review()["payment.applications: settles no more than the amount"]

    assert found.examples[0].text == "2026-09-01 10.00"
    assert "10.01 of 10.00" in found.examples[0].message


def test_items_priced_by_weight_or_with_unusable_names_are_found(
    connection: Connection, review: Any
) -> None:
    add(connection, "inventory_item", item_name="Rough", price_basis="carat", tag_id="T-1")
    add(connection, "inventory_item", item_name="Ring: gold")

    found = review()

    assert (
        found["inventory_item.sell_price: can be represented in QuickBooks"].examples[0].text
        == "T-1 Rough"
    )
    assert found["inventory_item.item_name: has no colon, tab or line break"].count == 1
    assert found["inventory_item.tag_id: without a Tag ID"].count == 1


def test_customers_with_similar_names_or_the_same_email_are_found(
    connection: Connection, review: Any
) -> None:
    first = add(connection, "customer", display_name="Bellini & Figli S.r.l.", email="o@b.example")
    second = add(connection, "customer", display_name="BELLINI AND FIGLI", email=" O@B.example")
    add(connection, "customer", display_name="Opal Ridge Trading")

    found = review()

    assert [one.loupe_id for one in found[BY_NAME].examples] == [first, second]
    assert found["customer.: may be another row of Loupe, by email"].count == 2


def test_a_row_that_looks_like_a_linked_quickbooks_record_is_found(
    connection: Connection, review: Any
) -> None:
    linked = add(connection, "customer", display_name="Étoile Diamants SARL")
    add_link(
        connection,
        "customer",
        linked,
        {"Id": "61", "DisplayName": "Etoile Diamants SARL (deleted)"},
    )
    double = add(connection, "customer", display_name="ETOILE DIAMANTS")

    found = review()["customer.: may be a QuickBooks record that it is not linked to, by name"]

    assert ids_of(found) == [double]
    assert found.examples[0].message == "QuickBooks Id 61"


def test_a_number_that_quickbooks_has_on_another_invoice_is_found(
    connection: Connection, review: Any
) -> None:
    linked = add_invoice(connection, invoice_number="A-1")
    add_link(connection, "invoice", linked, {"Id": "130", "DocNumber": "INV-1"})
    again = add_invoice(connection, invoice_number="INV-1")

    found = review()["invoice.: may be a QuickBooks record that it is not linked to, by number"]

    assert ids_of(found) == [again]


def test_a_row_that_looks_like_a_record_that_was_only_pulled_is_found(
    connection: Connection, review: Any
) -> None:
    staged = {"realm_id": REALM, "record_type": "inventory_item", "direction": "pull"}
    run_id = connection.execute(
        insert(tables.run)
        .values(**staged, run_key="pull", mode="full", fence=1)
        .returning(tables.run.c.run_id)
    ).scalar_one()
    connection.execute(
        insert(tables.staged_record).values(
            run_id=run_id,
            batch_number=0,
            row_number=0,
            source_id="33",
            raw={"Id": "33", "Name": "Opal  ring", "Sku": "T-9", "Type": "Inventory"},
        )
    )
    item_id = add(connection, "inventory_item", item_name="OPAL RING", tag_id="T-1")

    found = review()[
        "inventory_item.: may be a QuickBooks record that it is not linked to, by name"
    ]

    assert ids_of(found) == [item_id]
    assert found.examples[0].message == "QuickBooks Id 33"


def test_items_of_one_name_are_found(connection: Connection, review: Any) -> None:
    items = [
        add(connection, "inventory_item", item_name=name, tag_id=tag)
        for name, tag in (("Opal ring", "T-1"), ("OPAL RING", "T-2"))
    ]

    found = review()["inventory_item.: may be another row of Loupe, by name"]

    assert ids_of(found) == items


def test_every_record_is_named_though_not_all_are_shown(
    connection: Connection, review: Any
) -> None:
    customers = [add(connection, "customer") for _ in range(25)]

    found = review()["customer.display_name: is present"]

    assert ids_of(found) == customers
    counts = (Count("customer", loupe=25, quickbooks=0, linked=0),)
    shown = to_text(Review(REALM, "Loupe Gemstones Co.", counts, (found,)))
    assert "and 20 more; with --json all are named" in shown


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
