"""Companies' grants in Postgres: encrypted, and refreshed by one process at a time.

Two refreshes at once may kill a grant, and whoever loses the newest refresh token needs a person to
reconnect (Intuit: OAuth 2.0, section 1.5). So a refresh happens under the row's lock, which every other process
waits for and then finds the new token; and the answer is committed before anyone uses it.
"""

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Connection, Engine, Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.errors import (
    ConfigurationError,
    ConnectionNeededError,
    RetryableError,
    UnreachableError,
)
from quickbooks_sync.grant import Grant, GrantRefusedError, Refresher
from quickbooks_sync.postgres.attention import set_needs_attention
from quickbooks_sync.postgres.schema import company_grant

logger = logging.getLogger(__name__)

#: A token this close to its end is refreshed first (Intuit advises about five minutes).
REFRESH_BEFORE_END = timedelta(minutes=5)
#: Longer than a holder's refresh with all its attempts can take.
LOCK_SECONDS = 300
_LOCK_NOT_AVAILABLE = "55P03"

_REFUSED = (
    "Intuit refused to renew the access ({said}): it was withdrawn in QuickBooks, has expired, or a "
    "newer token was lost. Reconnect the company with `quickbooks-sync connect`."
)


class GrantTokens:
    """The access tokens of one company, for the client (a `TokenSource`)."""

    def __init__(self, engine: Engine, app: Refresher, realm_id: str, fernet_key: str) -> None:
        self._engine = engine
        self._app = app
        self._realm_id = realm_id
        self._fernet = parse_key(fernet_key)
        self._lock = threading.Lock()
        self._known: tuple[str, datetime] | None = None

    def access_token(self) -> str:
        """Return a token valid for some minutes; refreshes it when none is stored.

        Raises:
            ConnectionNeededError: The company is not connected, or Intuit refused the refresh.
            RetryableError: Intuit or Postgres did not answer, or another process's refresh hangs.
        """
        with self._lock:
            if self._known and _is_fresh(self._known[1]):
                return self._known[0]
            with self._engine.connect() as connection:
                row = self._read(connection)
            if _is_fresh(row.access_expires_at):
                return self._remember(row)
            return self._refresh(after=None)

    def refreshed(self, after: str) -> str:
        """Return a token newer than `after`, which QuickBooks refused. Raises as `access_token`."""
        with self._lock:
            self._known = None
            return self._refresh(after)

    def _refresh(self, after: str | None) -> str:
        """Refresh under the row's lock, unless another process has just done so.

        The refused value is the one read under the lock, so no other process can have replaced it:
        that is the second look which Intuit's advice asks for before a grant is taken for dead.
        """
        grant: Grant | None = None
        try:
            with self._engine.begin() as connection:
                row = self._lock_row(connection)
                if _is_fresh(row.access_expires_at) and self._decrypt(row.access_token) != after:
                    return self._remember(row)
                grant = self._renew(connection, row)
                if grant is not None:
                    _update_grant(connection, row, grant, self._fernet)
        except UnreachableError:
            if grant is None:
                raise
            self._store_after_all(row, grant)
        if grant is None:
            raise self._connection_needed("the grant was refused")
        self._known = (grant.access_token, grant.access_expires_at)
        return grant.access_token

    def _renew(self, connection: Connection, row: Row[Any]) -> Grant | None:
        """Ask for the next grant; a refusal marks the company and gives `None`."""
        try:
            grant = self._app.refresh(self._decrypt(row.refresh_token))
        except GrantRefusedError as refusal:
            logger.warning("company %s: Intuit refused the refresh: %s", self._realm_id, refusal)
            set_needs_attention(connection, self._realm_id, _REFUSED.format(said=refusal))
            return None
        logger.info("company %s: access renewed", self._realm_id)
        return grant

    def _store_after_all(self, row: Row[Any], grant: Grant) -> None:
        """Store a grant whose transaction broke: it is the only copy of a rotated token."""
        logger.warning("company %s: storing the new grant over a new connection", self._realm_id)
        with self._engine.begin() as connection:
            _update_grant(connection, row, grant, self._fernet)

    def _read(self, connection: Connection) -> Row[Any]:
        row = connection.execute(
            select(company_grant).where(company_grant.c.realm_id == self._realm_id)
        ).one_or_none()
        if row is None:
            raise self._connection_needed("it has no grant")
        return row

    def _lock_row(self, connection: Connection) -> Row[Any]:
        connection.execute(text(f"set local lock_timeout = '{LOCK_SECONDS}s'"))
        try:
            row = connection.execute(
                select(company_grant)
                .where(company_grant.c.realm_id == self._realm_id)
                .with_for_update()
            ).one_or_none()
        except RetryableError as error:
            if error.facts.get("sqlstate") != _LOCK_NOT_AVAILABLE:
                raise
            raise RetryableError(
                f"Another process has been renewing the access to company {self._realm_id} for over "
                f"{LOCK_SECONDS} s. Try again; if it persists, look for a hanging database session.",
                realm_id=self._realm_id,
            ) from None
        if row is None:
            raise self._connection_needed("it has no grant")
        return row

    def _remember(self, row: Row[Any]) -> str:
        token = self._decrypt(row.access_token)
        self._known = (token, row.access_expires_at)
        return token

    def _decrypt(self, value: bytes) -> str:
        try:
            return self._fernet.decrypt(bytes(value)).decode()
        except InvalidToken:
            raise ConfigurationError(
                f"The grant of company {self._realm_id} was encrypted with another key than "
                "QUICKBOOKS_SYNC_KEY now holds. Put the former key back (after a comma), or reconnect.",
                realm_id=self._realm_id,
            ) from None

    def _connection_needed(self, reason: str) -> ConnectionNeededError:
        return ConnectionNeededError(
            f"QuickBooks company {self._realm_id} is not connected: {reason}. "
            "Connect it with `quickbooks-sync connect`.",
            realm_id=self._realm_id,
            reason=reason,
        )


