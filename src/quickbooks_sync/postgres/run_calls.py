"""How many QuickBooks calls a run has made: metered reads and free writes."""

from sqlalchemy import Engine, update

from quickbooks_sync.postgres.schema import run


class RunCalls:
    """Adds a client's calls to its run's row, in a transaction of its own.

    Call it outside transactions that have changed the run's row: it would wait for them.
    """

    def __init__(self, engine: Engine, run_id: int) -> None:
        self._engine = engine
        self._run_id = run_id

    def __call__(self, kind: str, number: int) -> None:
        """Add `number` calls of `kind` (`metered_reads` or `writes`)."""
        column = {"metered_reads": run.c.metered_reads, "writes": run.c.writes}[kind]
        with self._engine.begin() as connection:
            connection.execute(
                update(run).where(run.c.run_id == self._run_id).values({column: column + number})
            )
