"""Connects a QuickBooks company by Intuit's consent page, with a listener on the loopback interface.

Intuit answers by sending the browser to the app's redirect URI, registered to the letter (Intuit: OAuth 2.0,
section 1.2). With development keys that is this machine; with production keys an https address that forwards to it.
"""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, union

from quickbooks_sync.errors import ConfigurationError, ConnectionNeededError
from quickbooks_sync.grant import Grant, GrantRefusedError
from quickbooks_sync.postgres.companies import Company, connect_company
from quickbooks_sync.postgres.schema import company, customer, inventory_item, invoice, payment
from quickbooks_sync.quickbooks.callback import receive_callback
from quickbooks_sync.quickbooks.oauth import App, authorize_url, exchange_code

if TYPE_CHECKING:
    from quickbooks_sync.workspace import Workspace

#: The organization of a Loupe database that holds no record yet.
FIRST_ORGANIZATION = 1


def connect(
    workspace: "Workspace",
    *,
    announce: Callable[[str], None],
    organization_id: int | None = None,
    listen_at: str | None = None,
    timeout: float = 600,
) -> Company:
    """Ask for a person's consent and store the grant, encrypted.

    Args:
        workspace: Holds the Intuit app and the database.
        announce: Called with the address to open, once the answer can be received.
        organization_id: The Loupe organization that the company belongs to; the only one there is
            by default.
        listen_at: Loopback address to wait at; the redirect URI by default. Give it where the
            registered URI is an https address that is forwarded to this machine.
        timeout: Seconds to wait for the person.

    Raises:
        ConfigurationError: Several organizations exist and none was named.
        ConnectionNeededError: Consent was declined, not given in time, or not honoured.
    """
    with workspace.engine.connect() as connection:
        organization_id = organization_id or find_organization(connection)
    state = secrets.token_urlsafe(32)
    url = authorize_url(workspace.app, state)
    callback = receive_callback(
        listen_at or workspace.app.redirect_uri,
        state,
        timeout,
        on_listening=lambda: announce(url),
    )
    grant = _exchange(workspace.app, callback.code)
    return connect_company(workspace, grant, callback.realm_id, organization_id)


def find_organization(connection: Connection) -> int:
    """Return the only Loupe organization with records; the first, where there are none yet.

    Raises:
        ConfigurationError: There are several.
    """
    tables = (customer, inventory_item, invoice, payment, company)
    statement = union(*(select(table.c.organization_id) for table in tables))
    found = sorted(connection.scalars(statement))
    if len(found) > 1:
        raise ConfigurationError(
            f"Loupe's database holds several organizations: {', '.join(map(str, found))}. "
            "Name the one this company belongs to with --organization."
        )
    return found[0] if found else FIRST_ORGANIZATION


def _exchange(app: App, code: str) -> Grant:
    try:
        return exchange_code(app, code)
    except GrantRefusedError as error:
        raise ConnectionNeededError(
            f"Intuit did not honour its own answer: {error}. Start again with "
            "`quickbooks-sync connect`, and check that the redirect URI is the registered one.",
            reason="the code was refused",
        ) from None
