"""The rows of grants: encrypted, and bound to the app and the hosts that they were issued for.

A grant that was stored before grants were bound has no binding. It is bound by `quickbooks-sync db upgrade`, or else
by the first use that may also renew it; a use that only looks (`StoredToken`) never binds it.
"""

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Connection, Engine, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.model.errors import ConfigurationError, GrantMismatchError
from quickbooks_sync.model.grant import Grant, GrantBinding, Issuer
from quickbooks_sync.postgres.tables import company, company_grant

#: A grant with what it is compared by.
GRANT_OF_COMPANY = select(company_grant, company.c.environment).join(
    company, company.c.realm_id == company_grant.c.realm_id
)


def parse_key(key: str) -> MultiFernet:
    """Parse one Fernet key, or several separated by commas: the first encrypts, all decrypt."""
    try:
        return MultiFernet([Fernet(part.strip()) for part in key.split(",")])
    except ValueError:
        raise ConfigurationError(
            "QUICKBOOKS_SYNC_KEY is not a Fernet key: 32 random bytes as 44 characters of URL-safe "
            "base64. Make one with cryptography.fernet.Fernet.generate_key()."
        ) from None


def write_grant(
    connection: Connection,
    realm_id: str,
    grant: Grant,
    key: str,
    binding: GrantBinding | None = None,
) -> None:
    """Store a company's grant, encrypted and bound, in place of any former one."""
    values = {
        **encrypt(grant, parse_key(key)),
        **to_columns(binding),
        "rotations": 0,
        "updated_at": func.now(),
    }
    statement = insert(company_grant).values(realm_id=realm_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["realm_id"], set_=values))


def update_grant(
    connection: Connection,
    row: Row[Any],
    grant: Grant,
    fernet: MultiFernet,
    binding: GrantBinding,
) -> None:
    """Store the next grant over the one in `row`, unless that was replaced meanwhile."""
    connection.execute(
        update(company_grant)
        .where(
            company_grant.c.realm_id == row.realm_id,
            company_grant.c.refresh_token == row.refresh_token,
        )
        .values(
            **encrypt(grant, fernet),
            **to_columns(binding),
            rotations=company_grant.c.rotations + 1,
            updated_at=func.now(),
        )
    )


def bind_grant(connection: Connection, realm_id: str, binding: GrantBinding) -> None:
    """Bind a company's grant, unless it is bound already."""
    connection.execute(
        update(company_grant)
        .where(company_grant.c.realm_id == realm_id, company_grant.c.client_id.is_(None))
        .values(**to_columns(binding))
    )


def read_unbound(connection: Connection) -> Sequence[Row[Any]]:
    """Return the grants that are not bound, with their company's environment."""
    return connection.execute(
        GRANT_OF_COMPANY.where(company_grant.c.client_id.is_(None)).order_by(company.c.realm_id)
    ).all()


def bind_unbound(engine: Engine, app: Issuer) -> list[str]:
    """Bind every grant of the app's environment that is not bound yet; returns their companies."""
    with engine.begin() as connection:
        unbound = [
            row.realm_id for row in read_unbound(connection) if row.environment == app.environment
        ]
        for realm_id in unbound:
            bind_grant(connection, realm_id, app.binding)
    return unbound


def to_binding(row: Row[Any]) -> GrantBinding | None:
    """Return what the grant in a row is bound to."""
    if row.client_id is None:
        return None
    return GrantBinding(row.client_id, row.token_host, row.api_host)


def to_columns(binding: GrantBinding | None) -> dict[str, str | None]:
    """Return a binding as the columns of a row."""
    if binding is None:
        return dict.fromkeys(("client_id", "token_host", "api_host"))
    return vars(binding)


def ensure_fits(row: Row[Any], app: Issuer, binding: GrantBinding) -> None:
    """Refuse a grant that `app` must not see. To be called before the grant is decrypted.

    Args:
        row: Of `GRANT_OF_COMPANY`.
        app: What the connection names.
        binding: Of the app; its `known_binding` where tokens are neither asked for nor renewed.

    Raises:
        GrantMismatchError: It is another environment's, app's or host's.
    """
    remedy = (
        "Nothing was sent. Put the QuickBooks connection back to what it was, or connect the company through it "
        f"with `quickbooks-sync connect --realm {row.realm_id}`."
    )
    facts = {"realm_id": row.realm_id, "client_id": row.client_id}
    if row.environment != app.environment:
        raise GrantMismatchError(
            f"Company {row.realm_id} was connected in the environment {row.environment}; the QuickBooks connection "
            f"is for {app.environment}. {remedy}",
            **facts,
        )
    bound = to_binding(row)
    if bound is not None and not bound.fits(binding):
        raise GrantMismatchError(
            f"The grant of company {row.realm_id} belongs to {_described(bound)}; the QuickBooks connection names "
            f"{_described(binding)}. {remedy}",
            **facts,
        )


def ensure_grant_fits(connection: Connection, realm_id: str, app: Issuer) -> None:
    """As `ensure_fits`, for a company's stored grant, if there is one; asks nobody and binds nothing."""
    row = connection.execute(
        GRANT_OF_COMPANY.where(company_grant.c.realm_id == realm_id)
    ).one_or_none()
    if row is not None:
        ensure_fits(row, app, app.known_binding)


def decrypt(value: bytes, fernet: MultiFernet, realm_id: str) -> str:
    """Return a stored token.

    Raises:
        ConfigurationError: It was encrypted with a key that is not there any more.
    """
    try:
        return fernet.decrypt(bytes(value)).decode()
    except InvalidToken:
        raise ConfigurationError(
            f"The grant of company {realm_id} was encrypted with another key than "
            "QUICKBOOKS_SYNC_KEY now holds. Put the former key back (after a comma), or reconnect.",
            realm_id=realm_id,
        ) from None


def encrypt(grant: Grant, fernet: MultiFernet) -> dict[str, Any]:
    """Return a grant as the columns of a row."""
    return {
        "access_token": fernet.encrypt(grant.access_token.encode()),
        "refresh_token": fernet.encrypt(grant.refresh_token.encode()),
        "access_expires_at": grant.access_expires_at,
        "refresh_expires_at": grant.refresh_expires_at,
        "refresh_hard_expires_at": grant.refresh_hard_expires_at,
    }


def _described(binding: GrantBinding) -> str:
    tokens = f"tokens from {binding.token_host}, " if binding.token_host else ""
    return f"the Intuit app {binding.client_id} ({tokens}API at {binding.api_host})"
