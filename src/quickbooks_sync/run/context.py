"""What every step of a run works with: the workspace, the run, and transactions that prove its lease."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from quickbooks_sync.model.flow import Direction, Mode, RunManifest
from quickbooks_sync.postgres.runs.leases import Lease, hold_lease
from quickbooks_sync.postgres.runs.reopened import reopen_run
from quickbooks_sync.postgres.runs.scope import RunScope
from quickbooks_sync.record_types.record_type import RecordType
from quickbooks_sync.record_types.registry import RECORD_TYPES

if TYPE_CHECKING:
    from quickbooks_sync.mapping import RecordMapping
    from quickbooks_sync.quickbooks.client import QuickBooksClient
    from quickbooks_sync.quickbooks.paging import QueryAnswer
    from quickbooks_sync.workspace import Workspace


@dataclass(frozen=True)
class RunContext:
    """A run, and where it reads and writes.

    Attributes:
        workspace: The database, the files, the Intuit app.
        run: What the steps of the run hand on.
    """

    workspace: "Workspace"
    run: RunManifest

    @contextmanager
    def transaction(self, *, is_kept: bool = True) -> Iterator[Connection]:
        """Open a transaction that may write for the run: it proves first that the run still holds its lease.

        A run that had failed is running again, for somebody has cleared a step of it.

        Args:
            is_kept: Commit in the end; a preview does the same work and rolls it back.

        Raises:
            LeaseLostError: Another run has taken the lease; nothing was written.
        """
        with self.workspace.engine.connect() as connection, connection.begin() as transaction:
            if hold_lease(connection, self.lease):
                reopen_run(connection, self.run_id)
            yield connection
            if not is_kept:
                transaction.rollback()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection that only reads."""
        with self.workspace.engine.connect() as connection:
            yield connection

    def client(self) -> "QuickBooksClient":
        """Return a client of the run's company; its calls are counted on the run."""
        return self.workspace.client(self.realm_id, self.run_id)

    def pages(self, where: str = "", **options: Any) -> "Iterator[QueryAnswer]":
        """Read the run's entity from QuickBooks, inactive records too, with all that its mapping asks for.

        Args:
            where: Which of its records; all when empty.
            **options: `page_size` and `counted`, as `QuickBooksClient.pages` takes them.
        """
        return self.client().pages(
            self.mapping.entity,
            where=where,
            asked_for=self.mapping.asked_for,
            has_activity=self.type.has_activity,
            **options,
        )

    @property
    def mapping(self) -> "RecordMapping":
        """The mapping of the run's record type."""
        return self.workspace.mapping(self.record_type)

    @property
    def type(self) -> RecordType:
        """All there is to know of the run's record type."""
        return RECORD_TYPES[self.record_type]

    @property
    def expectations(self) -> Path:
        """The expectations file of the run's record type."""
        return self.workspace.expectations / f"{self.record_type}.yaml"

    @property
    def lease(self) -> Lease:
        """The lease that the run holds."""
        run = self.run
        return Lease(run["realm_id"], run["record_type"], run["holder"], run["fence"])

    @property
    def scope(self) -> RunScope:
        """Where the run's outcomes are written."""
        return RunScope(self.realm_id, self.record_type, self.direction, self.run_id)

    @property
    def run_id(self) -> int:
        """The run's number."""
        return self.run["run_id"]

    @property
    def realm_id(self) -> str:
        """The company."""
        return self.run["realm_id"]

    @property
    def organization_id(self) -> int:
        """The company's organization in Loupe."""
        return self.run["organization_id"]

    @property
    def record_type(self) -> str:
        """The name of the run's record type."""
        return self.run["record_type"]

    @property
    def direction(self) -> Direction:
        """Where the run's records go."""
        return Direction(self.run["direction"])

    @property
    def mode(self) -> Mode:
        """Which records the run reads."""
        return Mode(self.run["mode"])

    @property
    def is_preview(self) -> bool:
        """Whether neither side is written."""
        return self.run["preview"]

    @property
    def limit(self) -> int | None:
        """At most so many records; all when `None`."""
        return self.run["limit"]

    @property
    def linked_only(self) -> bool:
        """Whether only what belongs to linked customers is taken."""
        return self.run["linked_only"]

    @property
    def record_ids(self) -> list[str]:
        """The Ids that a person asked for; empty for all."""
        return self.run["record_ids"]

    @property
    def since(self) -> str | None:
        """The first day of the transactions to read, as `2026-01-31`."""
        return self.run["since"]

    @property
    def is_narrowed(self) -> bool:
        """Whether the run sees only part of the records; such a run moves no watermark."""
        return bool(self.limit or self.record_ids or self.since or self.linked_only)

    def as_sender(self, run_id: int) -> "RunContext":
        """Return the context in which what an earlier push sent is written down as its own."""
        return replace(
            self,
            run=RunManifest(**{**self.run, "direction": Direction.PUSH.value, "run_id": run_id}),
        )
