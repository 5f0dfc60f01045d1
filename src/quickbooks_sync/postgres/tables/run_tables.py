"""The tables about a run: lease, watermark, staged records, and what happened to each."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import (
    JSONB,
)

from quickbooks_sync.postgres.tables.columns import (
    Timestamp,
    metadata,
    one_of,
    realm,
    run_id_column,
)
from quickbooks_sync.postgres.tables.words import (
    DIRECTIONS,
    OUTCOMES,
    RECORD_TYPES,
    RUN_STATUSES,
    SYNC_SCHEMA,
)

lease = Table(
    "lease",
    metadata,
    realm(primary_key=True),
    Column("record_type", Text, primary_key=True),
    Column("holder", Text),
    Column("fence", BigInteger, nullable=False, server_default=text("0")),
    Column("heartbeat_at", Timestamp),
    one_of("record_type", RECORD_TYPES, "record_type_known"),
    schema=SYNC_SCHEMA,
)

watermark = Table(
    "watermark",
    metadata,
    realm(primary_key=True),
    Column("record_type", Text, primary_key=True),
    Column("direction", Text, primary_key=True),
    Column("changed_since", Timestamp, nullable=False),
    Column("full_completed_at", Timestamp),
    Column("fields", JSONB),
    Column("updated_at", Timestamp, nullable=False, server_default=func.now()),
    Column("accepted_fields", JSONB),
    one_of("record_type", RECORD_TYPES, "record_type_known"),
    one_of("direction", DIRECTIONS, "direction_known"),
    schema=SYNC_SCHEMA,
)

run = Table(
    "run",
    metadata,
    Column("run_id", BigInteger, Identity(), primary_key=True),
    realm(),
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
    one_of("record_type", RECORD_TYPES, "record_type_known"),
    one_of("direction", DIRECTIONS, "direction_known"),
    one_of("mode", ("incremental", "full"), "mode_known"),
    one_of("status", RUN_STATUSES, "status_known"),
    UniqueConstraint("realm_id", "record_type", "direction", "run_key"),
    Index(None, "realm_id", "started_at"),
    schema=SYNC_SCHEMA,
)


staged_record = Table(
    "staged_record",
    metadata,
    run_id_column(primary_key=True),
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
    run_id_column(primary_key=True),
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
    run_id_column(),
    Column("loupe_id", BigInteger),
    Column("quickbooks_id", Text),
    Column("outcome", Text, nullable=False),
    Column("rule", Text),
    Column("field", Text),
    Column("reason", Text),
    Column("detail", JSONB),
    Column("recorded_at", Timestamp, nullable=False, server_default=func.now()),
    one_of("outcome", (*OUTCOMES, "warning"), "outcome_known"),
    Index(None, "run_id", "outcome"),
    schema=SYNC_SCHEMA,
)
