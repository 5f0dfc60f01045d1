"""The Intuit app as its connection describes it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.quickbooks.oauth import AUTHORIZE_URL, TOKEN_URL, App, authorize_url

HERE = frozenset({"127.0.0.1:8090"})
KEYS = {"login": "client", "password": "hush-hush"}


def test_intuits_addresses_are_the_default() -> None:
    app = App.from_connection(KEYS)
    assert (app.environment, app.authorize_url, app.token_url) == (
        "sandbox",
        AUTHORIZE_URL,
        TOKEN_URL,
    )
    assert app.api_url == "https://sandbox-quickbooks.api.intuit.com"


def test_production_has_its_own_address() -> None:
    app = App.from_connection({**KEYS, "extra": {"environment": "production"}})
    assert app.api_url == "https://quickbooks.api.intuit.com"


def test_an_extra_may_be_json_text() -> None:
    extra = '{"api_url": "http://127.0.0.1:8090/"}'
    app = App.from_connection({**KEYS, "extra": extra}, allowed_hosts=HERE)
    assert app.api_url == "http://127.0.0.1:8090"


def test_a_discovery_document_stands_in_for_addresses() -> None:
    extra = {"discovery_url": "http://127.0.0.1:8090/x"}
    app = App.from_connection({**KEYS, "extra": extra}, allowed_hosts=HERE)
    assert app.authorize_url is None
    assert app.token_url is None


def test_the_secret_is_not_in_the_repr() -> None:
    assert "hush-hush" not in repr(App.from_connection(KEYS))


@pytest.mark.parametrize(
    ("connection", "named"),
    [
        ({"password": "x"}, "login"),
        ({"login": "x", "password": "  "}, "password"),
        ({**KEYS, "extra": {"environment": "prod"}}, "'prod'"),
        ({**KEYS, "extra": "[1]"}, "not a JSON object"),
        ({**KEYS, "extra": "{"}, "not a JSON object"),
        ({**KEYS, "extra": {"redirect_uri": "http://user@localhost/cb"}}, "redirect_uri"),
    ],
)
def test_a_wrong_connection_is_refused_by_name(connection: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        App.from_connection(connection)


def test_the_authorize_address_asks_for_accounting_alone() -> None:
    app = App.from_connection({**KEYS, "extra": {"redirect_uri": "http://localhost:8765/cb"}})
    address = urlsplit(authorize_url(app, "state&1"))
    asked = parse_qs(address.query)
    assert asked == {
        "client_id": ["client"],
        "response_type": ["code"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "redirect_uri": ["http://localhost:8765/cb"],
        "state": ["state&1"],
    }
