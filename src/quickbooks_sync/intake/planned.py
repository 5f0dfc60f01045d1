"""What a record will change in Loupe; carried out once it is known what the whole batch changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quickbooks_sync.intake.batch_context import LoupeRow
from quickbooks_sync.matching.merge import Merge
from quickbooks_sync.model.base import Base
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.postgres.records.loupe_rows import Row
from quickbooks_sync.postgres.records.staging import StagedRecord

Values = Mapping[str, Any]


@dataclass(frozen=True)
class PlannedMerge:
    """A record merged with the row that it is.

    Attributes:
        record: The record.
        link: Its link so far.
        ours: The row.
        theirs: The record's canonical values.
        base: The base so far.
        merge: The merge.
        is_new: Whether the link is not in the database yet.
    """

    record: StagedRecord
    link: Link
    ours: LoupeRow
    theirs: Values
    base: Base
    merge: Merge
    is_new: bool

    @property
    def taken(self) -> Values:
        """The values that the row takes."""
        return self.merge.to_loupe

    @property
    def row(self) -> Row | None:
        """The row as it is."""
        return self.ours.row

    @property
    def loupe_id(self) -> int | None:
        """The row's key."""
        return self.link.loupe_id


@dataclass(frozen=True)
class PlannedInsert:
    """A record that becomes a new row."""

    record: StagedRecord

    @property
    def theirs(self) -> Values:
        """The record's canonical values."""
        return self.record.values or {}

    @property
    def taken(self) -> Values:
        """The values that the row takes."""
        return self.theirs

    @property
    def row(self) -> Row | None:
        """There is none yet."""
        return None

    @property
    def loupe_id(self) -> int | None:
        """There is none yet."""
        return None


Planned = PlannedMerge | PlannedInsert
