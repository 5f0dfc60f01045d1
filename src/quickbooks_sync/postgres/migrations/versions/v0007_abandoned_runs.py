"""A run may be `abandoned`, as are those that an earlier release left running.

What a run has staged is in the form of the release that staged it, and only that release can read it. So a run that is
open at the upgrade is not continued: its staged records go, its lease can no longer be proven, and a step of it that is
repeated stops. Nothing is lost with it: its watermark has not moved, so the next run reads the same records again,
and a batch that it had sent stays an open intent, which that run settles first.
"""

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None

SCHEMA = "quickbooks_sync"
STATUSES = ("running", "success", "failed", "skipped")
NEW_STATUSES = (*STATUSES, "abandoned")
REASON = "staged by an earlier release; its records are read again by the next run"


def upgrade() -> None:
    """Allow the status, then end what is still running."""
    # The leases first, in the order of every step: one that is still writing finishes its transaction, then stops.
    op.execute(
        f"update {SCHEMA}.lease set holder = null, fence = fence + 1"  # noqa: S608 - constants
        " where holder is not null"
    )
    _constrain(NEW_STATUSES)
    op.execute(
        f"update {SCHEMA}.run set status = 'abandoned', finished_at = now(),"  # noqa: S608
        f" reason = '{REASON}' where status = 'running'"
    )
    for table in ("staged_record", "staged_batch"):
        op.execute(
            f"delete from {SCHEMA}.{table} as staged using {SCHEMA}.run"  # noqa: S608
            " where run.run_id = staged.run_id and run.status = 'abandoned'"
        )


def downgrade() -> None:
    """Count abandoned runs as failed; their staged records were removed and are read again all the same."""
    op.execute(
        f"update {SCHEMA}.run set status = 'failed' where status = 'abandoned'"  # noqa: S608
    )
    _constrain(STATUSES)


def _constrain(statuses: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{status}'" for status in statuses)
    op.drop_constraint(op.f("ck_run_status_known"), "run", schema=SCHEMA, type_="check")
    op.create_check_constraint(
        op.f("ck_run_status_known"), "run", f"status in ({listed})", schema=SCHEMA
    )
