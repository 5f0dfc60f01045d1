"""Connects a QuickBooks company by Intuit's consent page, with a listener on the loopback interface.

Intuit answers by sending the browser to the app's redirect URI, registered to the letter (Intuit: OAuth 2.0,
section 1.2). With development keys that is this machine; with production keys an https address that forwards to it.

Design note
    Whoever consents chooses the company on Intuit's page, where one wrong click picks another client's books. So what
    came back is compared with what was expected, and a person says yes to its name, before any flow can find it. Until
    then the grant is *pending* (`postgres/pending_grants.py`).

    A grant that is not kept is revoked. Not so where that company has a stored grant: Intuit does not say whether
    revoking one of several grants of an app for a company ends the others (Intuit: OAuth 2.0, section 1.5), and it may
    be the stored one that dies. Should Intuit keep one grant only, the stored one has ended with the consent itself;
    the next run finds that out and says so.

    For the same reason a reconnect does not revoke the former grant: it is overwritten, so nobody holds it, and it ends
    unused after 100 days. Where the number alone shows a wrong choice, the code is not exchanged: it lapses in minutes.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exists, select, union

from quickbooks_sync.model.errors import ConfigurationError, ConnectionNeededError, SyncError
from quickbooks_sync.model.grant import Grant, GrantRefusedError
from quickbooks_sync.postgres.connection.companies import (
    Company,
    read_companies,
    read_company,
    write_company,
)
from quickbooks_sync.postgres.connection.grants import write_grant
from quickbooks_sync.postgres.connection.one_company import (
    ensure_may_connect,
    ensure_realm_id,
    read_former,
)
from quickbooks_sync.postgres.connection.pending_grants import (
    PendingToken,
    drop_expired,
    drop_pending,
    take_pending,
    write_pending,
)
from quickbooks_sync.postgres.tables import (
    company,
    company_grant,
    customer,
    inventory_item,
    invoice,
    payment,
)
from quickbooks_sync.quickbooks.callback import receive_callback
from quickbooks_sync.quickbooks.oauth import App, authorize_url, exchange_code

if TYPE_CHECKING:
    from quickbooks_sync.workspace import Workspace

#: The organization of a Loupe database that holds no record yet.
FIRST_ORGANIZATION = 1


@dataclass(frozen=True)
class Expectation:
    """What a connect is meant to end in.

    Attributes:
        organization_id: The Loupe organization that the company will belong to.
        realm_id: The company that is to be chosen; `None` for whichever the person chooses.
        is_additional: Whether the organization may have another company beside it.
    """

    organization_id: int
    realm_id: str | None = None
    is_additional: bool = False


@dataclass(frozen=True)
class Chosen:
    """The company that was chosen, for the person who confirms it.

    Attributes:
        former: Another company that the organization was synced with before; its records would be pushed.
    """

    realm_id: str
    company_name: str
    environment: str
    organization_id: int
    former: str | None


def connect(
    workspace: "Workspace",
    expectation: Expectation,
    *,
    announce: Callable[[str], None],
    confirm: Callable[[Chosen], bool],
    listen_at: str | None = None,
    timeout: float = 600,
) -> Company:
    """Ask for a person's consent, show what was chosen, and store the grant once it is confirmed.

    Args:
        workspace: Holds the Intuit app and the database.
        expectation: What is to be connected, as `expect` settles it.
        announce: Called with the address to open, once the answer can be received.
        confirm: Called with what was chosen; says whether to go on.
        listen_at: Loopback address to wait at; the redirect URI by default. Give it where the
            registered URI is an https address that is forwarded to this machine.
        timeout: Seconds to wait for the person.

    Raises:
        ConfigurationError: Another company was chosen than expected, the rule of one company forbids it, or
            nobody confirmed it; what became of the fresh grant is said.
        ConnectionNeededError: Consent was declined, not given in time, or not honoured.
    """
    drop_expired(workspace.engine, workspace.app, workspace.key)
    state = secrets.token_urlsafe(32)
    url = authorize_url(workspace.app, state)
    callback = receive_callback(
        listen_at or workspace.app.redirect_uri,
        state,
        timeout,
        on_listening=lambda: announce(url),
    )
    ensure_realm_id(callback.realm_id)
    _ensure_not_another_of_ours(workspace, expectation, callback.realm_id)
    grant = _exchange(workspace.app, callback.code)
    return _settle(workspace, expectation, callback.realm_id, grant, confirm)


def expect(
    connection: Connection,
    *,
    realm_id: str | None = None,
    organization_id: int | None = None,
    is_additional: bool = False,
) -> Expectation:
    """Settle what a connect is meant to end in; what cannot end well is refused before anybody is asked.

    Without a `realm_id`, the one company that needs attention is expected, if there is exactly one. A company
    that is known belongs to its organization; otherwise the only organization there is counts.

    Raises:
        ConfigurationError: The realm id is not one, the company may not be connected to the organization, or several
            organizations exist and none was named.
    """
    if realm_id is None and not is_additional:
        realm_id = _find_needing_attention(connection, organization_id)
    if realm_id is not None:
        ensure_realm_id(realm_id)
        organization_id = organization_id or _organization_of(connection, realm_id)
    organization_id = organization_id or find_organization(connection)
    if realm_id is not None:
        ensure_may_connect(connection, realm_id, organization_id, is_additional=is_additional)
    return Expectation(organization_id, realm_id, is_additional)


def find_organization(connection: Connection) -> int:
    """Return the only Loupe organization with records; the first, where there are none yet.

    Raises:
        ConfigurationError: There are several.
    """
    tables = (customer, inventory_item, invoice, payment)
    connected = select(company.c.organization_id).where(company.c.status != "disconnected")
    statement = union(connected, *(select(table.c.organization_id) for table in tables))
    found = sorted(connection.scalars(statement))
    if len(found) > 1:
        raise ConfigurationError(
            f"Loupe's database holds several organizations: {', '.join(map(str, found))}. "
            "Name the one this company belongs to with --organization."
        )
    return found[0] if found else FIRST_ORGANIZATION


def _find_needing_attention(connection: Connection, organization_id: int | None) -> str | None:
    needing = [
        known.realm_id
        for known in read_companies(connection)
        if known.status == "needs_attention" and organization_id in (None, known.organization_id)
    ]
    return needing[0] if len(needing) == 1 else None


def _organization_of(connection: Connection, realm_id: str) -> int | None:
    return connection.scalar(
        select(company.c.organization_id).where(company.c.realm_id == realm_id)
    )


def _ensure_not_another_of_ours(
    workspace: "Workspace", expectation: Expectation, realm_id: str
) -> None:
    """Refuse, before the code is exchanged, a company that has a grant here and was chosen by mistake."""
    with workspace.engine.begin() as connection:
        stored = select(exists().where(company_grant.c.realm_id == realm_id))
        if connection.execute(stored).scalar_one():
            _ensure_expected(connection, expectation, realm_id, name=None)


def _ensure_expected(
    connection: Connection, expectation: Expectation, realm_id: str, name: str | None
) -> None:
    if expectation.realm_id not in (None, realm_id):
        chosen = realm_id if name is None else f"{name} ({realm_id})"
        raise ConfigurationError(
            f"Company {expectation.realm_id} was expected, and {chosen} was chosen on Intuit's page. It was not "
            f"connected. Start again and choose {expectation.realm_id}, or name the other one with --realm {realm_id}.",
            realm_id=realm_id,
        )
    ensure_may_connect(
        connection,
        realm_id,
        expectation.organization_id,
        is_additional=expectation.is_additional,
    )


def _settle(
    workspace: "Workspace",
    expectation: Expectation,
    realm_id: str,
    grant: Grant,
    confirm: Callable[[Chosen], bool],
) -> Company:
    """Keep the grant pending until it is confirmed; whatever else happens, it does not stay."""
    engine, app, key = workspace.engine, workspace.app, workspace.key
    pending_id = write_pending(engine, realm_id, grant, key, app.binding)
    try:
        with engine.begin() as connection:
            _ensure_expected(connection, expectation, realm_id, name=None)
        chosen = _look(workspace, expectation, realm_id, grant)
        _ensure_confirmed(chosen, is_confirmed=confirm(chosen))
        return _store(workspace, expectation, chosen, grant, pending_id)
    except SyncError as error:
        ended = drop_pending(engine, app, key, pending_id)
        raise type(error)(f"{error.message} {ended}".strip(), **error.facts) from error
    except BaseException:
        drop_pending(engine, app, key, pending_id)
        raise


def _ensure_confirmed(chosen: Chosen, *, is_confirmed: bool) -> None:
    if not is_confirmed:
        raise ConfigurationError(
            f"Nobody confirmed company {chosen.realm_id}, so it was not connected. In scripts, confirm with --yes."
        )


def _look(workspace: "Workspace", expectation: Expectation, realm_id: str, grant: Grant) -> Chosen:
    """Read the name of the company that was chosen (one metered read)."""
    tokens = PendingToken(grant.access_token)
    info = workspace.looking_client(realm_id, tokens).company_info()
    with workspace.engine.connect() as connection:
        former = read_former(connection, expectation.organization_id, realm_id)
    return Chosen(
        realm_id=realm_id,
        company_name=info["CompanyName"],
        environment=workspace.app.environment,
        organization_id=expectation.organization_id,
        former=former,
    )


def _store(
    workspace: "Workspace",
    expectation: Expectation,
    chosen: Chosen,
    grant: Grant,
    pending_id: int,
) -> Company:
    """Make the pending grant the company's, in one transaction that holds the rule of one company."""
    with workspace.engine.begin() as connection:
        take_pending(connection, pending_id)
        write_company(
            connection,
            realm_id=chosen.realm_id,
            organization_id=chosen.organization_id,
            company_name=chosen.company_name,
            environment=chosen.environment,
            is_additional=expectation.is_additional,
        )
        write_grant(connection, chosen.realm_id, grant, workspace.key, workspace.app.binding)
        return read_company(connection, chosen.realm_id)


def _exchange(app: App, code: str) -> Grant:
    try:
        return exchange_code(app, code)
    except GrantRefusedError as error:
        raise ConnectionNeededError(
            f"Intuit did not honour its own answer: {error}. Start again with "
            "`quickbooks-sync connect`, and check that the redirect URI is the registered one.",
            reason="the code was refused",
        ) from None
