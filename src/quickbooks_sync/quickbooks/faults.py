"""QuickBooks' faults: one table from fault code to what to do, and the errors raised for them.

Faults come as JSON with upper- or lower-case names, as XML, as HTML or as nothing at all, and also under
HTTP 200 (Intuit: errors, section 7). `fault_text.py` reads them; this module judges them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from quickbooks_sync.model.errors import (
    CompanyStoppedError,
    QuickBooksFault,
    RateLimitedError,
    SyncError,
    TooMuchAskedError,
    UnexpectedAnswerError,
    UnreachableError,
)

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_PLAIN_WORD = re.compile(r"[a-z]+|(?:[A-Z][a-z]+){2,}")
_LEFT_OUT = re.compile(r"\.\.\.(?: \.\.\.)+")
#: QuickBooks could not process a query (Intuit: errors, section 7.2).
UNPROCESSED = "4002"
#: The request id was used before (Intuit: retry classification, section 7.5).
ID_USED = "600"
#: The name or number is taken, or the request id was; perhaps by the first try of the same create.
TAKEN = ("6240", "6140", ID_USED)
_INTUITS_CODE = re.compile(r"[1-9][0-9]{0,5}")


class Action(StrEnum):
    """What to do about a fault.

    Attributes:
        RETRY: Send the identical request again later.
        REFRESH: Renew the access token, then send the identical request again, once.
        MERGE: Read the record again, merge, and send once more.
        REJECT: This record cannot be written as it is; the others go on.
        STOP: QuickBooks refuses the whole company; a person must act.
    """

    RETRY = "retry"
    REFRESH = "refresh"
    MERGE = "merge"
    REJECT = "reject"
    STOP = "stop"


@dataclass(frozen=True)
class FaultError:
    """One entry of a fault; `detail` may hold a customer's data and is never logged."""

    code: str
    message: str = ""
    detail: str = ""
    element: str = ""


@dataclass(frozen=True)
class Fault:
    """What QuickBooks says instead of an answer; it may name several errors."""

    errors: tuple[FaultError, ...]
    kind: str = ""

    @property
    def is_intuits(self) -> bool:
        """Whether Intuit wrote it: then an error of it has a number (Intuit: errors, section 7)."""
        return any(_INTUITS_CODE.fullmatch(error.code) for error in self.errors)


#: Codes with an action of their own; any other code rejects the record (Intuit: errors, section 7.5).
ACTIONS: dict[str, Action] = {
    "3001": Action.RETRY,  # throttled; strikes single items of a batch, too
    "4002": Action.RETRY,
    "10000": Action.RETRY,
    "130": Action.RETRY,  # the company moves between Intuit's clusters
    "140": Action.RETRY,
    "150": Action.RETRY,  # maintenance
    "3200": Action.REFRESH,
    "3202": Action.REFRESH,
    "5010": Action.MERGE,
    "100": Action.STOP,  # a token of another company
    "120": Action.STOP,  # the connecting user lost the rights
    "3100": Action.STOP,  # keys of the other environment
    "6190": Action.STOP,  # subscription ended
    "10200": Action.STOP,  # company reset: nothing known of it is true any more
}

#: Texts of 6000, "business validation", that speak of a moment, not of the record.
_PASSING_TEXTS = (
    "please wait a few minutes",
    "inventory products at exactly the same time",
)
_MERGE_TEXTS = ("one name at a time",)

_ORDER = (Action.STOP, Action.REFRESH, Action.RETRY, Action.MERGE, Action.REJECT)

_RECONNECT = "reconnect with `quickbooks-sync connect`"
_REMEDIES = {
    "100": f"The grant belongs to another company or app: {_RECONNECT}.",
    "120": f"The person who connected it is no longer its admin: let an admin {_RECONNECT}.",
    "3100": "Development keys work with sandbox companies only, production keys with real ones: "
    f"check environment and keys of the QuickBooks connection, then {_RECONNECT}.",
    "6190": "Its subscription has ended or has a billing problem: settle that in QuickBooks, "
    f"then {_RECONNECT}.",
    "10200": f"The company was reset in QuickBooks, and its records are new: {_RECONNECT}, then run a full "
    "sync.",
}
_OTHER_REMEDY = f"Look at the company in QuickBooks, then {_RECONNECT}."


def action_of(fault: Fault) -> Action:
    """Return what to do about a fault: the gravest action among its errors."""
    actions = {_action_of_error(error) for error in fault.errors} or {Action.REJECT}
    return next(action for action in _ORDER if action in actions)


def action_of_error(error: QuickBooksFault) -> Action:
    """Return the action that a raised or returned `QuickBooksFault` carries."""
    return Action(error.facts.get("action", Action.REJECT))


