"""Orders for the emulator to fail: what may go wrong at a request, where, and how often."""

import random
from typing import Any

_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "cut_before_commit"},
    {"kind": "cut_after_commit"},
    {"kind": "cut_after_commit"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
    {"kind": "status", "status": 401},
    {"kind": "expire_token"},
    {"kind": "slow", "seconds": 0.05},
    {"kind": "malformed_xml"},
    {
        "kind": "wrong_body_after_commit",
        "body": "<html>Bad gateway</html>",
        "content_type": "text/html",
    },
    {"kind": "item_fault"},
    {"kind": "item_fault", "item": 1},
)


#: The code under which QuickBooks does not tell changes at all; then everything is read instead.
REFUSED = "4001"
#: Answers with status 200 that hold less than the truth, or another form of it.
_LIST_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "empty_list"},
    {"kind": "empty_list"},
    {"kind": "null_cdc"},
    {"kind": "cdc_fault", "code": "10000"},
    {"kind": "cdc_fault", "code": REFUSED},
    {"kind": "short_cdc"},
    {"kind": "cdc_without_part"},
    {"kind": "ids_as_numbers"},
    {"kind": "short_list"},
    {"kind": "short_list"},
    {"kind": "same_page_twice"},
)


#: Kinds that no run may take for an answer, but for a refusal.
UNREADABLE = frozenset({"null_cdc", "cdc_fault", "cdc_without_part"})
#: More often than any run asks.
EVERY_TIME = 50


def to_list_fault(rng: random.Random) -> dict[str, Any]:
    """Return an order for the emulator to spoil the answers to some list requests."""
    return {
        **rng.choice(_LIST_FAULTS),
        "times": rng.choice((1, 3, EVERY_TIME)),
        "skip": rng.choice((0, 0, 1)),
    }


def to_fault(rng: random.Random) -> dict[str, Any]:
    """Return an order for the emulator to fail at some requests."""
    order = dict(rng.choice(_FAULTS))
    path = "/batch" if order["kind"] == "item_fault" or rng.random() < 0.6 else ""
    if order.get("status") == 401:
        path = path or "/v3/"  # at the token endpoint it speaks of the app's own keys
    return {
        **order,
        "match": {"path_contains": path},
        "times": rng.choice((1, 1, 2, 4)),
        "skip": rng.choice((0, 0, 1, 2, 5)),
    }
