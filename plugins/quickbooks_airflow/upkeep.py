"""What is done once a day whatever is synced: keep every company's grant alive, and watch the budget."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.sdk.exceptions import AirflowFailException

from quickbooks_airflow.operators import StepOperator
from quickbooks_airflow.outcomes import translated_errors

if TYPE_CHECKING:
    from airflow.sdk import Context


class KeepConnectionsOperator(StepOperator):
    """Renews every company's access, forecasts the month's reads, and fails when a person must act."""

    def execute(self, context: "Context") -> dict[str, str]:  # noqa: ARG002 - Airflow's signature
        """Return each company's level (`ok`, `warning`, `urgent`).

        Raises:
            AirflowFailException: A grant is refused or ends within seven days, or the month's reads are used up.
        """
        from quickbooks_sync.connection.keep_alive import keep_grants
        from quickbooks_sync.connection.read_budget import read_budget

        with translated_errors(), self.opened_workspace() as workspace:
            states = keep_grants(workspace)
            with workspace.engine.connect() as connection:
                today = datetime.now(UTC).date()
                budget = read_budget(connection, workspace.app.monthly_reads, today)
        for state in states:
            log = self.log.info if state.level == "ok" else self.log.warning
            log("%s (%s): %s", state.company_name, state.realm_id, state.message)
        (self.log.info if budget.level == "ok" else self.log.warning)("%s", budget.message)
        urgent = [
            f"{state.company_name}: {state.message}" for state in states if state.level == "urgent"
        ]
        if budget.level == "urgent":
            urgent.append(budget.message)
        if urgent:
            raise AirflowFailException("; ".join(urgent))
        return {state.realm_id: state.level for state in states}
