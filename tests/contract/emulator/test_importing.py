"""Import of recorded answers: kept as recorded, completed, and refused by name when contradictory."""

import json
import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from typer.testing import CliRunner

from quickbooks_emulator.cli import app
from quickbooks_emulator.company.store import DATABASE, Store
from quickbooks_emulator.importing import ImportRefusedError, import_company
from tests.contract.emulator.driver import Driver, head

REALM = "9341450000000088"
TIMES = {
    "CreateTime": "2026-03-02T10:15:43-08:00",
    "LastUpdatedTime": "2026-08-12T09:10:06-07:00",
}


def recorded(number: str, **fields: Any) -> dict[str, Any]:
    head = {"domain": "QBO", "sparse": False, "Id": number, "SyncToken": "2", "MetaData": TIMES}
    return {**head, **fields}


def invoice(number: str, **fields: Any) -> dict[str, Any]:
    """An invoice as a query answers it: a text line, a stock line, a discount and tax."""
    item = {"value": "15", "name": "Rough garnet"}
    sold = {"ItemRef": item, "UnitPrice": 10, "Qty": 15, "TaxCodeRef": {"value": "TAX"}}
    account = {"value": "86", "name": "Discounts given"}
    given = {"PercentBased": True, "DiscountPercent": 10, "DiscountAccountRef": account}
    line = {"TaxRateRef": {"value": "3"}, "TaxPercent": 8, "NetAmountTaxable": 150.00}
    return recorded(
        number,
        DocNumber=f"10{number}",
        TxnDate="2026-08-12",
        DueDate="2026-09-11",
        CurrencyRef={"value": "USD", "name": "United States Dollar"},
        LinkedTxn=[
            {"TxnId": "100", "TxnType": "Estimate"},
            {"TxnId": "171", "TxnType": "Payment"},
        ],
        Line=[
            {"Id": "1", "LineNum": 1, "Description": "Mixed", "Amount": 150.00,
             "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": sold},
            {"Amount": 150.00, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
            {"Amount": 15.00, "DetailType": "DiscountLineDetail", "DiscountLineDetail": given},
        ],
        TxnTaxDetail={
            "TxnTaxCodeRef": {"value": "2"}, "TotalTax": 12.00,
            "TaxLine": [{"Amount": 12.00, "DetailType": "TaxLineDetail", "TaxLineDetail": line}],
        },
        CustomerRef={"value": "58", "name": "Amber & Söhne"},
        BillAddr={"Id": "140", "Line1": "Amber & Söhne", "Lat": "INVALID", "Long": "INVALID"},
        SalesTermRef={"value": "3", "name": "Net 45"},
        TotalAmt=147.00,
        Balance=87.00,
        **fields,
    )  # fmt: skip


ITEM = recorded(
    "15",
    Name="Rough garnet",
    FullyQualifiedName="Rough garnet",
    Active=True,
    Type="Inventory",
    UnitPrice=10,
    PurchaseCost=4.25,
    TrackQtyOnHand=True,
    QtyOnHand=25,
    InvStartDate="2026-01-31",
    IncomeAccountRef={"value": "79", "name": "Sales of Product Income"},
    ExpenseAccountRef={"value": "80", "name": "Cost of Goods Sold"},
    AssetAccountRef={"value": "81", "name": "Inventory Asset"},
)
CUSTOMER = recorded(
    "58", DisplayName="Amber & Söhne", FullyQualifiedName="Amber & Söhne", Active=True, Job=False,
    Balance=87.00, BalanceWithJobs=87.00, CurrencyRef={"value": "USD"},
)  # fmt: skip


def write(folder: Path, name: str, content: Any) -> Path:
    file = folder / name
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return file


def documents(folder: Path, entity: str) -> dict[int, dict[str, Any]]:
    opened = Store(folder / DATABASE)
    found = dict(opened.documents(REALM, entity))
    opened.close()
    return found


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """A folder with an invoice list and a page of items; the customer is only referred to."""
    folder = tmp_path / "answers"
    folder.mkdir()
    write(folder, "invoice.json", {"mockInvoiceData": [invoice("167"), invoice("9")]})
    page = {"QueryResponse": {"Item": [ITEM], "startPosition": 1, "maxResults": 1}}
    write(folder, "api_query.json", {**page, "time": "2026-09-02T09:12:25.101-07:00"})
    return folder


SHAPES = {
    "a list in one key of any name": {"mockInvoiceData": [invoice("167")]},
    "an object in one key": {"Invoice": invoice("167"), "time": "2026-09-02T09:12:25.101-07:00"},
    "a page of a query": {"QueryResponse": {"Invoice": [invoice("167")], "maxResults": 1}},
    "a batch": {"BatchItemResponse": [{"bId": "i1", "Invoice": invoice("167")}]},
    "a query in a batch": {
        "BatchItemResponse": [{"bId": "q", "QueryResponse": {"Invoice": [invoice("167")]}}]
    },
    "change data": {
        "CDCResponse": [{"QueryResponse": [{"Invoice": [invoice("167")], "maxResults": 1}, {}]}]
    },
    "a bare object": invoice("167"),
    "a bare list": [invoice("167")],
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_every_form_of_an_answer_is_read(tmp_path: Path, shape: Any) -> None:
    done = import_company(tmp_path, REALM, [write(tmp_path, "any.json", shape)])
    assert done.counts == {"Invoice": 1}
    assert list(documents(tmp_path, "Invoice")) == [167]


def test_records_are_served_as_recorded(
    answers: Path, tmp_path: Path, start_emulator: Callable[..., Any]
) -> None:
    import_company(tmp_path, REALM, [answers])
    driver = serve(tmp_path, start_emulator)
    for entity, expected in (("Invoice", invoice("167")), ("Item", ITEM)):
        assert driver.read(entity, expected["Id"]) == expected


def serve(folder: Path, start_emulator: Callable[..., Any]) -> Driver:
    base = start_emulator(seed=False, data_folder=folder).url
    tokens = requests.post(f"{base}/_emulator/tokens", json={"realm": REALM}, timeout=10).json()
    return Driver(base, REALM, tokens)


def test_missing_parties_are_made_up_from_their_references(answers: Path, tmp_path: Path) -> None:
    done = import_company(tmp_path, REALM, [answers])
    customer = documents(tmp_path, "Customer")[58]
    assert customer["DisplayName"] == "Amber & Söhne"
    assert customer["Balance"] == Decimal("174.00")
    assert documents(tmp_path, "Term")[3]["DueDays"] == 45
    accounts = documents(tmp_path, "Account")
    assert accounts[79]["AccountSubType"] == "SalesOfProductIncome"
    assert accounts[81]["AccountType"] == "Other Current Asset"
    assert documents(tmp_path, "TaxRate")[3]["RateValue"] == 8
    assert "Customer 58 made up as 'Amber & Söhne': 2 references" in done.made_up


def test_an_inactive_party_is_made_up_without_its_suffix(tmp_path: Path) -> None:
    reference = {"value": "58", "name": "Amber (deleted)"}
    import_company(
        tmp_path, REALM, [write(tmp_path, "i.json", {**invoice("1"), "CustomerRef": reference})]
    )
    customer = documents(tmp_path, "Customer")[58]
    assert (customer["DisplayName"], customer["Active"]) == ("Amber", False)


def test_the_imported_company_can_be_worked_with(
    answers: Path, tmp_path: Path, start_emulator: Callable[..., Any]
) -> None:
    """What every company has is there under Ids of its own, and new Ids follow the recorded."""
    import_company(tmp_path, REALM, [answers])
    driver = serve(tmp_path, start_emulator)
    customer = driver.customer("Nordwind Outfitters")
    assert int(customer["Id"]) > 58
    made = driver.invoice(customer["Id"], 120)
    assert int(made["Id"]) > 171
    paid = driver.payment(customer["Id"], 120, **{f"i{made['Id']}": 120})
    assert paid["UnappliedAmt"] == 0
    noted = {**head(driver.read("Invoice", "167")), "sparse": True, "PrivateNote": "seen"}
    changed = driver.write("Invoice", noted)
    assert (changed["TotalAmt"], changed["Balance"]) == (147, 87)
    assert changed["LinkedTxn"] == invoice("167")["LinkedTxn"]


def test_payments_that_were_not_recorded_still_count(
    answers: Path, tmp_path: Path, start_emulator: Callable[..., Any]
) -> None:
    """Else an invoice of which 60 of 147 are paid could be paid in full once more."""
    import_company(tmp_path, REALM, [answers])
    driver = serve(tmp_path, start_emulator)
    paid = driver.payment("58", 147, i167=147)
    assert paid["UnappliedAmt"] == 60
    settled = driver.read("Invoice", "167")
    assert settled["Balance"] == 0
    assert [link["TxnId"] for link in settled["LinkedTxn"]] == ["100", paid["Id"], "171"]
    assert driver.ids("SELECT Id FROM Payment", "Payment") == [paid["Id"]]
    driver.post("invoice", head(settled), operation="void")
    assert driver.read("Payment", paid["Id"])["UnappliedAmt"] == 147
    assert driver.read("Invoice", "167")["Balance"] == 0


def test_a_settlement_without_a_payment_is_said(tmp_path: Path) -> None:
    file = write(tmp_path, "i.json", {**invoice("1"), "LinkedTxn": []})
    notes = import_company(tmp_path, REALM, [file]).notes
    assert notes[0].startswith("i.json: Invoice 1: 60.0 of it is settled by nothing")


def test_a_name_that_contradicts_its_record_is_refused_by_name(
    answers: Path, tmp_path: Path
) -> None:
    other = {**CUSTOMER, "DisplayName": "Alice's Shop", "FullyQualifiedName": "Alice's Shop"}
    write(answers, "customer.json", {"mockCustomerData": [other]})
    with pytest.raises(ImportRefusedError) as refused:
        import_company(tmp_path, REALM, [answers])
    assert refused.value.problems[0] == (
        "invoice.json: Invoice 167: CustomerRef calls Customer 58 'Amber & Söhne', "
        'but customer.json: Customer 58 is "Alice\'s Shop"'
    )
    assert len(refused.value.problems) == 2
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_nothing_is_half_imported(answers: Path, tmp_path: Path) -> None:
    write(answers, "customer.json", {**CUSTOMER, "DisplayName": "X", "FullyQualifiedName": "X"})
    with pytest.raises(ImportRefusedError):
        import_company(tmp_path / "data", REALM, [answers])
    assert not (tmp_path / "data").exists()


def test_two_names_for_one_made_up_party_are_refused(tmp_path: Path) -> None:
    renamed = {**invoice("9"), "CustomerRef": {"value": "58", "name": "Bernstein"}}
    file = write(tmp_path, "i.json", [invoice("167"), renamed])
    with pytest.raises(ImportRefusedError, match=r"Customer 58 'Bernstein', but .*'Amber & Söhne'"):
        import_company(tmp_path, REALM, [file])


@pytest.mark.parametrize("name", ["AMBER & söhne ", "Amber & Söhne (deleted)"])
def test_case_blanks_and_the_suffix_contradict_nothing(
    answers: Path, tmp_path: Path, name: str
) -> None:
    write(answers, "customer.json", {**CUSTOMER, "DisplayName": name})
    assert import_company(tmp_path, REALM, [answers]).counts["Customer"] == 1


def test_the_newest_sync_token_of_an_id_wins_and_is_said(tmp_path: Path) -> None:
    newer = {**invoice("167"), "SyncToken": "11", "Balance": 0}
    files = [
        write(tmp_path, "a.json", invoice("167")),
        write(tmp_path, "b.json", newer),
        write(tmp_path, "c.json", {**invoice("167"), "SyncToken": "3"}),
    ]
    done = import_company(tmp_path, REALM, files)
    assert documents(tmp_path, "Invoice")[167]["Balance"] == 0
    assert "b.json: Invoice 167: SyncToken 11 taken, 2 in a.json left out" in done.notes


def test_the_same_record_twice_is_one(tmp_path: Path) -> None:
    done = import_company(tmp_path, REALM, [write(tmp_path, "a.json", [invoice("1")] * 2)])
    assert (done.counts, done.notes) == ({"Invoice": 1}, [])


def test_two_contents_under_one_sync_token_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path, "a.json", [invoice("1"), {**invoice("1"), "Balance": 5}])
    with pytest.raises(ImportRefusedError, match="same SyncToken"):
        import_company(tmp_path, REALM, [file])


REFUSED = {
    "a reference that is no Id": (
        {**invoice("1"), "CustomerRef": {"value": "C001", "name": "Alice"}},
        "CustomerRef points to 'C001'",
    ),
    "no whole answer": (recorded("1", DocNumber="7", Line=[], CustomerRef={}), "it lacks TxnDate"),
    "an Id that is none": (invoice("x1"), "its Id is 'x1'"),
    "a payment of what was not recorded": (
        recorded(
            "10", CustomerRef={"value": "58", "name": "A"}, TotalAmt=5, UnappliedAmt=0,
            TxnDate="2026-08-20",
            Line=[{"Amount": 5, "LinkedTxn": [{"TxnId": "1001", "TxnType": "Invoice"}]}],
        ),
        "pays Invoice 1001, which was not recorded",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("record", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_taken_is_refused_with_its_reason(
    tmp_path: Path, record: dict[str, Any], message: str
) -> None:
    file = write(tmp_path, "shape-samples-invoice.json", [record, CUSTOMER])
    with pytest.raises(ImportRefusedError, match=message):
        import_company(tmp_path, REALM, [file])


def test_transactions_that_share_an_id_are_refused(tmp_path: Path) -> None:
    paid = recorded("167", CustomerRef={"value": "58", "name": "Amber & Söhne"}, TotalAmt=5,
                    UnappliedAmt=5, TxnDate="2026-08-20", Line=[])  # fmt: skip
    file = write(tmp_path, "a.json", [invoice("167"), paid])
    with pytest.raises(ImportRefusedError, match="has the same Id"):
        import_company(tmp_path, REALM, [file])


def test_what_contradicts_can_be_left_out_instead(answers: Path, tmp_path: Path) -> None:
    odd = {**invoice("5"), "CustomerRef": {"value": "C001", "name": "Alice"}}
    write(answers, "more.json", {"Invoice": odd})
    done = import_company(tmp_path, REALM, [answers], leave_out=True)
    assert sorted(documents(tmp_path, "Invoice")) == [9, 167]
    assert any(note.startswith("Left out more.json: Invoice 5") for note in done.notes)


def test_errors_deleted_marks_and_strange_objects_are_left_out_and_said(
    answers: Path, tmp_path: Path
) -> None:
    error = {"Message": "Object Not Found", "code": "610"}
    write(answers, "error.json", {"Fault": {"Error": [error], "type": "ValidationFault"}})
    write(answers, "gone.json", {"Payment": {"domain": "QBO", "status": "Deleted", "Id": "151"}})
    write(answers, "odd.json", {"Id": "4", "SyncToken": "0", "Colour": "blue"})
    write(answers, "bill.json", {"Bill": recorded("8", TotalAmt=5)})
    notes = import_company(tmp_path, REALM, [answers]).notes
    assert notes == [
        "bill.json: left out Bill 8, which the emulator does not model",
        "error.json: left out an error that QuickBooks answered",
        "gone.json: left out the mark of a deleted record, Id 151",
        "odd.json: left out an object of an unknown kind, Id 4",
    ]


def test_preferences_and_company_details_are_kept(answers: Path, tmp_path: Path) -> None:
    prefs = recorded("1", SalesFormsPrefs={"CustomTxnNumbers": False},
                     CurrencyPrefs={"HomeCurrency": {"value": "USD"}})  # fmt: skip
    write(answers, "preference.json", {"mockPreferenceData": [prefs, {**prefs, "Id": "2"}]})
    write(answers, "company-info.json", {"mockCompanyInfoData": recorded("1", CompanyName="Q")})
    done = import_company(tmp_path, REALM, [answers])
    assert documents(tmp_path, "CompanyInfo")[1]["CompanyName"] == "Q"
    kept = documents(tmp_path, "Preferences")
    assert kept[1]["SalesFormsPrefs"] == {"CustomTxnNumbers": False}
    assert (
        "preference.json: Preferences 2: left out, a company has but one, with Id 1" in done.notes
    )


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "half.json").write_text('{"Invoice": ')
    with pytest.raises(ValueError, match=r"half\.json is not JSON"):
        import_company(tmp_path, REALM, [tmp_path / "half.json"])


def test_a_folder_without_answers_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no JSON file, nor a folder"):
        import_company(tmp_path, REALM, [tmp_path])


def test_the_command_says_what_it_did(answers: Path, tmp_path: Path) -> None:
    arguments = ["import", "--data", str(tmp_path), "--realm", REALM, str(answers)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "Customer 58 made up as 'Amber & Söhne': 2 references" in done.output
    assert "2 Invoice, 1 Item as recorded" in done.output
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 2
    assert f"The company {REALM} exists already" in again.output


def test_a_create_and_a_query_answer_of_one_record_are_put_together(tmp_path: Path) -> None:
    """Intuit facts 14: the one holds a tax code and the other a ClientEntityId; neither contradicts."""
    created = {
        **CUSTOMER,
        "DefaultTaxCodeRef": {"value": "2"},
        "WebAddr": {"URI": "https://a.example"},
    }
    listed = {**CUSTOMER, "ClientEntityId": "0", "WebAddr": {"Id": "7", "URI": "https://a.example"}}
    files = [
        write(tmp_path, "create.json", {"Customer": created}),
        write(tmp_path, "query.json", {"QueryResponse": {"Customer": [listed]}}),
    ]
    done = import_company(tmp_path, REALM, files)
    assert (done.counts, done.notes) == ({"Customer": 1}, [])
    kept = documents(tmp_path, "Customer")[58]
    assert kept["DefaultTaxCodeRef"] == {"value": "2"}
    assert (kept["ClientEntityId"], kept["WebAddr"]["Id"]) == ("0", "7")


def test_both_answers_of_the_emulator_itself_can_be_imported(
    company: Driver, tmp_path: Path
) -> None:
    created = company.customer("Nordwind")
    answers = {
        "create": {"Customer": created},
        "query": {"QueryResponse": company.query("SELECT * FROM Customer")},
    }
    files = [write(tmp_path, f"{name}.json", answer) for name, answer in answers.items()]
    assert import_company(tmp_path, REALM, files).counts == {"Customer": 1}


def test_leaving_out_one_of_two_contents_keeps_the_other(tmp_path: Path) -> None:
    other = {**CUSTOMER, "Notes": "another", "CompanyName": "Bernstein"}
    files = [
        write(tmp_path, "a.json", {**CUSTOMER, "Notes": "one"}),
        write(tmp_path, "b.json", other),
    ]
    done = import_company(tmp_path, REALM, files, leave_out=True)
    assert documents(tmp_path, "Customer")[58]["Notes"] == "one"
    assert done.notes[0].startswith("Left out b.json: Customer 58: differs from the one in a.json")


def test_imported_customers_of_one_name_can_be_changed(
    tmp_path: Path, start_emulator: Callable[..., Any]
) -> None:
    """Intuit facts 14: two sub-customers of one name, both changed after they were made."""
    other = {**CUSTOMER, "Id": "59", "DisplayName": "Basalt", "FullyQualifiedName": "Basalt"}
    pair = [
        {
            **CUSTOMER,
            "Id": number,
            "DisplayName": "Test Project",
            "ParentRef": {"value": parent["Id"]},
            "FullyQualifiedName": f"{parent['DisplayName']}:Test Project",
        }
        for number, parent in (("60", CUSTOMER), ("61", other))
    ]
    file = write(tmp_path, "a.json", {"Customer": [CUSTOMER, other, *pair]})
    import_company(tmp_path, REALM, [file])
    driver = serve(tmp_path, start_emulator)
    for number in ("60", "61"):
        change = {**head(driver.read("Customer", number)), "sparse": True, "Notes": "n"}
        assert driver.write("Customer", change)["SyncToken"] == "3"
