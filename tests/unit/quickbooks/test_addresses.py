"""Where tokens may go: Intuit's hosts, each for its purpose, and those that the deployment names."""

from dataclasses import replace
from typing import Any

import pytest

from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.quickbooks.addresses import ALLOW_VARIABLE, ensure_address, read_allowed_hosts
from quickbooks_sync.quickbooks.oauth import App

KEYS = {"login": "client", "password": "hush-hush"}
ADDRESSES = ("api_url", "authorize_url", "token_url", "discovery_url")
FOREIGN = [
    "https://evil.example",
    "http://127.0.0.1:9999",
    "http://quickbooks.api.intuit.com",
    "http://sandbox-quickbooks.api.intuit.com",
    "http://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    "https://sandbox-quickbooks.api.intuit.com.evil.example",
    "https://sandbox-quickbooks.api.intuit.com.",
    "https://sandbox-quickbooks.api.intuit.com@evil.example",
    "https://user:word@sandbox-quickbooks.api.intuit.com",
    "https://sandbox-quickbooks.api.intuit.com:8443",
    "https://sandbox-quickbooks.api.intuit.com:0443",
    "https://sandbox-quickbooks.api.intuit.com:",
    "https://sandbox-quickbooks.api.intuit.com?x=1",
    "https://sandbox-quickbooks.api.intuit.com#x",
    "https://evil.example/#sandbox-quickbooks.api.intuit.com",
    "https://evil.example\\@sandbox-quickbooks.api.intuit.com",
    "https://sandbox-quickbooks.api.intuit.com\\.evil.example",
    "https://sandbox-quickbooks.api.intuit.com%2eevil.example",
    "https://SANDBOX-QUICKBOOKS.API.INTUIT.COM",
    "HTTPS://sandbox-quickbooks.api.intuit.com",
    "https://s\u0430ndbox-quickbooks.api.intuit.com",
    "https://sandbox\u2010quickbooks.api.intuit.com",
    "https://sandbox-quickbooks.api.intuit\u3002com",
    " https://sandbox-quickbooks.api.intuit.com",
    "https://sandbox-quickbooks.api.intuit.com\n",
    "https://sandbox-quickbooks.api.intuit.com /x",
    "https://sandbox-quickbooks.api.intuit.com\t.evil.example",
    "https://sandbox-quickbooks.api.intuit.com\x00",
    "https://[::1]",
    "https://[::ffff:7f00:1]:443",
    "https://2130706433",
    "https://",
    "https:///x",
    "https:sandbox-quickbooks.api.intuit.com",
    "//sandbox-quickbooks.api.intuit.com",
    "sandbox-quickbooks.api.intuit.com",
    "file:///etc/passwd",
    "ftp://sandbox-quickbooks.api.intuit.com",
    "javascript:alert(1)",
    17,
    ["https://sandbox-quickbooks.api.intuit.com"],
]


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("address", FOREIGN)
def test_a_foreign_or_malformed_address_is_refused_by_the_name_of_its_field(
    name: str, address: Any
) -> None:
    with pytest.raises(ConfigurationError, match=f"connection's {name}") as caught:
        App.from_connection({**KEYS, "extra": {name: address}}, allowed_hosts=frozenset())
    assert ALLOW_VARIABLE in caught.value.message
    assert "word" not in caught.value.message.partition(";")[0]
    assert caught.value.message.isascii()
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_app_that_is_built_directly_is_held_to_the_same(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        App("id", "secret", **{name: "https://evil.example"})  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=name):
        replace(App("id", "secret"), **{name: "https://evil.example"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("environment", "other"),
    [("sandbox", "quickbooks"), ("production", "sandbox-quickbooks")],
)
def test_the_other_environments_books_are_refused(environment: str, other: str) -> None:
    extra = {"environment": environment, "api_url": f"https://{other}.api.intuit.com"}
    with pytest.raises(ConfigurationError, match=f"environment {environment}"):
        App.from_connection({**KEYS, "extra": extra})


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("api_url", "https://oauth.platform.intuit.com"),
        ("token_url", "https://sandbox-quickbooks.api.intuit.com"),
        ("token_url", "https://appcenter.intuit.com/connect/oauth2"),
        ("authorize_url", "https://oauth.platform.intuit.com/x"),
        ("discovery_url", "https://oauth.platform.intuit.com/x"),
    ],
)
def test_each_purpose_has_its_own_hosts(name: str, address: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        App.from_connection({**KEYS, "extra": {name: address}})


def test_intuits_own_addresses_are_taken_with_the_port_that_they_have() -> None:
    extra = {
        "environment": "production",
        "api_url": "https://quickbooks.api.intuit.com:443/",
        "authorize_url": "https://appcenter.intuit.com/connect/oauth2",
        "token_url": "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        "discovery_url": "https://developer.intuit.com/.well-known/openid_configuration/",
    }
    app = App.from_connection({**KEYS, "extra": extra}, allowed_hosts=frozenset())
    assert vars(app.binding) == {
        "client_id": "client",
        "token_host": "oauth.platform.intuit.com",
        "api_host": "quickbooks.api.intuit.com",
    }


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("http://emulator:8090", True),
        ("https://emulator:8090/x", True),
        ("http://emulator:8091", False),
        ("http://emulator", False),
        ("http://emulator.:8090", False),
        ("http://emulator:8090@evil.example", False),
        ("http://xemulator:8090", False),
        ("http://plain", True),
    ],
)
def test_a_host_that_the_deployment_names_is_taken_to_the_port(
    address: str, is_taken: bool
) -> None:
    allowed = read_allowed_hosts({ALLOW_VARIABLE: "emulator:8090, plain:80,"})
    if is_taken:
        assert ensure_address(address, "token", named="x", allowed=allowed)
    else:
        with pytest.raises(ConfigurationError):
            ensure_address(address, "token", named="x", allowed=allowed)


