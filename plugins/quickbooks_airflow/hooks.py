"""The hook of connection type `quickbooks`: from Airflow's connections to the sync's workspace and client."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from quickbooks_airflow.provider import CONNECTION_ID, CONNECTION_TYPE, HOOK_NAME
from quickbooks_sync.errors import SyncError

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
        """Ask Intuit for its discovery document, and the connected company for its name.

        The second question costs one metered read, and refreshes the grant where that is due.

        Returns:
            Whether all went well, and what was found.
        """
        try:
            found = self._test_discovery()
            return True, f"{found} {self._test_company()}"
        except SyncError as error:
            return False, str(error)
        except Exception as error:  # noqa: BLE001 - the form shows whatever goes wrong
            return False, f"{type(error).__name__}: {error}"

    def _database_url(self) -> str | None:
        try:
            return to_database_url(self.get_connection(self.loupe_conn_id))
        except AirflowNotFoundException:
            return None

    def _test_discovery(self) -> str:
        from quickbooks_airflow.discovery import DiscoveryHook

        url = _discovery_url(self.get_connection(self.quickbooks_conn_id))
        if url is None:
            return "This connection names its addresses itself."
        document = DiscoveryHook(url).fetch_document()
        return f"Discovery document of {document.get('issuer', url)} read."

    def _test_company(self) -> str:
        with self.opened_workspace() as workspace:
            realm_id = _find_company(workspace, self.realm_id)
            name = workspace.client(realm_id).company_info().get("CompanyName")
        return f"Company {name} ({realm_id}) answered; that took one metered read."


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


def _find_company(workspace: "Workspace", realm_id: str | None) -> str:
    from quickbooks_sync.postgres.companies import resolve_company

    with workspace.engine.connect() as connection:
        return resolve_company(connection, realm_id).realm_id
