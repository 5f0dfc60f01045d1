"""The steps of a flow as operators: each gathers from Airflow, calls one step of the sync, and reports."""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from quickbooks_airflow.hooks import LOUPE_CONNECTION_ID, QuickBooksHook
from quickbooks_airflow.outcomes import translated_errors
from quickbooks_airflow.provider import CONNECTION_ID
from quickbooks_airflow.words import count_of, format_counts
from quickbooks_sync.commands import steps
from quickbooks_sync.model.errors import LeaseHeldError
from quickbooks_sync.model.flow import BatchManifest, FlowOptions, RunManifest
from quickbooks_sync.record_types.registry import flow_named

if TYPE_CHECKING:
    from airflow.sdk import Context

    from quickbooks_sync.workspace import Workspace

#: XCom key under which `check` leaves why it did not open a run.
REASON_KEY = "reason"
#: How the run id of a flow begins that an order has started.
ORDER_PREFIX = "order__"
PREVIEW = "Preview, neither side is written: "
_POKE_SECONDS = 2


class StepOperator(BaseOperator):
    """What all steps share: the two connections.

    Args:
        quickbooks_conn_id: Connection of type `quickbooks`.
        loupe_conn_id: Postgres connection of Loupe Factory's database.
    """

    template_fields: Sequence[str] = ("quickbooks_conn_id", "loupe_conn_id")
    ui_color = "#e8f4ea"

    def __init__(
        self,
        *,
        quickbooks_conn_id: str = CONNECTION_ID,
        loupe_conn_id: str = LOUPE_CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.quickbooks_conn_id = quickbooks_conn_id
        self.loupe_conn_id = loupe_conn_id

    def opened_workspace(self) -> AbstractContextManager["Workspace"]:
        """The sync's workspace, closed at the end of the block."""
        hook = QuickBooksHook(self.quickbooks_conn_id, self.loupe_conn_id)
        return hook.opened_workspace()


class CheckOperator(StepOperator):
    """Opens a run: company connected, settings there, nobody else at work. Asks QuickBooks nothing.

    Args:
        flow_name: Name of the flow, as `pull_customers`.
        patience: How long it waits for another run that works on the same records.
        patience_in_order: The same in an order, where nobody is there to start it again.
    """

    def __init__(
        self,
        *,
        flow_name: str,
        patience: timedelta = timedelta(minutes=1),
        patience_in_order: timedelta = timedelta(minutes=10),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.flow_name = flow_name
        self.patience = patience
        self.patience_in_order = patience_in_order

    def execute(self, context: "Context") -> RunManifest:
        """Return the manifest that the other steps work from."""
        try:
            with translated_errors(), self.opened_workspace() as workspace:
                run = self._open(context, workspace)
        except AirflowFailException as error:
            context["ti"].xcom_push(key=REASON_KEY, value=str(error))
            raise
        self.log.info(
            "%sRun %s of %s for company %s opened, mode %s",
            PREVIEW if run["preview"] else "",
            run["run_id"],
            self.flow_name,
            run["realm_id"],
            run["mode"],
        )
        return run

    def _open(self, context: "Context", workspace: "Workspace") -> RunManifest:
        """Open the run, once another one that works on the same records has ended."""
        is_in_order = context["dag_run"].run_id.startswith(ORDER_PREFIX)
        patience = self.patience_in_order if is_in_order else self.patience
        ends = time.monotonic() + patience.total_seconds()
        told = ""
        while True:
            try:
                return steps.check(
                    workspace,
                    flow_named(self.flow_name),
                    FlowOptions.from_params(context["params"]),
                    run_key=build_run_key(context),
                    triggered_by=context["dag_run"].triggering_user_name,
                )
            except LeaseHeldError as error:
                if time.monotonic() >= ends:
                    raise
                holder = error.facts["holder"]
                if holder != told:
                    self.log.warning("%s is at work; waiting for it for %s", holder, patience)
                told = holder
                time.sleep(_POKE_SECONDS)


class RunStepOperator(StepOperator):
    """A step of an opened run.

    Args:
        run: The manifest that `check` returned.
    """

    template_fields: Sequence[str] = (*StepOperator.template_fields, "run")

    def __init__(self, *, run: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run


class BatchStepOperator(RunStepOperator):
    """A step of one batch.

    Args:
        run: The manifest that `check` returned.
        batch: The manifest of the batch that `extract` returned.
    """

    template_fields: Sequence[str] = (*RunStepOperator.template_fields, "batch")

    def __init__(self, *, batch: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.batch = batch


class ExtractOperator(RunStepOperator):
    """Copies the source's records, untouched, into staging tables, in batches."""

    def execute(self, context: "Context") -> list[BatchManifest]:  # noqa: ARG002 - Airflow's signature
        """Return the manifest of each batch; none when nothing changed."""
        with translated_errors(), self.opened_workspace() as workspace:
            batches = steps.extract(workspace, self.run)
        self.log.info(
            "%s in %s",
            count_of(sum(batch["row_count"] for batch in batches), "record"),
            f"{len(batches)} {'batch' if len(batches) == 1 else 'batches'}",
        )
        return batches


class TransformOperator(BatchStepOperator):
    """Brings a batch into the form in which both sides can be compared."""

    def execute(self, context: "Context") -> BatchManifest:  # noqa: ARG002 - Airflow's signature
        """Return the batch's manifest."""
        with translated_errors(), self.opened_workspace() as workspace:
            batch = steps.transform(workspace, self.run, self.batch)
        self.log.info("Batch %s: %s records", batch["batch_number"], batch["row_count"])
        return batch


class ValidateOperator(BatchStepOperator):
    """Holds a batch against its Great Expectations suite."""

    def execute(self, context: "Context") -> BatchManifest:  # noqa: ARG002 - Airflow's signature
        """Return the batch's manifest."""
        with translated_errors(), self.opened_workspace() as workspace:
            batch = steps.validate(workspace, self.run, self.batch)
        self.log.info("Batch %s: %s records", batch["batch_number"], batch["row_count"])
        return batch


class GateOperator(RunStepOperator):
    """Stops the run before anything is loaded when too large a share of it was rejected."""

    def execute(self, context: "Context") -> dict[str, int]:  # noqa: ARG002 - Airflow's signature
        """Return how many records there are and how many were rejected."""
        with translated_errors(), self.opened_workspace() as workspace:
            counts = steps.gate(workspace, self.run)
        self.log.info("Gate open: %s", format_counts(counts))
        return counts


class LoadOperator(BatchStepOperator):
    """Writes a batch to the other side."""

    def execute(self, context: "Context") -> dict[str, int]:  # noqa: ARG002 - Airflow's signature
        """Return the batch's records per outcome."""
        with translated_errors(), self.opened_workspace() as workspace:
            counts = steps.load(workspace, self.run, self.batch)
        self.log.info(
            "%sBatch %s: %s",
            PREVIEW if self.run["preview"] else "",
            self.batch["batch_number"],
            format_counts(counts),
        )
        return counts


class DataDocsOperator(RunStepOperator):
    """Renders the validation reports of the newest runs as web pages."""

    def execute(self, context: "Context") -> str:  # noqa: ARG002 - Airflow's signature
        """Return the path of the index page."""
        with translated_errors(), self.opened_workspace() as workspace:
            index = steps.build_data_docs(workspace)
        self.log.info("Validation reports: %s", index)
        return index


def build_run_key(context: "Context") -> str:
    """Return what names this execution of the DAG run: the same in a retry, another once cleared."""
    dag_run = context["dag_run"]
    cleared = f"#{dag_run.clear_number}" if dag_run.clear_number else ""
    return f"{dag_run.run_id}{cleared}"
