"""Everything a step works with: the database, the files, the Intuit app, and clients for companies."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from sqlalchemy import Engine

from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.model.grant import TokenSource
from quickbooks_sync.model.json_text import parse_json
from quickbooks_sync.postgres.connection.companies import mark_needs_attention
from quickbooks_sync.postgres.connection.grants import GrantTokens, parse_key
from quickbooks_sync.postgres.connection.throttle import BATCHES, REQUESTS, Bucket, PostgresThrottle
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.runs.api_usage import ApiUsage
from quickbooks_sync.quickbooks.addresses import read_allowed_hosts
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.oauth import App
from quickbooks_sync.quickbooks.patience import Patience
from quickbooks_sync.quickbooks.session import build_session

if TYPE_CHECKING:
    from quickbooks_sync.mapping import RecordMapping

KEY_VARIABLE = "QUICKBOOKS_SYNC_KEY"
CONNECTION_VARIABLE = "AIRFLOW_CONN_QUICKBOOKS_DEFAULT"
INCLUDE_VARIABLE = "QUICKBOOKS_SYNC_INCLUDE"
DATA_DOCS_VARIABLE = "QUICKBOOKS_SYNC_DATA_DOCS"

_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Workspace:
    """What the steps of every flow share.

    Attributes:
        engine: The database with the schemas `loupe` and `quickbooks_sync`.
        mappings: Folder of the mapping files.
        expectations: Folder of the expectation files.
        data_docs: Folder of the rendered validation reports.
        app: The Intuit app that companies are connected through.
        key: Fernet key (or several, comma separated, newest first) that encrypts grants.
        session: The HTTP connections that all clients share.
        patience: How long clients wait for QuickBooks, and how often they ask again.
        pace: The token buckets of requests and of batches.
    """

    engine: Engine
    mappings: Path
    expectations: Path
    data_docs: Path
    app: App
    key: str = field(repr=False)
    session: requests.Session = field(default_factory=build_session, repr=False, compare=False)
    patience: Patience = field(default_factory=Patience)
    pace: tuple[Bucket, Bucket] = (REQUESTS, BATCHES)

    def client(self, realm_id: str, run_id: int | None = None) -> QuickBooksClient:
        """Build a client for a company; its calls are counted, with a `run_id` on that run."""
        return self._build_client(
            realm_id,
            GrantTokens(self.engine, self.app, realm_id, self.key),
            run_id=run_id,
            patience=self.patience,
            on_stop=lambda reason: mark_needs_attention(self.engine, realm_id, reason),
        )

    def looking_client(self, realm_id: str, tokens: TokenSource) -> QuickBooksClient:
        """Build a client that asks once, with tokens of the caller's; no refusal marks the company."""
        return self._build_client(realm_id, tokens, patience=replace(self.patience, attempts=1))

    def _build_client(
        self,
        realm_id: str,
        tokens: TokenSource,
        *,
        patience: Patience,
        run_id: int | None = None,
        on_stop: Callable[[str], None] | None = None,
    ) -> QuickBooksClient:
        requests_pace, batches_pace = self.pace
        return QuickBooksClient(
            realm_id=realm_id,
            api_url=self.app.api_url,
            tokens=tokens,
            throttle=PostgresThrottle(
                self.engine, realm_id, requests=requests_pace, batches=batches_pace
            ),
            meter=ApiUsage(self.engine, realm_id, run_id, self.app.monthly_reads),
            session=self.session,
            patience=patience,
            on_stop=on_stop,
            allowed_hosts=self.app.allowed_hosts,
        )

    def mapping(self, record_type: str) -> "RecordMapping":
        """Return the mapping of `record_type`; raises `MappingError` where the file is wrong."""
        return _load_mapping(self.mappings / f"{record_type}.yaml")

    def close(self) -> None:
        """Close the pooled connections to QuickBooks and to the database."""
        self.session.close()
        self.engine.dispose()


def open_workspace(
    environ: Mapping[str, str] = os.environ,
    *,
    connection: Mapping[str, Any] | None = None,
    database_url: str | None = None,
) -> Workspace:
    """Read the environment and build the workspace; nothing is connected yet.

    Args:
        environ: Holds QUICKBOOKS_SYNC_DATABASE_URL, QUICKBOOKS_SYNC_KEY,
            AIRFLOW_CONN_QUICKBOOKS_DEFAULT (JSON) and, optionally, QUICKBOOKS_SYNC_INCLUDE,
            QUICKBOOKS_SYNC_DATA_DOCS and QUICKBOOKS_SYNC_ALLOW_HOSTS.
        connection: The QuickBooks connection (`login`, `password`, `extra`), instead of the variable's.
        database_url: Instead of the variable's.

    Raises:
        ConfigurationError: Something is missing or malformed; the variable is named.
    """
    include = Path(environ.get(INCLUDE_VARIABLE) or _PROJECT / "include")
    return Workspace(
        engine=build_engine(database_url, environ=environ),
        mappings=include / "mappings",
        expectations=include / "expectations",
        data_docs=Path(environ.get(DATA_DOCS_VARIABLE) or _PROJECT / ".state" / "data_docs"),
        app=read_app(environ, connection),
        key=_read_key(environ),
    )


def read_app(environ: Mapping[str, str], connection: Mapping[str, Any] | None = None) -> App:
    """Read the Intuit app from a connection, or from the environment's; raises as `open_workspace`."""
    allowed = read_allowed_hosts(environ)
    return App.from_connection(connection or read_connection(environ), allowed_hosts=allowed)


def read_connection(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read the QuickBooks connection from the variable that Airflow reads it from, too."""
    text = environ.get(CONNECTION_VARIABLE, "")
    if not text:
        raise ConfigurationError(
            f"There is no QuickBooks connection: set {CONNECTION_VARIABLE} to JSON such as "
            '{"conn_type": "quickbooks", "login": "<client id>", "password": "<client secret>", '
            '"extra": {"environment": "sandbox", "redirect_uri": "http://localhost:8765/callback"}}.'
        )
    try:
        document = parse_json(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ConfigurationError(f"{CONNECTION_VARIABLE} does not hold a JSON object.")
    return document


def _read_key(environ: Mapping[str, str]) -> str:
    key = environ.get(KEY_VARIABLE, "")
    if not key:
        raise ConfigurationError(
            f"{KEY_VARIABLE} is not set: it is the Fernet key that encrypts companies' grants. Make one with "
            'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())".'
        )
    parse_key(key)
    return key


@lru_cache(maxsize=32)
def _load_mapping(path: Path) -> "RecordMapping":
    from quickbooks_sync.mapping import load_mapping
    from quickbooks_sync.postgres.tables import LOUPE_SCHEMA, metadata
    from quickbooks_sync.record_types.registry import VOCABULARIES

    loupe = [table for table in metadata.tables.values() if table.schema == LOUPE_SCHEMA]
    return load_mapping(
        path, VOCABULARIES, tables={table.name: table.columns.keys() for table in loupe}
    )
