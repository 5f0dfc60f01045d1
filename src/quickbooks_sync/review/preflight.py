"""The preflight of a company's settings: what is missing, which records wait for it, what is switched off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from quickbooks_sync.postgres.connection.companies import resolve_company
from quickbooks_sync.postgres.tables import waiting_record
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.review.features import check_features
from quickbooks_sync.review.labels import LABELS
from quickbooks_sync.review.model import Example, Finding
from quickbooks_sync.review.scope import Scope
from quickbooks_sync.settings import SETTINGS, ensure_reference, read_settings
from quickbooks_sync.settings.storage import StoredSetting, read_stored

if TYPE_CHECKING:
    from quickbooks_sync.workspace import Workspace

_EXAMPLES = 5


@dataclass(frozen=True)
class MissingSetting:
    """A setting that nobody confirmed and that a push needs.

    Attributes:
        name: The setting.
        meaning: What it is for.
        proposed: The value that was proposed, if any.
        because: Why it was proposed, or why nothing could be.
        record_types: The record types whose push needs it.
        waiting: The records that wait for it, by record type; empty where there are none yet.
    """

    name: str
    meaning: str
    proposed: str | None
    because: str | None
    record_types: tuple[str, ...]
    waiting: tuple[Finding, ...]


@dataclass(frozen=True)
class Preflight:
    """What stands between a company and its pushes.

    Attributes:
        realm_id: The company.
        company_name: Its name in QuickBooks.
        known_since: When QuickBooks was asked for its accounts and preferences.
        missing: Settings that must be confirmed.
        switched_off: Records that would be rejected for a feature that is off.
    """

    realm_id: str
    company_name: str
    known_since: datetime
    missing: tuple[MissingSetting, ...]
    switched_off: tuple[Finding, ...]


def build_preflight(workspace: "Workspace", realm_id: str | None = None) -> Preflight:
    """Look at a company's settings and at the Loupe rows that are not in QuickBooks yet.

    Costs no metered read while what is known of the company is fresh, up to five else.
    """
    with workspace.engine.connect() as connection:
        company = resolve_company(connection, realm_id)
    reference = ensure_reference(workspace, company.realm_id)
    mappings = {one: workspace.mapping(one) for one in RECORD_TYPES}
    with workspace.engine.connect() as connection:
        settings = read_settings(connection, company.realm_id)
        stored = read_stored(connection, company.realm_id)
        scope = Scope(connection, company.realm_id, company.organization_id, settings, mappings)
        return Preflight(
            company.realm_id,
            company.company_name,
            reference.fetched_at,
            tuple(_find_missing(scope, stored)),
            tuple(check_features(scope)),
        )


def _find_missing(scope: Scope, stored: dict[str, StoredSetting]) -> Iterator[MissingSetting]:
    """Yield settings that a push needs whatever it sends, and those that a record waits for already."""
    unsent = {one: _find_unsent(scope, one) for one in RECORD_TYPES}
    held = _read_held(scope)
    for name, setting in SETTINGS.items():
        needing = [
            one
            for one in RECORD_TYPES
            if name in scope.settings.missing(RECORD_TYPES[one].needed_settings)
        ]
        waiting = [finding for one in needing for finding in unsent[one]] or held.get(name, [])
        if needing or (waiting and scope.settings.value_of(name) is None):
            found = stored.get(name)
            yield MissingSetting(
                name,
                setting.meaning,
                found.value if found else None,
                found.because if found else None,
                tuple(needing or (one.record_type for one in waiting)),
                tuple(waiting),
            )


def _find_unsent(scope: Scope, record_type: str) -> list[Finding]:
    return scope.find(
        record_type,
        "setting_missing",
        "cannot be sent before it is confirmed",
        "waiting",
        example=LABELS[record_type],
    )


def _read_held(scope: Scope) -> dict[str, list[Finding]]:
    """Return, by setting, the records that the last pushes found to wait for it."""
    columns = waiting_record.c
    rows = scope.connection.execute(
        select(
            columns.waits_for_id,
            columns.record_type,
            func.count().label("waiting"),
            func.array_agg(columns.source_id).label("ids"),
            func.min(columns.reason).label("reason"),
        )
        .where(columns.realm_id == scope.realm_id, columns.waits_for == "setting")
        .group_by(columns.waits_for_id, columns.record_type)
    )
    held: dict[str, list[Finding]] = {}
    for row in rows:
        ids = sorted(int(one) for one in row.ids)[:_EXAMPLES]
        examples = tuple(Example(one, row.reason) for one in ids)
        finding = Finding(
            row.record_type, "setting_missing", "wait for it", "waiting", row.waiting, examples
        )
        held.setdefault(row.waits_for_id, []).append(finding)
    return held
