"""Races of refresh tokens, reconnecting and userinfo, as quickbooks-api.md section 1 has them."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.contract.emulator.driver import JSON
from tests.contract.emulator.test_oauth import REALM, Browser


@pytest.fixture
def browser(start_emulator: Callable[..., Any]) -> Browser:
    """A browser at an emulator of its own, whose switches the test may turn."""
    return Browser(start_emulator(seed=True).url)


def door(browser: Browser, path: str, **order: Any) -> Any:
    return requests.post(f"{browser.base}/_emulator/{path}", json=order, timeout=10).json()


def test_two_refreshes_at_once_can_end_the_grant(browser: Browser) -> None:
    """Intuit facts 0.2 and 1.5: the second of two with the same value kills both, if strict."""
    door(browser, "switches", strict_rotation=True)
    tokens = browser.exchange(browser.code()).json()
    first, second = (browser.refresh(tokens["refresh_token"]) for _ in range(2))
    assert first.json()["refresh_token"] != tokens["refresh_token"]
    assert second.json()["error"] == "invalid_grant"
    assert browser.refresh(first.json()["refresh_token"]).json()["error"] == "invalid_grant"
    assert browser.alive(first.json()["access_token"]).status_code == 401


def test_the_grace_of_an_old_value_can_be_switched_off(browser: Browser) -> None:
    """Intuit facts 1.5: at most about 24 h, so never to be counted on."""
    tokens = browser.exchange(browser.code()).json()
    door(browser, "grants", realm=REALM, action="rotate")
    newer = browser.refresh(tokens["refresh_token"]).json()["refresh_token"]
    assert newer != tokens["refresh_token"]
    assert browser.refresh(tokens["refresh_token"]).json()["refresh_token"] == newer
    door(browser, "switches", no_grace=True)
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert browser.refresh(newer).json()["refresh_token"] == newer


@pytest.mark.parametrize(("one_grant", "status"), [(False, 200), (True, 401)])
def test_reconnecting_gives_new_tokens(browser: Browser, one_grant: bool, status: int) -> None:
    """Intuit facts 1.5: whether older ones stay valid is not documented, so switchable."""
    door(browser, "switches", one_grant=one_grant)
    first = browser.exchange(browser.code()).json()
    second = browser.exchange(browser.code()).json()
    assert first["refresh_token"] != second["refresh_token"]
    assert browser.alive(second["access_token"]).status_code == 200
    assert browser.alive(first["access_token"]).status_code == status


def test_grants_can_expire_and_be_revoked_from_the_side(browser: Browser) -> None:
    """Intuit facts 13: knobs for an expired access token and for a person who disconnects."""
    tokens = browser.exchange(browser.code()).json()
    door(browser, "grants", realm=REALM, action="expire")
    assert browser.alive(tokens["access_token"]).status_code == 401
    assert browser.refresh(tokens["refresh_token"]).status_code == 200
    door(browser, "grants", realm=REALM, action="revoke")
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert "expected one of rotate" in door(browser, "grants", action="burn")["error"]


def test_the_hard_expiry_is_told_when_asked_for(browser: Browser) -> None:
    """Intuit facts 1.4: x-include-refresh-token-hard-expires-in."""
    tokens = browser.exchange(browser.code()).json()
    assert "x_refresh_token_hard_expires_in" not in tokens
    response = requests.post(
        f"{browser.base}/oauth2/v1/tokens/bearer",
        data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
        headers={**JSON, "x-include-refresh-token-hard-expires-in": "true"},
        auth=("demo-client", "demo-secret"),
        timeout=10,
    )
    assert 157_679_000 < response.json()["x_refresh_token_hard_expires_in"] <= 157_680_000


def test_userinfo_answers_to_the_scopes(browser: Browser) -> None:
    """Intuit facts 1.1 and 1.3: only with openid, and only what the scopes show."""

    def info(scope: str) -> requests.Response:
        location = browser.ask(realmId=REALM, scope=scope).headers["location"]
        code = location.partition("code=")[2].partition("&")[0]
        access = browser.exchange(code).json()["access_token"]
        headers = {**JSON, "Authorization": f"Bearer {access}"}
        address = f"{browser.base}/v1/openid_connect/userinfo"
        return requests.get(address, headers=headers, timeout=10)

    assert info("com.intuit.quickbooks.accounting").status_code == 403
    claims = info("openid email").json()
    assert claims.keys() == {"sub", "email", "emailVerified"}
    bad = requests.get(f"{browser.base}/v1/openid_connect/userinfo", headers=JSON, timeout=10)
    assert bad.status_code == 401
