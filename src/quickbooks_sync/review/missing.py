"""Settings that nobody confirmed: those that a push needs whatever it sends, and those that a record waits for."""

from collections.abc import Iterator, Mapping

from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.review.findings import Findings
from quickbooks_sync.review.model import MissingSetting
from quickbooks_sync.settings import SETTINGS, CompanySettings
from quickbooks_sync.settings.storage import StoredSetting


def find_missing(
    settings: CompanySettings, stored: Mapping[str, StoredSetting], findings: Findings
) -> tuple[MissingSetting, ...]:
    """Return every setting that is missing, with the records that wait for it.

    Args:
        settings: The company's confirmed settings.
        stored: Its stored settings, proposals too.
        findings: What a push would say of its rows.
    """
    return tuple(_iter_missing(settings, stored, findings))


def _iter_missing(
    settings: CompanySettings, stored: Mapping[str, StoredSetting], findings: Findings
) -> Iterator[MissingSetting]:
    for name, setting in SETTINGS.items():
        needing = [
            kind.name
            for kind in RECORD_TYPES.values()
            if name in settings.missing(kind.needed_settings)
        ]
        waiting = findings.listed(name)
        if needing or waiting:
            proposal = stored.get(name)
            yield MissingSetting(
                name,
                setting.meaning,
                proposal.value if proposal else None,
                proposal.because if proposal else None,
                tuple(needing or (finding.record_type for finding in waiting)),
                waiting,
            )
