"""The ledger of QuickBooks calls; what runs have used so far is carried over."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None

SCHEMA = "quickbooks_sync"


def upgrade() -> None:
    """Create the table and fill it from the runs."""
    op.create_table(
        "api_call",
        sa.Column("api_call_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("is_metered", sa.Boolean(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            [f"{SCHEMA}.run.run_id"],
            name=op.f("fk_api_call_run_id_run"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("api_call_id", name=op.f("pk_api_call")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_api_call_day"), "api_call", ["day"], schema=SCHEMA)
    op.create_index(
        "api_call_of_run_and_day",
        "api_call",
        ["realm_id", "day", "kind", "run_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_nulls_not_distinct=True,
    )
    for column, kind, is_metered in (("metered_reads", "query", True), ("writes", "batch", False)):
        op.execute(
            f"insert into {SCHEMA}.api_call (realm_id, day, kind, run_id, is_metered, number)"  # noqa: S608 - constants
            f" select realm_id, (started_at at time zone 'UTC')::date, '{kind}', run_id, {is_metered}, {column}"
            f" from {SCHEMA}.run where {column} > 0"
        )


def downgrade() -> None:
    """Drop the table; the runs keep their own counts."""
    op.drop_table("api_call", schema=SCHEMA)
