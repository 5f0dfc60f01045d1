"""Customers, as quickbooks-api.md sections 8.1 and 8.3 describe them."""

import pytest

from tests.contract.emulator.driver import Driver, head


def test_the_smallest_create_fills_in_what_intuit_fills_in(company: Driver) -> None:
    """Intuit facts 8.3 and 14: what a create of nothing but a name was recorded to fill in."""
    created = company.customer("  Nordwind Outfitters ")
    assert created["DisplayName"] == "Nordwind Outfitters"
    assert created["PrintOnCheckName"] == created["FullyQualifiedName"] == "Nordwind Outfitters"
    assert created["SyncToken"] == "0"
    assert created["Active"] is created["Taxable"] is True
    assert created["PreferredDeliveryMethod"] == "Print"
    assert created["CurrencyRef"] == {"value": "USD", "name": "United States Dollar"}
    assert created == company.read("Customer", created["Id"])


def test_a_display_name_is_built_from_its_parts(company: Driver) -> None:
    """Intuit facts 8.3: DisplayName is built from the name parts when absent."""
    created = company.write("Customer", {"GivenName": "Ines", "FamilyName": "Falk"})
    assert created["DisplayName"] == "Ines Falk"


def test_a_company_name_is_no_name(company: Driver) -> None:
    """Intuit facts 8.3: without any name part or DisplayName the create is refused, 6080."""
    assert company.fault("Customer", {"CompanyName": "Only Ltd"})["code"] == "6080"


@pytest.mark.parametrize("name", ["Nordwind", "NORDWIND", " nordwind  "])
def test_a_name_is_taken_whatever_its_case(company: Driver, name: str) -> None:
    """Intuit facts 7.2, 8.1 and 14: 6240, with the text recorded where a customer has the name."""
    company.customer("Nordwind")
    error = company.fault("Customer", {"DisplayName": name})
    assert error["code"] == "6240"
    assert error["Message"] == "Duplicate Name Exists Error"
    assert error["Detail"] == "The name supplied already exists. : null"


@pytest.mark.parametrize("name", ["Rob:Barnett", "Rob\tBarnett", "Rob\nBarnett", "Rob 💎"])
def test_illegal_characters_are_refused(company: Driver, name: str) -> None:
    """Intuit facts 8.1: no colon, tab or newline in DisplayName, 2040 (emoji: our choice)."""
    assert company.fault("Customer", {"DisplayName": name})["code"] == "2040"


@pytest.mark.parametrize(
    ("field", "limit"), [("CompanyName", 100), ("DisplayName", 500), ("Notes", 2000)]
)
def test_a_text_may_have_its_length_and_no_more(company: Driver, field: str, limit: int) -> None:
    """Intuit facts 8.3 and 7.2: 2050 names the limits and the length supplied."""
    company.write("Customer", {"GivenName": "Fits", field: "x" * limit})
    error = company.fault("Customer", {"GivenName": "Long", field: "y" * (limit + 1)})
    assert error["code"] == "2050"
    assert error["element"] == field
    assert f"Max:{limit} supported. Supplied length:{limit + 1}" in error["Detail"]


def test_unknown_properties_are_refused_and_read_only_ones_ignored(company: Driver) -> None:
    """Intuit facts 2: read-only attributes are ignored, unknown ones give 2010."""
    assert company.customer("A", Balance=99, MetaData={}, domain="QBO")["Balance"] == 0
    assert company.fault("Customer", {"DisplayName": "B", "Colour": "red"})["code"] == "2010"
    assert company.fault("Customer", {"Customer": {"DisplayName": "B"}})["code"] == "2010"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("PrimaryEmailAddr", {"Address": "nobody"}, "2210"),
        ("PrimaryEmailAddr", "a@b.example", "2010"),
        ("PreferredDeliveryMethod", "Pigeon", "2170"),
        ("Active", "perhaps", "2230"),
        ("SalesTermRef", {"value": "99"}, "2500"),
        ("SalesTermRef", "[object Object]", "2010"),
        ("CurrencyRef", {"value": "XQX"}, "2220"),
        ("CurrencyRef", {"value": "EUR"}, "6000"),
        ("Job", True, "6150"),
    ],
)
def test_values_outside_their_domain_are_refused(
    company: Driver, field: str, value: object, code: str
) -> None:
    """Intuit facts 7.2: each kind of bad value has its own code."""
    assert company.fault("Customer", {"DisplayName": "A", field: value})["code"] == code


