"""What is kept for how long: raw records for replay, a month; what happened to records, for good."""

from datetime import timedelta

from sqlalchemy import Connection, delete, func, select

from quickbooks_sync.postgres.tables import run, staged_record

#: How long a run's staged records can be looked at and replayed. What waits or was rejected keeps its
#: raw record on its own list, however old it is.
RAW_KEPT_FOR = timedelta(days=30)


def forget_raw_records(connection: Connection, realm_id: str, record_type: str) -> None:
    """Delete the staged records of runs that ended longer ago than `RAW_KEPT_FOR`."""
    old = select(run.c.run_id).where(
        run.c.realm_id == realm_id,
        run.c.record_type == record_type,
        run.c.finished_at < func.now() - RAW_KEPT_FOR,
    )
    connection.execute(delete(staged_record).where(staged_record.c.run_id.in_(old)))
