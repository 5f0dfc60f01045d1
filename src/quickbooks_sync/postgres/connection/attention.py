"""Marking a company as needing a person: the one place that every refusal of Intuit ends in."""

from sqlalchemy import Connection, Engine, func, update

from quickbooks_sync.postgres.tables import company


def mark_needs_attention(engine: Engine, realm_id: str, reason: str) -> None:
    """Set a company to *needs attention*, in a transaction of its own, with what a person must do."""
    with engine.begin() as connection:
        set_needs_attention(connection, realm_id, reason)


def set_needs_attention(connection: Connection, realm_id: str, reason: str) -> None:
    """As `mark_needs_attention`, inside the caller's transaction; a disconnected company stays so."""
    connection.execute(
        update(company)
        .where(company.c.realm_id == realm_id, company.c.status != "disconnected")
        .values(status="needs_attention", status_reason=reason, updated_at=func.now())
    )
