"""The steps of a flow as operators: each gathers from Airflow, calls one step of the sync, and reports."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, TaskInstanceState
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from quickbooks_airflow.hooks import LOUPE_CONNECTION_ID, QuickBooksHook
from quickbooks_airflow.outcomes import translated_errors
from quickbooks_airflow.provider import CONNECTION_ID
from quickbooks_sync.commands import steps
from quickbooks_sync.model.flow import BatchManifest, FlowOptions, RunManifest, RunSummary
from quickbooks_sync.record_types.registry import flow_named

if TYPE_CHECKING:
    from airflow.sdk import Context

    from quickbooks_sync.workspace import Workspace

#: XCom key under which `check` leaves why it did not open a run.
REASON_KEY = "reason"
#: XCom key under which `finish` leaves the account of a run, also of a failed one.
SUMMARY_KEY = "summary"
REPORTS_TASK_ID = "data_docs"


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
    """

    def __init__(self, *, flow_name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.flow_name = flow_name

    def execute(self, context: "Context") -> RunManifest:
        """Return the manifest that the other steps work from."""
        try:
            with translated_errors(), self.opened_workspace() as workspace:
                run = steps.check(
                    workspace,
                    flow_named(self.flow_name),
                    FlowOptions.from_params(context["params"]),
                    run_key=build_run_key(context),
                    triggered_by=context["dag_run"].triggering_user_name,
                )
        except (AirflowFailException, AirflowSkipException) as error:
            context["ti"].xcom_push(key=REASON_KEY, value=str(error))
            raise
        self.log.info(
            "Run %s of %s for company %s opened, mode %s",
            run["run_id"],
            self.flow_name,
            run["realm_id"],
            run["mode"],
        )
        return run


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
            "%s records in %s batches", sum(batch["row_count"] for batch in batches), len(batches)
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
        self.log.info("Batch %s: %s", self.batch["batch_number"], format_counts(counts))
        return counts


class DataDocsOperator(RunStepOperator):
    """Renders the validation reports of the newest runs as web pages."""

    def execute(self, context: "Context") -> str:  # noqa: ARG002 - Airflow's signature
        """Return the path of the index page."""
        with translated_errors(), self.opened_workspace() as workspace:
            index = steps.build_data_docs(workspace)
        self.log.info("Validation reports: %s", index)
        return index


class FinishOperator(RunStepOperator):
    """Closes the run whatever happened, and fails when a step did.

    Args:
        run: The manifest that `check` returned; nothing when it opened no run.
        batches: The manifests that `extract` returned; nothing when it failed.
        check_task_id: Task id of `check`.
    """

    template_fields: Sequence[str] = (*RunStepOperator.template_fields, "batches")

    def __init__(self, *, batches: Any, check_task_id: str = "check", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.batches = batches
        self.check_task_id = check_task_id

    def execute(self, context: "Context") -> RunSummary:
        """Return the run's account; it is left under the key `summary` too, also when the run failed.

        Raises:
            AirflowFailException: `check` or a later step failed.
            AirflowSkipException: Another run holds the lease.
        """
        states = read_step_states(context, ignored={self.task_id, REPORTS_TASK_ID})
        if self.run is None:
            raise self._unopened(context, states)
        failed = find_failed_steps(states, has_batches=bool(self.batches))
        with translated_errors(), self.opened_workspace() as workspace:
            summary = steps.finish(workspace, self.run, failed_steps=failed)
        context["ti"].xcom_push(key=SUMMARY_KEY, value=summary)
        self.log.info(
            "%s: %s; %s metered reads, %s writes",
            summary["status"],
            format_counts(summary["counts"]),
            summary["metered_reads"],
            summary["writes"],
        )
        if summary["status"] != "success":
            raise AirflowFailException(
                f"Run {summary['run_id']} {summary['status']}. {summary['reason']}"
            )
        return summary

    def _unopened(
        self, context: "Context", states: Mapping[str, str | None]
    ) -> AirflowFailException | AirflowSkipException:
        reason = context["ti"].xcom_pull(task_ids=self.check_task_id, key=REASON_KEY)
        if states.get(self.check_task_id) == TaskInstanceState.SKIPPED:
            return AirflowSkipException(f"Nothing was done. {reason or ''}")
        why = reason or f"See the log of task {self.check_task_id}."
        return AirflowFailException(f"The run could not be opened. {why}")


def build_run_key(context: "Context") -> str:
    """Return what names this execution of the DAG run: the same in a retry, another once cleared."""
    dag_run = context["dag_run"]
    cleared = f"#{dag_run.clear_number}" if dag_run.clear_number else ""
    return f"{dag_run.run_id}{cleared}"


def read_step_states(context: "Context", *, ignored: set[str]) -> dict[str, str | None]:
    """Return the state of every task instance of this DAG run, mapped ones as `task_0`, `task_1` ..."""
    dag_run = context["dag_run"]
    found = context["ti"].get_task_states(dag_id=dag_run.dag_id, run_ids=[dag_run.run_id])
    return {name: state for name, state in found[dag_run.run_id].items() if name not in ignored}


def find_failed_steps(states: Mapping[str, str | None], *, has_batches: bool) -> list[str]:
    """Return the steps because of which the run is not complete, best explanation first.

    Without batches the steps that work on one are skipped, and that is as it should be; with batches a
    skipped step means that somebody or something kept records from being written.

    Args:
        states: State of every step.
        has_batches: Whether there was anything to do.
    """
    complete = {TaskInstanceState.SUCCESS.value} | (
        set() if has_batches else {TaskInstanceState.SKIPPED.value}
    )
    unfinished = {name: state for name, state in states.items() if state not in complete}
    failed = [name for name, state in unfinished.items() if state == TaskInstanceState.FAILED]
    return sorted(failed or unfinished)


def format_counts(counts: Mapping[str, int]) -> str:
    """Return counts as words: `12 created, 3 unchanged`."""
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return told or "nothing to do"
