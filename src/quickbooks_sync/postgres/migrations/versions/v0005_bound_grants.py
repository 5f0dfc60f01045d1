"""Grants know their app and hosts, an organization has one company, and a fresh grant waits to be confirmed.

An organization that has several companies already keeps them: the first connected stays its company, the others
become additional ones. Nobody is cut off by an upgrade; `quickbooks-sync companies` and `db upgrade` list them.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None

SCHEMA = "quickbooks_sync"
BINDING = ("client_id", "token_host", "api_host")


def upgrade() -> None:
    """Add the columns, mark additional companies, then let the database hold the rule."""
    for name in BINDING:
        op.add_column("company_grant", sa.Column(name, sa.Text(), nullable=True), schema=SCHEMA)
    op.create_check_constraint(
        op.f("ck_company_grant_bound_whole"),
        "company_grant",
        "num_nonnulls(client_id, token_host, api_host) in (0, 3)",
        schema=SCHEMA,
    )
    _hold_one_company()
    _create_pending_grant()


def downgrade() -> None:
    """Drop what was added; pending grants are lost without being revoked."""
    op.drop_table("pending_grant", schema=SCHEMA)
    op.drop_index("one_company_of_organization", "company", schema=SCHEMA)
    op.drop_column("company", "is_additional", schema=SCHEMA)
    for name in BINDING:
        op.drop_column("company_grant", name, schema=SCHEMA)


def _hold_one_company() -> None:
    op.add_column(
        "company",
        sa.Column("is_additional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema=SCHEMA,
    )
    op.execute(
        """
        update quickbooks_sync.company as later set is_additional = true
        where later.status <> 'disconnected' and exists (
          select from quickbooks_sync.company as earlier
          where earlier.organization_id = later.organization_id and earlier.status <> 'disconnected'
            and (earlier.created_at, earlier.realm_id) < (later.created_at, later.realm_id)
        )
        """
    )
    op.create_index(
        "one_company_of_organization",
        "company",
        ["organization_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("status <> 'disconnected' and not is_additional"),
    )


def _create_pending_grant() -> None:
    op.create_table(
        "pending_grant",
        sa.Column("pending_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=False),
        sa.Column("access_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refresh_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refresh_hard_expires_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in BINDING),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("pending_id", name=op.f("pk_pending_grant")),
        schema=SCHEMA,
    )
