"""What the client does when QuickBooks fails, throttles, refuses or vanishes."""

import json
from typing import Any

import pytest

from quickbooks_sync.model.errors import (
    CompanyStoppedError,
    RateLimitedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.quickbooks.batch import BatchRequest, serialise_batch
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.patience import Patience
from tests.support.unthrottled import Unthrottled

THROTTLED_XML = (
    '<IntuitResponse><Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; '
    "errorCode=003001; statusCode=429</Message></Error></Fault></IntuitResponse>"
)
OTHER_REALM_XML = (
    '<IntuitResponse><Fault type="AuthenticationFault"><Error code="100"><Message>General Authentication '
    "Error</Message><Detail>SRV-110-Authentication Failure</Detail></Error></Fault></IntuitResponse>"
)
WRONG_KEYS = {
    "fault": {
        "error": [
            {
                "message": "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
                "detail": None,
                "code": "3100",
            }
        ],
        "type": "SERVICE",
    }
}
SUBSCRIPTION_ENDED = {
    "Fault": {"Error": [{"Message": "Invalid Company Status", "code": "6190"}], "type": "X"}
}


def _create(client: QuickBooksClient, name: str) -> dict[str, Any] | None:
    body = serialise_batch([BatchRequest("1", "create", "Customer", {"DisplayName": name})])
    return client.send_batch(body, f"f-{name}").items["1"].record


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", ["", "<html>Bad gateway</html>"])
def test_a_passing_failure_is_asked_again(setup: Any, status: int, body: str) -> None:
    setup.door.fault("status", path="/query", status=status, body=body, content_type="text/html")
    assert setup.client.count("Customer") > 0
    assert setup.throttle.requests == [False, False]


def test_a_lasting_failure_ends_as_unreachable(setup: Any) -> None:
    setup.door.fault("status", path="/query", status=503, times=9)
    with pytest.raises(UnreachableError, match="503"):
        setup.client.count("Customer")
    assert len(setup.throttle.requests) == 3


@pytest.mark.parametrize("kind", ["cut_before_commit", "cut_after_commit"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_write_whose_answer_is_lost_happens_once(setup: Any, kind: str, times: int) -> None:
    name = f"Cut {kind} {times}"
    setup.door.fault(kind, path="/batch", times=times)
    record = _create(setup.client, name)
    assert record is not None
    assert record["DisplayName"] == name
    assert setup.client.count("Customer", f"DisplayName = '{name}'") == 1


@pytest.mark.parametrize("content_type", ["application/xml", "application/json"])
def test_a_throttle_is_waited_out_and_told_to_the_others(setup: Any, content_type: str) -> None:
    body = THROTTLED_XML if "xml" in content_type else ""
    setup.door.fault("status", path="/query", status=429, body=body, content_type=content_type)
    assert setup.client.count("Customer") > 0
    assert setup.throttle.pauses == [0.02]


def test_a_throttle_is_waited_for_as_long_as_it_says(setup: Any) -> None:
    setup.door.fault("status", path="/query", status=429, headers={"Retry-After": "0"})
    assert setup.client.count("Customer") > 0
    assert setup.throttle.pauses == [0]


def test_a_lasting_throttle_ends_as_rate_limited(setup: Any) -> None:
    setup.door.fault("status", path="/query", status=429, body=THROTTLED_XML, times=9)
    with pytest.raises(RateLimitedError):
        setup.client.count("Customer")


def test_an_expired_token_is_renewed_once(setup: Any) -> None:
    setup.door.fault("expire_token", path="/query")
    before = setup.tokens.current
    assert setup.client.count("Customer") > 0
    assert setup.tokens.renewals == 1
    assert setup.tokens.current != before


def test_a_token_refused_twice_stops_the_company(setup: Any) -> None:
    setup.door.fault("status", path="/query", status=401, body=OTHER_REALM_XML, times=9)
    with pytest.raises(CompanyStoppedError, match="belongs to another company") as caught:
        setup.client.count("Customer")
    assert setup.tokens.renewals == 1
    assert setup.stops == [caught.value.message]


def test_a_grant_of_another_company_stops_with_the_remedy(setup: Any) -> None:
    other = setup.door.tokens("9341450000000002")
    setup.tokens.current, setup.tokens.refresh_token = other["access_token"], other["refresh_token"]
    with pytest.raises(CompanyStoppedError, match="reconnect"):
        setup.client.company_info()


@pytest.mark.parametrize(
    ("status", "document", "remedy"),
    [
        (403, WRONG_KEYS, "Development keys"),
        (400, SUBSCRIPTION_ENDED, "subscription"),
        (200, SUBSCRIPTION_ENDED, "subscription"),
    ],
)
def test_a_refused_company_is_asked_once(
    setup: Any, status: int, document: dict[str, Any], remedy: str
) -> None:
    setup.door.fault("status", path="/query", status=status, body=json.dumps(document))
    with pytest.raises(CompanyStoppedError, match=remedy):
        setup.client.count("Customer")
    assert len(setup.throttle.requests) == 1
    assert len(setup.stops) == 1


FOREIGN_BODIES = [
    "",
    "<html><body>Access denied by your administrator</body></html>",
    '<?xml version="1.0"?><soap:Envelope><soap:Fault><faultcode>403</faultcode></soap:Fault></soap:Envelope>',
    "<Fault>blocked</Fault>",
    "<FaultPage><Error>denied</Error></FaultPage>",
    "{}",
    "[]",
    "null",
    '"denied"',
    '{"error": "forbidden", "code": 6190}',
    '{"message": "Forbidden"}',
    '{"fault": "blocked"}',
    '{"fault": {}}',
    '{"fault": {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "oauth.v2.Invalid"}}}',
    '{"Fault": {"Error": [], "type": "X"}}',
    '{"Fault": {"Error": [{"Message": "denied"}]}}',
    '{"Fault": {"Error": [{"Message": "denied", "code": "BLOCKED"}]}}',
    '{"Fault": {"Error": [{"Message": "denied", "code": ""}]}}',
]


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("body", FOREIGN_BODIES)
def test_what_something_on_the_way_says_stops_no_company(
    setup: Any, status: int, body: str
) -> None:
    setup.door.fault("status", path="/query", status=status, body=body, times=2)
    with pytest.raises(UnexpectedAnswerError) as caught:
        setup.client.count("Customer")
    if status != 400:
        assert "Something between here and QuickBooks answered" in str(caught.value)
        assert "run again" in str(caught.value)
    assert setup.stops == []


@pytest.mark.parametrize("body", FOREIGN_BODIES)
def test_a_write_that_something_on_the_way_answered_is_not_a_refused_record(
    setup: Any, body: str
) -> None:
    setup.door.fault("status", path="/batch", status=400, body=body)
    with pytest.raises(UnexpectedAnswerError):
        _create(setup.client, "Answered on the way")
    assert setup.stops == []


@pytest.mark.parametrize("body", ["", "<html>Sign in</html>", json.dumps(WRONG_KEYS)])
def test_a_401_is_sent_once_more_with_a_renewed_token_whatever_it_says(
    setup: Any, body: str
) -> None:
    setup.door.fault("status", path="/query", status=401, body=body)
    assert setup.client.count("Customer") > 0
    assert setup.tokens.renewals == 1


def test_a_page_that_is_no_answer_names_the_address(setup: Any) -> None:
    setup.door.fault("status", path="/query", status=200, body="<html>Sign in</html>")
    with pytest.raises(UnexpectedAnswerError, match="api_url"):
        setup.client.count("Customer")


def test_a_slow_answer_is_not_waited_for_without_end(setup: Any) -> None:
    client = _client(setup, setup.door.url, Patience(attempts=1, timeout=(1, 0.1)))
    setup.door.fault("slow", path="/query", seconds=1)
    with pytest.raises(UnreachableError, match="ReadTimeout"):
        client.count("Customer")
    client.close()


def test_nobody_at_the_address_is_unreachable(setup: Any) -> None:
    client = _client(setup, "http://127.0.0.1:9", Patience(attempts=2, first_wait=0))
    with pytest.raises(UnreachableError, match="did not answer"):
        client.count("Customer")
    client.close()


def test_calls_are_counted_as_intuit_counts_them(setup: Any) -> None:
    body = serialise_batch(
        [BatchRequest(str(n), "create", "Customer", {"DisplayName": f"C{n}"}) for n in range(3)]
    )
    setup.client.company_info()
    setup.client.send_batch(body, "count-1")
    setup.client.send("Customer", {"DisplayName": "C9"}, request_id="count-2")
    assert setup.calls == {"company_info": 1, "batch": 3, "write": 1}


def test_a_throttled_call_is_not_counted(setup: Any) -> None:
    setup.door.fault("status", path="/query", status=429)
    setup.client.count("Customer")
    assert setup.calls == {"count": 1}


def test_batches_are_paced_as_batches(setup: Any) -> None:
    _create(setup.client, "Paced")
    assert setup.throttle.requests == [True]


def _client(setup: Any, url: str, patience: Patience) -> QuickBooksClient:
    return QuickBooksClient(
        realm_id="9341450000000001",
        api_url=url,
        tokens=setup.tokens,
        throttle=Unthrottled(),
        patience=patience,
        allowed_hosts=frozenset({url.partition("://")[2]}),
    )