def to_record_fault(fault: Fault, *, status: int, intuit_tid: str | None) -> QuickBooksFault:
    """Make the error for one record; its message has no detail, which may quote the record."""
    first = _leading(fault)
    named = f" ({first.element})" if first.element else ""
    return QuickBooksFault(
        f"QuickBooks refused the record: {first.code or 'no code'} {first.message}{named}".rstrip(),
        code=first.code,
        detail=first.detail,
        element=first.element,
        codes=[error.code for error in fault.errors],
        status=status,
        intuit_tid=intuit_tid,
        action=action_of(fault).value,
    )


def to_error(
    fault: Fault,
    *,
    status: int,
    intuit_tid: str | None,
    realm_id: str,
    retry_after: float | None = None,
) -> SyncError:
    """Make the error for a whole request that came back with `fault`.

    Only a fault of Intuit's own stops the company or rejects a record: a firewall or a proxy on the way says nothing
    about either.
    """
    action, first = action_of(fault), _leading(fault)
    facts = {"code": first.code, "status": status, "intuit_tid": intuit_tid, "realm_id": realm_id}
    said = f"{status}, code {first.code or 'none'}, intuit_tid {intuit_tid or 'none'}"
    if status == 429 or first.code == "3001":
        return RateLimitedError(
            f"QuickBooks is throttling company {realm_id} ({said}). If it lasts, the month's free "
            "reads may be used up.",
            retry_after=retry_after,
            **facts,
        )
    is_failure = status >= 500 and action is not Action.STOP and not _is_unsupported(first)
    if first.code == UNPROCESSED:
        return _unprocessed(realm_id, first, said, facts)
    if action is Action.RETRY or is_failure:
        return UnreachableError(
            f"QuickBooks failed to answer for company {realm_id} ({said}). Try again later.",
            server="QuickBooks",
            **facts,
        )
    if not fault.is_intuits:
        return _foreign(said, facts)
    if action in (Action.STOP, Action.REFRESH) or status in (401, 403):
        return _stopped(realm_id, first, said, facts)
    return to_record_fault(fault, status=status, intuit_tid=intuit_tid)


def to_unexpected(error: QuickBooksFault, asked: str) -> UnexpectedAnswerError:
    """Turn a fault about a request that names no record of ours into an error that stops the run."""
    return UnexpectedAnswerError(
        f"QuickBooks refused {asked}: code {error.code or 'none'}, status {error.facts.get('status')}, "
        f"intuit_tid {error.facts.get('intuit_tid')}. This is a fault in the request, not in a record.",
        code=error.code,
        status=error.facts.get("status"),
        intuit_tid=error.facts.get("intuit_tid"),
    )


def _is_unsupported(error: FaultError) -> bool:
    """Whether QuickBooks does not do at all what was asked, under whatever status it says so."""
    return error.code == "500" and "not supported" in f"{error.message} {error.detail}".lower()


def _unprocessed(
    realm_id: str, first: FaultError, said: str, facts: dict[str, object]
) -> TooMuchAskedError:
    """One record that QuickBooks itself cannot read spoils each query that meets it (Intuit: section 14)."""
    text = to_plain_words(first.detail or first.message)
    return TooMuchAskedError(
        f"QuickBooks could not process a query of company {realm_id} ({said}): {text or 'it does not say why'}. Mostly "
        "one record of the company is broken.",
        **facts,
    )


def to_plain_words(text: str) -> str:
    """Return what Intuit's own words in a text say; what may be a customer's data is left out as `...`.

    Kept are words in lower case, and names of Intuit's such as `DisplayName`; quoted text, numbers, addresses and
    names of people are not.
    """
    unquoted = _QUOTED.sub(" ... ", text)
    words = [
        word if _PLAIN_WORD.fullmatch(word.strip(":;,.()")) else "..." for word in unquoted.split()
    ]
    return _LEFT_OUT.sub("...", " ".join(words)).rstrip(" .:")


def _foreign(said: str, facts: dict[str, object]) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(
        f"Something between here and QuickBooks answered for company {facts['realm_id']} ({said}): the answer holds "
        "no fault as Intuit writes them, so it says nothing about the company, which stays connected. Look for a "
        "firewall, a proxy or a sign-in page on the way, check api_url of the QuickBooks connection, and run again.",
        **facts,
    )


def _stopped(
    realm_id: str, first: FaultError, said: str, facts: dict[str, object]
) -> CompanyStoppedError:
    remedy = _REMEDIES.get(first.code, _OTHER_REMEDY)
    return CompanyStoppedError(
        f"QuickBooks refuses company {realm_id} ({said}). {remedy}", remedy=remedy, **facts
    )


def _leading(fault: Fault) -> FaultError:
    action = action_of(fault)
    leading: Sequence[FaultError] = [
        error for error in fault.errors if _action_of_error(error) is action
    ]
    return leading[0] if leading else FaultError(code="")


def _action_of_error(error: FaultError) -> Action:
    if error.code == "6000":
        text = f"{error.message} {error.detail}".lower()
        if any(sign in text for sign in _PASSING_TEXTS):
            return Action.RETRY
        if any(sign in text for sign in _MERGE_TEXTS):
            return Action.MERGE
    return ACTIONS.get(error.code, Action.REJECT)