def parse_key(key: str) -> MultiFernet:
    """Parse one Fernet key, or several separated by commas: the first encrypts, all decrypt."""
    try:
        return MultiFernet([Fernet(one.strip()) for one in key.split(",")])
    except ValueError:
        raise ConfigurationError(
            "QUICKBOOKS_SYNC_KEY is not a Fernet key: 32 random bytes as 44 characters of URL-safe "
            "base64. Make one with cryptography.fernet.Fernet.generate_key()."
        ) from None


def write_grant(connection: Connection, realm_id: str, grant: Grant, key: str) -> None:
    """Store a company's grant, encrypted, in place of any former one."""
    values = {**_encrypt(grant, parse_key(key)), "rotations": 0, "updated_at": func.now()}
    statement = insert(company_grant).values(realm_id=realm_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["realm_id"], set_=values))


def _update_grant(connection: Connection, row: Row[Any], grant: Grant, fernet: MultiFernet) -> None:
    connection.execute(
        update(company_grant)
        .where(
            company_grant.c.realm_id == row.realm_id,
            company_grant.c.refresh_token == row.refresh_token,
        )
        .values(
            **_encrypt(grant, fernet),
            rotations=company_grant.c.rotations + 1,
            updated_at=func.now(),
        )
    )


def _encrypt(grant: Grant, fernet: MultiFernet) -> dict[str, Any]:
    return {
        "access_token": fernet.encrypt(grant.access_token.encode()),
        "refresh_token": fernet.encrypt(grant.refresh_token.encode()),
        "access_expires_at": grant.access_expires_at,
        "refresh_expires_at": grant.refresh_expires_at,
        "refresh_hard_expires_at": grant.refresh_hard_expires_at,
    }


def _is_fresh(expires_at: datetime) -> bool:
    return bool(expires_at > datetime.now(UTC) + REFRESH_BEFORE_END)
