"""Where a run writes what it says of records."""

from dataclasses import dataclass

from quickbooks_sync.model.flow import Direction


@dataclass(frozen=True)
class RunScope:
    """Where outcomes are written: company, record type, direction and run."""

    realm_id: str
    record_type: str
    direction: Direction
    run_id: int
