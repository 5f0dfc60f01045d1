"""Consent and tokens, as quickbooks-api.md section 1 describes them."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.contract.emulator.driver import JSON

DAY = 86_400
REALM = "9341450000000001"
REDIRECT = "http://localhost:8765/callback"


@dataclass
class Browser:
    """The person and the app of an OAuth exchange."""

    base: str

    def ask(self, **changes: str) -> requests.Response:
        params = {
            "client_id": "demo-client",
            "response_type": "code",
            "scope": "com.intuit.quickbooks.accounting",
            "redirect_uri": REDIRECT,
            "state": "s-1",
            **changes,
        }
        address = f"{self.base}/connect/oauth2"
        return requests.get(address, params=params, allow_redirects=False, timeout=10)

    def code(self) -> str:
        location = self.ask(realmId=REALM).headers["location"]
        return parse_qs(urlsplit(location).query)["code"][0]

    def token(self, secret: str = "demo-secret", **form: str) -> requests.Response:
        basic = base64.b64encode(f"demo-client:{secret}".encode()).decode()
        headers = {**JSON, "Authorization": f"Basic {basic}"}
        address = f"{self.base}/oauth2/v1/tokens/bearer"
        return requests.post(address, data=form, headers=headers, timeout=10)

    def exchange(self, code: str, redirect_uri: str = REDIRECT) -> requests.Response:
        return self.token(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)

    def refresh(self, value: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=value)

    def alive(self, access: str, realm: str = REALM) -> requests.Response:
        address = f"{self.base}/v3/company/{realm}/companyinfo/{realm}"
        headers = {**JSON, "Authorization": f"Bearer {access}"}
        return requests.get(address, headers=headers, timeout=10)

    def advance(self, seconds: float) -> None:
        order = {"advance_seconds": seconds}
        requests.post(f"{self.base}/_emulator/clock", json=order, timeout=10)


@pytest.fixture(scope="module")
def emulator_base(start_module_emulator: Callable[..., Any]) -> str:
    return start_module_emulator(seed=True).url


@pytest.fixture
def browser(emulator_base: str) -> Browser:
    """A browser at an emulator whose clock stands at 2026-12-01."""
    order = {"now": datetime(2026, 12, 1, 18, tzinfo=UTC).isoformat()}
    requests.post(f"{emulator_base}/_emulator/clock", json=order, timeout=10)
    return Browser(emulator_base)


def test_the_consent_page_lets_a_person_choose_a_company(browser: Browser) -> None:
    """Intuit facts 1.2: a form, never inside a frame."""
    page = browser.ask()
    assert page.status_code == 200
    assert "Loupe Gemstones Co." in page.text
    assert "Second Facet LLC" in page.text
    assert page.headers["content-security-policy"] == "frame-ancestors 'none'"


def test_the_chosen_company_comes_with_the_redirect(browser: Browser) -> None:
    """Intuit facts 0.3 and 1.2: code, state and realmId on the redirect."""
    response = browser.ask(realmId="9341450000000002")
    parts = urlsplit(response.headers["location"])
    fields = parse_qs(parts.query)
    assert (response.status_code, f"{parts.scheme}://{parts.netloc}{parts.path}") == (302, REDIRECT)
    assert (fields["state"], fields["realmId"]) == (["s-1"], ["9341450000000002"])
    assert fields["code"][0]


def test_a_refusal_comes_back_as_access_denied(browser: Browser) -> None:
    """Intuit facts 1.2: ?error=access_denied&state=.."""
    location = browser.ask(decision="decline", realmId=REALM).headers["location"]
    assert parse_qs(urlsplit(location).query) == {"error": ["access_denied"], "state": ["s-1"]}


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "someone"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "http://localhost:8765/callback?x=1"},
        {"response_type": "token"},
        {"scope": "com.intuit.everything"},
        {"state": ""},
        {"realmId": "1"},
    ],
)
def test_a_bad_request_is_told_to_the_person_and_not_redirected(
    browser: Browser, change: dict[str, str]
) -> None:
    """Intuit facts 1.2 and 1.3: registered redirect URIs only, known scopes only."""
    response = browser.ask(**change)
    assert response.status_code == 400
    assert "location" not in response.headers


def test_a_code_gives_tokens_once(browser: Browser) -> None:
    """Intuit facts 1.2 and 1.4: single use; a second exchange revokes what the first gave."""
    code = browser.code()
    tokens = browser.exchange(code).json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    assert 8_640_000 <= tokens["x_refresh_token_expires_in"] <= 8_726_400
    assert "realmId" not in tokens
    assert browser.alive(tokens["access_token"]).status_code == 200
    again = browser.exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert browser.alive(tokens["access_token"]).status_code == 401


def test_what_the_token_endpoint_refuses(browser: Browser) -> None:
    """Intuit facts 1.6: statuses and error words; intuit_tid on errors too."""
    refused = browser.token("wrong", grant_type="refresh_token", refresh_token="x")
    assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})
    assert refused.headers["intuit_tid"]
    unknown = browser.refresh("RT1-none")
    assert unknown.status_code == 400
    assert unknown.json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }
    assert browser.token(grant_type="password").json()["error"] == "unsupported_grant_type"
    other = browser.exchange(browser.code(), "http://localhost:1/other")
    assert other.json()["error"] == "invalid_grant"


def test_an_access_token_lives_an_hour(browser: Browser) -> None:
    """Intuit facts 1.4 and 7.3: 3600 s, then 401 with code 3200 in the gateway's form."""
    tokens = browser.exchange(browser.code()).json()
    browser.advance(3599)
    assert browser.alive(tokens["access_token"]).status_code == 200
    browser.advance(2)
    response = browser.alive(tokens["access_token"])
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    error = response.json()["fault"]["error"][0]
    assert (error["code"], response.json()["fault"]["type"]) == ("3200", "AUTHENTICATION")
    assert error["detail"].startswith("Token expired: ")
    assert isinstance(response.json()["time"], int)


