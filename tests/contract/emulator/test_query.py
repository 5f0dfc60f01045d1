"""The query language, as quickbooks-api.md section 3 describes it."""

import pytest

from tests.contract.emulator.driver import Driver, head


@pytest.fixture
def five(company: Driver) -> Driver:
    """A company with five customers, Ids 1 to 5, the last one inactive."""
    names = ["Alpha", "Beta O'Neil", "Gamma\\Delta", "Épsilon", "Zeta"]
    made = [company.customer(name, GivenName=name[0]) for name in names]
    company.invoice(made[1]["Id"], 20)
    company.write("Customer", {**head(made[4]), "sparse": True, "Active": False})
    return company


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Id = '2'", ["2"]),
        ("Id IN ('1', '3', '99')", ["1", "3"]),
        ("DisplayName = 'Beta O\\'Neil'", ["2"]),
        ("DisplayName = 'Gamma\\\\Delta'", ["3"]),
        ("DisplayName = 'alpha'", []),
        ("DisplayName LIKE '%eta%'", ["2"]),
        ("DisplayName LIKE 'A%' AND GivenName = 'A'", ["1"]),
        ("displayname = 'Alpha'", None),
        ("Balance > '0'", ["2"]),
        ("Balance >= 20", ["2"]),
        ("Balance = '0'", ["1", "3", "4"]),
        ("Active = false", ["5"]),
        ("Active IN (true, false)", ["1", "2", "3", "4", "5"]),
        ("DisplayName = 'Zeta (deleted)' AND Active = false", ["5"]),
        ("MetaData.CreateTime > '2020-01-01T00:00:00Z'", ["1", "2", "3", "4"]),
        ("Metadata.LastUpdatedTime < '2020-01-01'", []),
    ],
)
def test_filters(five: Driver, where: str, expected: list[str] | None) -> None:
    """Intuit facts 3.1, 3.2 and 3.5: operators, escapes, inactive records left out by default."""
    statement = f"SELECT * FROM Customer WHERE {where} ORDERBY Id"
    if expected is None:
        assert five.query_fault(statement)["code"] == "4001"
    else:
        assert five.ids(statement, "Customer") == expected


@pytest.mark.parametrize(
    "statement",
    [
        "select * from customer where Id = '1'",
        "SELECT Id, DisplayName FROM Customer WHERE Id='1' ORDER BY Id DESC MAXRESULTS 1",
        "SELECT * FROM Customer  WHERE Id = '1' MAXRESULTS 5 STARTPOSITION 1",
        "Select * From CUSTOMER orderby DisplayName asc startposition 1 maxresults 1",
        "SELECT *\nFROM Customer\nWHERE Id = '1'",
    ],
)
def test_spellings_that_intuit_takes(five: Driver, statement: str) -> None:
    """Intuit facts 3.1: keywords in any case, ORDER BY and ORDERBY, paging in either order."""
    assert five.ids(statement, "Customer") == ["1"]


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "SELECT FROM Customer",
        "SELECT * FROM Customer WHERE Id = '1' OR Id = '2'",
        "SELECT * FROM Customer WHERE NOT Id = '1'",
        "SELECT * FROM Customer WHERE Id != '1'",
        "SELECT * FROM Customer WHERE (Id = '1')",
        "SELECT * FROM Customer WHERE DisplayName = 'O''Neil'",
        "SELECT * FROM Customer WHERE DisplayName = Alpha",
        "SELECT * FROM Customer WHERE DisplayName IS NULL",
        "SELECT * FROM Customer GROUP BY Id",
        "SELECT * FROM Customer;",
        "UPDATE Customer",
    ],
)
def test_what_the_grammar_does_not_have(five: Driver, statement: str) -> None:
    """Intuit facts 3.1 and 7.2: parse faults are 4000 with line and column."""
    error = five.query_fault(statement)
    assert error["code"] == "4000"
    assert error["Detail"].startswith("QueryParserError: ")


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (
            "SELECT * FROM Payment WHERE UnappliedAmt > '0'",
            "property 'UnappliedAmt' is not queryable",
        ),
        ("SELECT BillAddr FROM Customer", "Property BillAddr not found for Entity Customer"),
        ("SELECT * FROM Customer WHERE Nope = '1'", "Property Nope not found for Entity Customer"),
        ("SELECT * FROM Item WHERE Taxable = true", "property 'Taxable' is not queryable"),
        ("SELECT * FROM Item WHERE UnitPrice > '1'", "property 'UnitPrice' is not queryable"),
        ("SELECT * FROM Invoice ORDERBY CustomerRef", "property 'CustomerRef' is not sortable"),
        (
            "SELECT * FROM Customer MAXRESULTS 1500",
            "value 1500 is too large. Max allowed value is 1000",
        ),
        ("SELECT * FROM Customer STARTPOSITION 0", "value 0 is too small. Min allowed value is 1"),
        ("SELECT * FROM Customer WHERE Balance > 'much'", "value much is not a number"),
        ("SELECT * FROM Sandwich", "invalid context declaration: Sandwich"),
    ],
)
def test_statements_that_cannot_be_answered(five: Driver, statement: str, text: str) -> None:
    """Intuit facts 3.2, 3.3 and 7.2: 4001 with the reason."""
    error = five.query_fault(statement)
    assert (error["code"], error["Detail"]) == ("4001", f"QueryValidationError: {text}")


