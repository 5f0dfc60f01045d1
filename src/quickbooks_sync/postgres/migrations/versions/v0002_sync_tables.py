"""The tables of the sync: companies, settings, links, runs, intents, and what became of each record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: None = None
depends_on: None = None

SCHEMA = "quickbooks_sync"
TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _create_company()
    _create_throttle()
    _create_company_grant()
    _create_company_reference()
    _create_company_setting()
    _create_conflict()
    _create_lease()
    _create_link()
    _create_rejected_record()
    _create_run()
    _create_waiting_record()
    _create_watermark()
    _create_intent()
    _create_run_record()
    _create_staged_batch()
    _create_staged_record()
    _create_intent_item()


def downgrade() -> None:
    """Refuse: links and open intents cannot be made again.

    Raises:
        NotImplementedError: Always.
    """
    raise NotImplementedError("Going back before 0002 would drop every table; restore a backup.")


def _create_company() -> None:
    op.create_table(
        "company",
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column(
            "connection_id",
            sa.Text(),
            server_default=sa.text("'quickbooks_default'"),
            nullable=False,
        ),
        sa.Column("status", sa.Text(), server_default=sa.text("'connected'"), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("is_nightly", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("connected_at", TIMESTAMP, nullable=True),
        sa.Column("created_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "environment in ('sandbox', 'production')", name=op.f("ck_company_environment_known")
        ),
        sa.CheckConstraint("realm_id ~ '^[0-9]+$'", name=op.f("ck_company_realm_id_digits")),
        sa.CheckConstraint(
            "status in ('connected', 'needs_attention', 'disconnected')",
            name=op.f("ck_company_status_known"),
        ),
        sa.PrimaryKeyConstraint("realm_id", name=op.f("pk_company")),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_company_organization_id"), "company", ["organization_id"], schema=SCHEMA
    )


def _create_throttle() -> None:
    op.create_table(
        "throttle",
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("limit_name", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("updated_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("realm_id", "limit_name", name=op.f("pk_throttle")),
        schema=SCHEMA,
    )


def _create_company_grant() -> None:
    op.create_table(
        "company_grant",
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=False),
        sa.Column("access_expires_at", TIMESTAMP, nullable=False),
        sa.Column("refresh_expires_at", TIMESTAMP, nullable=False),
        sa.Column("refresh_hard_expires_at", TIMESTAMP, nullable=True),
        sa.Column("rotations", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["realm_id"],
            ["quickbooks_sync.company.realm_id"],
            name=op.f("fk_company_grant_realm_id"),
        ),
        sa.PrimaryKeyConstraint("realm_id", name=op.f("pk_company_grant")),
        schema=SCHEMA,
    )


def _create_company_reference() -> None:
    op.create_table(
        "company_reference",
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("fetched_at", TIMESTAMP, nullable=False),
        sa.CheckConstraint(
            "name in ('CompanyInfo', 'Preferences', 'Account', 'Item')",
            name=op.f("ck_company_reference_name_known"),
        ),
        sa.ForeignKeyConstraint(
            ["realm_id"],
            ["quickbooks_sync.company.realm_id"],
            name=op.f("fk_company_reference_realm_id"),
        ),
        sa.PrimaryKeyConstraint("realm_id", "name", name=op.f("pk_company_reference")),
        schema=SCHEMA,
    )


def _create_company_setting() -> None:
    op.create_table(
        "company_setting",
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("is_confirmed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("proposed_because", sa.Text(), nullable=True),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["realm_id"],
            ["quickbooks_sync.company.realm_id"],
            name=op.f("fk_company_setting_realm_id"),
        ),
        sa.PrimaryKeyConstraint("realm_id", "name", name=op.f("pk_company_setting")),
        schema=SCHEMA,
    )


def _create_conflict() -> None:
    op.create_table(
        "conflict",
        sa.Column("conflict_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("loupe_id", sa.BigInteger(), nullable=True),
        sa.Column("quickbooks_id", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("loupe_value", postgresql.JSONB(), nullable=True),
        sa.Column("quickbooks_value", postgresql.JSONB(), nullable=True),
        sa.Column("loupe_base", postgresql.JSONB(), nullable=True),
        sa.Column("quickbooks_base", postgresql.JSONB(), nullable=True),
        sa.Column("loupe_changed_at", TIMESTAMP, nullable=True),
        sa.Column("loupe_changed_by", sa.Text(), nullable=True),
        sa.Column("quickbooks_changed_at", TIMESTAMP, nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", TIMESTAMP, nullable=True),
        sa.Column("resolved_at", TIMESTAMP, nullable=True),
        sa.Column("since_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_run_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "decision in ('loupe', 'quickbooks', 'same', 'separate')",
            name=op.f("ck_conflict_decision_known"),
        ),
        sa.CheckConstraint(
            "record_type in ('customer', 'invoice', 'payment', 'inventory_item')",
            name=op.f("ck_conflict_record_type_known"),
        ),
        sa.ForeignKeyConstraint(
            ["realm_id"], ["quickbooks_sync.company.realm_id"], name=op.f("fk_conflict_realm_id")
        ),
        sa.PrimaryKeyConstraint("conflict_id", name=op.f("pk_conflict")),
        schema=SCHEMA,
    )
    op.create_index(
        "uq_conflict_open",
        "conflict",
        [
            "realm_id",
            "record_type",
            sa.literal_column("coalesce(loupe_id, 0)"),
            sa.literal_column("coalesce(quickbooks_id, '')"),
            "field",
        ],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("resolved_at is null"),
    )


def _create_lease() -> None:
    op.create_table(
        "lease",
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("heartbeat_at", TIMESTAMP, nullable=True),
        sa.CheckConstraint(
            "record_type in ('customer', 'invoice', 'payment', 'inventory_item')",
            name=op.f("ck_lease_record_type_known"),
        ),
        sa.ForeignKeyConstraint(
            ["realm_id"], ["quickbooks_sync.company.realm_id"], name=op.f("fk_lease_realm_id")
        ),
        sa.PrimaryKeyConstraint("realm_id", "record_type", name=op.f("pk_lease")),
        schema=SCHEMA,
    )


def _create_link() -> None:
    op.create_table(
        "link",
        sa.Column("link_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("loupe_id", sa.BigInteger(), nullable=False),
        sa.Column("quickbooks_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("sync_token", sa.Text(), nullable=False),
        sa.Column("loupe_base", postgresql.JSONB(), nullable=False),
        sa.Column("quickbooks_base", postgresql.JSONB(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("quickbooks_updated_at", TIMESTAMP, nullable=True),
        sa.Column("loupe_row_version", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'live'"), nullable=False),
        sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("linked_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("synced_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "origin in ('loupe', 'quickbooks', 'matched')", name=op.f("ck_link_origin_known")
        ),
        sa.CheckConstraint(
            "record_type in ('customer', 'invoice', 'payment', 'inventory_item')",
            name=op.f("ck_link_record_type_known"),
        ),
        sa.CheckConstraint(
            "state in ('live', 'deleted_in_quickbooks', 'gone_in_loupe')",
            name=op.f("ck_link_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["realm_id"], ["quickbooks_sync.company.realm_id"], name=op.f("fk_link_realm_id")
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_link")),
        sa.UniqueConstraint(
            "realm_id",
            "record_type",
            "loupe_id",
            name=op.f("uq_link_realm_id_record_type_loupe_id"),
        ),
        sa.UniqueConstraint(
            "realm_id",
            "record_type",
            "quickbooks_id",
            name=op.f("uq_link_realm_id_record_type_quickbooks_id"),
        ),
        schema=SCHEMA,
    )


def _create_rejected_record() -> None:
    op.create_table(
        "rejected_record",
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("source_version", sa.Text(), nullable=True),
        sa.Column("causes", postgresql.JSONB(), nullable=False),
        sa.Column("retry_key", sa.Text(), nullable=False),
        sa.Column("raw", postgresql.JSONB(), nullable=False),
        sa.Column("since_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_run_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "direction in ('pull', 'push')", name=op.f("ck_rejected_record_direction_known")
        ),
        sa.CheckConstraint(
            "record_type in ('customer', 'invoice', 'payment', 'inventory_item')",
            name=op.f("ck_rejected_record_record_type_known"),
        ),
        sa.ForeignKeyConstraint(
            ["realm_id"],
            ["quickbooks_sync.company.realm_id"],
            name=op.f("fk_rejected_record_realm_id"),
        ),
        sa.PrimaryKeyConstraint(
            "realm_id", "record_type", "direction", "source_id", name=op.f("pk_rejected_record")
        ),
        schema=SCHEMA,
    )


def _create_run() -> None:
    op.create_table(
        "run",
        sa.Column("run_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("run_key", sa.Text(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("is_preview", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_narrowed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("triggered_by", sa.Text(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'running'"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("started_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", TIMESTAMP, nullable=True),
        sa.Column("next_watermark_at", TIMESTAMP, nullable=True),
        sa.Column("metered_reads", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("writes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("direction in ('pull', 'push')", name=op.f("ck_run_direction_known")),
        sa.CheckConstraint("mode in ('incremental', 'full')", name=op.f("ck_run_mode_known")),
        sa.CheckConstraint(
            "record_type in ('customer', 'invoice', 'payment', 'inventory_item')",
            name=op.f("ck_run_record_type_known"),
        ),
        sa.CheckConstraint(
            "status in ('running', 'success', 'failed', 'skipped')",
            name=op.f("ck_run_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["realm_id"], ["quickbooks_sync.company.realm_id"], name=op.f("fk_run_realm_id")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run")),
        sa.UniqueConstraint(
            "realm_id",
            "record_type",
            "direction",
            "run_key",
            name=op.f("uq_run_realm_id_record_type_direction_run_key"),
        ),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_run_realm_id_started_at"), "run", ["realm_id", "started_at"], schema=SCHEMA
    )


def _create_waiting_record() -> None:
    op.create_table(
        "waiting_record",
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("waits_for", sa.Text(), nullable=False),
        sa.Column("waits_for_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", postgresql.JSONB(), nullable=False),
        sa.Column("since_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_run_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "direction in ('pull', 'push')", name=op.f("ck_waiting_record_direction_known")
        ),
        sa.CheckConstraint(
            "record_type in ('customer', 'invoice', 'payment', 'inventory_item')",
            name=op.f("ck_waiting_record_record_type_known"),
        ),
        sa.ForeignKeyConstraint(
            ["realm_id"],
            ["quickbooks_sync.company.realm_id"],
            name=op.f("fk_waiting_record_realm_id"),
        ),
        sa.PrimaryKeyConstraint(
            "realm_id", "record_type", "direction", "source_id", name=op.f("pk_waiting_record")
        ),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_waiting_record_realm_id_waits_for_waits_for_id"),
        "waiting_record",
        ["realm_id", "waits_for", "waits_for_id"],
        schema=SCHEMA,
    )


def _create_watermark() -> None:
    op.create_table(
        "watermark",
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("changed_since", TIMESTAMP, nullable=False),
        sa.Column("full_completed_at", TIMESTAMP, nullable=True),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "direction in ('pull', 'push')", name=op.f("ck_watermark_direction_known")
        ),
        sa.CheckConstraint(
            "record_type in ('customer', 'invoice', 'payment', 'inventory_item')",
            name=op.f("ck_watermark_record_type_known"),
        ),
        sa.ForeignKeyConstraint(
            ["realm_id"], ["quickbooks_sync.company.realm_id"], name=op.f("fk_watermark_realm_id")
        ),
        sa.PrimaryKeyConstraint("realm_id", "record_type", "direction", name=op.f("pk_watermark")),
        schema=SCHEMA,
    )


def _create_intent() -> None:
    op.create_table(
        "intent",
        sa.Column("intent_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("realm_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("batch_number", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", TIMESTAMP, nullable=True),
        sa.CheckConstraint(
            "record_type in ('customer', 'invoice', 'payment', 'inventory_item')",
            name=op.f("ck_intent_record_type_known"),
        ),
        sa.CheckConstraint(
            "status in ('open', 'answered', 'abandoned')", name=op.f("ck_intent_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["realm_id"], ["quickbooks_sync.company.realm_id"], name=op.f("fk_intent_realm_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["quickbooks_sync.run.run_id"],
            name=op.f("fk_intent_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("intent_id", name=op.f("pk_intent")),
        sa.UniqueConstraint("request_id", name=op.f("uq_intent_request_id")),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_intent_realm_id_record_type"),
        "intent",
        ["realm_id", "record_type"],
        schema=SCHEMA,
        postgresql_where=sa.text("status = 'open'"),
    )


def _create_run_record() -> None:
    op.create_table(
        "run_record",
        sa.Column("run_record_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("loupe_id", sa.BigInteger(), nullable=True),
        sa.Column("quickbooks_id", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(), nullable=True),
        sa.Column("recorded_at", TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "outcome in ('created', 'updated', 'linked', 'unchanged', 'waiting', 'rejected', 'conflict', 'differs', 'failed', 'warning')",
            name=op.f("ck_run_record_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["quickbooks_sync.run.run_id"],
            name=op.f("fk_run_record_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_record_id", name=op.f("pk_run_record")),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_run_record_run_id_outcome"), "run_record", ["run_id", "outcome"], schema=SCHEMA
    )


def _create_staged_batch() -> None:
    op.create_table(
        "staged_batch",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_number", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("rejected_count", sa.Integer(), nullable=True),
        sa.Column("validation_result", postgresql.JSONB(), nullable=True),
        sa.Column("loaded_at", TIMESTAMP, nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["quickbooks_sync.run.run_id"],
            name=op.f("fk_staged_batch_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "batch_number", name=op.f("pk_staged_batch")),
        schema=SCHEMA,
    )


def _create_staged_record() -> None:
    op.create_table(
        "staged_record",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_number", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("source_version", sa.Text(), nullable=True),
        sa.Column("raw", postgresql.JSONB(), nullable=False),
        sa.Column("field_values", postgresql.JSONB(), nullable=True),
        sa.Column("problem", postgresql.JSONB(), nullable=True),
        sa.Column("action", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["quickbooks_sync.run.run_id"],
            name=op.f("fk_staged_record_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "run_id", "batch_number", "row_number", name=op.f("pk_staged_record")
        ),
        schema=SCHEMA,
    )
    op.create_index(
        op.f("ix_staged_record_run_id_source_id"),
        "staged_record",
        ["run_id", "source_id"],
        schema=SCHEMA,
    )


def _create_intent_item() -> None:
    op.create_table(
        "intent_item",
        sa.Column("intent_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_item_id", sa.Text(), nullable=False),
        sa.Column("loupe_id", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("loupe_values", postgresql.JSONB(), nullable=False),
        sa.Column("sent_fields", postgresql.JSONB(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "operation in ('create', 'update', 'void', 'adjust')",
            name=op.f("ck_intent_item_operation_known"),
        ),
        sa.ForeignKeyConstraint(
            ["intent_id"],
            ["quickbooks_sync.intent.intent_id"],
            name=op.f("fk_intent_item_intent_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("intent_id", "batch_item_id", name=op.f("pk_intent_item")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_intent_item_loupe_id"), "intent_item", ["loupe_id"], schema=SCHEMA)
