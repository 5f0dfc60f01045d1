"""What a company's QuickBooks says about itself: preferences, accounts, items; kept for a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.model.errors import SettingsError
from quickbooks_sync.postgres.tables import NAMED_LISTS, REFERENCES, company_reference
from quickbooks_sync.quickbooks.paging import Counted
from quickbooks_sync.settings.access import CompanyAccess
from quickbooks_sync.transform.name_lists import NameLists

if TYPE_CHECKING:
    from quickbooks_sync.quickbooks.client import QuickBooksClient

KEPT = timedelta(days=1)
#: What settings are proposed from and checked against; without one of these nothing is known.
DECIDING = COMPANY_INFO, PREFERENCES, ACCOUNTS, ITEMS = REFERENCES[:4]


@dataclass(frozen=True)
class Reference:
    """The company's own records that settings are proposed from and checked against.

    Attributes:
        company_info: CompanyInfo (Intuit: CompanyInfo, section 8.9).
        preferences: Preferences (Intuit: Preferences, section 8.10).
        accounts: Every account, inactive ones too.
        items: Every Service and NonInventory item, inactive ones too.
        fetched_at: When the oldest of them was fetched.
        lists: The records of each of `NAMED_LISTS` that was fetched.
    """

    company_info: Mapping[str, Any]
    preferences: Mapping[str, Any]
    accounts: tuple[Mapping[str, Any], ...]
    items: tuple[Mapping[str, Any], ...]
    fetched_at: datetime
    lists: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    def named(self, kind: str) -> tuple[Mapping[str, Any], ...]:
        """Return the active records that an `account` or an `item` setting chooses from."""
        records = self.accounts if kind == "account" else self.items
        return tuple(record for record in records if record.get("Active") is not False)


def ensure_reference(
    access: CompanyAccess, realm_id: str, *, run_id: int | None = None, kept: timedelta = KEPT
) -> Reference:
    """Return the company's reference, asking QuickBooks for what is older than `kept`.

    Costs up to one metered read for each of `REFERENCES` (one more a thousand accounts or items),
    counted on the run where one is given; none while the stored copy is fresh.
    """
    with access.engine.connect() as connection:
        stale = find_stale(connection, realm_id, kept)
    if stale:
        client = access.client(realm_id, run_id)
        documents = {name: _fetch(client, name) for name in stale}
        with access.engine.begin() as connection:
            _write_stored(connection, realm_id, documents)
    with access.engine.connect() as connection:
        return read_reference(connection, realm_id)


def find_stale(connection: Connection, realm_id: str, kept: timedelta = KEPT) -> list[str]:
    """Return what of the company's reference was never fetched, or is older than `kept`."""
    oldest = datetime.now(UTC) - kept
    stored = _read_stored(connection, realm_id)
    return [name for name in REFERENCES if name not in stored or stored[name][1] < oldest]


def read_reference(connection: Connection, realm_id: str) -> Reference:
    """Return the stored reference, however old; asks QuickBooks nothing.

    Raises:
        SettingsError: Nothing was stored for the company yet.
    """
    found = find_reference(connection, realm_id)
    if found is None:
        raise SettingsError(
            f"Nothing is known yet of the accounts and preferences of company {realm_id}. "
            "Run `quickbooks-sync settings propose`, which reads them.",
            realm_id=realm_id,
        )
    return found


def find_reference(connection: Connection, realm_id: str) -> Reference | None:
    """Return the stored reference; `None` where a part that decides anything was never fetched."""
    stored = _read_stored(connection, realm_id)
    if any(name not in stored for name in DECIDING):
        return None
    return Reference(
        company_info=stored[COMPANY_INFO][0],
        preferences=stored[PREFERENCES][0],
        accounts=tuple(stored[ACCOUNTS][0]),
        items=tuple(stored[ITEMS][0]),
        fetched_at=min(fetched_at for _document, fetched_at in stored.values()),
        lists={name: tuple(stored[name][0]) for name in NAMED_LISTS if name in stored},
    )


def read_names(connection: Connection, realm_id: str) -> dict[tuple[str, str], str]:
    """Return the names of the stored accounts and items by kind (`account`, `item`) and Id."""
    reference = find_reference(connection, realm_id)
    if reference is None:
        return {}
    kinds = {"account": reference.accounts, "item": reference.items}
    return {
        (kind, str(record["Id"])): str(record.get("FullyQualifiedName") or record.get("Name"))
        for kind, records in kinds.items()
        for record in records
    }


def to_facts(reference: Reference) -> dict[str, str | None]:
    """Return what Preferences say, as text (`true`, `false`, an ISO date, a currency code)."""
    preferences = reference.preferences
    return {
        "home_currency": _home_currency(reference),
        "multi_currency": _flag(preferences, "CurrencyPrefs.MultiCurrencyEnabled"),
        "book_close_date": _leaf(preferences, "AccountingInfoPrefs.BookCloseDate"),
        "custom_txn_numbers": _flag(preferences, "SalesFormsPrefs.CustomTxnNumbers"),
        "allow_discount": _flag(preferences, "SalesFormsPrefs.AllowDiscount"),
        "allow_shipping": _flag(preferences, "SalesFormsPrefs.AllowShipping"),
        "track_quantity": _flag(preferences, "ProductAndServicesPrefs.QuantityOnHand"),
        "sales_tax": _flag(preferences, "TaxPrefs.UsingSalesTax"),
    }


def to_lists(reference: Reference) -> NameLists:
    """Return the names of the company's small lists, as the transformations look them up."""
    return NameLists.of_records(reference.lists)


def _home_currency(reference: Reference) -> str | None:
    """Preferences name it; where they don't, accounts that all have one currency do."""
    stated = _leaf(reference.preferences, "CurrencyPrefs.HomeCurrency.value")
    if stated:
        return stated
    currencies = {_leaf(account, "CurrencyRef.value") for account in reference.accounts}
    return currencies.pop() if len(currencies) == 1 else None


def _leaf(document: Mapping[str, Any], path: str) -> str | None:
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return None if value in (None, "") else str(value)


def _flag(document: Mapping[str, Any], path: str) -> str:
    return "true" if str(_leaf(document, path)).casefold() == "true" else "false"


def _fetch(client: "QuickBooksClient", name: str) -> Any:
    if name == COMPANY_INFO:
        return client.company_info()
    if name == PREFERENCES:
        return client.preferences()
    where = "Type IN ('Service', 'NonInventory')" if name == ITEMS else ""
    pages = client.pages(name, where=where, has_activity=True, counted=Counted.IF_EMPTY)
    return [record for page in pages for record in page.records]


def _read_stored(connection: Connection, realm_id: str) -> dict[str, tuple[Any, datetime]]:
    rows = connection.execute(
        select(
            company_reference.c.name, company_reference.c.document, company_reference.c.fetched_at
        ).where(company_reference.c.realm_id == realm_id)
    )
    return {row.name: (row.document, row.fetched_at) for row in rows}


def _write_stored(connection: Connection, realm_id: str, documents: Mapping[str, Any]) -> None:
    statement = insert(company_reference)
    statement = statement.on_conflict_do_update(
        index_elements=["realm_id", "name"],
        set_={
            "document": statement.excluded.document,
            "fetched_at": statement.excluded.fetched_at,
        },
    )
    for name, document in documents.items():
        row = {"realm_id": realm_id, "name": name, "document": document, "fetched_at": func.now()}
        connection.execute(statement.values(row))
