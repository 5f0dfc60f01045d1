"""Invoices: closed periods and discounts, each rule with the damage it prevents."""

from datetime import date
from decimal import Decimal
from typing import Any

from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import REALM, House
from tests.support.outcomes import outcome_of


def account(house: House, run: Any, loupe_id: int) -> tuple[str, str]:
    """What a run said of a Loupe row: outcome and reason."""
    return next(
        (row["outcome"], row["reason"] or "")
        for row in house.records(run)
        if row["loupe_id"] == loupe_id
    )


def test_nothing_moves_in_a_closed_period_and_the_rest_goes_on(house: House, customer: int) -> None:
    # Naive: the date is moved to an open day, or the first refusal stops the company.
    closed = loupe.add_invoice(
        house, customer, "INV-7009", invoice_date=date(2024, 6, 1), due_date=date(2024, 7, 1)
    )
    opened = loupe.add_invoice(house, customer, "INV-7010")
    run = house.run("push_invoices")
    assert outcome_of(house, run, closed)[0] == "rejected"
    assert outcome_of(house, run, opened)[0] == "created"
    with house.workspace.engine.connect() as connection:
        status = connection.exec_driver_sql("select status from quickbooks_sync.company").scalar()
    assert status == "connected"


def test_a_discount_posts_to_the_account_that_a_person_confirmed(
    house: House, customer: int
) -> None:
    # Naive: it goes to whatever account QuickBooks takes by itself.
    (account,) = quickbooks.find(house, "Account", "Name = 'Sales of Product Income'")
    confirm_settings(house.workspace, REALM, {"discount_account": account["Id"]})
    invoice_id = loupe.add_invoice(
        house, customer, "DISC-1", total_amount=Decimal(90), balance_amount=Decimal(90)
    )
    line = {"line_number": 2, "line_kind": "discount", "amount": Decimal(10)}
    house.insert("invoice_line", invoice_id=invoice_id, **line)
    house.run("push_invoices")
    record = quickbooks.fetch(house, "Invoice", house.quickbooks_id("invoice", invoice_id))
    (given,) = [one for one in record["Line"] if one["DetailType"] == "DiscountLineDetail"]
    assert given["DiscountLineDetail"]["DiscountAccountRef"]["value"] == account["Id"]
    assert record["TotalAmt"] == Decimal("90.00")
