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
    Numeric,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import (
    JSONB,
)

from quickbooks_sync.postgres.tables.columns import (
    Timestamp,
    grant_columns,
    metadata,
    one_of,
    realm,
)
from quickbooks_sync.postgres.tables.words import (
    REFERENCES,
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
    Column("is_additional", Boolean, nullable=False, server_default=text("false")),
    Column("connected_at", Timestamp),
    Column("created_at", Timestamp, nullable=False, server_default=func.now()),
    Column("updated_at", Timestamp, nullable=False, server_default=func.now()),
    one_of("status", ("connected", "needs_attention", "disconnected"), "status_known"),
    one_of("environment", ("sandbox", "production"), "environment_known"),
    CheckConstraint("realm_id ~ '^[0-9]+$'", name="realm_id_digits"),
    Index(None, "organization_id"),
    Index(
        "one_company_of_organization",
        "organization_id",
        unique=True,
        postgresql_where=text("status <> 'disconnected' and not is_additional"),
    ),
    schema=SYNC_SCHEMA,
)

company_grant = Table(
    "company_grant",
    metadata,
    realm(primary_key=True),
    *grant_columns(),
    Column("rotations", Integer, nullable=False, server_default=text("0")),
    Column("updated_at", Timestamp, nullable=False, server_default=func.now()),
    Column("client_id", Text),
    Column("token_host", Text),
    Column("api_host", Text),
    CheckConstraint("num_nonnulls(client_id, token_host, api_host) in (0, 3)", name="bound_whole"),
    schema=SYNC_SCHEMA,
)

pending_grant = Table(
    "pending_grant",
    metadata,
    Column("pending_id", BigInteger, Identity(), primary_key=True),
    Column("realm_id", Text, nullable=False),
    *grant_columns(),
    Column("client_id", Text, nullable=False),
    Column("token_host", Text, nullable=False),
    Column("api_host", Text, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    Column("created_at", Timestamp, nullable=False, server_default=func.now()),
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
    one_of("name", REFERENCES, "name_known"),
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
