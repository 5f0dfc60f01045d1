"""Counts, over a whole run, how often each field would be emptied on the side that the run writes to."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from quickbooks_sync.flows import RunManifest

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


# The base says what was there. A void record loses its amounts by itself; a rejected record and a field
# that is held as a conflict are not written, and an older version than the link's is not looked at.
_LOOKED_AT = """
    from quickbooks_sync.staged_record as staged
    join quickbooks_sync.link as link
      on link.realm_id = :realm_id and link.record_type = :record_type and link.state = 'live'
     and {joined}
    cross join lateral jsonb_each(link.quickbooks_base) as base (name, value)
    where staged.run_id = :run_id
      and base.name = any(:fields)
      and base.value not in ('null', '""', '[]')
      and staged.field_values ? base.name
      and coalesce(staged.field_values ->> 'is_void', 'false') <> 'true'
      and not coalesce(
        staged.problem @? '$[*] ? (!exists(@.severity) || @.severity == "rejected")', false)
      and not exists (
        select from quickbooks_sync.conflict
        where conflict.realm_id = link.realm_id and conflict.record_type = link.record_type
          and conflict.loupe_id = link.loupe_id and conflict.field = base.name
          and conflict.resolved_at is null)
"""
_JOINED = {
    "pull": "link.quickbooks_id = staged.source_id"
    " and link.sync_token::bigint <= coalesce(staged.source_version, '0')::bigint",
    "push": "link.loupe_id = staged.source_id::bigint",
}
_IS_EMPTY = "staged.field_values -> base.name in ('null', '\"\"', '[]')"
_IS_BLANKED = {
    "pull": _IS_EMPTY,
    "push": f"{_IS_EMPTY} and staged.action -> 'fields' ? base.name",
}


def read_blanked_fields(
    connection: Connection, run: RunManifest, fields: Collection[str]
) -> list[BlankedField]:
    """Count what a run would empty, most often emptied field first; fields that stay are left out."""
    direction = run["direction"]
    rows = connection.execute(
        text(
            "select base.name, count(*) as filled,"
            f" count(*) filter (where {_IS_BLANKED[direction]}) as blanked"
            f" {_LOOKED_AT.format(joined=_JOINED[direction])}"
            " group by base.name order by blanked desc, base.name"
        ),
        {**_key(run), "fields": list(fields)},
    )
    return [BlankedField(row.name, row.filled, row.blanked) for row in rows if row.blanked]


def read_blanked_ids(connection: Connection, run: RunManifest, field: str) -> list[str]:
    """Return a few of the records whose field a run would empty, in the order they were read."""
    direction = run["direction"]
    rows = connection.execute(
        text(
            "select staged.source_id"
            f" {_LOOKED_AT.format(joined=_JOINED[direction])} and {_IS_BLANKED[direction]}"
            f" order by staged.batch_number, staged.row_number limit {EXAMPLES}"
        ),
        {**_key(run), "fields": [field]},
    )
    return list(rows.scalars())


def _key(run: RunManifest) -> dict[str, str | int]:
    return {
        "run_id": run["run_id"],
        "realm_id": run["realm_id"],
        "record_type": run["record_type"],
    }
