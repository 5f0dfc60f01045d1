"""What a push does with a row: decided by `transform`, staged, and carried out by `load`.

Design note
    A decision says everything that `load` needs, so that nothing is decided twice. It is staged as JSON under the name
    of its kind; what an earlier release staged in another form is refused, not guessed at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from quickbooks_sync.model.base import Base
from quickbooks_sync.model.errors import StaleRunError
from quickbooks_sync.model.outcome import FieldConflict
from quickbooks_sync.model.problem import Problem, to_problems

Json = dict[str, Any]


class Operation(StrEnum):
    """One kind of write to QuickBooks."""

    CREATE = "create"
    UPDATE = "update"
    VOID = "void"
    ADJUST = "adjust"


@dataclass(frozen=True)
class Agreement:
    """What both sides of a row that is not sent hold alike now; noted on its link.

    Attributes:
        base: The base from now on.
        is_settled: Whether the row's version is agreed as a whole, so that the row is looked at again only once it
            has changed.
    """

    base: Base
    is_settled: bool


@dataclass(frozen=True)
class MissingSetting:
    """A company setting that something of a row waits for, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Create:
    """Create the record in QuickBooks.

    Attributes:
        fields: Names of the fields to send.
    """

    fields: tuple[str, ...]


@dataclass(frozen=True)
class Update:
    """Change the record in QuickBooks.

    Attributes:
        fields: Names of the fields to send.
        conflicts: Fields that are held and not sent.
        adjusts_quantity: Whether the stock quantity is adjusted beside it.
    """

    fields: tuple[str, ...]
    conflicts: tuple[FieldConflict, ...] = ()
    adjusts_quantity: bool = False


@dataclass(frozen=True)
class Void:
    """Void the record in QuickBooks.

    Attributes:
        fields: Names of the fields that move with it.
        conflicts: Fields that are held.
    """

    fields: tuple[str, ...]
    conflicts: tuple[FieldConflict, ...] = ()


@dataclass(frozen=True)
class Keep:
    """Leave a linked record as it is: nothing of it is to be sent, and nothing is held.

    Attributes:
        differs: On what the sides do not agree all the same.
        waits_for: The setting that its stock adjustment waits for.
        adjusts_quantity: Whether the stock quantity is adjusted.
        agreement: What is agreed by now.
    """

    differs: tuple[Problem, ...] = ()
    waits_for: MissingSetting | None = None
    adjusts_quantity: bool = False
    agreement: Agreement | None = None


@dataclass(frozen=True)
class Hold:
    """Send nothing of the record until a person has decided.

    Attributes:
        reason: Why, in words a person can act on.
        conflicts: The fields that are held.
        differs: What else is to be said of the record.
        waits_for: The setting that its stock adjustment waits for.
        adjusts_quantity: Whether the stock quantity is adjusted all the same.
        agreement: What is agreed by now; `None` where nothing can be, for the record as a whole is in question.
    """

    reason: str
    conflicts: tuple[FieldConflict, ...] = ()
    differs: tuple[Problem, ...] = ()
    waits_for: MissingSetting | None = None
    adjusts_quantity: bool = False
    agreement: Agreement | None = None


@dataclass(frozen=True)
class Skip:
    """Leave the row out: it is not pushed at all."""

    reason: str


Decision = Create | Update | Void | Keep | Hold | Skip


def fields_sent(decision: Decision | None) -> tuple[str, ...] | None:
    """Return the fields that a change sends; `None` for all, of what is created or pulled."""
    return decision.fields if isinstance(decision, Update) else None


_KINDS: Mapping[str, type[Decision]] = {
    "create": Create,
    "update": Update,
    "void": Void,
    "keep": Keep,
    "hold": Hold,
    "skip": Skip,
}


def decision_to_json(decision: Decision) -> Json:
    """Return a decision as it is staged."""
    attributes = {
        name: _WRITERS[name](value) if name in _WRITERS and value is not None else value
        for name, value in vars(decision).items()
    }
    return {"decision": type(decision).__name__.lower(), **attributes}


def decision_from_json(document: Mapping[str, Any]) -> Decision:
    """Read a staged decision.

    Raises:
        StaleRunError: An earlier release staged it, in another form.
    """
    kind = _KINDS.get(str(document.get("decision")))
    if kind is None:
        raise StaleRunError(
            "This run was staged by an earlier release, which noted its decisions in another form. Nothing more of it "
            "was sent; start the flow again.",
        )
    attributes = {
        name: _READERS[name](value) if name in _READERS and value is not None else value
        for name, value in document.items()
        if name != "decision"
    }
    return kind(**attributes)


def _agreement_to_json(agreement: Agreement) -> Json:
    base = {"loupe": dict(agreement.base.loupe), "quickbooks": dict(agreement.base.quickbooks)}
    return {**base, "is_settled": agreement.is_settled}


def _agreement_from_json(document: Mapping[str, Any]) -> Agreement:
    return Agreement(Base(document["loupe"], document["quickbooks"]), document["is_settled"])


_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    "fields": list,
    "conflicts": lambda conflicts: [vars(conflict) for conflict in conflicts],
    "differs": lambda problems: [problem.to_json() for problem in problems],
    "waits_for": vars,
    "agreement": _agreement_to_json,
}
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "fields": tuple,
    "conflicts": lambda listed: tuple(FieldConflict(**conflict) for conflict in listed),
    "differs": to_problems,
    "waits_for": lambda document: MissingSetting(**document),
    "agreement": _agreement_from_json,
}
