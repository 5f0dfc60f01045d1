"""Narrows a run to what belongs to linked customers, so that a first sync of a few takes what is theirs."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from quickbooks_sync.postgres.tables import link


def linked_customer_ids(connection: Connection, realm_id: str) -> tuple[str, list[str]]:
    """Return the property that points to a customer, and the linked customers' Ids."""
    customers = select(link.c.quickbooks_id).where(
        link.c.realm_id == realm_id, link.c.record_type == "customer"
    )
    return "CustomerRef", list(connection.execute(customers).scalars())


def of_linked_customers(
    realm_id: str, customer_id: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    """Return the condition that a row's customer is linked."""
    customers = select(link.c.loupe_id).where(
        link.c.realm_id == realm_id, link.c.record_type == "customer"
    )
    return [customer_id.in_(customers)]