def test_other_record_types_are_said_to_be_left_out(five: Driver) -> None:
    """Not modelled, and said so with 501 instead of an empty answer."""
    response = five.request("GET", "query", params={"query": "SELECT * FROM Estimate"})
    assert response.status_code == 501


def test_the_envelope_of_a_query(five: Driver) -> None:
    """Intuit facts 3.3 and 14: totalCount is a count's alone; {} when empty."""
    for paging, place in (("", (1, 4)), ("STARTPOSITION 3 MAXRESULTS 10", (3, 2))):
        page = five.query(f"SELECT * FROM Customer {paging}")
        assert (page["startPosition"], page["maxResults"]) == place
        assert "totalCount" not in page
    assert five.query("SELECT * FROM Customer WHERE Id = '77'") == {}
    assert five.query("SELECT COUNT(*) FROM Customer WHERE Balance = '0'") == {"totalCount": 3}


def test_a_projection_returns_the_named_properties_and_the_id(five: Driver) -> None:
    """Intuit facts 3.1: named fields and Id."""
    (row,) = five.query("SELECT DisplayName FROM Customer WHERE Id = '1'")["Customer"]
    assert {"Id", "DisplayName"} <= row.keys()
    assert "MetaData" not in row


def test_queries_go_by_post_as_well(five: Driver) -> None:
    """Intuit facts 2: POST /query with the statement as body, application/text."""
    statement = "SELECT * FROM Customer WHERE DisplayName = 'Épsilon'"
    headers = {"Content-Type": "application/text"}
    response = five.request("POST", "query", data=statement.encode(), headers=headers)
    assert [each["Id"] for each in response.json()["QueryResponse"]["Customer"]] == ["4"]


def test_ids_sort_as_numbers(company: Driver) -> None:
    """Intuit facts 3.4: EMU, Id sorts numerically; the default page is 100 rows."""
    items = [
        {"bId": str(n), "operation": "create", "Customer": {"DisplayName": f"C{n}"}}
        for n in range(102)
    ]
    for start in range(0, 102, 30):
        company.post("batch", {"BatchItemRequest": items[start : start + 30]})
    assert company.ids("SELECT * FROM Customer ORDERBY Id STARTPOSITION 99", "Customer") == [
        "99",
        "100",
        "101",
        "102",
    ]
    assert company.query("SELECT Id FROM Customer")["maxResults"] == 100


def test_references_are_compared_by_id(five: Driver) -> None:
    """Intuit facts 3.1: CustomerRef = '2'."""
    assert len(five.ids("SELECT * FROM Invoice WHERE CustomerRef = '2'", "Invoice")) == 1
    assert five.ids("SELECT * FROM Invoice WHERE CustomerRef = '3'", "Invoice") == []


