"""The tables of both schemas: `loupe` (operations) and `quickbooks_sync` (ours).

Design notes
    - `loupe` is a reference schema: the vendor's own is not public. Every row carries its
      `organization_id`; a trigger raises `row_version` with each update, so that a load can
      tell whether a row is still what the merge saw.
    - An invoice has two states: `lifecycle_status` (what operations did with the document) and
      `payment_status` (what is owed). Overdue is a lifecycle status, never a payment status.
    - `link.loupe_row_version` is the row version up to which both sides are known to agree; it is
      null while something of the row is outstanding, so a push reads only rows that need a look.
    - Every table of `quickbooks_sync` that speaks of a record is keyed by `realm_id`: Ids repeat
      across companies.
    - Money is `numeric(19,2)`, prices and quantities `numeric(21,7)` (QuickBooks keeps at most
      seven decimals), times `timestamptz`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

LOUPE_SCHEMA = "loupe"
SYNC_SCHEMA = "quickbooks_sync"

LIFECYCLE_STATUSES = (
    "Draft",
    "Finalised",
    "Sent",
    "Partially Paid",
    "Paid",
    "Overdue",
    "Void",
)
PAYMENT_STATUSES = ("Unpaid", "Partial", "Paid")
LINE_KINDS = ("sales", "shipping", "discount", "description", "group", "subtotal")
PRICE_BASES = ("piece", "carat", "gram")
RECORD_TYPES = ("customer", "invoice", "payment", "inventory_item")
DIRECTIONS = ("pull", "push")
DECISIONS = ("loupe", "quickbooks", "same", "separate")
OUTCOMES = (
    "created",
    "updated",
    "linked",
    "unchanged",
    "waiting",
    "rejected",
    "conflict",
    "differs",
    "failed",
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Money = Numeric(19, 2)
Quantity = Numeric(21, 7)
Timestamp = DateTime(timezone=True)


def _one_of(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=name)


def _not_blank(column: str) -> CheckConstraint:
    return CheckConstraint(f"btrim({column}) <> ''", name=f"{column}_not_blank")


def _loupe_columns(key: str) -> list[Column]:  # type: ignore[type-arg]
    """The columns every operational table starts with."""
    return [
        Column(key, BigInteger, Identity(always=False), primary_key=True),
        Column("organization_id", BigInteger, nullable=False),
        Column("row_version", BigInteger, nullable=False, server_default=text("1")),
        Column("created_at", Timestamp, nullable=False, server_default=func.now()),
        Column("updated_at", Timestamp, nullable=False, server_default=func.now()),
        Column("updated_by", Text),
    ]


def _realm(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "realm_id",
        Text,
        ForeignKey(f"{SYNC_SCHEMA}.company.realm_id"),
        primary_key=primary_key,
        nullable=False,
    )


customer = Table(
    "customer",
    metadata,
    *_loupe_columns("customer_id"),
    Column("display_name", Text),
    Column("first_name", Text),
    Column("last_name", Text),
    Column("company_name", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("street", Text),
    Column("city", Text),
    Column("country", Text),
    Column("postal_code", Text),
    Column("website", Text),
    Column("notes", Text),
    Column("currency_code", Text),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    CheckConstraint("currency_code ~ '^[A-Z]{3}$'", name="currency_code_iso"),
    UniqueConstraint("organization_id", "customer_id"),
    Index(
        "ix_customer_organization_id_display_name",
        "organization_id",
        text("lower(btrim(display_name))"),
    ),
    Index(
        "ix_customer_organization_id_email",
        "organization_id",
        text("lower(btrim(email))"),
    ),
    schema=LOUPE_SCHEMA,
)

inventory_item = Table(
    "inventory_item",
    metadata,
    *_loupe_columns("inventory_item_id"),
    Column("item_name", Text),
    Column("description", Text),
    Column("tag_id", Text),
    Column("item_type", Text, nullable=False, server_default=text("'Finished'")),
    Column("quantity", Quantity, nullable=False, server_default=text("0")),
    Column("weight", Numeric(18, 3)),
    Column("weight_unit", Text),
    Column("sell_price", Quantity),
    Column("cost_price", Quantity),
    Column("price_basis", Text, nullable=False, server_default=text("'piece'")),
    Column("currency_code", Text),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    _not_blank("tag_id"),
    _one_of("price_basis", PRICE_BASES, "price_basis_known"),
    CheckConstraint("char_length(tag_id) <= 50", name="tag_id_length"),
    CheckConstraint("currency_code ~ '^[A-Z]{3}$'", name="currency_code_iso"),
    UniqueConstraint("organization_id", "inventory_item_id"),
    UniqueConstraint("organization_id", "tag_id"),
    Index(
        "ix_inventory_item_organization_id_item_name",
        "organization_id",
        text("lower(btrim(item_name))"),
    ),
    schema=LOUPE_SCHEMA,
)

invoice = Table(
    "invoice",
    metadata,
    *_loupe_columns("invoice_id"),
    Column("customer_id", BigInteger, nullable=False),
    Column("sales_order_id", BigInteger),
    Column("invoice_number", Text),
    Column("invoice_date", Date),
    Column("due_date", Date),
    Column("currency_code", Text, nullable=False),
    Column("lifecycle_status", Text, nullable=False, server_default=text("'Draft'")),
    Column("payment_status", Text, nullable=False, server_default=text("'Unpaid'")),
    Column("void_reason", Text),
    Column("tax_amount", Money, nullable=False, server_default=text("0")),
    Column("total_amount", Money, nullable=False, server_default=text("0")),
    Column("balance_amount", Money, nullable=False, server_default=text("0")),
    _one_of("lifecycle_status", LIFECYCLE_STATUSES, "lifecycle_status_known"),
    _one_of("payment_status", PAYMENT_STATUSES, "payment_status_known"),
    CheckConstraint("currency_code ~ '^[A-Z]{3}$'", name="currency_code_iso"),
    ForeignKeyConstraint(
        ["organization_id", "customer_id"],
        [f"{LOUPE_SCHEMA}.customer.organization_id", f"{LOUPE_SCHEMA}.customer.customer_id"],
    ),
    UniqueConstraint("organization_id", "invoice_id"),
    Index(None, "organization_id", "invoice_number"),
    Index(None, "customer_id"),
    schema=LOUPE_SCHEMA,
)

invoice_line = Table(
    "invoice_line",
    metadata,
    Column("invoice_line_id", BigInteger, Identity(always=False), primary_key=True),
    Column("organization_id", BigInteger, nullable=False),
    Column("invoice_id", BigInteger, nullable=False),
    Column("line_number", Integer, nullable=False),
    Column("line_kind", Text, nullable=False, server_default=text("'sales'")),
    Column("description", Text),
    Column("quantity", Quantity),
    Column("unit_price", Quantity),
    Column("amount", Money),
    Column("is_taxable", Boolean),
    Column("inventory_item_id", BigInteger),
    _one_of("line_kind", LINE_KINDS, "line_kind_known"),
    ForeignKeyConstraint(
        ["organization_id", "invoice_id"],
        [f"{LOUPE_SCHEMA}.invoice.organization_id", f"{LOUPE_SCHEMA}.invoice.invoice_id"],
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(
        ["organization_id", "inventory_item_id"],
        [
            f"{LOUPE_SCHEMA}.inventory_item.organization_id",
            f"{LOUPE_SCHEMA}.inventory_item.inventory_item_id",
        ],
    ),
    UniqueConstraint("invoice_id", "line_number"),
    Index(None, "inventory_item_id"),
    schema=LOUPE_SCHEMA,
)

payment = Table(
    "payment",
    metadata,
    *_loupe_columns("payment_id"),
    Column("customer_id", BigInteger, nullable=False),
    Column("payment_date", Date),
    Column("amount", Money, nullable=False),
    Column("currency_code", Text, nullable=False),
    Column("method", Text),
    Column("reference_number", Text),
    Column("payment_kind", Text, nullable=False, server_default=text("'payment'")),
    Column("is_void", Boolean, nullable=False, server_default=text("false")),
    Column("unapplied_amount", Money, nullable=False, server_default=text("0")),
    _one_of("payment_kind", ("payment", "credit_application"), "payment_kind_known"),
    CheckConstraint("amount >= 0", name="amount_not_negative"),
    CheckConstraint("currency_code ~ '^[A-Z]{3}$'", name="currency_code_iso"),
    ForeignKeyConstraint(
        ["organization_id", "customer_id"],
        [f"{LOUPE_SCHEMA}.customer.organization_id", f"{LOUPE_SCHEMA}.customer.customer_id"],
    ),
    UniqueConstraint("organization_id", "payment_id"),
    Index(None, "customer_id", "payment_date"),
    schema=LOUPE_SCHEMA,
)

payment_application = Table(
    "payment_application",
    metadata,
    Column("payment_application_id", BigInteger, Identity(always=False), primary_key=True),
    Column("organization_id", BigInteger, nullable=False),
    Column("payment_id", BigInteger, nullable=False),
    Column("invoice_id", BigInteger, nullable=False),
    Column("amount", Money, nullable=False),
    CheckConstraint("amount > 0", name="amount_positive"),
    ForeignKeyConstraint(
        ["organization_id", "payment_id"],
        [f"{LOUPE_SCHEMA}.payment.organization_id", f"{LOUPE_SCHEMA}.payment.payment_id"],
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(
        ["organization_id", "invoice_id"],
        [f"{LOUPE_SCHEMA}.invoice.organization_id", f"{LOUPE_SCHEMA}.invoice.invoice_id"],
    ),
    UniqueConstraint("payment_id", "invoice_id"),
    Index(None, "invoice_id"),
    schema=LOUPE_SCHEMA,
)

company = Table(
    "company",
    metadata,
    Column("realm_id", Text, primary_key=True),
    Column("organization_id", BigInteger, nullable=False),
    Column("company_name", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("connection_id", Text, nullable=False, server_default=text("'quickbooks_default'")),
    Column("status", Text, nullable=False, server_default=text("'connected'")),
    Column("status_reason", Text),
    Column("is_nightly", Boolean, nullable=False, server_default=text("false")),
    Column("connected_at", Timestamp),
    Column("created_at", Timestamp, nullable=False, server_default=func.now()),
    Column("updated_at", Timestamp, nullable=False, server_default=func.now()),
    _one_of("status", ("connected", "needs_attention", "disconnected"), "status_known"),
    _one_of("environment", ("sandbox", "production"), "environment_known"),
    CheckConstraint("realm_id ~ '^[0-9]+$'", name="realm_id_digits"),
    Index(None, "organization_id"),
    schema=SYNC_SCHEMA,
)

company_grant = Table(
    "company_grant",
    metadata,
    _realm(primary_key=True),
    Column("access_token", LargeBinary, nullable=False),
    Column("refresh_token", LargeBinary, nullable=False),
    Column("access_expires_at", Timestamp, nullable=False),
    Column("refresh_expires_at", Timestamp, nullable=False),
    Column("refresh_hard_expires_at", Timestamp),
    Column("rotations", Integer, nullable=False, server_default=text("0")),
    Column("updated_at", Timestamp, nullable=False, server_default=func.now()),
    schema=SYNC_SCHEMA,
)

company_setting = Table(
    "company_setting",
    metadata,
    _realm(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text),
    Column("is_confirmed", Boolean, nullable=False, server_default=text("false")),
    Column("proposed_because", Text),
    Column("updated_at", Timestamp, nullable=False, server_default=func.now()),
    schema=SYNC_SCHEMA,
)

company_reference = Table(
    "company_reference",
    metadata,
    _realm(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("fetched_at", Timestamp, nullable=False),
    _one_of("name", ("CompanyInfo", "Preferences", "Account", "Item"), "name_known"),
    schema=SYNC_SCHEMA,
)

throttle = Table(
    "throttle",
    metadata,
    Column("realm_id", Text, primary_key=True),
    Column("limit_name", Text, primary_key=True),
    Column("tokens", Numeric(12, 4), nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    schema=SYNC_SCHEMA,
)

api_call = Table(
    "api_call",
    metadata,
    Column("api_call_id", BigInteger, Identity(), primary_key=True),
    Column("realm_id", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("run_id", BigInteger, ForeignKey(f"{SYNC_SCHEMA}.run.run_id", ondelete="SET NULL")),
    Column("is_metered", Boolean, nullable=False),
    Column("number", BigInteger, nullable=False),
    Index(None, "day"),
    Index(
        "api_call_of_run_and_day",
        "realm_id",
        "day",
        "kind",
        "run_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
    schema=SYNC_SCHEMA,
)

lease = Table(
    "lease",
    metadata,
    _realm(primary_key=True),
    Column("record_type", Text, primary_key=True),
    Column("holder", Text),
    Column("fence", BigInteger, nullable=False, server_default=text("0")),
    Column("heartbeat_at", Timestamp),
    _one_of("record_type", RECORD_TYPES, "record_type_known"),
    schema=SYNC_SCHEMA,
)

watermark = Table(
    "watermark",
    metadata,
    _realm(primary_key=True),
    Column("record_type", Text, primary_key=True),
    Column("direction", Text, primary_key=True),
    Column("changed_since", Timestamp, nullable=False),
    Column("full_completed_at", Timestamp),
    Column("updated_at", Timestamp, nullable=False, server_default=func.now()),
    _one_of("record_type", RECORD_TYPES, "record_type_known"),
    _one_of("direction", DIRECTIONS, "direction_known"),
    schema=SYNC_SCHEMA,
)

run = Table(
    "run",
    metadata,
    Column("run_id", BigInteger, Identity(), primary_key=True),
    _realm(),
    Column("run_key", Text, nullable=False),
    Column("record_type", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("is_preview", Boolean, nullable=False, server_default=text("false")),
    Column("is_narrowed", Boolean, nullable=False, server_default=text("false")),
    Column("triggered_by", Text),
    Column("fence", BigInteger, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'running'")),
    Column("reason", Text),
    Column("started_at", Timestamp, nullable=False, server_default=func.now()),
    Column("finished_at", Timestamp),
    Column("next_watermark_at", Timestamp),
    Column("metered_reads", Integer, nullable=False, server_default=text("0")),
    Column("writes", Integer, nullable=False, server_default=text("0")),
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    _one_of("record_type", RECORD_TYPES, "record_type_known"),
    _one_of("direction", DIRECTIONS, "direction_known"),
    _one_of("mode", ("incremental", "full"), "mode_known"),
    _one_of("status", ("running", "success", "failed", "skipped"), "status_known"),
    UniqueConstraint("realm_id", "record_type", "direction", "run_key"),
    Index(None, "realm_id", "started_at"),
    schema=SYNC_SCHEMA,
)


def _run_id(*, primary_key: bool = False) -> Column[int]:
    return Column(
        "run_id",
        BigInteger,
        ForeignKey(f"{SYNC_SCHEMA}.run.run_id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


staged_record = Table(
    "staged_record",
    metadata,
    _run_id(primary_key=True),
    Column("batch_number", Integer, primary_key=True),
    Column("row_number", Integer, primary_key=True),
    Column("source_id", Text, nullable=False),
    Column("source_version", Text),
    Column("raw", JSONB, nullable=False),
    Column("field_values", JSONB),
    Column("problem", JSONB),
    Column("action", JSONB),
    Index(None, "run_id", "source_id"),
    schema=SYNC_SCHEMA,
)

staged_batch = Table(
    "staged_batch",
    metadata,
    _run_id(primary_key=True),
    Column("batch_number", Integer, primary_key=True),
    Column("row_count", Integer, nullable=False),
    Column("rejected_count", Integer),
    Column("validation_result", JSONB),
    Column("loaded_at", Timestamp),
    schema=SYNC_SCHEMA,
)

run_record = Table(
    "run_record",
    metadata,
    Column("run_record_id", BigInteger, Identity(), primary_key=True),
    _run_id(),
    Column("loupe_id", BigInteger),
    Column("quickbooks_id", Text),
    Column("outcome", Text, nullable=False),
    Column("rule", Text),
    Column("field", Text),
    Column("reason", Text),
    Column("detail", JSONB),
    Column("recorded_at", Timestamp, nullable=False, server_default=func.now()),
    _one_of("outcome", (*OUTCOMES, "warning"), "outcome_known"),
    Index(None, "run_id", "outcome"),
    schema=SYNC_SCHEMA,
)

link = Table(
    "link",
    metadata,
    Column("link_id", BigInteger, Identity(), primary_key=True),
    _realm(),
    Column("record_type", Text, nullable=False),
    Column("loupe_id", BigInteger, nullable=False),
    Column("quickbooks_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("sync_token", Text, nullable=False),
    Column("loupe_base", JSONB, nullable=False),
    Column("quickbooks_base", JSONB, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("quickbooks_updated_at", Timestamp),
    Column("loupe_row_version", BigInteger),
    Column("state", Text, nullable=False, server_default=text("'live'")),
    Column("generation", Integer, nullable=False, server_default=text("0")),
    Column("linked_at", Timestamp, nullable=False, server_default=func.now()),
    Column("synced_at", Timestamp, nullable=False, server_default=func.now()),
    _one_of("record_type", RECORD_TYPES, "record_type_known"),
    _one_of("origin", ("loupe", "quickbooks", "matched"), "origin_known"),
    _one_of("state", ("live", "deleted_in_quickbooks", "gone_in_loupe"), "state_known"),
    UniqueConstraint("realm_id", "record_type", "loupe_id"),
    UniqueConstraint("realm_id", "record_type", "quickbooks_id"),
    schema=SYNC_SCHEMA,
)

intent = Table(
    "intent",
    metadata,
    Column("intent_id", BigInteger, Identity(), primary_key=True),
    _realm(),
    _run_id(),
    Column("record_type", Text, nullable=False),
    Column("batch_number", Integer, nullable=False),
    Column("request_id", UUID(as_uuid=False), nullable=False, unique=True),
    Column("body", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=text("'open'")),
    Column("created_at", Timestamp, nullable=False, server_default=func.now()),
    Column("answered_at", Timestamp),
    _one_of("status", ("open", "answered", "abandoned"), "status_known"),
    _one_of("record_type", RECORD_TYPES, "record_type_known"),
    Index(
        None,
        "realm_id",
        "record_type",
        postgresql_where=text("status = 'open'"),
    ),
    schema=SYNC_SCHEMA,
)

intent_item = Table(
    "intent_item",
    metadata,
    Column(
        "intent_id",
        BigInteger,
        ForeignKey(f"{SYNC_SCHEMA}.intent.intent_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("batch_item_id", Text, primary_key=True),
    Column("loupe_id", BigInteger, nullable=False),
    Column("operation", Text, nullable=False),
    Column("row_version", BigInteger, nullable=False),
    Column("loupe_values", JSONB, nullable=False),
    Column("sent_fields", JSONB, nullable=False),
    Column("generation", Integer, nullable=False, server_default=text("0")),
    Column("outcome", Text),
    _one_of("operation", ("create", "update", "void", "adjust"), "operation_known"),
    Index(None, "loupe_id"),
    schema=SYNC_SCHEMA,
)

waiting_record = Table(
    "waiting_record",
    metadata,
    _realm(primary_key=True),
    Column("record_type", Text, primary_key=True),
    Column("direction", Text, primary_key=True),
    Column("source_id", Text, primary_key=True),
    Column("waits_for", Text, nullable=False),
    Column("waits_for_id", Text),
    Column("reason", Text, nullable=False),
    Column("raw", JSONB, nullable=False),
    Column("since_at", Timestamp, nullable=False, server_default=func.now()),
    Column("last_run_id", BigInteger),
    _one_of("record_type", RECORD_TYPES, "record_type_known"),
    _one_of("direction", DIRECTIONS, "direction_known"),
    Index(None, "realm_id", "waits_for", "waits_for_id"),
    schema=SYNC_SCHEMA,
)

rejected_record = Table(
    "rejected_record",
    metadata,
    _realm(primary_key=True),
    Column("record_type", Text, primary_key=True),
    Column("direction", Text, primary_key=True),
    Column("source_id", Text, primary_key=True),
    Column("source_version", Text),
    Column("causes", JSONB, nullable=False),
    Column("retry_key", Text, nullable=False),
    Column("raw", JSONB, nullable=False),
    Column("since_at", Timestamp, nullable=False, server_default=func.now()),
    Column("last_run_id", BigInteger),
    _one_of("record_type", RECORD_TYPES, "record_type_known"),
    _one_of("direction", DIRECTIONS, "direction_known"),
    schema=SYNC_SCHEMA,
)

conflict = Table(
    "conflict",
    metadata,
    Column("conflict_id", BigInteger, Identity(), primary_key=True),
    _realm(),
    Column("record_type", Text, nullable=False),
    Column("loupe_id", BigInteger),
    Column("quickbooks_id", Text),
    Column("field", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("loupe_value", JSONB),
    Column("quickbooks_value", JSONB),
    Column("loupe_base", JSONB),
    Column("quickbooks_base", JSONB),
    Column("loupe_changed_at", Timestamp),
    Column("loupe_changed_by", Text),
    Column("quickbooks_changed_at", Timestamp),
    Column("decision", Text),
    Column("decided_by", Text),
    Column("decided_at", Timestamp),
    Column("resolved_at", Timestamp),
    Column("since_at", Timestamp, nullable=False, server_default=func.now()),
    Column("last_run_id", BigInteger),
    _one_of("record_type", RECORD_TYPES, "record_type_known"),
    _one_of("decision", DECISIONS, "decision_known"),
    Index(
        "uq_conflict_open",
        "realm_id",
        "record_type",
        text("coalesce(loupe_id, 0)"),
        text("coalesce(quickbooks_id, '')"),
        "field",
        unique=True,
        postgresql_where=text("resolved_at is null"),
    ),
    schema=SYNC_SCHEMA,
)
