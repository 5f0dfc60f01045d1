"""Key under which a rejection stays valid: it changes with everything that the rejection depends on."""

import hashlib
from pathlib import Path
from typing import Protocol

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.json_text import to_json
from quickbooks_sync.settings import CompanySettings


class Refusing(Protocol):
    """What decides, beside the record and the settings, whether a record is refused; a run's context has it."""

    @property
    def mapping(self) -> RecordMapping:
        """The record type's mapping."""

    @property
    def expectations(self) -> Path:
        """The record type's expectations file."""


def retry_key(context: Refusing, version: str, settings: CompanySettings) -> str:
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
