"""With what quantity a new item starts in QuickBooks.

Opening stock posts to equity, on the first day of the inventory. That is right for what was there when the sync began,
so until a push of items is complete. What comes later is received or made by splitting other stock: it starts at 0 and
is adjusted like any other movement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.model.flow import Direction
from quickbooks_sync.postgres.records.links import has_link_before
from quickbooks_sync.push.decide.pushing import Pushing
from quickbooks_sync.run.watermarks import read_watermark
from quickbooks_sync.settings import CompanySettings


@dataclass(frozen=True)
class OpeningStock:
    """How new items start.

    Attributes:
        is_sent: Whether quantities of new items are sent at all.
        is_whole: Whether an item starts with all that there is of it, or at 0.
    """

    is_sent: bool
    is_whole: bool

    @classmethod
    def read(
        cls, connection: Connection, context: Pushing, settings: CompanySettings
    ) -> "OpeningStock":
        """Read how far the first push of items has come."""
        key = connection, context.realm_id, context.record_type
        pushed = read_watermark(*key, Direction.PUSH)
        # Rows that were linked before that push were part of what it opened with; without any, none was opened yet.
        is_over = pushed is not None and has_link_before(*key, pushed.updated_at)
        return cls(
            is_sent=settings.opening_stock == "push",
            is_whole=not is_over or settings.stock_owner == "quickbooks",
        )

    def start(self, values: Mapping[str, Any]) -> str | None:
        """Return the quantity to start with; `None` where quantities of new items are not sent at all."""
        if not self.is_sent:
            return None
        return str(values.get("quantity") or "0") if self.is_whole else "0"
