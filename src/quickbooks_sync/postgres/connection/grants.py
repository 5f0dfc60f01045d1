"""Companies' grants in Postgres: encrypted, and refreshed by one process at a time.

Two refreshes at once may kill a grant, and whoever loses the newest refresh token needs a person to
reconnect (Intuit: OAuth 2.0, section 1.5). So a refresh happens under the row's lock, which every other process
waits for and then finds the new token; and the answer is committed before anyone uses it.
"""

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from quickbooks_sync.model.errors import ConnectionNeededError, RetryableError, UnreachableError
from quickbooks_sync.model.grant import Grant, GrantBinding, GrantRefusedError, Issuer
from quickbooks_sync.postgres.connection.attention import set_needs_attention
from quickbooks_sync.postgres.connection.grant_rows import (
    GRANT_OF_COMPANY,
    bind_grant,
    decrypt,
    ensure_fits,
    parse_key,
    update_grant,
    write_grant,
)
from quickbooks_sync.postgres.tables import company_grant

__all__ = [
    "LOCK_SECONDS",
    "REFRESH_BEFORE_END",
    "GrantTokens",
    "is_fresh",
    "parse_key",
    "write_grant",
]

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

    def __init__(self, engine: Engine, app: Issuer, realm_id: str, fernet_key: str) -> None:
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
            GrantMismatchError: The grant is not for what the connection names; nothing was sent or decrypted.
            RetryableError: Intuit or Postgres did not answer, or another process's refresh hangs.
        """
        with self._lock:
            if self._known and is_fresh(self._known[1]):
                return self._known[0]
            with self._engine.connect() as connection:
                row = self._read(connection)
            ensure_fits(row, self._app, self._app.known_binding)
            if row.client_id is None:
                self._bind(self._app.binding)
            if is_fresh(row.access_expires_at):
                return self._remember(row)
            return self._refresh(after=None)

    def refreshed(self, after: str) -> str:
        """Return a token newer than `after`, which QuickBooks refused. Raises as `access_token`."""
        with self._lock:
            self._known = None
            return self._refresh(after)

    def _bind(self, binding: GrantBinding) -> None:
        with self._engine.begin() as connection:
            self._lock_row(connection)
            bind_grant(connection, self._realm_id, binding)

    def _refresh(self, after: str | None) -> str:
        """Refresh under the row's lock, unless another process has just done so.

        The refused value is the one read under the lock, so no other process can have replaced it:
        that is the second look which Intuit's advice asks for before a grant counts as lost.
        """
        binding = self._app.binding
        grant: Grant | None = None
        try:
            with self._engine.begin() as connection:
                row = self._lock_row(connection)
                ensure_fits(row, self._app, binding)
                if is_fresh(row.access_expires_at) and self._decrypt(row.access_token) != after:
                    return self._remember(row)
                grant = self._renew(connection, row)
                if grant is not None:
                    update_grant(connection, row, grant, self._fernet, binding)
        except UnreachableError:
            if grant is None:
                raise
            self._store_after_all(row, grant, binding)
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

    def _store_after_all(self, row: Row[Any], grant: Grant, binding: GrantBinding) -> None:
        """Store a grant whose transaction broke: it is the only copy of a rotated token."""
        logger.warning("company %s: storing the new grant over a new connection", self._realm_id)
        with self._engine.begin() as connection:
            update_grant(connection, row, grant, self._fernet, binding)

    def _read(self, connection: Connection) -> Row[Any]:
        row = connection.execute(
            GRANT_OF_COMPANY.where(company_grant.c.realm_id == self._realm_id)
        ).one_or_none()
        if row is None:
            raise self._connection_needed("it has no grant")
        return row

    def _lock_row(self, connection: Connection) -> Row[Any]:
        connection.execute(text(f"set local lock_timeout = '{LOCK_SECONDS}s'"))
        try:
            row = connection.execute(
                GRANT_OF_COMPANY.where(company_grant.c.realm_id == self._realm_id).with_for_update(
                    of=company_grant
                )
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
        return decrypt(value, self._fernet, self._realm_id)

    def _connection_needed(self, reason: str) -> ConnectionNeededError:
        return ConnectionNeededError(
            f"QuickBooks company {self._realm_id} is not connected: {reason}. "
            f"Connect it with `quickbooks-sync connect --realm {self._realm_id}`.",
            realm_id=self._realm_id,
            reason=reason,
        )


def is_fresh(expires_at: datetime) -> bool:
    """Whether a token can still be used for some minutes."""
    return bool(expires_at > datetime.now(UTC) + REFRESH_BEFORE_END)
