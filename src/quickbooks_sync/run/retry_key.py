"""When a refused record is worth another try: once something that the refusal depends on changed."""

import hashlib

from quickbooks_sync.model.json_text import to_json
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import CompanySettings


def retry_key(context: RunContext, version: str, settings: CompanySettings) -> str:
    """Return what a refusal depends on; while it stays the same, the record is not tried again.

    Args:
        context: The run; its mapping and expectations are part of the key.
        version: The record's own version: a row version or SyncToken.
        settings: The company's settings; what its lists hold decides nothing here.
    """
    parts = [
        version,
        context.mapping.digest,
        context.expectations.read_text(encoding="utf-8"),
        to_json(settings.to_dict()),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
