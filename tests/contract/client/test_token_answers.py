"""What Intuit's token endpoint may answer: a grant that can be used, or it is refused, and no token is shown."""

import json
import logging
import traceback
from typing import Any

import pytest

from quickbooks_sync.model.errors import SyncError, UnexpectedAnswerError
from quickbooks_sync.model.grant import GrantRefusedError
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.oauth import App, exchange_code, refresh
from tests.contract.client.conftest import BRISK, REALM, Door, ScriptedServer, Tokens
from tests.support.unthrottled import Unthrottled

TOKEN_PATH = "/oauth2/v1/tokens/bearer"
GOOD = {
    "token_type": "bearer",
    "access_token": "AT-new-and-good",
    "refresh_token": "RT-new-and-good",
    "expires_in": 3600,
    "x_refresh_token_expires_in": 8726400,
}
NO_TOKENS = [
    None,
    "",
    " ",
    "SECRET\n",
    "SECRET\r\nX-Other: 1",
    "SECRET word",
    "SECRET\tword",
    "SECRET\x00",
    "SECRET\x7f",
    "SECRET\u00e9",
    "SECRET\u2028",
    "SECRET\ud800",
    "SECRET" * 1000,
    True,
    12345,
    1.5,
    ["SECRET"],
    {"value": "SECRET"},
]
NO_SECONDS = [
    "", "NaN", "SECRET", "3600.5", "-1", " 3600", "\u0663", -3600, 1.5, 1e15, 10**15, 10**12, True,
    False, [3600], {},
]  # fmt: skip


def _app(url: str) -> App:
    extra = {"token_url": url + TOKEN_PATH}
    allowed = frozenset({url.partition("://")[2]})
    return App.from_connection(
        {"login": "demo-client", "password": "demo-secret", "extra": extra}, allowed_hosts=allowed
    )


def _asks(app: App) -> list[Any]:
    return [lambda: refresh(app, "RT-old"), lambda: exchange_code(app, "code-old")]


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
@pytest.mark.parametrize("value", NO_TOKENS)
def test_what_cannot_be_a_token_is_refused_and_not_shown(
    scripted: ScriptedServer, name: str, value: Any
) -> None:
    scripted.answers = [{**GOOD, name: value}]
    for ask in _asks(_app(scripted.url)):
        with pytest.raises(
            UnexpectedAnswerError, match=f"{name} is missing, .* Try again"
        ) as caught:
            ask()
        shown = "".join(traceback.format_exception(caught.value))
        assert "SECRET" not in shown
        assert "new-and-good" not in shown


@pytest.mark.parametrize(
    "name", ["expires_in", "x_refresh_token_expires_in", "x_refresh_token_hard_expires_in"]
)
@pytest.mark.parametrize("value", NO_SECONDS)
def test_an_end_that_is_no_number_of_seconds_is_refused(
    scripted: ScriptedServer, name: str, value: Any
) -> None:
    scripted.answers = [{**GOOD, name: value}]
    for ask in _asks(_app(scripted.url)):
        with pytest.raises(UnexpectedAnswerError, match=f"{name} is not a whole number"):
            ask()


@pytest.mark.parametrize("value", [None, 0])
def test_an_access_token_without_a_life_is_refused(scripted: ScriptedServer, value: Any) -> None:
    scripted.answers = [{**GOOD, "expires_in": value}]
    for ask in _asks(_app(scripted.url)):
        with pytest.raises(UnexpectedAnswerError, match="expires_in is not a whole number"):
            ask()


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(GOOD).replace("3600", "NaN"),
        json.dumps(GOOD).replace("3600", "Infinity"),
        json.dumps(GOOD)[:-1] + ', "refresh_token": "RT-second"}',
        json.dumps({**GOOD, "error": "temporarily"}),
        json.dumps([GOOD]),
        "<html>Sign in</html>",
        "",
    ],
)
def test_a_body_that_says_two_things_or_nothing_is_refused(
    scripted: ScriptedServer, body: str
) -> None:
    scripted.answers = [body.encode()]
    for ask in _asks(_app(scripted.url)):
        with pytest.raises(UnexpectedAnswerError, match="Nothing was stored"):
            ask()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"expires_in": "3600"},
        {"x_refresh_token_expires_in": None},
        {"x_refresh_token_hard_expires_in": 157_680_000},
        {"access_token": "e" * 4096, "refresh_token": "RT1-1-H0-17/+~._="},
    ],
)
def test_a_grant_in_the_form_of_intuits_is_taken(
    scripted: ScriptedServer, changes: dict[str, Any]
) -> None:
    document = {**GOOD, **changes}
    scripted.answers = [document]
    for ask in _asks(_app(scripted.url)):
        grant = ask()
        assert grant.access_token == document["access_token"]
        assert grant.refresh_token == document["refresh_token"]


@pytest.mark.parametrize(
    "error", ["invalid_grant", "invalid_client", "odd RT-old", {"x": "RT-old"}]
)
def test_a_refusal_that_quotes_what_was_sent_shows_none_of_it(
    scripted: ScriptedServer, error: Any
) -> None:
    scripted.status = 400
    quoted = "token RT-old or code-old, not " + "eyJ" * 20
    scripted.answers = [{"error": error, "error_description": quoted}]
    for ask in _asks(_app(scripted.url)):
        with pytest.raises((SyncError, GrantRefusedError)) as caught:
            ask()
        shown = repr(caught.value)
        assert not [secret for secret in ("RT-old", "code-old", "eyJeyJ") if secret in shown]


def _client(door: Door, app: App, access_token: str) -> tuple[QuickBooksClient, Tokens]:
    tokens = Tokens(app, access_token, door.tokens()["refresh_token"])
    client = QuickBooksClient(
        realm_id=REALM,
        api_url=door.url,
        tokens=tokens,
        throttle=Unthrottled(),
        patience=BRISK,
        allowed_hosts=door.allowed,
    )
    return client, tokens


@pytest.mark.parametrize("token", ["SECRET\nX", "SECRET ", "", "SECRET\u20ac", "SECRET" * 1000])
def test_a_stored_token_that_cannot_be_sent_is_renewed_instead(
    door: Door, app: App, token: str
) -> None:
    client, tokens = _client(door, app, token)
    with client:
        assert client.count("Customer") > 0
    assert tokens.renewals == 1


def test_a_token_that_no_renewal_makes_right_is_never_shown(
    door: Door, app: App, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    client, _ = _client(door, app, "SECRET\nX")
    monkeypatch.setattr(Tokens, "refreshed", lambda _self, after: after)
    with client, pytest.raises(UnexpectedAnswerError, match="Nothing was sent") as caught:
        client.company_info()
    assert "SECRET" not in "".join(traceback.format_exception(caught.value)) + caplog.text
