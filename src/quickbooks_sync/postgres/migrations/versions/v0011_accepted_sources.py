"""A person may accept that the mapping reads a field from elsewhere, before all records are read again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: None = None
depends_on: None = None

SCHEMA = "quickbooks_sync"


def upgrade() -> None:
    """Add where fields may be read from, by name."""
    op.add_column("watermark", sa.Column("accepted_fields", JSONB()), schema=SCHEMA)


def downgrade() -> None:
    """Drop it; a change that was accepted is asked about again."""
    op.drop_column("watermark", "accepted_fields", schema=SCHEMA)
