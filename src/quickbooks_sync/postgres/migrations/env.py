"""What Alembic runs for each command: the migrations, over the connection that was handed over."""

from typing import Any

from alembic import context

from quickbooks_sync.postgres.migrations import VERSION_TABLE
from quickbooks_sync.postgres.tables import LOUPE_SCHEMA, SYNC_SCHEMA, metadata


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Say whether a schema belongs to this project; everything inside ours does."""
    return kind != "schema" or name in (LOUPE_SCHEMA, SYNC_SCHEMA)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_schemas=True,
    include_name=is_ours,
    version_table=VERSION_TABLE,
    version_table_schema=SYNC_SCHEMA,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
