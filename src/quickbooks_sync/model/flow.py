"""The eight flows, in the order of a first sync, and the parameters of a run. Light at import."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypedDict

from quickbooks_sync.model.errors import ConfigurationError


class Direction(StrEnum):
    """Where records go: a pull brings them from QuickBooks to Loupe, a push from Loupe to QuickBooks."""

    PULL = "pull"
    PUSH = "push"


class Mode(StrEnum):
    """Which records a run reads: those that have changed since the last one, or all."""

    INCREMENTAL = "incremental"
    FULL = "full"


@dataclass(frozen=True)
class Flow:
    """One record type in one direction."""

    record_type: str
    direction: Direction

    @property
    def name(self) -> str:
        """`pull_customers` ... `push_inventory_items`."""
        return f"{self.direction}_{self.record_type}s"

    @property
    def dag_id(self) -> str:
        """The id of the flow's DAG."""
        return f"quickbooks_{self.name}"


class RunManifest(TypedDict):
    """What the steps of one run hand on; small, and safe as JSON."""

    run_id: int
    realm_id: str
    organization_id: int
    record_type: str
    direction: str
    mode: str
    preview: bool
    limit: int | None
    linked_only: bool
    record_ids: list[str]
    since: str | None
    fence: int
    holder: str


class BatchManifest(TypedDict):
    """One batch of a run: where its staged rows are, and how many."""

    run_id: int
    batch_number: int
    row_count: int


class RunSummary(TypedDict):
    """How a run ended."""

    run_id: int
    status: str
    reason: str | None
    counts: dict[str, int]
    metered_reads: int
    writes: int


@dataclass(frozen=True)
class FlowOptions:
    """The parameters of a run, as the form of a flow's DAG offers them.

    Attributes:
        realm_id: The company; `None` means the only one there is.
        mode: `incremental` or `full`; incremental without a watermark runs as full.
        preview: Do everything except write to either side.
        limit: At most so many records.
        record_ids: Only these Ids (QuickBooks Ids for a pull, Loupe ids for a push).
        since: Only transactions dated on or after this day (pull of invoices and payments).
        linked_only: Only records of customers that are linked already (items: only items on
            linked invoices), so that a first sync of n customers takes what belongs to them.
    """

    realm_id: str | None = None
    mode: Mode = Mode.INCREMENTAL
    preview: bool = False
    limit: int | None = None
    record_ids: tuple[str, ...] = ()
    since: date | None = None
    linked_only: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether the run sees only part of the records; such a run moves no watermark."""
        return bool(self.limit or self.record_ids or self.since or self.linked_only)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "FlowOptions":
        """Read a DAG's parameters; raises `ConfigurationError` naming the one that is wrong."""
        return cls(
            realm_id=str(params.get("company") or "").strip() or None,
            mode=_parse_mode(params.get("mode")),
            preview=bool(params.get("preview")),
            limit=_parse_limit(params.get("limit")),
            record_ids=_parse_ids(params.get("record_ids")),
            since=_parse_since(params.get("since")),
            linked_only=bool(params.get("linked_only")),
        )


def _parse_mode(value: Any) -> Mode:
    try:
        return Mode(value or Mode.INCREMENTAL)
    except ValueError:
        raise ConfigurationError(f"mode is {value!r}; it must be incremental or full.") from None


def _parse_limit(value: Any) -> int | None:
    if value in (None, "", 0):
        return None
    try:
        limit = int(value)
    except (TypeError, ValueError):
        limit = -1
    if limit < 0:
        raise ConfigurationError(f"limit is {value!r}; it must be a whole number above 0.")
    return limit


def _parse_ids(value: Any) -> tuple[str, ...]:
    listed = value.split(",") if isinstance(value, str) else value or ()
    ids = tuple(str(entry).strip() for entry in listed if str(entry).strip())
    wrong = [entry for entry in ids if not (entry.isascii() and entry.isdigit())]
    if wrong:
        raise ConfigurationError(f"record_ids holds {wrong[0]!r}; an Id is a whole number.")
    return ids


def _parse_since(value: Any) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise ConfigurationError(f"since is {value!r}; write a day as 2026-01-31.") from None