def test_a_sparse_update_keeps_what_is_not_sent_and_clears_what_is_empty(company: Driver) -> None:
    """Intuit facts 8.1: other fields are kept; "" or {} clears, null does not."""
    phone = {"FreeFormNumber": "555"}
    created = company.customer("A", Notes="n", CompanyName="C", PrimaryPhone=phone, Title="Ms.")
    change = {"Notes": "", "PrimaryPhone": {}, "Title": None}
    updated = company.write("Customer", {**head(created), "sparse": True, **change})
    assert "Notes" not in updated
    assert "PrimaryPhone" not in updated
    assert (updated["CompanyName"], updated["Title"]) == ("C", "Ms.")
    assert updated["SyncToken"] == "1"


def test_a_full_update_clears_what_is_left_out(company: Driver) -> None:
    """Intuit facts 8.1: without sparse, omitted writable fields are cleared or re-defaulted."""
    created = company.customer("A", Notes="n", CompanyName="C", PrintOnCheckName="Cheque")
    updated = company.write("Customer", {**head(created), "DisplayName": "A", "Notes": "n2"})
    assert "CompanyName" not in updated
    assert (updated["Notes"], updated["PrintOnCheckName"]) == ("n2", "A")


def test_an_old_sync_token_is_stale_and_a_missing_one_missing(company: Driver) -> None:
    """Intuit facts 8.1: an older SyncToken gives 5010, none gives 2020."""
    created = company.customer("A")
    company.write("Customer", {**head(created), "sparse": True, "Notes": "1"})
    stale = company.fault("Customer", {**head(created), "sparse": True, "Notes": "2"})
    assert stale["code"] == "5010"
    assert stale["Detail"].startswith("Stale Object Error : You and ")
    assert company.fault("Customer", {"Id": created["Id"], "sparse": True})["code"] == "2020"


@pytest.mark.parametrize(("number", "code"), [("999999", "610"), ("abc", "2030")])
def test_a_customer_that_is_not_there_is_a_400(company: Driver, number: str, code: str) -> None:
    """Intuit facts 7.1: a missing object is 400 with 610, not 404."""
    response = company.request("GET", f"customer/{number}")
    assert response.status_code == 400
    assert response.json()["Fault"]["Error"][0]["code"] == code


def test_an_inactive_name_shows_a_suffix_and_can_be_used_again(company: Driver) -> None:
    """Intuit facts 3.5: " (deleted)" on read; the stored name is free for a new record."""
    first = company.customer("A")
    gone = company.write("Customer", {**head(first), "sparse": True, "Active": False})
    assert gone["DisplayName"] == gone["FullyQualifiedName"] == "A (deleted)"
    second = company.customer("A")
    back = {**head(gone), "sparse": True, "Active": True}
    assert company.fault("Customer", back)["code"] == "6240"
    company.write("Customer", {**head(second), "sparse": True, "DisplayName": "B"})
    assert company.write("Customer", back)["DisplayName"] == "A"


def test_the_shown_name_of_an_inactive_customer_can_be_sent_back(company: Driver) -> None:
    """Intuit facts 3.5: a whole document read and sent back does not gather suffixes."""
    created = company.customer("A")
    gone = company.write("Customer", {**head(created), "sparse": True, "Active": False})
    again = company.write("Customer", {**gone, "Notes": "still here"})
    assert again["DisplayName"] == "A (deleted)"


def test_an_open_balance_keeps_a_customer_active(company: Driver) -> None:
    """Intuit facts 8.3: Active false is refused with an open balance, 6220."""
    customer = company.customer("A")
    company.invoice(customer["Id"], 10)
    change = {**head(customer), "sparse": True, "Active": False}
    assert company.fault("Customer", change)["code"] == "6220"


def test_a_sub_customer_has_its_parents_name_and_adds_to_its_balance_with_jobs(
    company: Driver,
) -> None:
    """Intuit facts 8.3: FullyQualifiedName is Parent:Child; BalanceWithJobs includes jobs."""
    parent = company.customer("Parent")
    child = company.customer("Child", Job=True, ParentRef={"value": parent["Id"]})
    assert child["FullyQualifiedName"] == "Parent:Child"
    company.invoice(child["Id"], 12.5)
    above = company.read("Customer", parent["Id"])
    assert (above["Balance"], above["BalanceWithJobs"]) == (0, 12.5)


