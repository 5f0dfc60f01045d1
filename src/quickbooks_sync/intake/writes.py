"""What a batch will write once every record of it has been decided."""

from dataclasses import dataclass, field

from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.postgres.records.loupe_rows import Row
from quickbooks_sync.postgres.records.staging import StagedRecord


@dataclass
class PendingWrites:
    """Collects rows and links; owned by the batch that writes them in the end.

    Attributes:
        inserts: New rows, each with the record that it is made from.
        new_links: Links of records that had none.
        changed_links: Links that say something else than before.
    """

    inserts: list[tuple[StagedRecord, Row]] = field(default_factory=list)
    new_links: list[Link] = field(default_factory=list)
    changed_links: list[Link] = field(default_factory=list)

    def add_link(self, link: Link, *, is_new: bool) -> None:
        """Write a link in the end."""
        (self.new_links if is_new else self.changed_links).append(link)
