"""Answers that are none: the client understands an answer whole or refuses it, and never takes it for empty."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from quickbooks_sync.model.errors import (
    CompanyStoppedError,
    RateLimitedError,
    SyncError,
    TooMuchAskedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.model.json_text import MARKS
from quickbooks_sync.quickbooks.batch import BatchRequest, serialise_batch
from quickbooks_sync.quickbooks.client import QuickBooksClient
from tests.contract.client.conftest import ScriptedServer

TIME = "2026-09-02T09:12:25.101-07:00"
SINCE = datetime(2026, 9, 1, tzinfo=UTC)
META = {"CreateTime": "2026-08-01T09:00:00-07:00", "LastUpdatedTime": "2026-09-01T09:00:00-07:00"}
THROTTLED = {"Error": [{"Message": "ThrottleExceeded", "code": "3001"}], "type": "SERVICE"}
ENDED = {"Error": [{"Message": "Invalid Company Status", "code": "6190"}]}

Read = Callable[[QuickBooksClient], Any]


def customer(record_id: Any = "1", token: Any = "0", **rest: Any) -> dict[str, Any]:
    return {"Id": record_id, "SyncToken": token, "MetaData": META, **rest}


def stub(record_id: Any = "1", status: str = "Deleted") -> dict[str, Any]:
    return {"domain": "QBO", "status": status, "Id": record_id, "MetaData": META}


def listed(*records: Any, **counts: Any) -> dict[str, Any]:
    return {"QueryResponse": {"Customer": list(records), **counts}, "time": TIME}


def changed(*parts: Any) -> dict[str, Any]:
    return {"CDCResponse": [{"QueryResponse": list(parts)}], "time": TIME}


def ask(client: QuickBooksClient) -> Any:
    return client.query("SELECT * FROM Customer")


def ask_changes(client: QuickBooksClient) -> Any:
    return client.changes("Customer", SINCE)


def count(client: QuickBooksClient) -> Any:
    return client.count("Customer")


def fetch(client: QuickBooksClient) -> Any:
    return client.fetch("Customer", "1")


READS: list[Read] = [
    ask,
    ask_changes,
    count,
    fetch,
    QuickBooksClient.preferences,
    QuickBooksClient.company_info,
]
NOTHING = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"text"',
    b"<html>Sign in</html>",
    b'{"QueryResponse": {"Customer": [',
    b'{"time": "2026-09-02T09:12:25.101-07:00"}',
    b"[" * 200_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b'{"QueryResponse": {"Customer": [{"Balance": NaN}]}}',
    b'{"QueryResponse": null, "CDCResponse": null, "Customer": null, "Preferences": null, "CompanyInfo": null}',
    b'{"QueryResponse": [], "CDCResponse": [], "Customer": [], "Preferences": [], "CompanyInfo": []}',
    b'{"QueryResponse": "", "CDCResponse": "", "Customer": "", "Preferences": "", "CompanyInfo": ""}',
    b'{"QueryResponse": 7, "CDCResponse": {}, "Customer": {}, "Preferences": {}, "CompanyInfo": {}}',
    b'{"CDCResponse": null, "CDCResponse": [{"QueryResponse": [{}]}], "QueryResponse": {}, "QueryResponse": {}}',
    b"\xff\xfe{}",
    b'{"QueryResponse":' * 900 + b"1" + b"}" * 900,
    b'{"CDCResponse":[' * 400 + b"1" + b"]}" * 400,
]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("body", NOTHING)
def test_what_is_no_answer_is_refused_whatever_was_asked(
    scripted: ScriptedServer, reader: QuickBooksClient, read: Read, body: bytes
) -> None:
    scripted.answers = [body]
    with pytest.raises(UnexpectedAnswerError, match="expected"):
        read(reader)
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    "response",
    [
        {"Customer": None},
        {"Customer": customer()},
        {"Customer": "1"},
        {"Customer": [None]},
        {"Customer": ["1"]},
        {"Customer": [7]},
        {"Customer": [[]]},
        {"Customer": [{}]},
        {"Customer": [customer("")]},
        {"Customer": [customer(None)]},
        {"Customer": [customer({})]},
        {"Customer": [customer(True)]},
        {"Customer": [customer(1.5)]},
        {"Customer": [customer(" 1 ")]},
        {"Customer": [customer("1", "")]},
        {"Customer": [customer("1", None)]},
        {"Customer": [customer("1", "one")]},
        {"Customer": [customer("1", -1)]},
        {"Customer": [customer(MetaData={"LastUpdatedTime": "0001-01-01T00:00:00+14:00"})]},
        {"Customer": [{"Id": "1"}]},
        {"Customer": [customer(MetaData=None)]},
        {"Customer": [customer(MetaData={"LastUpdatedTime": "yesterday"})]},
        {"Customer": [customer("1"), {"Id": "2"}]},
        {"Invoice": [customer()]},
        {"Customer": [customer()], "Invoice": [customer()]},
        {"Customer": [customer()], "maxResults": 2},
        {"Customer": [customer()], "maxResults": None},
        {"Customer": [customer()], "maxResults": "1"},
        {"Customer": [customer()], "totalCount": -1},
        {"maxResults": 1},
        {"totalCount": 5},
        {"Customer": [stub()]},
        {"Customer": [stub(status="deleted")]},
        {"Customer": [{**stub(), "SyncToken": "1"}]},
        {"Customer": [customer(Fault={"Error": [{"code": "3001"}]})]},
        {"Customer": [customer(BillAddr={"fault": {}})]},
        {"Customer": [json.loads('{"Id":"1","SyncToken":"0","A":' + "[" * 90 + "]" * 90 + "}")]},
    ],
)
def test_a_list_that_is_not_one_of_whole_records_is_refused(
    scripted: ScriptedServer, reader: QuickBooksClient, response: dict[str, Any]
) -> None:
    scripted.answers = [{"QueryResponse": response, "time": TIME}]
    with pytest.raises(UnexpectedAnswerError, match="a query of Customer"):
        ask(reader)


@pytest.mark.parametrize(
    "response",
    [
        None,
        {},
        [],
        [None],
        [{}],
        [{"QueryResponse": None}],
        [{"QueryResponse": {}}],
        [{"QueryResponse": []}],
        [{"QueryResponse": [None]}],
        [{"QueryResponse": [[]]}],
        [{"QueryResponse": [{"Customer": None}]}],
        [{"QueryResponse": [{"Customer": {}}]}],
        [{"QueryResponse": [{"Customer": [{"status": "Deleted"}]}]}],
        [{"QueryResponse": [{"Customer": [{"Id": "1"}]}]}],
        [{"QueryResponse": [{"Invoice": []}]}],
        [{"QueryResponse": [{"Invoice": [customer()]}]}],
        [{"QueryResponse": [{}, {}]}],
        [{"QueryResponse": [{}]}, {"QueryResponse": [{}]}],
        [{"QueryResponse": [{"maxResults": None}]}],
    ],
)
def test_changes_that_are_none_never_count_as_nothing_changed(
    scripted: ScriptedServer, reader: QuickBooksClient, response: Any
) -> None:
    scripted.answers = [{"CDCResponse": response, "time": TIME}]
    with pytest.raises(UnexpectedAnswerError, match="changes of Customer"):
        ask_changes(reader)


@pytest.mark.parametrize("wrap", [lambda f: changed({"Fault": f}), lambda f: changed({"fault": f})])
@pytest.mark.parametrize(
    ("fault", "error"), [(THROTTLED, RateLimitedError), (ENDED, CompanyStoppedError)]
)
def test_a_fault_in_a_part_of_the_changes_is_that_fault(
    scripted: ScriptedServer,
    reader: QuickBooksClient,
    wrap: Callable[[Any], Any],
    fault: Any,
    error: type[SyncError],
) -> None:
    scripted.answers = [wrap(fault)]
    with pytest.raises(error):
        ask_changes(reader)


@pytest.mark.parametrize("fault", [[], {}, "broken", {"Error": []}, {"Error": None}])
@pytest.mark.parametrize("read", READS)
def test_a_fault_that_says_nothing_is_one_all_the_same(
    scripted: ScriptedServer, reader: QuickBooksClient, read: Read, fault: Any
) -> None:
    whole = {**listed(), **changed({}), "Customer": customer(), "time": TIME, "Fault": fault}
    scripted.answers = [whole]
    with pytest.raises(SyncError):
        read(reader)


def test_a_passing_fault_in_a_part_is_asked_again(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [changed({"Fault": THROTTLED}), changed({"Customer": [customer("7")]})]
    assert [record["Id"] for record in ask_changes(reader).records] == ["7"]


def test_changes_are_told_from_deletions_whatever_the_case_of_their_status(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [changed({"Customer": [customer("1"), stub("2"), stub("3", "deleted")]})]
    changes = ask_changes(reader)
    assert [record["Id"] for record in changes.records] == ["1"]
    assert [(one["Id"], one["status"]) for one in changes.deleted] == [
        ("2", "Deleted"),
        ("3", "Deleted"),
    ]
    assert changes.is_complete


def test_of_two_versions_of_a_record_the_newer_counts(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    records = [
        customer("1", "10"),
        customer("2", "0"),
        customer("1", "9"),
        stub("3"),
        customer("3"),
    ]
    scripted.answers = [changed({"Customer": records})]
    changes = ask_changes(reader)
    assert [(one["Id"], one["SyncToken"]) for one in changes.records] == [("1", "10"), ("2", "0")]
    assert [one["Id"] for one in changes.deleted] == ["3"]
    scripted.answers = [listed(*records[:3])]
    assert [one["SyncToken"] for one in ask(reader).records] == ["10", "0"]


@pytest.mark.parametrize("name", ["maxResults", "totalCount"])
def test_changes_that_say_they_are_more_are_not_complete(
    scripted: ScriptedServer, reader: QuickBooksClient, name: str
) -> None:
    scripted.answers = [changed({"Customer": [customer()], name: 2})]
    assert not ask_changes(reader).is_complete
    scripted.answers = [changed({name: 2})]
    assert not ask_changes(reader).is_complete


@pytest.mark.parametrize("empty", [{}, {"Customer": []}, {"maxResults": 0}])
def test_an_empty_list_of_the_documented_form_is_empty(
    scripted: ScriptedServer, reader: QuickBooksClient, empty: dict[str, Any]
) -> None:
    scripted.answers = [{"QueryResponse": empty, "time": TIME}]
    assert ask(reader).records == []
    scripted.answers = [changed(empty)]
    assert (ask_changes(reader).records, ask_changes(reader).is_complete) == ([], True)


def test_whole_numbers_that_name_records_become_texts(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    line = {"Id": 1, "Amount": 5, "LinkedTxn": [{"TxnId": 12, "TxnType": "Invoice"}]}
    record = customer(7, 3, CustomerRef={"value": 58, "name": "N"}, Line=[line], Balance=12)
    scripted.answers = [listed(record)]
    (read,) = ask(reader).records
    assert (read["Id"], read["SyncToken"], read["CustomerRef"]["value"]) == ("7", "3", "58")
    assert read["Line"][0]["LinkedTxn"][0]["TxnId"] == "12"
    assert (read["Line"][0]["Id"], read["Line"][0]["Amount"], read["Balance"]) == ("1", 5, 12)
    scripted.answers = [{"Customer": customer(1, 4), "time": TIME}]
    assert (fetch(reader)["Id"], fetch(reader)["SyncToken"]) == ("1", "4")


@pytest.mark.parametrize("total", [None, -1, "85", 1.5, True, [], {}])
def test_a_count_is_a_whole_number_of_zero_or_more(
    scripted: ScriptedServer, reader: QuickBooksClient, total: Any
) -> None:
    scripted.answers = [{"QueryResponse": {"totalCount": total}, "time": TIME}]
    with pytest.raises(UnexpectedAnswerError, match="a COUNT of Customer"):
        count(reader)


@pytest.mark.parametrize("record", [customer("2"), stub("1"), {"Id": "1"}, [customer("1")]])
def test_only_the_record_that_was_asked_for_is_taken(
    scripted: ScriptedServer, reader: QuickBooksClient, record: Any
) -> None:
    scripted.answers = [{"Customer": record, "time": TIME}]
    with pytest.raises(UnexpectedAnswerError, match="one Customer"):
        fetch(reader)


@pytest.mark.parametrize(
    "moment", [None, 1730024394085, "", "now", "2026-09-02", "2026-09-02T09:12:25"]
)
@pytest.mark.parametrize("read", [ask, ask_changes])
def test_a_list_without_a_time_moves_nothing(
    scripted: ScriptedServer, reader: QuickBooksClient, read: Read, moment: Any
) -> None:
    whole = {**listed(), **changed({}), "time": moment}
    scripted.answers = [whole]
    with pytest.raises(UnexpectedAnswerError, match="without a time"):
        read(reader)
    scripted.headers = {"Date": "soon"}
    with pytest.raises(UnexpectedAnswerError, match="without a time"):
        read(reader)
    scripted.headers = {"Date": "Wed, 02 Sep 2026 16:12:25 GMT"}
    assert read(reader).server_time == datetime(2026, 9, 2, 16, 12, 25, tzinfo=UTC)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_outside_the_calendar_is_none(
    scripted: ScriptedServer, reader: QuickBooksClient, moment: str
) -> None:
    scripted.answers = [{**listed(), "time": moment}]
    with pytest.raises(UnexpectedAnswerError, match="without a time"):
        ask(reader)


@pytest.mark.parametrize(
    "number", ["1e999999999", "-1E+99999", "1e-99999999999999999999", "9" * 5000]
)
def test_a_number_that_nobody_can_store_marks_its_record_alone(
    scripted: ScriptedServer, reader: QuickBooksClient, number: str
) -> None:
    body = json.dumps(listed(customer("1", Balance="N"), customer("2", Balance=5)))
    scripted.answers = [body.replace('"N"', number).encode()]
    broken, sound = ask(reader).records
    assert MARKS.match(broken["Balance"])
    assert len(broken["Balance"]) < 30
    assert sound["Balance"] == 5


@pytest.mark.parametrize(
    ("status", "code", "detail"),
    [
        (
            400,
            "500",
            "Operation cdc with changedSince date 1 which is older than fixed days is not supported.",
        ),
        (
            500,
            "500",
            "Operation cdc with changedSince date 1 which is older than fixed days is not supported.",
        ),
        (200, "500", "is not supported"),
        (400, "4001", "QueryValidationError: changedSince"),
    ],
)
def test_a_moment_too_long_ago_asks_for_everything_instead(
    scripted: ScriptedServer, reader: QuickBooksClient, status: int, code: str, detail: str
) -> None:
    scripted.status = status
    scripted.answers = [
        {"Fault": {"Error": [{"Message": "Unsupported Operation", "Detail": detail, "code": code}]}}
    ]
    assert ask_changes(reader) is None
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("code", ["5030", "4000", "610", "4002", "120120"])
@pytest.mark.parametrize("place", ["whole", "part"])
def test_any_refusal_of_changes_asks_for_everything_instead(
    scripted: ScriptedServer, reader: QuickBooksClient, code: str, place: str
) -> None:
    fault = {"Fault": {"Error": [{"Message": "x", "code": code}]}}
    scripted.status = 400 if place == "whole" else 200
    scripted.answers = [fault if place == "whole" else changed(fault)]
    assert ask_changes(reader) is None
    assert len(scripted.asked) == 1


def test_a_refusal_of_changes_that_is_none_of_intuits_stops_the_run(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.status, scripted.answers = 403, [b"<html>Blocked</html>"]
    with pytest.raises(UnexpectedAnswerError, match="firewall"):
        ask_changes(reader)


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        (
            "QueryProcessingError: To email address entered is invalid",
            "QueryProcessingError: ... email address entered is invalid",
        ),
        ("value 'ann secret' of DisplayName is invalid", "value ... of DisplayName is invalid"),
        ("Ann Secret 12 ann@secret.example", "it does not say why"),
        ("", "while processing query"),
    ],
)
def test_a_query_that_meets_a_broken_record_is_told_in_intuits_words(
    scripted: ScriptedServer, reader: QuickBooksClient, detail: str, told: str
) -> None:
    scripted.status = 400
    error = {"Message": "Error while processing query", "Detail": detail, "code": "4002"}
    scripted.answers = [{"Fault": {"Error": [error]}}]
    with pytest.raises(TooMuchAskedError) as caught:
        ask(reader)
    assert f"{told}. Mostly one record" in caught.value.message
    assert len(scripted.asked) == 1
    assert "ecret" not in repr(caught.value)


def test_a_server_failure_is_still_left_to_later_tries(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.status = 500
    scripted.answers = [{"Fault": {"Error": [{"Message": "System Failure", "code": "10000"}]}}]
    with pytest.raises(UnreachableError):
        ask_changes(reader)


# Writes


def send(client: QuickBooksClient) -> Any:
    body = serialise_batch(
        [
            BatchRequest("a", "create", "Customer", {"DisplayName": "A"}),
            BatchRequest("b", "update", "Customer", {"Id": "5", "SyncToken": "0"}),
        ]
    )
    return client.send_batch(body, "request-1").items


GOOD = [{"bId": "b", "Customer": customer("5", "1")}, {"bId": "a", "Customer": customer("6")}]
FAULT = {"Error": [{"Message": "Duplicate Name Exists Error", "code": "6240"}]}


def test_items_of_a_batch_are_matched_by_name(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [{"BatchItemResponse": GOOD}]
    items = send(reader)
    assert [items[name].record["Id"] for name in "ab"] == ["6", "5"]
    scripted.answers = [
        {"BatchItemResponse": [{"bId": "a", "Fault": FAULT}, {**GOOD[0], "Fault": None}]}
    ]
    items = send(reader)
    assert (items["a"].fault.code, items["b"].fault) == ("6240", None)


@pytest.mark.parametrize(
    "response",
    [
        None,
        [],
        {},
        "",
        [None],
        ["a"],
        GOOD[:1],
        [*GOOD, GOOD[0]],
        [*GOOD, {"bId": "c", "Customer": customer("9")}],
        [*GOOD, {"Customer": customer("9")}],
        [GOOD[0], {"Customer": customer("6")}],
        [GOOD[0], {"bId": None, "Customer": customer("6")}],
        [GOOD[0], {"bId": "a"}],
        [GOOD[0], {"bId": "a", "Customer": None}],
        [GOOD[0], {"bId": "a", "Customer": {}}],
        [GOOD[0], {"bId": "a", "Customer": [customer("6")]}],
        [GOOD[0], {"bId": "a", "Customer": {"Id": "6"}}],
        [GOOD[0], {"bId": "a", "Customer": customer("")}],
        [GOOD[0], {"bId": "a", "Customer": customer("5")}],
        [GOOD[0], {"bId": "a", "Customer": stub("6")}],
        [GOOD[0], {"bId": "a", "Invoice": customer("6")}],
        [GOOD[0], {"bId": "a", "Customer": customer("6"), "Invoice": customer("6")}],
        [GOOD[0], {"bId": "a", "Customer": customer("6"), "Fault": FAULT}],
        [GOOD[0], {"bId": "a", "Customer": customer("6"), "fault": FAULT}],
        [{"bId": "b", "Customer": customer("7")}, GOOD[1]],
    ],
)
def test_a_batch_that_is_not_answered_item_by_item_is_refused(
    scripted: ScriptedServer, reader: QuickBooksClient, response: Any
) -> None:
    scripted.answers = [{"BatchItemResponse": response, "time": TIME}]
    with pytest.raises(UnexpectedAnswerError, match="effect is unknown"):
        send(reader)


@pytest.mark.parametrize("body", [b"{}", b"<html>", b"", b'{"BatchItemResponse": ['])
def test_a_batch_without_an_answer_is_refused(
    scripted: ScriptedServer, reader: QuickBooksClient, body: bytes
) -> None:
    scripted.answers = [body]
    with pytest.raises(UnexpectedAnswerError):
        send(reader)


@pytest.mark.parametrize(
    "record", [None, {}, customer("6"), stub("5"), {"Id": "5"}, [customer("5")]]
)
def test_a_single_write_is_answered_by_the_record_it_wrote(
    scripted: ScriptedServer, reader: QuickBooksClient, record: Any
) -> None:
    scripted.answers = [{"Customer": record, "time": TIME}]
    with pytest.raises(UnexpectedAnswerError, match="update of one Customer"):
        reader.send("Customer", {"Id": "5", "SyncToken": "0"}, request_id="r")


def test_a_deletion_is_answered_by_a_stub(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [{"Invoice": stub("5")}]
    payload = {"Id": "5", "SyncToken": "0"}
    assert reader.send("Invoice", payload, operation="delete", request_id="r")["Id"] == "5"


# What only a part of the answer tells.


@pytest.mark.parametrize("where", ["Id IN ('1', '2')", "Active = true AND Id IN ('1')"])
def test_a_list_asked_for_by_id_holds_no_other_record(
    scripted: ScriptedServer, reader: QuickBooksClient, where: str
) -> None:
    statement = f"SELECT * FROM Customer WHERE {where}"
    scripted.answers = [listed(customer("1"))]
    assert [record["Id"] for record in reader.query(statement).records] == ["1"]
    scripted.answers = [listed(customer("1"), customer("7"))]
    with pytest.raises(UnexpectedAnswerError, match="record 7; expected only records whose Ids"):
        reader.query(statement)


@pytest.mark.parametrize(
    ("deleted_at", "written_at", "is_deleted"),
    [("10:00", "09:00", True), ("10:00", "10:00", True), ("10:00", "11:00", False)],
)
@pytest.mark.parametrize("is_stub_first", [True, False])
def test_a_record_written_after_its_deletion_is_there_again(
    scripted: ScriptedServer,
    reader: QuickBooksClient,
    deleted_at: str,
    written_at: str,
    is_deleted: bool,
    is_stub_first: bool,
) -> None:
    def at(hour: str) -> dict[str, str]:
        return {"LastUpdatedTime": f"2026-09-01T{hour}:00-07:00"}

    records = [{**stub(), "MetaData": at(deleted_at)}, customer(MetaData=at(written_at))]
    scripted.answers = [changed({"Customer": records if is_stub_first else records[::-1]})]
    changes = ask_changes(reader)
    assert (len(changes.deleted), len(changes.records)) == ((1, 0) if is_deleted else (0, 1))


PREFERENCES = {
    name: {"UsingSalesTax": True}
    for name in (
        *("AccountingInfoPrefs", "ProductAndServicesPrefs", "SalesFormsPrefs"),
        *("TaxPrefs", "CurrencyPrefs"),
    )
}


@pytest.mark.parametrize("name", PREFERENCES)
@pytest.mark.parametrize("found", [None, "", []])
def test_preferences_without_a_part_switch_nothing_off(
    scripted: ScriptedServer, reader: QuickBooksClient, name: str, found: Any
) -> None:
    scripted.answers = [{"Preferences": customer(**PREFERENCES)}]
    assert reader.preferences()["TaxPrefs"] == {"UsingSalesTax": True}
    scripted.answers = [{"Preferences": customer(**{**PREFERENCES, name: found})}]
    with pytest.raises(UnexpectedAnswerError, match=f"as {name}"):
        reader.preferences()
