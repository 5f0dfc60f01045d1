"""What Intuit's token and revocation endpoints answer, told apart and turned into grants and errors."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import requests

from quickbooks_sync.model.errors import (
    ConfigurationError,
    RateLimitedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.model.grant import Grant, GrantRefusedError, is_token
from quickbooks_sync.model.json_text import parse_json

#: What says that a token which is to be revoked is dead already.
_DEAD = ("invalid_grant", "invalid_token")
_HARD_END = "x_refresh_token_hard_expires_in"
_DAY = 86_400
#: The seconds that Intuit may name, at least and at most; the first must be there (Intuit: OAuth 2.0, section 1.4: an
#: hour, 101 days and five years).
_SECONDS = {
    "expires_in": (1, 31 * _DAY),
    "x_refresh_token_expires_in": (1, 3660 * _DAY),
    _HARD_END: (0, 3660 * _DAY),
}
_WHOLE_NUMBER = re.compile(r"[0-9]{1,12}")
_OAUTH_ERROR = re.compile(r"[a-z_]{1,40}")
_PLAIN_WORD = re.compile(r"[A-Za-z]{1,24}[.,:;]?")


def parse_token_answer(response: requests.Response) -> dict[str, Any]:
    """Return a token document; neither an error body nor a grant that cannot be used may pass for one.

    What is stored takes the place of a grant that works, so every member of it is held against its form first.

    Raises:
        GrantRefusedError: The code or refresh token is not honoured.
        ConfigurationError: Client id or secret are wrong.
        RetryableError: Intuit throttles or has trouble.
        UnexpectedAnswerError: Anything else.
    """
    document = _parse(response)
    said = str(document.get("error") or "")
    if said == "invalid_grant":
        raise GrantRefusedError(_shown_words(response, document.get("error_description")))
    _raise_for_trouble(response, said)
    if said or response.status_code != 200 or not document:
        raise _unexpected(response, f"{_shown_error(said) or 'without tokens'}; expected a grant")
    flaws = _flaws_of(document)
    if flaws:
        raise _unexpected(response, f"with a grant that cannot be used: {'; '.join(flaws)}")
    return document


def check_revocation(response: requests.Response) -> None:
    """Return where a token is revoked now, or was dead already. Raises as `parse_token_answer` otherwise."""
    if response.status_code == 200:
        return
    said = str(_parse(response).get("error") or "")
    if said in _DEAD:
        return
    _raise_for_trouble(response, said)
    raise _unexpected(
        response,
        f"{_shown_error(said) or 'without a reason'}; expected that the token is revoked",
    )


def to_grant(document: Mapping[str, Any], asked_at: datetime) -> Grant:
    """Return the grant that a token document gives, its ends counted from when it was asked for."""

    def end(name: str, default: int) -> datetime:
        return asked_at + timedelta(seconds=int(document.get(name) or default))

    return Grant(
        access_token=str(document["access_token"]),
        refresh_token=str(document["refresh_token"]),
        access_expires_at=end("expires_in", 3600),
        refresh_expires_at=end("x_refresh_token_expires_in", 8_640_000),
        refresh_hard_expires_at=end(_HARD_END, 0) if document.get(_HARD_END) else None,
    )


def _parse(response: requests.Response) -> dict[str, Any]:
    try:
        document = parse_json(response.content, unique_names=True)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _flaws_of(document: Mapping[str, Any]) -> list[str]:
    """Say what keeps a token document from being a grant, without a value of it."""
    flaws = [
        f"{name} is missing, too long, or holds a character that no token has"
        for name in ("access_token", "refresh_token")
        if not is_token(document.get(name))
    ]
    for name, (least, most) in _SECONDS.items():
        value = document.get(name)
        is_optional = name != "expires_in"
        if not (is_optional and value is None) and not _is_whole(value, least, most):
            flaws.append(f"{name} is not a whole number of seconds from {least} to {most}")
    return flaws


def _is_whole(value: Any, least: int, most: int) -> bool:
    """Whether a value is a number or text of digits in a range; `true` is neither."""
    digits = str(value) if isinstance(value, int | str) else ""
    return _WHOLE_NUMBER.fullmatch(digits) is not None and least <= int(digits) <= most


def _shown_error(said: str) -> str:
    """Return the name of an error for messages; anything else in its place might hold a token."""
    return said if not said or _OAUTH_ERROR.fullmatch(said) else "an error without a name"


def _shown_words(response: requests.Response, description: object) -> str:
    """Return the plain words of a description: no token looks like them, and what was sent is not shown."""
    sent = _sent_values(response)
    words = [
        word if _PLAIN_WORD.fullmatch(word) and word.rstrip(".,:;") not in sent else "***"
        for word in str(description or "").split()
    ]
    return " ".join(words)[:200] or "invalid_grant"


def _sent_values(response: requests.Response) -> list[str]:
    """Return the tokens or code that the request carried, in its form or as JSON."""
    body = response.request.body or b""
    text = body.decode() if isinstance(body, bytes) else body
    named = parse_json(text) if text.startswith("{") else dict(parse_qsl(text))
    return [named[name] for name in ("token", "refresh_token", "code") if named.get(name)]


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
    tid = response.headers.get("intuit_tid")
    return UnexpectedAnswerError(
        f"Intuit's token endpoint answered {response.status_code} {rest}. Nothing was stored, and what was stored "
        "before is as it was. Try again; if it goes on, look for a proxy on the way, or ask Intuit with the intuit_tid "
        f"({tid or 'none'}).",
        status=response.status_code,
        intuit_tid=tid,
    )
