"""The parameters of the DAGs, as Airflow's form shows them; `FlowOptions.from_params` reads them."""

from airflow.sdk import Param

from quickbooks_sync.model.flow import Direction, Mode
from quickbooks_sync.record_types.registry import RECORD_TYPES

DIRECTIONS = tuple(direction.value for direction in Direction)


def build_company() -> Param:
    """Which company."""
    return Param(
        None,
        type=["null", "string"],
        pattern=r"^\s*\d*\s*$",
        title="Company",
        description="QuickBooks company id (realm id). Leave empty when only one company is connected.",
    )


def build_mode() -> Param:
    """Everything, or what changed."""
    return Param(
        Mode.INCREMENTAL.value,
        type="string",
        enum=[mode.value for mode in Mode],
        title="Mode",
        description="incremental: what changed since the last complete run (the first run takes everything). "
        "full: every record.",
    )


def build_preview() -> Param:
    """Whether to write."""
    return Param(
        False,
        type="boolean",
        title="Preview",
        description="Do everything except write to either side, and say what would be done.",
    )


def build_limit(what: str) -> Param:
    """How many records at most."""
    return Param(
        None,
        type=["null", "integer"],
        minimum=1,
        title="Limit",
        description=f"At most so many {what}; for a small test. Leave empty for all.",
    )


def build_since() -> Param:
    """From which day on."""
    return Param(
        None,
        type=["null", "string"],
        format="date",
        title="Since",
        description="Only invoices and payments dated on or after this day. Leave empty for all.",
    )


def build_flow_params() -> dict[str, Param]:
    """Return the form of a flow's DAG."""
    return {
        "company": build_company(),
        "mode": build_mode(),
        "preview": build_preview(),
        "limit": build_limit("records"),
        "record_ids": Param(
            [],
            type=["null", "array"],
            items={"type": "string", "pattern": r"^\s*\d*\s*$"},
            title="Record Ids",
            description="Only these records, one Id a line: QuickBooks Ids for a pull, Loupe Factory ids for a push.",
        ),
        "since": build_since(),
        "linked_only": Param(
            False,
            type="boolean",
            title="Only what belongs to linked customers",
            description="Only records of customers that are linked already; the first sync with a limit uses it.",
        ),
    }


def build_first_sync_params() -> dict[str, Param]:
    """Return the form of the first sync."""
    return {
        "company": build_company(),
        "mode": build_mode(),
        "preview": build_preview(),
        "limit": build_limit("customers, with their invoices, payments and items"),
        "since": build_since(),
        "record_types": _build_choice("Record types", tuple(RECORD_TYPES)),
        "directions": _build_choice("Directions", DIRECTIONS),
        "invoice_history": Param(
            True,
            type="boolean",
            title="Invoice history",
            description="Also pull the invoices that QuickBooks has already; Since narrows them by their date.",
        ),
    }


def _build_choice(title: str, values: tuple[str, ...]) -> Param:
    return Param(
        list(values),
        type="array",
        items={"type": "string", "enum": list(values)},
        examples=list(values),  # what makes the form a list of choices instead of a text box
        title=title,
        description="Take one out and its flows are skipped.",
    )
