"""Where tokens and secrets may go: to Intuit, and to hosts that the deployment itself names.

Design note
    A connection is edited on a page by people who must not see what it protects, so no field of it may choose a
    destination. Intuit's hosts are written down here (Intuit: OAuth 2.0, section 1.1); any other host must be listed,
    as host and port, in an environment variable that no page can edit. An address is matched as a whole against a
    narrow pattern instead of being parsed leniently and inspected: what two parsers may read differently (userinfo,
    backslashes, other alphabets, escapes) is never let through. Everything that sends a token or a secret calls
    `ensure_address` right before, whoever built the app or the client.
"""

import os
import re
from collections.abc import Mapping
from typing import Literal

from quickbooks_sync.model.errors import ConfigurationError

ALLOW_VARIABLE = "QUICKBOOKS_SYNC_ALLOW_HOSTS"

Purpose = Literal["api", "authorize", "token", "revoke", "discovery"]
#: Hosts with ports, such as `127.0.0.1:8090`.
AllowedHosts = frozenset[str]

API_HOSTS = {
    "sandbox": "sandbox-quickbooks.api.intuit.com",
    "production": "quickbooks.api.intuit.com",
}
_HOSTS: Mapping[Purpose, frozenset[str]] = {
    "api": frozenset(API_HOSTS.values()),
    "authorize": frozenset({"appcenter.intuit.com"}),
    "token": frozenset({"oauth.platform.intuit.com"}),
    "revoke": frozenset({"developer.api.intuit.com"}),
    "discovery": frozenset({"developer.api.intuit.com", "developer.intuit.com"}),
}
_ADDRESS = re.compile(
    r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::([1-9][0-9]{0,4}))?(/[\w.~/-]*)?", re.ASCII
)
_HOST_AND_PORT = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*:[1-9][0-9]{0,4}")
_DEFAULT_PORTS = {"https": "443", "http": "80"}


def read_allowed_hosts(environ: Mapping[str, str] = os.environ) -> AllowedHosts:
    """Read the hosts beside Intuit's that this deployment trusts with tokens.

    Raises:
        ConfigurationError: An entry is not a host with a port.
    """
    entries = [entry.strip() for entry in environ.get(ALLOW_VARIABLE, "").split(",")]
    named = frozenset(entry for entry in entries if entry)
    for entry in sorted(named):
        if not _HOST_AND_PORT.fullmatch(entry) or int(entry.rpartition(":")[2]) > 65535:
            raise ConfigurationError(
                f"{ALLOW_VARIABLE} holds {_shown(entry)}; it must hold hosts with their ports in lower case, "
                "separated by commas, such as 127.0.0.1:8090,emulator:8090."
            )
    return named


def ensure_address(
    address: object,
    purpose: Purpose,
    *,
    named: str,
    allowed: AllowedHosts,
    environment: str | None = None,
) -> str:
    """Return the host of an address (with its port, unless that is 443), or refuse the address.

    Args:
        address: What is about to be asked or stored.
        purpose: What it is for; each purpose has its own hosts.
        named: What names the address, for the message, such as `The QuickBooks connection's api_url`.
        allowed: The deployment's further hosts.
        environment: Of the app; for `api` it settles which of Intuit's two hosts is meant.

    Raises:
        ConfigurationError: The address is malformed, not https, or of another host.
    """
    parts = _split(address)
    if parts is not None:
        scheme, host, port = parts
        if f"{host}:{port}" in allowed:
            return _to_key(host, port)
        if scheme == "https" and port == "443" and host in _expected(purpose, environment):
            return host
    raise ConfigurationError(_refusal(address, purpose, named, environment))


def ensure_well_formed(address: object, *, named: str) -> None:
    """Refuse an address that is not a plain one: for addresses that get no token, such as the redirect URI."""
    if _split(address) is None:
        raise ConfigurationError(
            f"{named} is {_shown(address)}{_flaws(address)}; it must be an http or https address of a host in lower case, without user "
            "name, query, fragment or blanks."
        )


def is_intuits(host: str) -> bool:
    """Whether a host that `ensure_address` returned is one of Intuit's."""
    return any(host in hosts for hosts in _HOSTS.values())


def _split(address: object) -> tuple[str, str, str] | None:
    found = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if found is None:
        return None
    port = found[3] or _DEFAULT_PORTS[found[1]]
    return (found[1], found[2], port) if int(port) <= 65535 else None


def _to_key(host: str, port: str) -> str:
    return host if port == "443" else f"{host}:{port}"


def _expected(purpose: Purpose, environment: str | None) -> frozenset[str]:
    if purpose == "api" and environment is not None:
        return frozenset({API_HOSTS[environment]})
    return _HOSTS[purpose]


def _refusal(address: object, purpose: Purpose, named: str, environment: str | None) -> str:
    hosts = " or ".join(f"https://{host}" for host in sorted(_expected(purpose, environment)))
    fitting = f" (environment {environment})" if purpose == "api" and environment else ""
    return (
        f"{named} is {_shown(address)}{_flaws(address)}; tokens and secrets go to Intuit alone, so it must be an address of "
        f"{hosts}{fitting}, without user name, query, fragment or another port. Correct it, or leave it empty for "
        f"Intuit's own. Another host must be named, with its port, by the deployment's variable {ALLOW_VARIABLE}."
    )


def _shown(address: object) -> str:
    """Return an address for a message: no password, query or fragment of it, and nothing that a terminal acts on."""
    text, *hidden = re.split(r"[?#]", str(address), maxsplit=1)
    scheme, rest = _cut_scheme(text)
    if "@" in "".join(hidden):
        rest = "***"  # what looks like the host may be a user name and half of a password
    elif "@" in rest:
        rest = f"***@{rest.rpartition('@')[2]}"
    return ascii(f"{scheme}{rest}"[:200])


def _flaws(address: object) -> str:
    """Say what the form of an address breaks, as far as it can be told without showing more of it."""
    scheme, rest = _cut_scheme(re.split(r"[?#]", str(address))[0])
    host = re.split(r"[/\\]", rest)[0].rpartition("@")[2]
    flaws = {
        "capital letters, and only lower case is accepted": f"{scheme}{host}"
        != f"{scheme}{host}".lower(),
        "a query, which is not shown here": "?" in str(address),
        "a fragment, which is not shown here": "#" in str(address),
        "a user name": "@" in rest,
        "blanks or control characters": re.search(r"[\s\x00-\x1f\x7f]", str(address)) is not None,
    }
    said = [flaw for flaw, is_there in flaws.items() if is_there]
    return f" (it has {'; it has '.join(said)})" if said else ""


def _cut_scheme(text: str) -> tuple[str, str]:
    found = re.match(r"[A-Za-z]+://", text)
    scheme = found[0] if found else ""
    return scheme, text[len(scheme) :]