def test_the_refresh_value_rotates_after_a_day_and_the_old_one_dies_after_another(
    browser: Browser,
) -> None:
    """Intuit facts 1.5: same value inside 24 h, a new one after, the old one 24 h longer."""
    first = browser.exchange(browser.code()).json()["refresh_token"]
    browser.advance(DAY - 60)
    assert browser.refresh(first).json()["refresh_token"] == first
    browser.advance(120)
    second = browser.refresh(first).json()["refresh_token"]
    assert second != first
    browser.advance(DAY - 60)
    assert browser.refresh(first).json()["refresh_token"] == second
    browser.advance(120)
    assert browser.refresh(first).json()["error"] == "invalid_grant"
    assert browser.refresh(second).status_code == 200


def test_a_grant_dies_idle_and_at_five_years(browser: Browser) -> None:
    """Intuit facts 1.5: 100 idle days, five years in all; the hard expiry only when asked for."""
    value = browser.exchange(browser.code()).json()["refresh_token"]
    browser.advance(102 * DAY)
    assert browser.refresh(value).json()["error"] == "invalid_grant"
    young = browser.exchange(browser.code()).json()["refresh_token"]
    value = young
    for _ in range(19):
        browser.advance(96 * DAY)
        value = browser.refresh(value).json()["refresh_token"]
    left = browser.refresh(value).json()["x_refresh_token_expires_in"]
    assert left == 157_680_000 - 19 * 96 * DAY
    browser.advance(2 * DAY)
    assert browser.refresh(value).json()["error"] == "invalid_grant"


def test_a_revoked_grant_is_dead_in_every_form(browser: Browser) -> None:
    """Intuit facts 1.1: revoke with JSON, Basic auth, 200 with an empty body."""
    tokens = browser.exchange(browser.code()).json()
    response = requests.post(
        f"{browser.base}/v2/oauth2/tokens/revoke",
        json={"token": tokens["refresh_token"]},
        auth=("demo-client", "demo-secret"),
        timeout=10,
    )
    assert (response.status_code, response.text) == (200, "")
    assert browser.alive(tokens["access_token"]).status_code == 401
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_token_opens_only_its_own_company(browser: Browser) -> None:
    """Intuit facts 7.3: another realm gives 401 as XML even when JSON was asked for."""
    access = browser.exchange(browser.code()).json()["access_token"]
    response = browser.alive(access, "9341450000000002")
    assert response.status_code == 401
    assert response.headers["content-type"].startswith("application/xml")
    assert 'code="100"' in response.text
    assert "SRV-110-Authentication Failure , statusCode: 401" in response.text
    assert 'type="AuthenticationFault"' in response.text


@pytest.mark.parametrize(("header", "code"), [("", "3202"), ("Bearer nonsense", "3200")])
def test_no_token_and_a_malformed_one(browser: Browser, header: str, code: str) -> None:
    """Intuit facts 7.3: 3202 for an empty header, 3200 for a malformed token."""
    address = f"{browser.base}/v3/company/{REALM}/preferences"
    headers = {**JSON, "Authorization": header}
    response = requests.get(address, headers=headers, timeout=10)
    assert response.status_code == 401
    assert response.json()["fault"]["error"][0]["code"] == code


def test_the_discovery_documents_point_at_the_emulator(browser: Browser) -> None:
    """Intuit facts 1.1: both documents, with and without a slash at the end."""
    for name in ("openid_configuration", "openid_sandbox_configuration/"):
        found = requests.get(f"{browser.base}/.well-known/{name}", timeout=10).json()
        assert found["token_endpoint"] == f"{browser.base}/oauth2/v1/tokens/bearer"
        assert found["authorization_endpoint"] == f"{browser.base}/connect/oauth2"
