"""When a refused record is worth another try: once something that the refusal depends on changed."""

import hashlib

from quickbooks_sync.model.json_text import to_json
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.workspace import Workspace


def retry_key(
    workspace: Workspace, record_type: str, version: str, settings: CompanySettings
) -> str:
    """Return what a refusal depends on; while it stays the same, the record is not tried again.

    Args:
        workspace: Holds the mapping and the expectations.
        record_type: The record type.
        version: The record's own version: a row version or SyncToken.
        settings: The company's settings; what its lists hold decides nothing here.
    """
    expectations = workspace.expectations / f"{record_type}.yaml"
    parts = [
        version,
        workspace.mapping(record_type).digest,
        expectations.read_text(encoding="utf-8"),
        to_json(settings.to_dict()),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
