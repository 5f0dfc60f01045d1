"""The order in which flows run after one another, and the operators that start a flow and wait for it."""

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote

from airflow.configuration import conf
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import (
    BaseOperator,
    DagRunState,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    TriggerRule,
)
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from quickbooks_airflow.closing import SUMMARY_KEY, read_step_states
from quickbooks_airflow.operators import ORDER_PREFIX, StepOperator
from quickbooks_airflow.outcomes import translated_errors
from quickbooks_airflow.words import format_table
from quickbooks_sync.model.flow import Direction, Flow
from quickbooks_sync.record_types.registry import FLOWS, RECORD_TYPES, flow_named

if TYPE_CHECKING:
    from airflow.sdk import Context

_POKE_SECONDS = 1
#: A flow has retried its own steps already; its failure is final here. A worker that dies while it waits
#: does not raise: Airflow then tries again as `retries` allows, and the new try attaches to the flow's run.
_RETRY_POLICY = ExceptionRetryPolicy(
    rules=[RetryRule(exception=AirflowException, action=RetryAction.FAIL)]
)
_SHARED_PARAMS = ("mode", "preview", "since")


class RunFlowOperator(TriggerDagRunOperator):
    """Runs a flow's DAG and waits for it, once for a run of the order however often the task is tried.

    The flow's run has an id made from the order's. A try that finds that run going on waits for it, one that
    finds it complete is done, and one that finds it failed (somebody cleared this task) runs it again.

    Args:
        flow_name: Name of the flow, as `pull_customers`.
        company: Company id; empty for the one that the form names, or the only one.
        deferrable: Wait in the triggerer. A waiting task then takes no worker slot, so that any number of orders
            can wait at once; it ends some seconds later.
    """

    template_fields: Sequence[str] = ("company",)

    def __init__(
        self, *, flow_name: str, company: Any = None, deferrable: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(
            trigger_dag_id=flow_named(flow_name).dag_id,
            # Two companies may start in the same microsecond, and a day may be taken only once.
            logical_date=None,
            wait_for_completion=True,
            poke_interval=_POKE_SECONDS,
            fail_when_dag_is_paused=True,
            reset_dag_run=True,
            deferrable=deferrable,
            retry_policy=_RETRY_POLICY,
            **kwargs,
        )
        self.flow_name = flow_name
        self.company = company

    def execute(self, context: "Context") -> None:
        """Start the flow, or attach to its run.

        Raises:
            AirflowSkipException: The form deselects the flow.
            AirflowFailException: The flow failed.
            DagRunTriggerException: Airflow's own way to start a run and wait for it.
        """
        flow, params = flow_named(self.flow_name), context["params"]
        if not is_selected(flow, params):
            raise AirflowSkipException(f"{flow.name} is deselected.")
        run_id = build_child_run_id(context["dag_run"].run_id, flow, self.company)
        if self._attached(context, run_id):
            return
        self.trigger_run_id = run_id
        self.conf = build_conf(flow, params, self.company)
        self.log.info("Starting run %s: %s", run_id, build_run_address(self.trigger_dag_id, run_id))
        super().execute(context)

    def _attached(self, context: "Context", run_id: str) -> bool:
        ti = context["ti"]
        if not ti.get_dr_count(dag_id=self.trigger_dag_id, run_ids=[run_id]):
            return False
        state = ti.get_dagrun_state(dag_id=self.trigger_dag_id, run_id=run_id)
        if state == DagRunState.FAILED:
            self.log.info("%s failed before; it runs again", run_id)
            return False
        self.log.info("%s exists already and is %s; waiting for it", run_id, state)
        if self.deferrable:
            self._defer_until_ended(run_id)
        while state not in (DagRunState.SUCCESS, DagRunState.FAILED):
            time.sleep(self.poke_interval)
            state = ti.get_dagrun_state(dag_id=self.trigger_dag_id, run_id=run_id)
        if state == DagRunState.FAILED:
            raise AirflowFailException(f"{run_id} failed; see its task `finish`.")
        return True

    def _defer_until_ended(self, run_id: str) -> NoReturn:
        from airflow.providers.standard.triggers.external_task import DagStateTrigger

        self.defer(
            trigger=DagStateTrigger(
                dag_id=self.trigger_dag_id,
                states=[*self.allowed_states, *self.failed_states],
                run_ids=[run_id],
                poll_interval=self.poke_interval,
            ),
            method_name="execute_complete",
        )


class NightlyCompaniesOperator(StepOperator):
    """Lists the companies that take part in the nightly sync."""

    def execute(self, context: "Context") -> list[str]:  # noqa: ARG002 - Airflow's signature
        """Return the ids of the companies with `nightly` on, also those that need attention.

        A company that needs attention fails each night until somebody reconnects it, instead of falling
        behind unnoticed; a disconnected one was taken out on purpose.
        """
        from quickbooks_sync.postgres.connection.companies import read_companies

        with (
            translated_errors(),
            self.opened_workspace() as workspace,
            workspace.engine.connect() as connection,
        ):
            companies = read_companies(connection)
        found = [
            company.realm_id
            for company in companies
            if company.is_nightly and company.status != "disconnected"
        ]
        self.log.info("%s of %s companies sync tonight", len(found), len(companies))
        return found


class ReportOperator(BaseOperator):
    """Says what every flow of the order did, and fails when one of them failed.

    Args:
        companies: The `company` of every flow that ran; `None` where the order named none.
    """

    template_fields: Sequence[str] = ("companies",)

    def __init__(self, *, companies: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.companies = companies

    def execute(self, context: "Context") -> dict[str, dict[str, int]]:
        """Return the outcome counts of every flow that ran, by its name (and company, if several).

        Raises:
            AirflowFailException: A flow failed or could not run.
        """
        named = {
            (f"{flow.name} {company}" if company else flow.name): self._read_summary(
                context, flow, company
            )
            for company in self.companies or []
            for flow in FLOWS
        }
        accounts = {name: summary for name, summary in named.items() if summary is not None}
        for line in format_table(accounts):
            self.log.info("%s", line)
        for name in named.keys() - accounts.keys():
            self.log.warning("%s did not run", name)
        states = read_step_states(context, ignored={self.task_id})
        failed = [name for name, state in states.items() if state not in ("success", "skipped")]
        if failed:
            raise AirflowFailException(f"These did not succeed: {', '.join(sorted(failed))}.")
        return {name: summary["counts"] for name, summary in accounts.items()}

    def _read_summary(
        self, context: "Context", flow: Flow, company: str | None
    ) -> Mapping[str, Any] | None:
        summary: Mapping[str, Any] | None = context["ti"].xcom_pull(
            dag_id=flow.dag_id,
            task_ids="finish",
            run_id=build_child_run_id(context["dag_run"].run_id, flow, company),
            key=SUMMARY_KEY,
        )
        return summary


def is_selected(flow: Flow, params: Mapping[str, Any]) -> bool:
    """Say whether the form of an order asks for a flow; what it does not mention is asked for."""
    record_type = RECORD_TYPES[flow.record_type]
    is_history = record_type.is_history_optional and flow.direction == Direction.PULL
    if is_history and not params.get("invoice_history", True):
        return False
    return flow.record_type in params.get("record_types", [flow.record_type]) and (
        flow.direction in params.get("directions", [flow.direction])
    )


def build_child_run_id(run_id: str, flow: Flow, company: str | None) -> str:
    """Return the id of a flow's run within an order's run.

    It begins with a word of its own, because Airflow keeps ids like `scheduled__...` to itself.
    """
    return ORDER_PREFIX + "__".join([run_id, *([company] if company else []), flow.name])


def build_run_address(dag_id: str, run_id: str) -> str:
    """Return the address of a run's page in Airflow."""
    base = conf.get("api", "base_url", fallback="") or ""
    return f"{base.rstrip('/')}/dags/{dag_id}/runs/{quote(run_id)}"


def build_conf(flow: Flow, params: Mapping[str, Any], company: str | None) -> dict[str, Any]:
    """Return the parameters that an order hands to a flow.

    A limit counts customers: the other record types then take what belongs to the linked ones.
    """
    limit = params.get("limit")
    is_first = flow.record_type == FLOWS[0].record_type
    shared = {name: params[name] for name in _SHARED_PARAMS if name in params}
    return {
        **shared,
        "company": company or params.get("company"),
        "limit": limit if is_first else None,
        "linked_only": bool(limit) and not is_first,
    }


def build_order(build_task: Callable[[Flow, TriggerRule], Any]) -> list[BaseOperator]:
    """Put the eight flows one after another; returns their tasks.

    A deselected flow does not skip those after it, a failed one does stop them; only the items, which need
    neither customers nor invoices, start whatever happened before.

    Args:
        build_task: Makes the task of a flow, with the trigger rule given.
    """
    tasks = [build_task(flow, _trigger_rule(flow)) for flow in FLOWS]
    for before, after in itertools.pairwise(tasks):
        before >> after
    return tasks


def _trigger_rule(flow: Flow) -> TriggerRule:
    # The first flow of a record type that refers to no other starts whatever happened to those; the very first
    # has nothing before it, and later flows of a type build on its first.
    firsts = {other.record_type: other for other in reversed(FLOWS)}
    is_first_of_type = firsts[flow.record_type] == flow and flow != FLOWS[0]
    is_independent = is_first_of_type and not RECORD_TYPES[flow.record_type].depends_on
    return TriggerRule.ALL_DONE if is_independent else TriggerRule.NONE_FAILED


def build_flow_task(flow: Flow, trigger_rule: TriggerRule, **options: Any) -> RunFlowOperator:
    """Return the task that runs a flow within an order; `options` go to `RunFlowOperator`."""
    return RunFlowOperator(
        task_id=flow.name,
        flow_name=flow.name,
        trigger_rule=trigger_rule,
        **options,
        doc_md=f"Runs `{flow.dag_id}` and waits for it. *Triggered DAG* opens that run.",
        execution_timeout=timedelta(hours=12),
    )
