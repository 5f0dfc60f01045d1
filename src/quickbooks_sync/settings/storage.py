"""Keeps a company's settings: proposals until a person confirms them, then the confirmed values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.postgres.tables import company, company_setting


@dataclass(frozen=True)
class StoredSetting:
    """One stored row: a proposal, or a confirmed value."""

    name: str
    value: str | None
    is_confirmed: bool
    because: str | None


def read_stored(connection: Connection, realm_id: str) -> dict[str, StoredSetting]:
    """Read a company's proposals and confirmed values by name."""
    rows = connection.execute(select(company_setting).where(company_setting.c.realm_id == realm_id))
    return {
        row.name: StoredSetting(row.name, row.value, row.is_confirmed, row.proposed_because)
        for row in rows
    }


def write_proposals(
    connection: Connection, realm_id: str, proposals: Mapping[str, tuple[str | None, str]]
) -> None:
    """Store proposed values with their reasons; confirmed settings are left as they are."""
    for name, (value, because) in proposals.items():
        statement = insert(company_setting).values(
            realm_id=realm_id, name=name, value=value, proposed_because=because
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["realm_id", "name"],
                set_={
                    "value": statement.excluded.value,
                    "proposed_because": statement.excluded.proposed_because,
                    "updated_at": func.now(),
                },
                where=company_setting.c.is_confirmed.is_(False),
            )
        )


def write_confirmed(connection: Connection, realm_id: str, values: Mapping[str, str]) -> None:
    """Store confirmed values; what was proposed for them, and why, stays readable."""
    for name, value in values.items():
        statement = insert(company_setting).values(
            realm_id=realm_id, name=name, value=value, is_confirmed=True
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["realm_id", "name"],
                set_={"value": value, "is_confirmed": True, "updated_at": func.now()},
            )
        )


def delete_settings(connection: Connection, realm_id: str, names: Iterable[str]) -> None:
    """Forget settings, confirmed or not."""
    connection.execute(
        delete(company_setting).where(
            company_setting.c.realm_id == realm_id, company_setting.c.name.in_(list(names))
        )
    )


def write_nightly(connection: Connection, realm_id: str, is_nightly: bool) -> None:
    """Switch the company's nightly sync on or off."""
    connection.execute(
        update(company)
        .where(company.c.realm_id == realm_id)
        .values(is_nightly=is_nightly, updated_at=func.now())
    )
