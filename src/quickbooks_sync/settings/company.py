"""A company's settings as the flows read them: confirmed values, defaults, and QuickBooks' facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from quickbooks_sync.postgres.tables import company, company_setting
from quickbooks_sync.settings.company_profile import find_reference, to_facts, to_names
from quickbooks_sync.settings.known import FACTS, SETTINGS


@dataclass(frozen=True)
class CompanySettings(Mapping[str, str | None]):
    """Settings and facts by name; every known name is a key, `None` where nothing is set.

    Attributes:
        stored: Confirmed values and facts, as text; and the names that `transform.named` looks up.
    """

    stored: Mapping[str, str | None]

    def __getitem__(self, name: str) -> str | None:
        """Return a value, else its default; an unknown name is a KeyError."""
        if name not in SETTINGS:
            return self.stored.get(name) if name in FACTS else self.stored[name]
        return self.stored.get(name) or SETTINGS[name].default

    def __iter__(self) -> Iterator[str]:
        """Iterate over every known name."""
        return iter((*SETTINGS, *FACTS))

    def __len__(self) -> int:
        """Count the known names."""
        return len(SETTINGS) + len(FACTS)

    def missing(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return those of some settings that nobody confirmed."""
        return tuple(name for name in names if self[name] is None)

    @property
    def home_currency(self) -> str | None:
        """ISO code of the company's currency; `None` while Preferences were not read."""
        return self["home_currency"]

    @property
    def multi_currency(self) -> bool:
        """Whether QuickBooks accepts other currencies."""
        return self._is("multi_currency")

    @property
    def book_close_date(self) -> date | None:
        """Last day of the closed period."""
        return _to_date(self["book_close_date"])

    @property
    def custom_txn_numbers(self) -> bool:
        """Whether invoice numbers are the company's own."""
        return self._is("custom_txn_numbers")

    @property
    def allow_discount(self) -> bool:
        """Whether discount lines are switched on."""
        return self._is("allow_discount")

    @property
    def allow_shipping(self) -> bool:
        """Whether shipping lines are switched on."""
        return self._is("allow_shipping")

    @property
    def track_quantity(self) -> bool:
        """Whether QuickBooks counts stock."""
        return self._is("track_quantity")

    @property
    def stock_owner(self) -> str | None:
        """`loupe` or `quickbooks`; `None` while nobody confirmed it."""
        return self["stock_owner"]

    @property
    def opening_stock(self) -> str:
        """`none` or `push`."""
        return self["opening_stock"] or "none"

    @property
    def tax(self) -> str:
        """`none`: invoices with tax are rejected."""
        return self["tax"] or "none"

    @property
    def item_types(self) -> tuple[str, ...]:
        """QuickBooks item types that are pulled."""
        return tuple((self["item_types"] or "Inventory").split(","))

    @property
    def inventory_start_date(self) -> date | None:
        """First day with stock of new items."""
        return _to_date(self["inventory_start_date"])

    @property
    def max_rejected_ratio(self) -> Decimal:
        """Share above which the gate closes, 0 to 1."""
        return Decimal(self["max_rejected_ratio"] or "0.2")

    @property
    def max_deletions(self) -> int:
        """Most records that may vanish between two runs."""
        return int(self["max_deletions"] or "50")

    @property
    def max_deleted_ratio(self) -> Decimal:
        """Share of a type's linked records that may be deleted between two runs, 0 to 1."""
        return Decimal(self["max_deleted_ratio"] or "0.2")

    @property
    def max_blanked_ratio(self) -> Decimal:
        """Share of one field's values that a run may empty, 0 to 1."""
        return Decimal(self["max_blanked_ratio"] or "0.2")

    @property
    def is_nightly(self) -> bool:
        """Whether the nightly sync takes the company."""
        return self._is("nightly")

    def _is(self, name: str) -> bool:
        return self[name] == "true"


def read_settings(connection: Connection, realm_id: str) -> CompanySettings:
    """Read a company's confirmed settings and the stored facts; asks QuickBooks nothing."""
    rows = connection.execute(
        select(company_setting.c.name, company_setting.c.value).where(
            company_setting.c.realm_id == realm_id, company_setting.c.is_confirmed
        )
    )
    values: dict[str, str | None] = {row.name: row.value for row in rows if row.name in SETTINGS}
    reference = find_reference(connection, realm_id)
    if reference is not None:
        values |= to_facts(reference) | to_names(reference)
    nightly = connection.scalar(select(company.c.is_nightly).where(company.c.realm_id == realm_id))
    return CompanySettings({**values, "nightly": "true" if nightly else "false"})


def _to_date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