def test_customers_can_be_neither_deleted_nor_voided(company: Driver) -> None:
    """Intuit facts 8.1: list entities are deactivated, not deleted."""
    created = company.customer("A")
    assert company.fault("Customer", head(created), operation="delete")["code"] == "500"
    assert company.fault("Customer", head(created), operation="void")["code"] == "500"


def test_an_opening_balance_is_said_to_be_left_out(company: Driver) -> None:
    """Not modelled, and said so with 501 instead of guessed."""
    body = {"DisplayName": "A", "Balance": 10, "OpenBalanceDate": "2026-01-01"}
    response = company.request("POST", "customer", json=body)
    assert response.status_code == 501
    assert "OpenBalanceDate" in response.json()["Fault"]["Error"][0]["Detail"]
    assert company.query("SELECT * FROM Customer") == {}


def test_lists_leave_out_the_tax_code_that_a_single_answer_fills_in(company: Driver) -> None:
    """Intuit facts 14: the company's code in the answers to a create and a GET, not in a query."""
    created = company.customer("A")
    assert created["DefaultTaxCodeRef"] == {"value": "2"}
    assert company.read("Customer", created["Id"])["DefaultTaxCodeRef"] == {"value": "2"}
    own = company.customer("B", DefaultTaxCodeRef={"value": "1"})
    assert own["DefaultTaxCodeRef"]["value"] == "1"
    assert "DefaultTaxCodeRef" not in company.customer("C", Taxable=False)
    listed = company.query("SELECT * FROM Customer")["Customer"]
    assert ["DefaultTaxCodeRef" in customer for customer in listed] == [False, True, False]


def test_one_name_can_stand_under_several_parents(company: Driver) -> None:
    """Intuit facts 14: such pairs exist, also of a customer of its own and a sub-customer."""
    first, second = company.customer("Amber House"), company.customer("Basalt House")
    below = [
        company.customer("Test Project", Job=True, ParentRef={"value": parent["Id"]})
        for parent in (first, second)
    ]
    company.customer("Test Project")
    for customer in below:
        company.write("Customer", {**head(customer), "sparse": True, "Notes": "seen"})
    names = [
        each["FullyQualifiedName"] for each in company.query("SELECT * FROM Customer")["Customer"]
    ]
    assert names[1:] == [
        "Amber House:Test Project",
        "Basalt House",
        "Basalt House:Test Project",
        "Test Project",
    ]


def test_a_name_is_taken_under_its_parent(company: Driver) -> None:
    """Intuit facts 8.3: also by moving a sub-customer to where its name stands already."""
    first, second = company.customer("Amber House"), company.customer("Basalt House")
    under = {"Job": True, "ParentRef": {"value": first["Id"]}}
    company.customer("Test Project", **under)
    assert company.fault("Customer", {"DisplayName": "TEST project", **under})["code"] == "6240"
    other = company.customer("Test Project", Job=True, ParentRef={"value": second["Id"]})
    moved = {**head(other), "sparse": True, "ParentRef": {"value": first["Id"]}}
    assert company.fault("Customer", moved)["code"] == "6240"
    company.write("Vendor", {"DisplayName": "Opal Works"})
    assert company.fault("Customer", {"DisplayName": "Opal Works", **under})["code"] == "6240"


@pytest.mark.parametrize("field", ["Active", "Taxable", "Job"])
def test_an_empty_text_for_a_boolean_says_nothing(company: Driver, field: str) -> None:
    """Intuit facts 14: clients in use send it; what was stored stays."""
    parent = company.customer("Parent")
    made = company.customer("A", Taxable=False, Job=True, ParentRef={"value": parent["Id"]})
    sent = company.write("Customer", {**head(made), "sparse": True, field: ""})
    assert sent[field] is made[field]


def test_making_an_inactive_customer_inactive_moves_nothing(company: Driver) -> None:
    """Intuit facts 14: recorded twice; any other change of one that is inactive counts."""
    created = company.customer("A", Notes="n")
    gone = company.write("Customer", {**head(created), "sparse": True, "Active": False})
    order = {"advance_seconds": 60}
    company.side_door("clock", order)
    again = company.write("Customer", {**head(gone), "sparse": True, "Active": False})
    company.side_door("clock", {"advance_seconds": -60})
    assert again == gone
    noted = {**head(gone), "sparse": True, "Active": False, "Notes": "m"}
    assert company.write("Customer", noted)["SyncToken"] == "2"