@pytest.mark.parametrize(
    "text",
    ["emulator", "http://emulator:8090", "Emulator:8090", "*:8090", "a:0", "a:99999", "a:1/x"],
)
def test_a_list_that_is_not_hosts_with_ports_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=ALLOW_VARIABLE):
        read_allowed_hosts({ALLOW_VARIABLE: text})


def test_without_the_variable_only_intuit_is_left() -> None:
    assert read_allowed_hosts({}) == frozenset()


def test_tokens_of_intuit_are_not_revoked_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"revocation_endpoint": "http://emulator:8090/revoke"}
    monkeypatch.setattr("quickbooks_sync.quickbooks.app.fetch_discovery", lambda _url: named)
    app = App(
        "id",
        "secret",
        discovery_url="http://emulator:8090/x",
        allowed_hosts=frozenset({"emulator:8090"}),
    )
    with pytest.raises(ConfigurationError, match="both must be Intuit's"):
        app.address("revoke")


def test_a_stand_in_revokes_where_it_issues() -> None:
    app = App(
        "id",
        "secret",
        token_url="http://emulator:8090/oauth2/v1/tokens/bearer",
        allowed_hosts=frozenset({"emulator:8090"}),
    )
    assert app.address("revoke") == "http://emulator:8090/v2/oauth2/tokens/revoke"
    assert App("id", "secret").address("revoke") == (
        "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
    )


@pytest.mark.parametrize("name", [*ADDRESSES, "redirect_uri"])
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("HTTP://127.0.0.1:8090", "only lower case is accepted"),
        ("https://Sandbox-quickbooks.api.intuit.com/X", "only lower case is accepted"),
        ("https://sandbox-quickbooks.api.intuit.com#hush", "a fragment"),
        ("https://sandbox-quickbooks.api.intuit.com?hush=hush", "a query"),
        ("https://user:hush@127.0.0.1", "a user name"),
        ("https://user:hush#hush@127.0.0.1", "a fragment"),
        ("https://127.0.0.1/?hush=hush@hush", "a query"),
        ("user:hush@127.0.0.1", "a user name"),
        (" https://127.0.0.1", "blanks"),
    ],
)
def test_a_refusal_says_what_is_wrong_with_the_form(name: str, address: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=f"connection's {name}") as caught:
        App.from_connection({**KEYS, "extra": {name: address}}, allowed_hosts=frozenset())
    assert f"it has {said}" in caught.value.message or said in caught.value.message
    assert "hush" not in caught.value.message


def test_a_well_formed_address_of_somebody_else_is_not_said_to_have_a_flaw() -> None:
    extra = {"api_url": "https://evil.example/Path"}
    with pytest.raises(ConfigurationError) as caught:
        App.from_connection({**KEYS, "extra": extra}, allowed_hosts=frozenset())
    assert "(it has" not in caught.value.message
