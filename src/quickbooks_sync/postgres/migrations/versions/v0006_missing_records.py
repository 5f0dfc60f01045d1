"""Links know since when their record is missing, and watermarks the fields that were read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None

SCHEMA = "quickbooks_sync"
STATES = ("live", "deleted_in_quickbooks", "gone_in_loupe")
NEW_STATES = (*STATES, "returned_in_quickbooks", "replaced_in_quickbooks")


def upgrade() -> None:
    """Add both columns, and the states of a record that came back or was replaced."""
    op.add_column("link", sa.Column("missing_since_at", sa.DateTime(timezone=True)), schema=SCHEMA)
    op.add_column("watermark", sa.Column("fields", JSONB()), schema=SCHEMA)
    _constrain(NEW_STATES)


def downgrade() -> None:
    """Drop both columns; a record that came back or was replaced counts as deleted again."""
    op.execute(
        f"update {SCHEMA}.link set state = 'deleted_in_quickbooks'"  # noqa: S608 - constants
        " where state in ('returned_in_quickbooks', 'replaced_in_quickbooks')"
    )
    _constrain(STATES)
    op.drop_column("watermark", "fields", schema=SCHEMA)
    op.drop_column("link", "missing_since_at", schema=SCHEMA)


def _constrain(states: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    op.drop_constraint(op.f("ck_link_state_known"), "link", schema=SCHEMA, type_="check")
    op.create_check_constraint(
        op.f("ck_link_state_known"), "link", f"state in ({listed})", schema=SCHEMA
    )
