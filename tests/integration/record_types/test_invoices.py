"""Invoices: closed periods and discounts, each rule with the damage it prevents."""

from datetime import date
from decimal import Decimal
from typing import Any

from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import REALM, BuildHouse, House
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


def discounted(house: House, number: str) -> str:
    """An invoice of 100.00 less 10 percent, as a bookkeeper enters it; return its Id."""
    customer = quickbooks.create(house, "Customer", DisplayName=f"Customer of {number}")
    detail = {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": Decimal(100)}
    sold = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    given = {"PercentBased": True, "DiscountPercent": 10}
    discount = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": given}
    made = quickbooks.create(
        house,
        "Invoice",
        CustomerRef={"value": customer["Id"]},
        DocNumber=number,
        TxnDate="2026-09-01",
        Line=[{"Amount": Decimal(100), **sold}, discount],
    )
    return str(made["Id"])


def discount_of(record: dict[str, Any]) -> dict[str, Any]:
    (line,) = [line for line in record["Line"] if line["DetailType"] == "DiscountLineDetail"]
    return {"Amount": line["Amount"], **line["DiscountLineDetail"]}


def test_a_percent_discount_becomes_an_amount_when_the_lines_under_it_change(
    build_house: BuildHouse,
) -> None:
    # Naive: the percentage is sent back beside an amount that it no longer gives, and refused.
    house = build_house(seed=False)
    record_id = discounted(house, "DISC-2")
    house.run_all()
    invoice_id = house.loupe_id("invoice", record_id)
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "update loupe.invoice_line set unit_price = 200, amount = 200 where line_kind = 'sales'"
        )
        connection.exec_driver_sql("update loupe.invoice set total_amount = 190")
    run = house.run("push_invoices")
    assert outcome_of(house, run, invoice_id)[0] == "updated"
    record = quickbooks.fetch(house, "Invoice", record_id)
    assert record["TotalAmt"] == Decimal("190.00")
    assert discount_of(record)["PercentBased"] is False
    house.run("pull_invoices")
    lines = {row["line_kind"]: row["amount"] for row in house.rows("invoice_line")}
    assert (lines["sales"], lines["discount"]) == (Decimal("200.00"), Decimal("10.00"))


def test_a_percent_discount_stays_one_while_what_it_is_taken_of_stays(
    build_house: BuildHouse,
) -> None:
    # Naive: every change of a line turns it into an amount, and the bookkeeper's percentage is lost.
    house = build_house(seed=False)
    record_id = discounted(house, "DISC-3")
    house.run_all()
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "update loupe.invoice_line set description = 'Cut garnet' where line_kind = 'sales'"
        )
    house.run("push_invoices")
    record = quickbooks.fetch(house, "Invoice", record_id)
    assert record["Line"][0]["Description"] == "Cut garnet"
    assert discount_of(record)["DiscountPercent"] == 10
