"""Transform of a push: Loupe's rows become canonical values and a decision what to send."""

from quickbooks_sync.model.flow import BatchManifest
from quickbooks_sync.postgres.records import staging
from quickbooks_sync.push.decide.batch import decide_batch
from quickbooks_sync.push.decide.missing_in_loupe import is_missing_in_loupe
from quickbooks_sync.run.context import RunContext


def transform(context: RunContext, batch: BatchManifest) -> None:
    """Decide for every row of a batch whether it is created, updated, voided, or left alone."""
    key = context.run_id, batch["batch_number"]
    with context.reading() as connection:
        # A row that is gone was decided when it was found missing.
        records = [
            record
            for record in staging.read_batch(connection, *key)
            if not is_missing_in_loupe(record.raw)
        ]
        decided = decide_batch(context, connection, records)
    results = [
        staging.StepResult(record.row_number, dict(row.values), row.problems, row.decision)
        for record, row in zip(records, decided, strict=True)
    ]
    with context.transaction() as connection:
        staging.write_results(connection, *key, results)
