"""Which rejections of a run are new: those that stand unchanged are known, and stop nobody else.

A rejection is known once a run has passed with it or a person has accepted it, while the record's version is the same
and no other rule rejects it. Its retry key says when to try it again, and may change without a word about the record:
with any setting, or with what the record refers to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import not_

from sqlalchemy import Connection

from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.records import staging
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.runs.open_lists import update_open_lists
from quickbooks_sync.postgres.runs.record_outcomes import (
    forget_outcomes,
    read_known_rejections,
    write_run_outcomes,
)
from quickbooks_sync.run.context import RunContext

#: Returns the outcomes of those staged records that are rejected; each direction has its own.
ListRejected = Callable[[RunContext, Connection, Sequence[StagedRecord]], list[RecordOutcome]]


@dataclass(frozen=True)
class Rejections:
    """A run's rejected records.

    Attributes:
        known: Those that stand since before.
        new: The others.
    """

    known: tuple[RecordOutcome, ...]
    new: tuple[RecordOutcome, ...]

    @classmethod
    def read(
        cls, context: RunContext, connection: Connection, list_rejected: ListRejected
    ) -> "Rejections":
        """Read what the steps before have rejected."""
        records = staging.read_rejected(connection, context.run_id)
        outcomes = list_rejected(context, connection, records)
        key = context.realm_id, context.record_type, context.direction
        return cls.sort(connection, *key, outcomes)

    @classmethod
    def sort(
        cls,
        connection: Connection,
        realm_id: str,
        record_type: str,
        direction: Direction,
        outcomes: Sequence[RecordOutcome],
    ) -> "Rejections":
        """Sort rejected records of a flow by whether they stand since before."""
        ids = [outcome.source_id for outcome in outcomes]
        listed = read_known_rejections(connection, realm_id, record_type, direction, ids)
        stands = [_stands(outcome, listed.get(outcome.source_id)) for outcome in outcomes]
        return cls(
            tuple(compress(outcomes, stands)),
            tuple(compress(outcomes, map(not_, stands))),
        )

    def write(self, context: RunContext, connection: Connection) -> None:
        """Note what is rejected although nothing was loaded, and list what is new of it."""
        forget_outcomes(connection, context.run_id, outcome=Outcome.REJECTED)
        write_run_outcomes(connection, context.scope, self.known + self.new)
        update_open_lists(connection, context.scope, self.new, is_known=False)


def _stands(outcome: RecordOutcome, listed: RecordOutcome | None) -> bool:
    """Whether a rejection was listed before, and nothing is new about it."""
    if listed is None:
        return False
    # An empty key: a person has asked to try it again, whatever has become of it.
    is_asked_for = listed.retry_key == ""
    is_same = outcome.source_version == listed.source_version
    return is_asked_for or (is_same and _rules_of(outcome) <= _rules_of(listed))


def _rules_of(outcome: RecordOutcome) -> set[tuple[str | None, str]]:
    return {(cause.field, cause.rule) for cause in outcome.causes}
