"""Grants that a person has consented to and nobody has confirmed yet: encrypted, and for ten minutes only.

Which company a person chose at Intuit is known by number alone until its name is read, and reading needs the grant.
So the grant is kept apart until then: no flow finds it, and it is used for that one question. It must be in the
database before that: a grant that exists nowhere but in a process that dies could not be revoked by anybody.
"""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, exists, insert, select

from quickbooks_sync.model.errors import ConfigurationError, SyncError
from quickbooks_sync.model.grant import Grant, GrantBinding, Issuer
from quickbooks_sync.postgres.connection.grant_rows import (
    decrypt,
    encrypt,
    parse_key,
    to_binding,
    to_columns,
)
from quickbooks_sync.postgres.tables import company_grant, pending_grant

logger = logging.getLogger(__name__)

#: How long a person may think about the question.
KEPT_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class PendingToken:
    """A `TokenSource` for a grant that nobody has confirmed: it is never renewed."""

    token: str = field(repr=False)

    def access_token(self) -> str:
        """Return the access token, a minute old at most when it is used."""
        return self.token

    def refreshed(self, after: str) -> str:  # noqa: ARG002 - the port's signature
        """Raise `ConfigurationError`: QuickBooks refuses the fresh grant."""
        raise ConfigurationError(
            "QuickBooks does not accept the access that Intuit has just granted. Start again with "
            "`quickbooks-sync connect`, and check that the app's keys are those of its environment."
        )


def write_pending(
    engine: Engine, realm_id: str, grant: Grant, key: str, binding: GrantBinding
) -> int:
    """Store a grant until it is confirmed, in a transaction of its own; returns its number."""
    values = {
        "realm_id": realm_id,
        "expires_at": datetime.now(UTC) + KEPT_FOR,
        **encrypt(grant, parse_key(key)),
        **to_columns(binding),
    }
    with engine.begin() as connection:
        statement = insert(pending_grant).values(**values).returning(pending_grant.c.pending_id)
        return int(connection.execute(statement).scalar_one())


def take_pending(connection: Connection, pending_id: int) -> None:
    """Remove a pending grant inside the transaction that stores it for good.

    Raises:
        ConfigurationError: Its ten minutes are over.
    """
    taken = connection.execute(
        delete(pending_grant).where(
            pending_grant.c.pending_id == pending_id,
            pending_grant.c.expires_at > datetime.now(UTC),
        )
    )
    if taken.rowcount != 1:
        raise ConfigurationError(
            f"The question was not answered within {KEPT_FOR.seconds // 60} minutes, so the company was not connected. "
            "Start again with `quickbooks-sync connect`."
        )


def drop_pending(engine: Engine, app: Issuer, key: str, pending_id: int) -> str:
    """Revoke and forget one pending grant; returns what came of it, as a sentence."""
    with engine.begin() as connection:
        row = connection.execute(
            select(pending_grant).where(pending_grant.c.pending_id == pending_id).with_for_update()
        ).one_or_none()
        return "" if row is None else _end(connection, row, app, key)


def drop_expired(engine: Engine, app: Issuer, key: str) -> list[str]:
    """Revoke and forget the pending grants whose time is over; returns what came of each.

    One that another process is at work on is left to it; one that cannot be revoked now is tried again later.
    """
    with engine.begin() as connection:
        rows = connection.execute(
            select(pending_grant)
            .where(pending_grant.c.expires_at <= datetime.now(UTC))
            .with_for_update(skip_locked=True)
        ).all()
        return [_end(connection, row, app, key) for row in rows]


def _end(connection: Connection, row: Row[Any], app: Issuer, key: str) -> str:
    """Revoke a pending grant where that harms nobody, and forget it once it is harmless.

    Intuit does not say whether revoking one of several grants of an app for a company ends the others (Intuit:
    OAuth 2.0, section 1.5). Where this company has a stored grant, the pending one is therefore not revoked: it might
    be the working grant that dies. It is forgotten; nobody holds it any more, and it ends unused after 100 days.
    """
    stored = select(exists().where(company_grant.c.realm_id == row.realm_id))
    if connection.execute(stored).scalar_one():
        _forget(connection, row)
        return (
            f"The new consent for company {row.realm_id} was forgotten, and not revoked, because that might end the "
            "access of the company that is connected."
        )
    try:
        _revoke(row, app, key)
    except SyncError as error:
        logger.warning("company %s: a pending grant was not revoked: %s", row.realm_id, error)
        return _kept(connection, row, error)
    _forget(connection, row)
    return f"The new consent for company {row.realm_id} was revoked at Intuit and forgotten."


def _revoke(row: Row[Any], app: Issuer, key: str) -> None:
    if to_binding(row) != app.binding:
        raise ConfigurationError(f"it belongs to the Intuit app {row.client_id}")
    app.revoke(decrypt(row.refresh_token, parse_key(key), row.realm_id))


def _kept(connection: Connection, row: Row[Any], error: SyncError) -> str:
    if row.refresh_expires_at <= datetime.now(UTC):
        _forget(connection, row)
        return f"The new consent for company {row.realm_id} has ended by itself and was forgotten."
    return (
        f"The new consent for company {row.realm_id} could NOT be revoked at Intuit: {error} It is kept, encrypted and "
        "unused, and revoked by the next `quickbooks-sync connect` or the daily run of quickbooks_keep_connections. "
        "To end it now, disconnect the app in that company's QuickBooks settings."
    )


def _forget(connection: Connection, row: Row[Any]) -> None:
    connection.execute(delete(pending_grant).where(pending_grant.c.pending_id == row.pending_id))
