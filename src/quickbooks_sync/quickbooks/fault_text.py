"""Reading faults out of whatever QuickBooks' gateway and services answer with."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from quickbooks_sync.quickbooks.faults import Fault, FaultError

_CODE_IN_TEXT = re.compile(r"errorCode=0*(\d+)")
# Not an XML parser: answers with several errors have lacked closing tags (Intuit: errors, section 7.1),
# and a parser of foreign XML is an attack surface of its own.
_XML_ERROR = re.compile(r"<Error\b([^>]*)>(.*?)(?=</Error>|<Error\b|</Fault>|\Z)", re.DOTALL)
_XML_ATTRIBUTE = re.compile(r"""(\w+)\s*=\s*["']([^"']*)["']""")


def find_answer_fault(document: Any) -> Fault | None:
    """Return the fault of a whole answer, wherever Intuit hides it; else `None`.

    A part of a query's or CDC answer may be a fault under HTTP 200. Items of a batch are not looked into:
    theirs are no faults of the whole.
    """
    for place in _fault_places(document):
        fault = find_fault(place)
        if fault is not None:
            return fault
    return None


def find_fault(document: Any) -> Fault | None:
    """Return the fault in a parsed JSON answer or batch item, whatever its casing; else `None`."""
    if not isinstance(document, Mapping):
        return None
    body = _lower(document).get("fault")
    if body is None:
        return None
    if not isinstance(body, Mapping):
        return Fault((FaultError(code=""),))
    fields = _lower(body)
    listed = fields.get("error")
    errors = listed if isinstance(listed, list) else [listed]
    found = tuple(_to_error(error) for error in errors if isinstance(error, Mapping))
    return Fault(found or (FaultError(code=""),), _text(fields.get("type")))


def parse_fault_text(text: str) -> Fault | None:
    """Return the fault in an answer that is not JSON: XML with errors in it, else `None` (HTML, nothing)."""
    if "<Fault" not in text:
        return None
    errors = tuple(
        _to_xml_error(match.group(1), match.group(2)) for match in _XML_ERROR.finditer(text)
    )
    kind = re.search(r"""<Fault\b[^>]*\btype=["']([^"']*)["']""", text)
    return Fault(errors or (FaultError(code=""),), kind.group(1) if kind else "")


def _fault_places(document: Any) -> Iterator[Any]:
    yield document
    yield from _parts(document, "QueryResponse")
    for response in _parts(document, "CDCResponse"):
        yield response
        yield from _parts(response, "QueryResponse")


def _parts(holder: Any, name: str) -> list[Any]:
    inner = holder.get(name) if isinstance(holder, Mapping) else None
    return inner if isinstance(inner, list) else [inner]


def _to_error(error: Mapping[str, Any]) -> FaultError:
    fields = _lower(error)
    message = _text(fields.get("message"))
    return FaultError(
        code=_plain_code(_text(fields.get("code")), message),
        message=message,
        detail=_text(fields.get("detail")),
        element=_text(fields.get("element")),
    )


def _to_xml_error(attributes: str, body: str) -> FaultError:
    named = {name.lower(): unescape(value) for name, value in _XML_ATTRIBUTE.findall(attributes)}
    message = _inner(body, "Message")
    return FaultError(
        code=_plain_code(named.get("code", ""), message),
        message=message,
        detail=_inner(body, "Detail"),
        element=named.get("element", ""),
    )


def _inner(body: str, tag: str) -> str:
    found = re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", body, re.DOTALL)
    return unescape(found.group(1)).strip() if found else ""


def _plain_code(code: str, message: str) -> str:
    """Return the code without leading zeros; the gateway sometimes says it in its message alone."""
    in_text = _CODE_IN_TEXT.search(message)
    if code.strip("0") == "" and in_text:
        return in_text.group(1)
    return code.lstrip("0") or code


def _lower(document: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in document.items()}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
