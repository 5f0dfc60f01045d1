"""Which rejections of a run are new: those that stand unchanged are known, and stop nobody else.

A rejection is known once a run has passed with it or a person has accepted it, while its retry key is the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

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
        known = read_known_rejections(
            connection, context.scope, [outcome.source_id for outcome in outcomes]
        )
        # An empty key: a person has asked to try it again, whatever it depends on.
        is_known = [known.get(outcome.source_id) in (outcome.retry_key, "") for outcome in outcomes]
        pairs = list(zip(outcomes, is_known, strict=True))
        return cls(
            tuple(outcome for outcome, stands in pairs if stands),
            tuple(outcome for outcome, stands in pairs if not stands),
        )

    def write(self, context: RunContext, connection: Connection) -> None:
        """Note what is rejected although nothing was loaded, and list what is new of it."""
        forget_outcomes(connection, context.run_id, outcome=Outcome.REJECTED)
        write_run_outcomes(connection, context.scope, self.known + self.new)
        update_open_lists(connection, context.scope, self.new, is_known=False)
