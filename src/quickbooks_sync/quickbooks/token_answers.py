"""What Intuit's token and revocation endpoints answer, told apart and turned into grants and errors."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import requests

from quickbooks_sync.errors import (
    ConfigurationError,
    RateLimitedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.grant import Grant, GrantRefusedError
from quickbooks_sync.json_text import parse_json

#: What says that a token which is to be revoked is dead already.
_DEAD = ("invalid_grant", "invalid_token")


def parse_token_answer(response: requests.Response) -> dict[str, Any]:
    """Return a token document; an error body must not pass for one.

    Raises:
        GrantRefusedError: The code or refresh token is not honoured.
        ConfigurationError: Client id or secret are wrong.
        RetryableError: Intuit throttles or has trouble.
        UnexpectedAnswerError: Anything else.
    """
    document = _parse(response)
    said = str(document.get("error") or "")
    if said == "invalid_grant":
        raise GrantRefusedError(str(document.get("error_description") or said))
    _raise_for_trouble(response, said)
    if response.status_code != 200 or not {"access_token", "refresh_token", "expires_in"} <= set(
        document
    ):
        raise _unexpected(response, f"{said or 'without tokens'}; expected a grant")
    return document


def check_revocation(response: requests.Response) -> None:
    """Return where a token is revoked now, or was dead already. Raises as `parse_token_answer` otherwise."""
    if response.status_code == 200:
        return
    said = str(_parse(response).get("error") or "")
    if said in _DEAD:
        return
    _raise_for_trouble(response, said)
    raise _unexpected(response, f"{said or 'without a reason'}; expected that the token is revoked")


def to_grant(document: Mapping[str, Any], asked_at: datetime) -> Grant:
    """Return the grant that a token document gives, its ends counted from when it was asked for."""

    def end(name: str, default: int) -> datetime:
        return asked_at + timedelta(seconds=int(document.get(name) or default))

    hard = "x_refresh_token_hard_expires_in"
    return Grant(
        access_token=str(document["access_token"]),
        refresh_token=str(document["refresh_token"]),
        access_expires_at=end("expires_in", 3600),
        refresh_expires_at=end("x_refresh_token_expires_in", 8_640_000),
        refresh_hard_expires_at=end(hard, 0) if document.get(hard) else None,
    )


def _parse(response: requests.Response) -> dict[str, Any]:
    try:
        document = parse_json(response.content)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _raise_for_trouble(response: requests.Response, said: str) -> None:
    status, tid = response.status_code, response.headers.get("intuit_tid")
    if status == 429:
        raise RateLimitedError("Intuit's token endpoint is throttling; try again in a minute.")
    if status >= 500:
        raise UnreachableError(f"Intuit's token endpoint answered {status}.", intuit_tid=tid)
    if said == "invalid_client" or status == 401:
        raise ConfigurationError(
            "Intuit does not accept the app's client id and secret. Check login and password of "
            "the QuickBooks connection, and that they are the keys of its environment.",
            intuit_tid=tid,
        )


def _unexpected(response: requests.Response, rest: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        f"Intuit's token endpoint answered {response.status_code} {rest}.",
        status=response.status_code,
        intuit_tid=response.headers.get("intuit_tid"),
    )
