"""What deciding about a row came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quickbooks_sync.model.decision import Decision
from quickbooks_sync.model.problem import Problem


@dataclass(frozen=True)
class Decided:
    """A row's values, what is wrong with it, and what a push does with it.

    Attributes:
        values: Canonical values, with what is settled by deciding (a new customer's currency).
        problems: What rejects the row or lets it wait, where it is to be sent.
        decision: What to do.
    """

    values: Mapping[str, Any]
    problems: tuple[Problem, ...]
    decision: Decision
