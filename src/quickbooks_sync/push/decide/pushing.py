"""Whose rows are decided about: a run's, or those of a review, which belongs to no run."""

from typing import Protocol

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.record_types.record_type import RecordType


class Pushing(Protocol):
    """One record type of one company; a run's context is one."""

    @property
    def realm_id(self) -> str:
        """The company."""

    @property
    def organization_id(self) -> int:
        """The company's organization in Loupe."""

    @property
    def record_type(self) -> str:
        """The name of the record type."""

    @property
    def type(self) -> RecordType:
        """All there is to know of the record type."""

    @property
    def mapping(self) -> RecordMapping:
        """The mapping of the record type."""
