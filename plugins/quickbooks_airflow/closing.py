"""The last step of a flow as an operator: what became of the run, and of which steps it failed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import TaskInstanceState
from airflow.sdk.exceptions import AirflowFailException

from quickbooks_airflow.operators import PREVIEW, REASON_KEY, RunStepOperator
from quickbooks_airflow.outcomes import translated_errors
from quickbooks_airflow.words import count_of, format_counts, log_sentences
from quickbooks_sync.commands import steps
from quickbooks_sync.model.flow import RunSummary

if TYPE_CHECKING:
    from airflow.sdk import Context

#: XCom key under which `finish` leaves the account of a run, also of a failed one.
SUMMARY_KEY = "summary"
REPORTS_TASK_ID = "data_docs"


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
        """
        states = read_step_states(context, ignored={self.task_id, REPORTS_TASK_ID})
        if self.run is None:
            raise self._unopened(context)
        failed = find_failed_steps(states, has_batches=bool(self.batches))
        with translated_errors(), self.opened_workspace() as workspace:
            summary = steps.finish(workspace, self.run, failed_steps=failed)
            listed = steps.describe_open_records(workspace, self.run)
        context["ti"].xcom_push(key=SUMMARY_KEY, value=summary)
        for line in listed:
            self.log.warning("%s", line)
        self._tell(summary)
        if summary["status"] != "success":
            raise AirflowFailException(
                f"Run {summary['run_id']} {summary['status']}. {summary['reason']}"
            )
        return summary

    def _tell(self, summary: RunSummary) -> None:
        is_success = summary["status"] == "success"
        self.log.info(
            "%s%s: %s; %s, %s",
            PREVIEW if self.run["preview"] else "",
            summary["status"],
            format_counts(
                summary["counts"], nothing="nothing to do" if is_success else "nothing was done"
            ),
            count_of(summary["metered_reads"], "metered read"),
            count_of(summary["writes"], "write"),
        )
        if not is_success:
            log_sentences(self.log.error, str(summary["reason"]))

    def _unopened(self, context: "Context") -> AirflowFailException:
        reason = context["ti"].xcom_pull(task_ids=self.check_task_id, key=REASON_KEY)
        why = reason or f"See the log of task {self.check_task_id}."
        log_sentences(self.log.error, f"The run could not be opened. {why}")
        return AirflowFailException(f"The run could not be opened. {why}")


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
