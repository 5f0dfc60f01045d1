"""Terms of payment: the list, what an invoice takes of it, and the due date that follows."""

from typing import Any

import pytest

from tests.contract.emulator.driver import Driver, head, sales_line

NET_30 = {"value": "3", "name": "Net 30"}


def invoice_of(company: Driver, **properties: Any) -> dict[str, Any]:
    customer = company.customer()["Id"]
    return company.invoice(customer, 1, TxnDate="2026-08-12", **properties)


def refusal_of(company: Driver, term: str) -> str:
    customer = {"value": company.customer()["Id"]}
    body = {"CustomerRef": customer, "Line": [sales_line(1)], "SalesTermRef": {"value": term}}
    return str(company.fault("Invoice", body)["code"])


def test_a_company_begins_with_the_usual_terms(company: Driver) -> None:
    """Intuit facts 8.1: the sandbox's Net 30 is Id 3."""
    assert company.ids("SELECT * FROM Term WHERE Name = 'Net 30'", "Term") == ["3"]
    net_30 = company.read("Term", "3")
    assert (net_30["Type"], net_30["DueDays"], net_30["Active"]) == ("STANDARD", 30, True)


def test_a_term_can_be_added_once_and_made_inactive(company: Driver) -> None:
    """Intuit facts 8.12: no delete, Active=false; 6240 for a name that is taken."""
    made = company.write("Term", {"Name": "30 days net", "DueDays": 30})
    assert made["Type"] == "STANDARD"
    assert company.fault("Term", {"Name": "30 DAYS NET", "DueDays": 30})["code"] == "6240"
    assert company.fault("Term", {"Name": "Some day"})["code"] == "2020"
    company.write("Term", {**head(made), "sparse": True, "Active": False})
    assert company.ids("SELECT * FROM Term WHERE Name = '30 days net'", "Term") == []
    assert refusal_of(company, made["Id"]) == "2500"


def test_terms_that_are_not_in_the_list_are_refused(company: Driver) -> None:
    """Intuit facts 7.2: 2500 for a reference to what is not there."""
    assert refusal_of(company, "99") == "2500"


def test_an_invoice_without_terms_gets_its_customers_else_the_companys(company: Driver) -> None:
    """Intuit facts 10, row 27: QuickBooks fills in the terms and the due date."""
    net_15 = company.ids("SELECT * FROM Term WHERE Name = 'Net 15'", "Term")[0]
    customer = company.customer("Fifteen", SalesTermRef={"value": net_15})
    invoice = company.invoice(customer["Id"], 1, TxnDate="2026-08-12")
    assert (invoice["SalesTermRef"]["name"], invoice["DueDate"]) == ("Net 15", "2026-08-27")
    plain = invoice_of(company)
    assert (plain["SalesTermRef"], plain["DueDate"]) == (NET_30, "2026-09-11")
    company.prefer("SalesFormsPrefs", DefaultTerms=None)
    without = company.invoice(plain["CustomerRef"]["value"], 1, TxnDate="2026-08-12")
    assert "SalesTermRef" not in without
    assert without["DueDate"] == "2026-08-12"


def test_a_due_date_that_is_sent_wins_over_the_terms(company: Driver) -> None:
    """Intuit facts 8.12: Invoice, a DueDate sent wins over the term."""
    invoice = invoice_of(company, SalesTermRef=NET_30, DueDate="2026-12-24")
    assert invoice["DueDate"] == "2026-12-24"


def test_terms_that_are_sent_alone_work_out_the_due_date_again(company: Driver) -> None:
    """Not stated by Intuit for updates; the harder case for a client."""
    invoice = invoice_of(company, DueDate="2026-12-24")
    change = {**head(invoice), "sparse": True, "SalesTermRef": NET_30}
    kept = company.write("Invoice", {**change, "DueDate": "2026-12-24"})
    assert kept["DueDate"] == "2026-12-24"
    moved = company.write("Invoice", {**change, **head(kept)})
    assert moved["DueDate"] == "2026-09-11"
    noted = company.write("Invoice", {**head(moved), "sparse": True, "PrivateNote": "by courier"})
    assert (noted["SalesTermRef"], noted["DueDate"]) == (NET_30, "2026-09-11")


def test_an_empty_pointer_clears_the_terms_and_null_does_not(company: Driver) -> None:
    """Intuit facts 8.1: clear a field by an empty text or object rather than by null."""
    invoice = invoice_of(company, SalesTermRef=NET_30)
    same = company.write("Invoice", {**head(invoice), "sparse": True, "SalesTermRef": None})
    assert same["SalesTermRef"] == NET_30
    cleared = company.write("Invoice", {**head(same), "sparse": True, "SalesTermRef": {}})
    assert "SalesTermRef" not in cleared


@pytest.mark.parametrize(
    ("issued", "due"),
    [("2026-08-05", "2026-08-31"), ("2026-08-28", "2026-09-30"), ("2027-02-01", "2027-02-28")],
)
def test_date_driven_terms_are_due_on_a_day_of_the_month(
    company: Driver, issued: str, due: str
) -> None:
    """Intuit facts 8.12: DATE_DRIVEN with DayOfMonthDue, the next month's where it is too soon."""
    fields = {"Name": "End of month", "DayOfMonthDue": 31, "DueNextMonthDays": 5}
    term = company.write("Term", fields)
    assert term["Type"] == "DATE_DRIVEN"
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 1, TxnDate=issued, SalesTermRef={"value": term["Id"]})
    assert invoice["DueDate"] == due
