"""The hook of connection type `quickbooks`: from Airflow's connections to the sync's workspace and client."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from quickbooks_airflow.provider import CONNECTION_ID, CONNECTION_TYPE, HOOK_NAME
from quickbooks_sync.model.errors import ConfigurationError, SyncError

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from quickbooks_sync.quickbooks.client import QuickBooksClient
    from quickbooks_sync.workspace import Workspace

LOUPE_CONNECTION_ID = "loupe_default"


class QuickBooksHook(BaseHook):
    """One Intuit app (the connection) and the companies that were connected through it.

    Grants rotate with every refresh, so they live encrypted in Loupe's database and not in the connection.

    Args:
        quickbooks_conn_id: Connection of type `quickbooks`: client id, client secret, addresses.
        loupe_conn_id: Postgres connection of the database with schemas `loupe` and `quickbooks_sync`.
            Without such a connection the variable QUICKBOOKS_SYNC_DATABASE_URL counts.
        realm_id: Company for `get_conn`; `None` means the only one there is.
    """

    conn_name_attr = "quickbooks_conn_id"
    default_conn_name = CONNECTION_ID
    conn_type = CONNECTION_TYPE
    hook_name = HOOK_NAME

    def __init__(
        self,
        quickbooks_conn_id: str = CONNECTION_ID,
        loupe_conn_id: str = LOUPE_CONNECTION_ID,
        realm_id: str | None = None,
    ) -> None:
        super().__init__()
        self.quickbooks_conn_id = quickbooks_conn_id
        self.loupe_conn_id = loupe_conn_id
        self.realm_id = realm_id

    def workspace(self) -> "Workspace":
        """Build the sync's workspace from the two connections.

        Raises:
            ConfigurationError: A connection lacks something; the message names it.
        """
        from quickbooks_sync.workspace import open_workspace

        return open_workspace(
            connection=to_app_connection(self.get_connection(self.quickbooks_conn_id)),
            database_url=self._database_url(),
        )

    @contextmanager
    def opened_workspace(self) -> Iterator["Workspace"]:
        """A workspace whose database connections are closed at the end of the block."""
        workspace = self.workspace()
        try:
            yield workspace
        finally:
            workspace.close()

    def get_conn(self) -> "QuickBooksClient":
        """Return a client of the company `realm_id`.

        Raises:
            ConfigurationError: There is no such company, or it is not connected.
        """
        workspace = self.workspace()
        return workspace.client(_find_company(workspace, self.realm_id))

    def test_connection(self) -> tuple[bool, str]:
        """Ask Intuit for its discovery document, and the connected companies for their names.

        Only what is stored is used: nothing is renewed, stored, bound or marked, whatever the answer. Each company
        costs one metered read. Without a `realm_id` every connected company is asked.

        Returns:
            Whether all went well, and what was found; it names no address but those of this connection.
        """
        try:
            described = self._test_discovery()
            is_well, told = self._test_companies()
        except SyncError as error:
            return False, str(error)
        except Exception as error:  # the form shows what goes wrong; the log has the rest
            self.log.exception("Testing the connection failed")
            return (
                False,
                f"The test failed ({type(error).__name__}); the API server's log says more.",
            )
        return is_well, f"{described} {told}"

    def _database_url(self) -> str | None:
        try:
            return to_database_url(self.get_connection(self.loupe_conn_id))
        except AirflowNotFoundException:
            return None

    def _test_discovery(self) -> str:
        from quickbooks_airflow.discovery import DiscoveryHook
        from quickbooks_sync.workspace import read_app

        connection = self.get_connection(self.quickbooks_conn_id)
        app = read_app(os.environ, to_app_connection(connection))
        url = _discovery_url(connection)
        if url is None:
            return "This connection names its addresses itself."
        document = DiscoveryHook(url).fetch_document()
        if app.token_url is None:
            app.address_in(document, "token")
        return f"Discovery document of {url} read."

    def _test_companies(self) -> tuple[bool, str]:
        from quickbooks_sync.connection.probe import probe_companies

        with self.opened_workspace() as workspace:
            try:
                probes = probe_companies(workspace, self.realm_id)
            except SyncError as error:
                raise _without_address(error) from error
        number = "" if len(probes) == 1 else f"{len(probes)} companies are connected. "
        return all(probe.is_well for probe in probes), number + " ".join(
            probe.message for probe in probes
        )


def to_app_connection(connection: "Connection") -> dict[str, Any]:
    """Return a connection in the form in which the sync reads its Intuit app."""
    return {
        "login": connection.login,
        "password": connection.password,
        "extra": connection.extra_dejson,
    }


def to_database_url(connection: "Connection") -> str:
    """Return a Postgres connection as an SQLAlchemy URL for psycopg2."""
    from sqlalchemy import URL

    query: dict[str, Any] = {
        name: str(value)
        for name, value in connection.extra_dejson.items()
        if name.startswith("ssl") or name == "options"
    }
    return URL.create(
        "postgresql+psycopg2",
        username=connection.login,
        password=connection.password,
        host=connection.host,
        port=connection.port,
        database=connection.schema,
        query=query,
    ).render_as_string(hide_password=False)


_DISCOVERY = "https://developer.api.intuit.com/.well-known/openid{}_configuration"


def _discovery_url(connection: "Connection") -> str | None:
    """Where the connection's OAuth addresses are described; `None` when it names them itself."""
    extra = connection.extra_dejson
    if extra.get("discovery_url"):
        return str(extra["discovery_url"])
    if extra.get("authorize_url") and extra.get("token_url"):
        return None
    return _DISCOVERY.format("" if extra.get("environment") == "production" else "_sandbox")


def _without_address(error: SyncError) -> SyncError:
    """Hide where the database is from a person who need not know; the API server's log has it."""
    if not error.facts.get("server"):
        return error
    return ConfigurationError(
        f"Loupe's database did not answer; check the connection {LOUPE_CONNECTION_ID}."
    )


def _find_company(workspace: "Workspace", realm_id: str | None) -> str:
    from quickbooks_sync.postgres.connection.companies import resolve_company

    with workspace.engine.connect() as connection:
        return resolve_company(connection, realm_id).realm_id
