"""Links: this Loupe row *is* that QuickBooks record, with both halves of the base."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select, text

from quickbooks_sync.model.json_text import to_json
from quickbooks_sync.postgres.database.copying import copy_rows
from quickbooks_sync.postgres.tables import link

#: States of a link that is not live.
DELETED, RETURNED, REPLACED, REPLACED_IN_LOUPE = (
    "deleted_in_quickbooks",
    "returned_in_quickbooks",
    "replaced_in_quickbooks",
    "replaced_in_loupe",
)


@dataclass(frozen=True)
class Link:
    """One link.

    Attributes:
        loupe_id: The Loupe row's key.
        quickbooks_id: The QuickBooks Id.
        origin: Which side the record came from: `loupe`, `quickbooks`, or `matched`.
        sync_token: SyncToken of `document`.
        loupe_base: Loupe's canonical values as of the last sync; only agreed fields.
        quickbooks_base: QuickBooks' canonical values as of the last sync.
        document: The last whole QuickBooks record seen.
        quickbooks_updated_at: `MetaData.LastUpdatedTime` of `document`.
        loupe_row_version: The row version both sides agree up to; `None` while something is
            outstanding.
        state: `live`; `deleted_in_quickbooks`; `returned_in_quickbooks`, for a record that was taken
            for deleted, is there again, and about which a person has still to decide;
            `replaced_in_quickbooks`, where the Id is another record's now; `replaced_in_loupe`, where the
            key is another row's, or the row has come back from a backup.
        missing_since_at: When QuickBooks first answered that there is no such record, while that is
            not confirmed.
        quickbooks_created_at: When the record was made in QuickBooks, which tells it from any other; `None`
            where no answer has said so.
        loupe_created_at: When the row was made in Loupe.
        loupe_seen_version: The newest version of the row that the link has seen.
        loupe_seen_at: When the row became that version; `None` where that is not known.
    """

    loupe_id: int
    quickbooks_id: str
    origin: str
    sync_token: str
    document: dict[str, Any]
    loupe_base: dict[str, Any] = field(default_factory=dict)
    quickbooks_base: dict[str, Any] = field(default_factory=dict)
    quickbooks_updated_at: datetime | None = None
    loupe_row_version: int | None = None
    state: str = "live"
    missing_since_at: datetime | None = None
    quickbooks_created_at: datetime | None = None
    loupe_created_at: datetime | None = None
    loupe_seen_version: int | None = None
    loupe_seen_at: datetime | None = None

    def seen(self, row: Mapping[str, Any]) -> "Link":
        """Return the link with the identity that its Loupe row has now."""
        return replace(
            self,
            loupe_created_at=row["created_at"],
            loupe_seen_version=row["row_version"],
            loupe_seen_at=row["updated_at"],
        )


_COLUMNS = (
    "loupe_id",
    "quickbooks_id",
    "origin",
    "sync_token",
    "document",
    "loupe_base",
    "quickbooks_base",
    "quickbooks_updated_at",
    "loupe_row_version",
    "state",
    "missing_since_at",
    "quickbooks_created_at",
    "loupe_created_at",
    "loupe_seen_version",
    "loupe_seen_at",
)


def read_links(
    connection: Connection,
    realm_id: str,
    record_type: str,
    *,
    quickbooks_ids: Collection[str] | None = None,
    loupe_ids: Collection[int] | None = None,
) -> list[Link]:
    """Read the links of some QuickBooks Ids, or of some Loupe ids."""
    statement = select(*(link.c[name] for name in _COLUMNS)).where(
        link.c.realm_id == realm_id, link.c.record_type == record_type
    )
    if quickbooks_ids is not None:
        statement = statement.where(link.c.quickbooks_id.in_(list(quickbooks_ids)))
    if loupe_ids is not None:
        statement = statement.where(link.c.loupe_id.in_(list(loupe_ids)))
    return [Link(**row) for row in connection.execute(statement).mappings()]


def read_link_ids(
    connection: Connection,
    realm_id: str,
    record_type: str,
    *,
    quickbooks_ids: Collection[str] | None = None,
    loupe_ids: Collection[int] | None = None,
) -> list[tuple[int, str]]:
    """Return (Loupe id, QuickBooks Id) of some links."""
    statement = select(link.c.loupe_id, link.c.quickbooks_id).where(
        link.c.realm_id == realm_id, link.c.record_type == record_type
    )
    if quickbooks_ids is not None:
        statement = statement.where(link.c.quickbooks_id.in_(list(quickbooks_ids)))
    if loupe_ids is not None:
        statement = statement.where(link.c.loupe_id.in_(list(loupe_ids)))
    return [(row.loupe_id, row.quickbooks_id) for row in connection.execute(statement)]


def read_sync_tokens(
    connection: Connection, realm_id: str, record_type: str, quickbooks_ids: Collection[str]
) -> dict[str, str]:
    """Return the SyncTokens under which some records were last seen, each with the record's Id."""
    rows = connection.execute(
        select(link.c.quickbooks_id, link.c.sync_token).where(
            link.c.realm_id == realm_id,
            link.c.record_type == record_type,
            link.c.quickbooks_id.in_(list(quickbooks_ids)),
        )
    )
    return {row.quickbooks_id: f"{row.quickbooks_id}/{row.sync_token}" for row in rows}


