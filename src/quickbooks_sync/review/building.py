"""Puts a review together: counts on both sides, every check, and the settings nobody confirmed."""

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from quickbooks_sync.postgres.connection.companies import resolve_company
from quickbooks_sync.postgres.tables import link
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.review.arithmetic import check_arithmetic
from quickbooks_sync.review.duplicates import check_duplicates
from quickbooks_sync.review.model import Count, Finding, Review
from quickbooks_sync.review.records import check_records
from quickbooks_sync.review.scope import Scope, table_of
from quickbooks_sync.settings import CompanySettings, read_settings

if TYPE_CHECKING:
    from quickbooks_sync.workspace import Workspace


def build_review(workspace: "Workspace", realm_id: str | None = None) -> Review:
    """Compare both sides before the first push; writes nothing on either.

    Costs one metered read a record type, for QuickBooks' counts.

    Args:
        workspace: Where both sides are reached.
        realm_id: The company; the only one by default.
    """
    with workspace.engine.connect() as connection:
        company = resolve_company(connection, realm_id)
        settings = read_settings(connection, company.realm_id)
    quickbooks = count_quickbooks(workspace, company.realm_id, settings)
    with workspace.engine.connect() as connection:
        mappings = {one: workspace.mapping(one) for one in RECORD_TYPES}
        scope = Scope(connection, company.realm_id, company.organization_id, settings, mappings)
        return Review(
            realm_id=company.realm_id,
            company_name=company.company_name,
            counts=tuple(_count(scope, one, quickbooks[one]) for one in RECORD_TYPES),
            findings=find_all(scope),
            missing_settings=_missing_settings(settings),
            waiting=_count_waiting(scope),
            metered_reads=len(quickbooks),
        )


def count_quickbooks(
    workspace: "Workspace", realm_id: str, settings: CompanySettings
) -> dict[str, int]:
    """Count each entity in QuickBooks, inactive records too; items only of the types that sync."""
    client = workspace.client(realm_id)
    return {
        kind.name: client.count(
            kind.entity, kind.pulled_where(settings), has_activity=kind.has_activity
        )
        for kind in RECORD_TYPES.values()
    }


def find_all(scope: Scope) -> tuple[Finding, ...]:
    """Run every check; findings come in the order of the record types."""
    findings = [*check_records(scope), *check_arithmetic(scope), *check_duplicates(scope)]
    return tuple(sorted(findings, key=lambda one: list(RECORD_TYPES).index(one.record_type)))


def _count(scope: Scope, record_type: str, quickbooks: int) -> Count:
    table = table_of(record_type)
    loupe = select(func.count()).select_from(table).where(scope.ours(record_type))
    linked = select(func.count()).where(
        link.c.realm_id == scope.realm_id, link.c.record_type == record_type
    )
    connection = scope.connection
    return Count(
        record_type, connection.scalar(loupe) or 0, quickbooks, connection.scalar(linked) or 0
    )


def _missing_settings(settings: CompanySettings) -> dict[str, tuple[str, ...]]:
    missing: dict[str, tuple[str, ...]] = {}
    for record_type in RECORD_TYPES:
        for name in settings.missing(RECORD_TYPES[record_type].needed_settings):
            missing[name] = (*missing.get(name, ()), record_type)
    return missing


def _count_waiting(scope: Scope) -> dict[str, int]:
    waiting = {}
    for record_type in RECORD_TYPES:
        if scope.settings.missing(RECORD_TYPES[record_type].needed_settings):
            statement = select(func.count()).select_from(table_of(record_type))
            waiting[record_type] = (
                scope.connection.scalar(statement.where(*scope.sent(record_type))) or 0
            )
    return waiting
