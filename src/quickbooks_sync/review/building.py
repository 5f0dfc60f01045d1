"""Puts a review together: counts on both sides, what a push would say, and likely duplicates."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from quickbooks_sync.postgres.connection.companies import Company, resolve_company
from quickbooks_sync.postgres.tables import link
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.review.duplicates import find_duplicates
from quickbooks_sync.review.findings import Findings
from quickbooks_sync.review.missing import find_missing
from quickbooks_sync.review.model import Count, Review
from quickbooks_sync.review.preview import Preview
from quickbooks_sync.review.reviewed import BothSettings, Reviewed, iter_reviewed
from quickbooks_sync.settings import CompanySettings, ensure_reference
from quickbooks_sync.settings.company_profile import find_stale
from quickbooks_sync.settings.storage import read_stored

if TYPE_CHECKING:
    from quickbooks_sync.workspace import Workspace


def build_review(workspace: "Workspace", realm_id: str | None = None) -> Review:
    """Compare both sides before a push; writes nothing on either.

    Costs one metered read a record type, for QuickBooks' counts, and a few, once a day, to know the company again
    (`ensure_reference`).

    Args:
        workspace: Where both sides are reached.
        realm_id: The company; the only one by default.
    """
    with workspace.engine.connect() as connection:
        company = resolve_company(connection, realm_id)
        stale = find_stale(connection, company.realm_id)
    ensure_reference(workspace, company.realm_id)
    with workspace.engine.connect() as connection:
        settings = BothSettings.read(connection, company.realm_id)
    quickbooks = count_quickbooks(workspace, company.realm_id, settings.confirmed)
    with workspace.engine.connect() as connection:
        findings = review_rows(workspace, connection, company, settings)
        return Review(
            realm_id=company.realm_id,
            company_name=company.company_name,
            counts=tuple(
                _count(connection, reviewed, quickbooks[reviewed.record_type])
                for reviewed in iter_reviewed(workspace, company)
            ),
            findings=findings.listed(),
            missing_settings=find_missing(
                settings.confirmed, read_stored(connection, company.realm_id), findings
            ),
            metered_reads=len(quickbooks) + len(stale),
            stops=tuple(findings.stops),
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


def review_rows(
    workspace: "Workspace", connection: Connection, company: Company, settings: BothSettings
) -> Findings:
    """Look at everything that a push of every record type would look at, and for likely duplicates."""
    findings = Findings()
    for reviewed in iter_reviewed(workspace, company):
        Preview(connection, reviewed, settings, findings).run()
        find_duplicates(connection, reviewed, settings.confirmed, findings)
    return findings


def _count(connection: Connection, reviewed: Reviewed, quickbooks: int) -> Count:
    table, record_type = reviewed.type.table, reviewed.record_type
    loupe = (
        select(func.count())
        .select_from(table)
        .where(table.c.organization_id == reviewed.organization_id)
    )
    linked = select(func.count()).where(
        link.c.realm_id == reviewed.realm_id, link.c.record_type == record_type
    )
    return Count(
        record_type, connection.scalar(loupe) or 0, quickbooks, connection.scalar(linked) or 0
    )
