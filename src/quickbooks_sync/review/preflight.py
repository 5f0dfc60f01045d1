"""The preflight of a company's settings: what is missing, which records wait for it, what is switched off."""

from typing import TYPE_CHECKING

from quickbooks_sync.postgres.connection.companies import resolve_company
from quickbooks_sync.record_types.unsendable import FEATURE_RULES
from quickbooks_sync.review.findings import Findings
from quickbooks_sync.review.missing import find_missing
from quickbooks_sync.review.model import Effect, Preflight
from quickbooks_sync.review.preview import Preview
from quickbooks_sync.review.reviewed import BothSettings, iter_reviewed
from quickbooks_sync.settings import ensure_reference
from quickbooks_sync.settings.storage import read_stored

if TYPE_CHECKING:
    from quickbooks_sync.workspace import Workspace


def build_preflight(workspace: "Workspace", realm_id: str | None = None) -> Preflight:
    """Look at a company's settings and at the rows that a push would look at.

    Costs no metered read while what is known of the company is fresh; see `ensure_reference`.
    """
    with workspace.engine.connect() as connection:
        company = resolve_company(connection, realm_id)
    reference = ensure_reference(workspace, company.realm_id)
    findings = Findings()
    with workspace.engine.connect() as connection:
        settings = BothSettings.read(connection, company.realm_id)
        for reviewed in iter_reviewed(workspace, company):
            Preview(connection, reviewed, settings, findings).run()
        stored = read_stored(connection, company.realm_id)
    return Preflight(
        company.realm_id,
        company.company_name,
        reference.fetched_at,
        find_missing(settings.confirmed, stored, findings),
        tuple(
            finding
            for finding in findings.listed()
            if finding.effect == Effect.REJECTED and finding.rule in FEATURE_RULES
        ),
    )