def test_times_without_offset_are_the_companys(company: Driver) -> None:
    """Intuit facts 3.4: stamps are Pacific; a filter without offset is read as company time."""
    created = company.customer("A")
    stamp = created["MetaData"]["CreateTime"]
    local, offset = stamp[:19], stamp[19:]
    assert offset in ("-08:00", "-07:00")
    where = "SELECT * FROM Customer WHERE MetaData.CreateTime"
    assert company.ids(f"{where} >= '{local}'", "Customer") == [created["Id"]]
    assert company.ids(f"{where} > '{stamp}'", "Customer") == []


def test_read_only_record_types_can_be_queried(company: Driver) -> None:
    """Intuit facts 8.8 to 8.10: accounts, preferences, company details."""
    where = "WHERE AccountType = 'Income' AND AccountSubType = 'SalesOfProductIncome'"
    accounts = company.query(f"SELECT * FROM Account {where}")["Account"]
    assert [each["Name"] for each in accounts] == ["Sales of Product Income"]
    preferences = company.query("SELECT * FROM Preferences")["Preferences"][0]
    assert preferences["CurrencyPrefs"]["HomeCurrency"] == {"value": "USD"}
    assert company.get("preferences")["Preferences"] == preferences
    info = company.get(f"companyinfo/{company.realm}")["CompanyInfo"]
    assert info["CompanyName"] == "Test Company"
    response = company.request("POST", "account", json={"Name": "A"})
    assert response.status_code == 501


def test_lists_come_by_full_name_unless_asked_otherwise(company: Driver) -> None:
    """Intuit facts 14: capitals before small letters, a sub-customer after its parent."""
    parent = company.customer("Pam Seitz")
    for name in ("pearl", "PG&E", "Aurora"):
        company.customer(name)
    company.customer("Zinc", Job=True, ParentRef={"value": parent["Id"]})
    company.write("Customer", {**head(parent), "sparse": True, "Notes": "changed last"})
    names = [
        each["FullyQualifiedName"] for each in company.query("SELECT * FROM Customer")["Customer"]
    ]
    assert names == ["Aurora", "PG&E", "Pam Seitz", "Pam Seitz:Zinc", "pearl"]
    accounts = company.query("SELECT Name FROM Account")["Account"]
    assert [each["Name"] for each in accounts] == sorted(each["Name"] for each in accounts)


def test_transactions_come_newest_change_first_unless_asked_otherwise(company: Driver) -> None:
    """Intuit facts 14: newest LastUpdatedTime first."""
    customer = company.customer()["Id"]
    first, second = (company.invoice(customer, amount) for amount in (1, 2))
    company.side_door("clock", {"advance_seconds": 60})
    company.write("Invoice", {**head(first), "sparse": True, "PrivateNote": "changed"})
    ids = company.ids("SELECT * FROM Invoice", "Invoice")
    company.side_door("clock", {"advance_seconds": -60})
    assert ids == [first["Id"], second["Id"]]


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        (
            "SELECT * FROM NULL",
            'Encountered " "null" "NULL "" at line 1, column 15.\nWas expecting:\n    <IDENTIFIER> ...',
        ),
        (
            "SELECT * FROM Customer WHERE DisplayName = 'O''s'",
            'Encountered " <STRING> "\'s\' "" at line 1, column 47.\nWas expecting:\n    <EOF> ...',
        ),
        (
            "SELECT * FROM Customer WHERE Id",
            'Encountered "<EOF>" at line 1, column 32.\nWas expecting one of:',
        ),
        (
            "SELECT * FROM Customer WHERE Id = %",
            'Invalid content. Lexical error at line 1, column 35. Encountered: "%" (37), after : ""',
        ),
    ],
)
def test_a_parse_fault_says_what_came_and_what_was_expected(
    five: Driver, statement: str, detail: str
) -> None:
    """Intuit facts 7.2 and 14: the words of a parser made by JavaCC."""
    assert five.query_fault(statement)["Detail"].startswith(f"QueryParserError: {detail}")
