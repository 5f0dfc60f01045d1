"""Transform of a pull: staged QuickBooks records become canonical values."""

from quickbooks_sync.model.flow import BatchManifest
from quickbooks_sync.postgres.records import staging
from quickbooks_sync.quickbooks.changes import is_stub
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import read_settings
from quickbooks_sync.transform.model import frame_to_values
from quickbooks_sync.transform.quickbooks_side import answers_to_values


def transform(context: RunContext, batch: BatchManifest) -> None:
    """Transform one batch; a value that cannot be read is a problem of its record alone."""
    key = context.run_id, batch["batch_number"]
    with context.reading() as connection:
        records = staging.read_batch(connection, *key)
        settings = read_settings(connection, context.realm_id)
    mapping = context.mapping
    whole = [record for record in records if not is_stub(record.raw)]
    documents = [record.raw for record in whole]
    done = answers_to_values(mapping, documents, settings=settings, lists=settings.lists)
    values = frame_to_values(done.frame)
    results = [
        staging.StepResult(
            record.row_number, values[position], tuple(done.problems.get(position, ()))
        )
        for position, record in enumerate(whole)
    ]
    with context.transaction() as connection:
        staging.write_results(connection, *key, results)
