"""The ways in which a request can fail, with the codes and words that Intuit uses.

Tree::

    EmulatorError
      FaultError         a validation or business Fault in the API's own envelope
      GatewayError       a refusal before the API: 401, 403, 429 (other casing, sometimes XML)
      NotModelledError   something Intuit has and this emulator does not: answered with 501

Intuit: errors, sections 7.1 to 7.4; shapes as recorded, section 14.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MISSING_TEXT = "Required param missing, need to supply the required value for the API"
INACTIVE_TEXT = (
    "Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)

_WITHOUT_ELEMENT = frozenset({"500", "2010", "4000", "4001", "6240"})
"""Codes whose error has no ``element``, not even an empty one."""
_WITHOUT_TIME = frozenset({"2030"})
_LONGEST_LIST = 1000


class EmulatorError(Exception):
    """The root of everything that a request can be refused with."""


class FaultError(EmulatorError):
    """A Fault of the API.

    Attributes:
        code: Intuit's error code, a string of digits.
        message: the title of the code.
        detail: what was wrong this time.
        element: the property at fault, or ""; some codes do not show it.
        kind: ValidationFault, SystemFault, AuthenticationFault or AuthorizationFault.
        status: the HTTP status when the Fault is the whole answer.
    """

    def __init__(
        self,
        code: str,
        message: str,
        detail: str,
        element: str = "",
        *,
        kind: str = "ValidationFault",
        status: int = 400,
    ) -> None:
        super().__init__(f"{code} {message}: {detail}")
        self.code, self.message, self.detail, self.element = code, message, detail, element
        self.kind, self.status = kind, status

    @property
    def has_time(self) -> bool:
        """Whether an answer that consists of this Fault says when it was given."""
        return self.code not in _WITHOUT_TIME

    def to_body(self) -> dict[str, object]:
        """Return the ``Fault`` object of the envelope."""
        error = {"Message": self.message, "Detail": self.detail, "code": self.code}
        if self.code not in _WITHOUT_ELEMENT:
            error["element"] = self.element
        return {"Error": [error], "type": self.kind}


class NotModelledError(FaultError):
    """A part of QuickBooks that this emulator leaves out, said so instead of guessed."""

    def __init__(self, what: str) -> None:
        detail = f"{what} is not modelled by the QuickBooks emulator; nothing was read or changed."
        super().__init__("501", "Not modelled", detail, kind="SystemFault", status=501)


@dataclass
class GatewayError(EmulatorError):
    """A refusal by the gateway in front of the API.

    Attributes:
        xml: answered as XML whatever the client accepts (throttling, wrong company).
    """

    status: int
    code: str
    message: str
    detail: str | None
    kind: str
    xml: bool = False


def unknown_property(name: str, owner: str = "", known: Iterable[str] = ()) -> FaultError:
    """2010 for a property that Intuit does not know.

    Args:
        name: the property.
        owner: the type of the object that held it, "" where Intuit's words are not known.
        known: what that object may hold.
    """
    text = f'Unrecognized field "{name}"'
    if owner:
        text += f" (class com.intuit.schema.finance.v3.{owner}), not marked as ignorable "
        text += _list_known(tuple(known))
    return _invalid_property(f"{text}\n specified is unsupported or invalid", name)


def _list_known(names: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    if len(listed) > _LONGEST_LIST:
        listed = listed[:_LONGEST_LIST].rpartition(",")[0] + " [truncated]"
    return f"({len(names)} known properties: {listed}])"


def unreadable_property(name: str) -> FaultError:
    """2010 for a value of the wrong JSON type."""
    text = "failed to parse json object; a property specified is unsupported or invalid"
    return _invalid_property(text, name)


def _invalid_property(text: str, element: str) -> FaultError:
    message = "Request has invalid or unsupported property"
    return FaultError("2010", message, f"Property Name:{text}", element)


def missing(element: str) -> FaultError:
    """2020 for a required value that is not there."""
    detail = f"Required parameter {element} is missing in the request"
    return FaultError("2020", MISSING_TEXT, detail, element)


def wrong_length(element: str, limit: int, supplied: int) -> FaultError:
    """2050 for a text that is too long."""
    detail = (
        "String length specified does not match the supported length. "
        f"Min:0 Max:{limit} supported. Supplied length:{supplied}"
    )
    message = "String length is either shorter or longer than supported by specification"
    return FaultError("2050", message, detail, element)


def illegal_text(element: str, text: str) -> FaultError:
    """2040 for characters that the property may not hold."""
    message = "Invalid String. The String may contain unsupported or illegal chars"
    return FaultError("2040", message, f"Element contains invalid characters. {text}", element)


def invalid(code: str, title: str, value: object, element: str) -> FaultError:
    """A value outside its domain: dates 2060, numbers 2110, enumerations 2170, e-mail 2210."""
    return FaultError(code, title, f"{title} : {value}", element)


def invalid_id(value: str) -> FaultError:
    """2030 for an Id that is no number."""
    detail = f"Id should be a valid number. Supplied value:{value}"
    return FaultError("2030", "Invalid ID", detail, "Id")


def bad_reference(what: str, element: str = "") -> FaultError:
    """2500, for instance ``Names element id 583 not found``."""
    title = "Invalid Reference Id"
    return FaultError("2500", title, f"{title} : {what}", element)


def not_found() -> FaultError:
    """610: Intuit answers 400, not 404."""
    title = "Object Not Found"
    return FaultError("610", title, f"{title} : {INACTIVE_TEXT}")


def stale() -> FaultError:
    """5010: the SyncToken is not the current one."""
    title = "Stale Object Error"
    detail = (
        "You and Craig Carlson were working on this at the same time. Craig Carlson finished "
        "before you did, so your work was not saved."
    )
    return FaultError("5010", title, f"{title} : {detail}")


def business(text: str, element: str = "") -> FaultError:
    """6000, the catch-all of business rules."""
    message = "A business validation error has occurred while processing your request"
    return FaultError("6000", message, f"Business Validation Error: {text}", element)


def duplicate_name(detail: str) -> FaultError:
    """6240 with the detail that the record type uses."""
    title = "Duplicate Name Exists Error"
    return FaultError("6240", title, f"The name supplied already exists. : {detail}")


def duplicate_number(number: str, kind: str, holder: str) -> FaultError:
    """6140, naming the transaction that holds the number."""
    title = "Duplicate Document Number Error"
    detail = (
        f"{title} : You must specify a different number. This number has already been used. "
        f"DocNumber={number} is assigned to TxnType={kind} with TxnId={holder}"
    )
    return FaultError("6140", title, detail)


def closed_period() -> FaultError:
    """6210: the date lies in a period that the company has closed with a password."""
    detail = (
        "The account period has closed and the account books cannot be updated through the QBO "
        "Services API. Please use the QBO website to make these changes."
    )
    return FaultError("6210", "Account Period Closed, Cannot Update Through Services API", detail)


def deposited() -> FaultError:
    """6540: the payment lies in a bank deposit."""
    text = "This transaction has been deposited. Remove it from the deposit first."
    return FaultError("6540", "Deposited Transaction cannot be changed", text)


def unsupported_operation(what: str) -> FaultError:
    """500 of the validation list: no such resource or operation."""
    detail = f"Operation {what} is not supported."
    return FaultError("500", "Unsupported Operation", detail)
