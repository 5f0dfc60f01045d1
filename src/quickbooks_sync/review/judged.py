"""A row as the review has judged it, and what a push would do with it."""

from dataclasses import dataclass

from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.loupe_rows import Row
from quickbooks_sync.push.decide.decided import Decided
from quickbooks_sync.push.decide.plan import PlannedRow
from quickbooks_sync.review.findings import Remark
from quickbooks_sync.settings import CompanySettings


@dataclass(frozen=True)
class Judged:
    """A row with its decision and everything that is wrong with it."""

    row: Row
    decided: Decided
    problems: tuple[Problem, ...]
    settings: CompanySettings

    @property
    def is_rejected(self) -> bool:
        """Whether it breaks a rule."""
        return any(problem.is_rejecting for problem in self.problems)

    @property
    def is_waiting(self) -> bool:
        """Whether something must come first."""
        return any(problem.waits_for for problem in self.problems)


@dataclass(frozen=True)
class Planned:
    """A row with what a push would do with it, and what keeps its request from being built."""

    judged: Judged
    row: PlannedRow
    built: tuple[Remark, ...]

    @property
    def is_sent(self) -> bool:
        """Whether a push would send it."""
        return not (self.built or self.judged.is_rejected)
