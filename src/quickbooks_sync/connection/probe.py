"""Asks connected companies for their name with what is stored: nothing is renewed, stored, bound or marked.

It is what a connection's *Test* button does. The button takes a connection that somebody has just typed in, so it
must not be able to change what the flows work with, and what it says must not tell addresses of other machines.
"""

from dataclasses import dataclass

from quickbooks_sync.model.errors import GrantMismatchError, SyncError
from quickbooks_sync.postgres.connection.companies import (
    Company,
    describe_trouble,
    read_companies,
    resolve_company,
)
from quickbooks_sync.postgres.connection.stored_token import StoredToken, StoredTokenUnusableError
from quickbooks_sync.workspace import Workspace


@dataclass(frozen=True)
class Probe:
    """What came of asking one company.

    Attributes:
        is_well: Whether nothing is wrong; a company that could not be asked just now counts.
        message: What there is to say, as a sentence.
    """

    is_well: bool
    message: str


def probe_companies(workspace: Workspace, realm_id: str | None = None) -> list[Probe]:
    """Ask a company, or each connected one where none is named: one metered read a company.

    Raises:
        ConnectionNeededError: No company is connected, or none of that id.
    """
    with workspace.engine.connect() as connection:
        if realm_id is not None:
            companies = [resolve_company(connection, realm_id)]
        else:
            known = read_companies(connection)
            companies = [company for company in known if company.status != "disconnected"]
            if not companies:
                companies = [resolve_company(connection, None)]
    return [_probe(workspace, company) for company in companies]


def _probe(workspace: Workspace, company: Company) -> Probe:
    called = f"Company {company.company_name} ({company.realm_id})"
    if company.status != "connected":
        return Probe(is_well=False, message=describe_trouble(company))
    tokens = StoredToken(workspace.engine, workspace.app, company.realm_id, workspace.key)
    try:
        name = workspace.looking_client(company.realm_id, tokens).company_info()["CompanyName"]
    except StoredTokenUnusableError as unusable:
        return Probe(is_well=True, message=f"{called} was not asked: {unusable.message}.")
    except GrantMismatchError as error:
        return Probe(is_well=False, message=f"{called} was not asked. {_told(error)}")
    except SyncError as error:
        if error.facts.get("server") not in (None, "QuickBooks"):
            raise
        return Probe(is_well=False, message=f"{called}: {error.message}")
    answered = f"Company {name} ({company.realm_id}) answered; that took one metered read."
    return Probe(is_well=True, message=answered)


def _told(error: GrantMismatchError) -> str:
    return (
        f"Its grant belongs to the Intuit app {error.facts.get('client_id')} with that app's environment and "
        "addresses, and this connection names others; nothing was sent. Put the connection back, or connect the "
        "company through it with `quickbooks-sync connect`."
    )
