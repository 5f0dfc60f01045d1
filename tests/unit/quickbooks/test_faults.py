"""Reading and judging QuickBooks' faults."""

import pickle

import pytest

from quickbooks_sync.model.errors import (
    CompanyStoppedError,
    QuickBooksFault,
    RateLimitedError,
    SyncError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.quickbooks.fault_text import find_fault, parse_fault_text
from quickbooks_sync.quickbooks.faults import (
    Action,
    Fault,
    FaultError,
    action_of,
    action_of_error,
    to_error,
    to_record_fault,
)

VALIDATION = {
    "Fault": {
        "Error": [
            {
                "Message": "Required param missing",
                "Detail": "Required parameter Line is missing",
                "code": "2020",
                "element": "Line",
            }
        ],
        "type": "ValidationFault",
    },
    "time": "2026-09-02T09:31:37.100-07:00",
}
GATEWAY = {
    "warnings": None,
    "fault": {
        "error": [
            {
                "message": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
                "detail": "Token expired: AB01",
                "code": "3200",
                "element": None,
            }
        ],
        "type": "AUTHENTICATION",
    },
    "time": 1730024394085,
}
OTHER_REALM = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="2026-09-02T09:00:00-07:00">'
    '<Fault type="AuthenticationFault"><Error code="100"><Message>General Authentication Error</Message>'
    "<Detail>AuthenticationErrorGeneral: SRV-110-Authentication Failure , statusCode: 401</Detail>"
    "</Error></Fault></IntuitResponse>"
)
TWO_ERRORS_NOT_CLOSED = (
    '<IntuitResponse><Fault type="ValidationFault"><Error code="6070" element="Line.Amount">'
    "<Message>Amount calculation incorrect</Message><Detail>1 &amp; 2</Detail>"
    '<Error code="2500" element=""><Message>Invalid Reference Id</Message></Error></Fault></IntuitResponse>'
)


def _fault(code: str, message: str = "", detail: str = "") -> Fault:
    return Fault((FaultError(code, message, detail),))


def _error(fault: Fault, status: int = 400) -> SyncError:
    return to_error(fault, status=status, intuit_tid="1-a", realm_id="77")


def test_a_validation_fault_is_read() -> None:
    fault = find_fault(VALIDATION)
    assert fault is not None
    assert fault.kind == "ValidationFault"
    assert fault.errors[0].code == "2020"
    assert fault.errors[0].element == "Line"


def test_a_gateway_fault_is_read_though_its_names_are_lower_case() -> None:
    fault = find_fault(GATEWAY)
    assert fault is not None
    assert fault.errors[0].code == "3200"
    assert fault.errors[0].element == ""


@pytest.mark.parametrize(
    "document",
    [{"Customer": {"Id": "1"}}, {"QueryResponse": {}, "time": "x"}, {"fault": None}, [], None],
)
def test_an_answer_is_not_taken_for_a_fault(document: object) -> None:
    assert find_fault(document) is None


def test_a_fault_in_xml_is_read() -> None:
    fault = parse_fault_text(OTHER_REALM)
    assert fault is not None
    assert [error.code for error in fault.errors] == ["100"]
    assert "SRV-110" in fault.errors[0].detail


def test_malformed_xml_still_gives_every_error() -> None:
    fault = parse_fault_text(TWO_ERRORS_NOT_CLOSED)
    assert fault is not None
    assert [error.code for error in fault.errors] == ["6070", "2500"]
    assert fault.errors[0].detail == "1 & 2"


@pytest.mark.parametrize("text", ["", "<html><body>502 Bad Gateway</body></html>"])
def test_html_and_nothing_are_no_faults(text: str) -> None:
    assert parse_fault_text(text) is None


def test_a_code_that_only_the_message_holds_is_found() -> None:
    fault = find_fault(
        {"fault": {"error": [{"message": "x; errorCode=003001; statusCode=429", "code": "0"}]}}
    )
    assert fault is not None
    assert fault.errors[0].code == "3001"


@pytest.mark.parametrize(
    ("fault", "action"),
    [
        (_fault("3001"), Action.RETRY),
        (_fault("10000"), Action.RETRY),
        (_fault("3200"), Action.REFRESH),
        (_fault("5010"), Action.MERGE),
        (_fault("6000", "x", "You can only add or edit one name at a time."), Action.MERGE),
        (_fault("6000", "x", "Please wait a few minutes and try again."), Action.RETRY),
        (_fault("6000", "x", "You must set a transaction amount."), Action.REJECT),
        (_fault("6240"), Action.REJECT),
        (_fault("6210"), Action.REJECT),
        (_fault("600"), Action.REJECT),
        (_fault("99999"), Action.REJECT),
        (_fault("6190"), Action.STOP),
        (_fault("3100"), Action.STOP),
        (Fault((FaultError("2020"), FaultError("6190"))), Action.STOP),
        (Fault((FaultError("2020"), FaultError("5010"))), Action.MERGE),
    ],
)
def test_every_code_has_one_action(fault: Fault, action: Action) -> None:
    assert action_of(fault) is action


def test_a_record_fault_carries_its_facts_but_not_the_record_in_its_text() -> None:
    fault = _fault("2040", "Invalid String", "Element contains invalid characters. Rob:Barnett")
    error = to_record_fault(fault, status=400, intuit_tid="1-a")
    again = pickle.loads(pickle.dumps(error))
    assert again.code == "2040"
    assert again.facts["detail"].endswith("Rob:Barnett")
    assert "Barnett" not in str(again)
    assert action_of_error(again) is Action.REJECT


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (_fault("3001"), 429, RateLimitedError),
        (Fault(()), 429, RateLimitedError),
        (_fault("3001"), 403, RateLimitedError),
        (Fault(()), 502, UnreachableError),
        (_fault("10000"), 500, UnreachableError),
        (_fault("3200"), 401, CompanyStoppedError),
        (Fault(()), 401, UnexpectedAnswerError),
        (Fault(()), 403, UnexpectedAnswerError),
        (_fault(""), 403, UnexpectedAnswerError),
        (_fault("BLOCKED"), 403, UnexpectedAnswerError),
        (_fault("5020"), 403, CompanyStoppedError),
        (_fault("3100"), 403, CompanyStoppedError),
        (_fault("6190"), 200, CompanyStoppedError),
        (_fault("6240"), 400, QuickBooksFault),
        (_fault("610"), 400, QuickBooksFault),
    ],
)
def test_a_refused_request_raises_by_what_to_do(
    fault: Fault, status: int, kind: type[SyncError]
) -> None:
    assert type(_error(fault, status)) is kind


def test_a_stopped_company_is_told_the_remedy() -> None:
    assert "Development keys work with sandbox companies only" in str(_error(_fault("3100"), 403))
    assert "company 77" in str(_error(_fault("6190")))
