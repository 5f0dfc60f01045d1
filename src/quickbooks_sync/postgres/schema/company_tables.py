"""The tables about a company: its grant, settings, pace, and calls."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import (
    JSONB,
)

from quickbooks_sync.postgres.schema.columns import (
    Timestamp,
    metadata,
    one_of,
    realm,
)
from quickbooks_sync.postgres.schema.words import (
    SYNC_SCHEMA,
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
    one_of("status", ("connected", "needs_attention", "disconnected"), "status_known"),
    one_of("environment", ("sandbox", "production"), "environment_known"),
    CheckConstraint("realm_id ~ '^[0-9]+$'", name="realm_id_digits"),
    Index(None, "organization_id"),
    schema=SYNC_SCHEMA,
)

company_grant = Table(
    "company_grant",
    metadata,
    realm(primary_key=True),
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
    realm(primary_key=True),
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
    realm(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("fetched_at", Timestamp, nullable=False),
    one_of(
        "name", ("CompanyInfo", "Preferences", "Account", "Item", "PaymentMethod"), "name_known"
    ),
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
