"""A company's settings as the flows read them: confirmed values, defaults, and QuickBooks' facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, select

from quickbooks_sync.postgres.tables import company, company_setting
from quickbooks_sync.settings.company_profile import find_reference, to_facts, to_lists
from quickbooks_sync.settings.known import FACTS, SETTINGS, refuse_unknown
from quickbooks_sync.transform.name_lists import NameLists

Value = TypeVar("Value")


class OptionalValue(Generic[Value]):
    """A setting or fact as an attribute of its own name; `None` while it is not set or not known.

    Args:
        parse: Brings the stored text into the attribute's type.
    """

    def __init__(self, parse: Callable[[str], Value]) -> None:
        self._parse = parse

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, settings: "CompanySettings", _owner: type) -> Value | None:
        text = settings.value_of(self._name)
        return None if text is None else self._parse(text)


class DefaultedValue(OptionalValue[Value]):
    """A setting that always has a value, for `known.SETTINGS` gives it a default."""

    def __get__(self, settings: "CompanySettings", _owner: type) -> Value:
        return self._parse(settings.value_of(self._name) or "")


def _to_choices(text: str) -> tuple[str, ...]:
    return tuple(choice.strip() for choice in text.split(","))


def _is_true(text: str) -> bool:
    return text == "true"


@dataclass(frozen=True)
class CompanySettings:
    """Every setting and fact as a typed attribute; what each means, and its default, stands in `known`.

    Accounts and items are Ids. A fact is `None` while the company's Preferences were never read.

    Attributes:
        stored: Confirmed values and facts, as text by name.
        lists: The company's small lists, read together with the facts.
    """

    stored: Mapping[str, str | None]
    lists: NameLists = field(default_factory=NameLists)

    income_account = OptionalValue(str)
    cogs_account = OptionalValue(str)
    asset_account = OptionalValue(str)
    adjustment_account = OptionalValue(str)
    deposit_account = OptionalValue(str)
    invoice_line_item = OptionalValue(str)
    discount_account = OptionalValue(str)
    inventory_start_date = OptionalValue(date.fromisoformat)
    stock_owner = OptionalValue(str)
    opening_stock = DefaultedValue(str)
    item_types = DefaultedValue(_to_choices)
    tax = DefaultedValue(str)
    taken_name = DefaultedValue(str)
    max_rejected_ratio = DefaultedValue(Decimal)
    max_deletions = DefaultedValue(int)
    max_deleted_ratio = DefaultedValue(Decimal)
    max_blanked_ratio = DefaultedValue(Decimal)
    max_replaced = DefaultedValue(int)
    nightly = DefaultedValue(_is_true)

    home_currency = OptionalValue(str)
    multi_currency = OptionalValue(_is_true)
    book_close_date = OptionalValue(date.fromisoformat)
    custom_txn_numbers = OptionalValue(_is_true)
    allow_discount = OptionalValue(_is_true)
    allow_shipping = OptionalValue(_is_true)
    track_quantity = OptionalValue(_is_true)
    sales_tax = OptionalValue(_is_true)

    def value_of(self, name: str) -> str | None:
        """Return the text of a setting or fact whose name is only known at run time, or its default.

        Raises:
            SettingsError: There is neither a setting nor a fact of this name.
        """
        if name not in SETTINGS and name not in FACTS:
            raise refuse_unknown(name)
        default = SETTINGS[name].default if name in SETTINGS else None
        return self.stored.get(name) or default

    def to_dict(self) -> dict[str, str | None]:
        """Return the text of every setting and fact, in the order they are listed."""
        return {name: self.value_of(name) for name in (*SETTINGS, *FACTS)}

    def missing(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return those of some settings that nobody confirmed."""
        return tuple(name for name in names if self.value_of(name) is None)


def read_settings(connection: Connection, realm_id: str) -> CompanySettings:
    """Read a company's confirmed settings, the stored facts and lists; asks QuickBooks nothing."""
    return _read(connection, realm_id, [company_setting.c.is_confirmed])


def read_settings_as_proposed(connection: Connection, realm_id: str) -> CompanySettings:
    """Read what `read_settings` would, if a person confirmed every proposal as it stands."""
    return _read(connection, realm_id, [])


def _read(
    connection: Connection, realm_id: str, conditions: Sequence[ColumnElement[bool]]
) -> CompanySettings:
    rows = connection.execute(
        select(company_setting.c.name, company_setting.c.value).where(
            company_setting.c.realm_id == realm_id, *conditions
        )
    )
    values: dict[str, str | None] = {row.name: row.value for row in rows if row.name in SETTINGS}
    nightly = connection.scalar(select(company.c.is_nightly).where(company.c.realm_id == realm_id))
    values["nightly"] = "true" if nightly else "false"
    reference = find_reference(connection, realm_id)
    if reference is None:
        return CompanySettings(values)
    return CompanySettings(values | to_facts(reference), to_lists(reference))
