"""What the user interface says about a flow, its steps and its parameters."""

from quickbooks_sync.model.flow import Direction, Flow
from quickbooks_sync.record_types.registry import RECORD_TYPES

LOUPE, QUICKBOOKS = "Loupe Factory", "QuickBooks"

STEPS = {
    "check": """
Opens the run: is the company connected, does its grant fit this app, is nobody else working on these records?
Asks QuickBooks nothing, so it costs none of the metered reads.

While another run is at work it waits, a minute, or ten in an order. **When it fails** its message says who was still at
work, or what a person must do.
""",
    "extract": """
Copies the source's records, untouched, into staging tables, in batches of at most 1,000. An incremental run takes
what changed since the last complete run; with nothing changed there is no batch, and the steps below are skipped.
""",
    "transform": """
Brings each record of the batch into the form in which both sides can be compared: trimmed text, exact money, days.
The mapping file of the record type says which field goes where.
""",
    "validate": """
Holds the batch against its Great Expectations suite. A record that breaks a rule is rejected alone, with field,
rule and value; the rest goes on.
""",
    "gate": """
Stops the run before anything is written when too large a share of it was newly rejected (company setting
`max_rejected_ratio`), which is mostly one bad mapping (`quickbooks-sync gate accept` lets the others go), when too many records have vanished (`max_deletions`), or when one
field would be emptied on too many (`max_blanked_ratio`).
""",
    "load": """
Writes the batch to the other side and notes what happened to every record. Trying again is safe: what was written
already is recognised.
""",
    "data_docs": """
Renders the validation reports of the newest runs as web pages (Browse → QuickBooks validation reports).
A failure here leaves the sync itself complete.
""",
    "finish": """
Runs whatever happened: records the result, frees the lease, and moves the watermark, from which the next
incremental run goes on, only if every step succeeded. Fails when a step failed, so that a red run is a failed run.
""",
}

OUTCOMES = """
| Outcome | What happened to the record |
| --- | --- |
| created, updated | It was written to the other side. |
| linked | It was on both sides already; from now on the two are one. |
| unchanged | Both sides agree. |
| waiting | Something it needs is missing: a customer, an invoice, a setting. It goes by itself later. |
| rejected | It breaks a rule; nothing was written. |
| conflict | Both sides changed it, or it may be a duplicate. Nothing was written; a person decides. |
| differs | Written, but a value that QuickBooks computes is another one here. |
| failed | It could not be written; the run says why. |
"""


def describe_flow(flow: Flow) -> str:
    """Return one line for the list of DAGs."""
    source, target = _sides(flow)
    verb = "Pulls" if flow.direction == Direction.PULL else "Pushes"
    return f"{verb} {RECORD_TYPES[flow.record_type].labels} from {source} to {target}"


def document_flow(flow: Flow) -> str:
    """Return the documentation of a flow's DAG, as Markdown."""
    source, target = _sides(flow)
    return f"""
### {describe_flow(flow)}

Takes {RECORD_TYPES[flow.record_type].labels} from **{source}** and brings **{target}** to the same state. Nothing is deleted, and
what was changed on both sides is never overwritten: it becomes a conflict that a person decides.

**Needs first:** {RECORD_TYPES[flow.record_type].needs}

**Parameters:** leave the form as it is for a normal run. With *Preview* everything is computed and nothing is
written. A preview, or a run narrowed by a limit, Ids or a day, leaves the watermark where it is.

**Running it again** is always safe. Only one run at a time works on a company's {RECORD_TYPES[flow.record_type].labels}; a second
one waits for it, and fails with its name where that takes too long.
{OUTCOMES}"""


def _sides(flow: Flow) -> tuple[str, str]:
    return (QUICKBOOKS, LOUPE) if flow.direction == Direction.PULL else (LOUPE, QUICKBOOKS)
