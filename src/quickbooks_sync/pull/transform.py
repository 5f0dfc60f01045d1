"""Transform of a pull: staged QuickBooks records become canonical values."""

from quickbooks_sync.model.flow import BatchManifest
from quickbooks_sync.postgres.records import staging
from quickbooks_sync.quickbooks.changes import is_stub
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import read_settings
from quickbooks_sync.transform import answers_to_values, frame_to_values


def transform(context: RunContext, batch: BatchManifest) -> None:
    """Transform one batch; a value that cannot be read is a problem of its record alone."""
    key = context.run_id, batch["batch_number"]
    with context.reading() as connection:
        records = staging.read_batch(connection, *key)
        settings = read_settings(connection, context.realm_id)
    mapping = context.mapping
    whole = [one for one in records if not is_stub(one.raw)]
    documents = [one.raw for one in whole]
    done = answers_to_values(mapping, documents, settings=settings, lists=settings.lists)
    values = frame_to_values(done.frame)
    results = [
        {
            "row_number": one.row_number,
            "field_values": values[position],
            "problem": [vars(each) for each in done.problems.get(position, ())] or None,
        }
        for position, one in enumerate(whole)
    ]
    with context.transaction() as connection:
        staging.write_results(connection, *key, results)
