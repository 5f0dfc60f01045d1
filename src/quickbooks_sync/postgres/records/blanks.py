"""Counts, over a whole run, how often each field would be emptied on the side that the run writes to."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from quickbooks_sync.model.flow import RunManifest

#: How many records an account of a blanked field names.
EXAMPLES = 5


@dataclass(frozen=True)
class BlankedField:
    """One field of a run.

    Attributes:
        name: The field.
        filled: Linked records of the run whose field held a value at the last sync.
        blanked: Those of them whose field the run would empty.
    """

    name: str
    filled: int
    blanked: int


# What is empty now is looked at first: that is little, and most of it was empty before. A void record
# loses its amounts by itself; a rejected record and a field that is held as a conflict are not
# written, and an older version than the link's is not looked at.
_NOTHING = """('null', '""', '[]')"""
_STAGED = """
    staged.run_id = :run_id
    and coalesce(staged.field_values ->> 'is_void', 'false') <> 'true'
    and not coalesce(
      staged.problem @? '$[*] ? (!exists(@.severity) || @.severity == "rejected")', false)
"""
_LINKED = """
    join quickbooks_sync.link as link
      on link.realm_id = :realm_id and link.record_type = :record_type and link.state = 'live'
     and {joined}
"""
_BLANKED = f"""
    with emptied as materialized (
      select staged.source_id, staged.source_version, staged.batch_number, staged.row_number, now.name
      from quickbooks_sync.staged_record as staged
      cross join lateral jsonb_each(staged.field_values) as now (name, value)
      where {_STAGED} and now.value in {_NOTHING} and now.name = any(:fields) {{sent}}
    ),
    blanked as (
      select staged.* from emptied as staged {_LINKED}
      where coalesce(link.quickbooks_base -> staged.name, 'null') not in {_NOTHING}
      and not exists (
        select from quickbooks_sync.conflict
        where conflict.realm_id = link.realm_id and conflict.record_type = link.record_type
          and conflict.loupe_id = link.loupe_id and conflict.field = staged.name
          and conflict.resolved_at is null)
    )
"""  # noqa: S608 - every part is a constant of this module
_FILLED = f"""
    select count(*) from quickbooks_sync.staged_record as staged {_LINKED}
    where {_STAGED} and staged.field_values ? :field
    and coalesce(link.quickbooks_base -> :field, 'null') not in {_NOTHING}
"""  # noqa: S608 - every part is a constant of this module
_JOINED = {
    "pull": "link.quickbooks_id = staged.source_id"
    " and link.sync_token::bigint <= coalesce(staged.source_version, '0')::bigint",
    "push": "link.loupe_id = staged.source_id::bigint",
}
_SENT = {"pull": "", "push": "and staged.action -> 'fields' ? now.name"}


def read_blanked_fields(
    connection: Connection, run: RunManifest, fields: Collection[str], least: int
) -> list[BlankedField]:
    """Count what a run would empty, most often emptied field first.

    Args:
        connection: An open connection.
        run: The run; every batch of it is transformed.
        fields: The fields to look at.
        least: Fields that fewer records would lose are left out.
    """
    rows = connection.execute(
        text(
            f"{_blanked_by(run)} select name, count(*) as blanked from blanked"  # noqa: S608 - every part is a constant of this module
            " group by name having count(*) >= :least order by blanked desc, name"
        ),
        {**_key(run), "fields": list(fields), "least": least},
    ).all()
    return [
        BlankedField(row.name, _count_filled(connection, run, row.name), row.blanked)
        for row in rows
    ]


def read_blanked_ids(connection: Connection, run: RunManifest, field: str) -> list[str]:
    """Return a few of the records whose field a run would empty, in the order they were read."""
    rows = connection.execute(
        text(
            f"{_blanked_by(run)} select source_id from blanked"  # noqa: S608 - every part is a constant of this module
            f" order by batch_number, row_number limit {EXAMPLES}"
        ),
        {**_key(run), "fields": [field]},
    )
    return list(rows.scalars())


def count_filled_links(connection: Connection, realm_id: str, record_type: str, field: str) -> int:
    """Count the linked records of a type whose field held a value at the last sync."""
    statement = text(
        "select count(*) from quickbooks_sync.link where realm_id = :realm_id"  # noqa: S608 - every part is a constant of this module
        " and record_type = :record_type and state = 'live'"
        f" and coalesce(quickbooks_base -> :field, 'null') not in {_NOTHING}"
    )
    key = {"realm_id": realm_id, "record_type": record_type, "field": field}
    return int(connection.execute(statement, key).scalar_one())


def _blanked_by(run: RunManifest) -> str:
    direction = run["direction"]
    return _BLANKED.format(joined=_JOINED[direction], sent=_SENT[direction])


def _count_filled(connection: Connection, run: RunManifest, field: str) -> int:
    statement = text(_FILLED.format(joined=_JOINED[run["direction"]]))
    return int(connection.execute(statement, {**_key(run), "field": field}).scalar_one())


def _key(run: RunManifest) -> dict[str, str | int]:
    return {
        "run_id": run["run_id"],
        "realm_id": run["realm_id"],
        "record_type": run["record_type"],
    }
