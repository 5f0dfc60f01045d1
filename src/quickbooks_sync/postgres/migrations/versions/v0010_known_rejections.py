"""A rejected record is known once a run has passed with it or a person has accepted it.

Those that are listed at the upgrade were listed by runs that passed.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: None = None
depends_on: None = None

SCHEMA = "quickbooks_sync"
TABLE = "rejected_record"


def upgrade() -> None:
    """Add whether it is known, and who accepted it."""
    op.add_column(
        TABLE,
        sa.Column("is_known", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        schema=SCHEMA,
    )
    op.add_column(TABLE, sa.Column("accepted_by", sa.Text()), schema=SCHEMA)


def downgrade() -> None:
    """Drop both; a record that a closed gate has listed stays listed."""
    op.drop_column(TABLE, "accepted_by", schema=SCHEMA)
    op.drop_column(TABLE, "is_known", schema=SCHEMA)
