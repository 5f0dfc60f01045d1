"""A link knows which record and which row it is of, so that another one under the same id is noticed.

What is there is taken for what was linked: QuickBooks' CreateTime stands in the stored document, Loupe's `created_at`
is read once, now.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: None = None
depends_on: None = None

SCHEMA = "quickbooks_sync"
MOMENT = sa.DateTime(timezone=True)
COLUMNS = (
    ("link", "quickbooks_created_at", MOMENT),
    ("link", "loupe_created_at", MOMENT),
    ("link", "loupe_seen_version", sa.BigInteger()),
    ("link", "loupe_seen_at", MOMENT),
    ("intent_item", "loupe_created_at", MOMENT),
)
TABLES = ("customer", "inventory_item", "invoice", "payment")
STATES = (
    "live",
    "deleted_in_quickbooks",
    "gone_in_loupe",
    "returned_in_quickbooks",
    "replaced_in_quickbooks",
)
#: A moment with its offset, as Intuit writes it; a stored document that says anything else is not compared.
MOMENT_PATTERN = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$"


def upgrade() -> None:
    """Add the columns, fill them from what is there, and allow the state."""
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind), schema=SCHEMA)
    _constrain((*STATES, "replaced_in_loupe"))
    _fill_quickbooks()
    for table in TABLES:
        _fill_loupe(table)


def downgrade() -> None:
    """Drop the columns; a link whose row is another one counts as live again."""
    op.execute(
        f"update {SCHEMA}.link set state = 'live' where state = 'replaced_in_loupe'"  # noqa: S608
    )
    _constrain(STATES)
    for table, name, _ in COLUMNS:
        op.drop_column(table, name, schema=SCHEMA)


def _fill_quickbooks() -> None:
    made = "document->'MetaData'->>'CreateTime'"
    op.execute(
        f"update {SCHEMA}.link set quickbooks_created_at = ({made})::timestamptz"  # noqa: S608
        f" where {made} ~ '{MOMENT_PATTERN}'"
    )


def _fill_loupe(table: str) -> None:
    """A row whose version both sides agree on has been seen at that version; of any other its newest counts."""
    op.execute(
        f"update {SCHEMA}.link as link set loupe_created_at = loupe_row.created_at,"  # noqa: S608
        " loupe_seen_version = coalesce(link.loupe_row_version, loupe_row.row_version)"
        f" from loupe.{table} as loupe_row"
        f" where link.record_type = '{table}' and loupe_row.{table}_id = link.loupe_id"
    )


def _constrain(states: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    op.drop_constraint(op.f("ck_link_state_known"), "link", schema=SCHEMA, type_="check")
    op.create_check_constraint(
        op.f("ck_link_state_known"), "link", f"state in ({listed})", schema=SCHEMA
    )