def read_holders(
    connection: Connection, realm_id: str, record_type: str, name: str, texts: Collection[str]
) -> list[Link]:
    """Read the live links whose record holds one of some texts in a field.

    Args:
        connection: An open connection.
        realm_id: The company.
        record_type: The record type.
        name: The field.
        texts: The texts, in lower case and without blanks around.
    """
    held = func.lower(func.btrim(link.c.quickbooks_base[name].astext))
    statement = select(*(link.c[column] for column in _COLUMNS)).where(
        link.c.realm_id == realm_id,
        link.c.record_type == record_type,
        link.c.state == "live",
        held.in_(list(texts)),
    )
    return [Link(**row) for row in connection.execute(statement).mappings()]


def has_link_before(
    connection: Connection, realm_id: str, record_type: str, moment: datetime
) -> bool:
    """Whether a record of the type was linked before a moment."""
    found = select(link.c.link_id).where(
        link.c.realm_id == realm_id,
        link.c.record_type == record_type,
        link.c.linked_at < moment,
    )
    return bool(connection.scalar(select(exists(found))))


def read_live_ids(connection: Connection, realm_id: str, record_type: str) -> set[str]:
    """Return the QuickBooks Ids of all links that are not known to be gone."""
    rows = connection.execute(
        select(link.c.quickbooks_id).where(
            link.c.realm_id == realm_id,
            link.c.record_type == record_type,
            link.c.state != DELETED,
        )
    )
    return set(rows.scalars())


def delete_links(
    connection: Connection, realm_id: str, record_type: str, quickbooks_ids: Collection[str]
) -> None:
    """Forget which Loupe rows some records are."""
    connection.execute(
        delete(link).where(
            link.c.realm_id == realm_id,
            link.c.record_type == record_type,
            link.c.quickbooks_id.in_(list(quickbooks_ids)),
        )
    )


def insert_links(
    connection: Connection, realm_id: str, record_type: str, links: Sequence[Link]
) -> None:
    """Write new links by COPY; a link that exists already is a unique violation."""
    rows = ({"realm_id": realm_id, "record_type": record_type, **_to_row(link)} for link in links)
    copy_rows(connection, link, ("realm_id", "record_type", *_COLUMNS), rows)


def update_links(
    connection: Connection, realm_id: str, record_type: str, links: Sequence[Link]
) -> None:
    """Overwrite existing links, found by their QuickBooks Id."""
    if not links:
        return
    connection.execute(
        text(
            "update quickbooks_sync.link as link set sync_token = new.sync_token,"
            " document = new.document, loupe_base = new.loupe_base,"
            " quickbooks_base = new.quickbooks_base, state = new.state,"
            " quickbooks_updated_at = new.quickbooks_updated_at,"
            " loupe_row_version = new.loupe_row_version,"
            " missing_since_at = new.missing_since_at,"
            " quickbooks_created_at = new.quickbooks_created_at,"
            " loupe_created_at = new.loupe_created_at,"
            " loupe_seen_version = new.loupe_seen_version,"
            " loupe_seen_at = new.loupe_seen_at, synced_at = now()"
            " from jsonb_to_recordset(cast(:links as jsonb)) as new (quickbooks_id text,"
            " sync_token text, document jsonb, loupe_base jsonb, quickbooks_base jsonb,"
            " quickbooks_updated_at timestamptz, loupe_row_version bigint, state text,"
            " missing_since_at timestamptz, quickbooks_created_at timestamptz,"
            " loupe_created_at timestamptz, loupe_seen_version bigint, loupe_seen_at timestamptz)"
            " where link.realm_id = :realm_id and link.record_type = :record_type"
            " and link.quickbooks_id = new.quickbooks_id"
        ),
        {
            "links": to_json([_to_json_row(link) for link in links]),
            "realm_id": realm_id,
            "record_type": record_type,
        },
    )


def _to_row(link: Link) -> dict[str, Any]:
    return {name: getattr(link, name) for name in _COLUMNS}


def _to_json_row(link: Link) -> Mapping[str, Any]:
    row = _to_row(link)
    moments = {name: value for name, value in row.items() if isinstance(value, datetime)}
    return {**row, **{name: moment.isoformat() for name, moment in moments.items()}}
