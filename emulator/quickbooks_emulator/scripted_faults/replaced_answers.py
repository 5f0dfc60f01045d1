"""Builds the answers that an ordered fault puts in the place of the real ones."""

from __future__ import annotations

from quickbooks_emulator.model.clock import Clock, pacific_millis
from quickbooks_emulator.scripted_faults.injection import Injection
from quickbooks_emulator.wire.calls import XML_TYPE, Answer, Call, to_fault_answer
from quickbooks_emulator.wire.xml_text import NAMESPACE

_PAGE = "<html><head><title>Bad Gateway</title></head><body>upstream error</body></html>"


def answer_instead(call: Call, injection: Injection, clock: Clock) -> Answer | None:
    """Return the whole answer of a fault that strikes before anything is done, or None."""
    if injection.kind == "status":
        return status_answer(injection)
    if injection.kind == "fault":
        return to_fault_answer(call, injection.to_fault(), clock)
    if injection.kind == "malformed_xml":
        return Answer(injection.answered_status, _malformed(injection, clock), XML_TYPE)
    return None


def status_answer(injection: Injection) -> Answer:
    """Return the status and body that were ordered, as they are."""
    return _as_ordered(injection, injection.body)


def answer_afterwards(injection: Injection | None, answer: Answer) -> Answer:
    """Return the answer of a call that was carried out, garbled if that was ordered."""
    if injection is None or injection.kind != "wrong_body_after_commit":
        return answer
    return _as_ordered(injection, injection.body or _PAGE)


def _as_ordered(injection: Injection, body: str) -> Answer:
    headers = injection.headers or {}
    return Answer(injection.answered_status, body, injection.content_type, headers)


def _malformed(injection: Injection, clock: Clock) -> str:
    """Return two errors of which the first lacks its end (Intuit: errors, section 7.1)."""
    texts = f"<Message>{injection.message}</Message><Detail>{injection.detail}</Detail>"
    error = f'<Error code="{injection.code}" element="">{texts}'
    head = f'<IntuitResponse xmlns="{NAMESPACE}" time="{pacific_millis(clock.now())}">'
    return f'{head}<Fault type="{injection.fault_type}">{error}{error}</Error></Fault></IntuitResponse>'
