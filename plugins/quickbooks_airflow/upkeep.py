"""What is done once a day whatever is synced: keep every company's grant alive."""

from typing import TYPE_CHECKING

from airflow.sdk.exceptions import AirflowFailException

from quickbooks_airflow.operators import StepOperator
from quickbooks_airflow.outcomes import translated_errors

if TYPE_CHECKING:
    from airflow.sdk import Context


class KeepConnectionsOperator(StepOperator):
    """Renews every company's access and fails when a person must act."""

    def execute(self, context: "Context") -> dict[str, str]:  # noqa: ARG002 - Airflow's signature
        """Return each company's level (`ok`, `warning`, `urgent`).

        Raises:
            AirflowFailException: A grant is refused, or ends within seven days.
        """
        from quickbooks_sync.keepalive import keep_grants

        with translated_errors(), self.opened_workspace() as workspace:
            states = keep_grants(workspace)
        for one in states:
            log = self.log.info if one.level == "ok" else self.log.warning
            log("%s (%s): %s", one.company_name, one.realm_id, one.message)
        urgent = [f"{one.company_name}: {one.message}" for one in states if one.level == "urgent"]
        if urgent:
            raise AirflowFailException("; ".join(urgent))
        return {one.realm_id: one.level for one in states}
