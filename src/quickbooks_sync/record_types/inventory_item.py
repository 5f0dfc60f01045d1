"""Inventory items. Quantities travel as stock adjustments, prices only where they are per piece."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Numeric, cast, func, select

from quickbooks_sync.mapping.vocabulary import Vocabulary, pointers
from quickbooks_sync.matching.identity import Identity, contradict, text_key
from quickbooks_sync.matching.merge import MergePolicy
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.tables import inventory_item, invoice_line, link
from quickbooks_sync.quickbooks.query import is_in
from quickbooks_sync.record_types.customer import never_created_inactive, remove_merged
from quickbooks_sync.record_types.declarations import (
    Document,
    LinkedPair,
    Party,
    Removal,
    Row,
    TakenOnce,
    UniqueField,
    Values,
    WorthALook,
)
from quickbooks_sync.record_types.record_type import Json, RecordType
from quickbooks_sync.record_types.unsendable import (
    COUNTED_STOCK,
    KEPT_CURRENCY,
    REPRESENTABLE,
    join,
    refuse,
)
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.canonical import folded, parse_decimal, parse_text, to_decimal

#: Most characters of an item's name in QuickBooks.
MAX_NAME = 100
_ALWAYS = ("Name", "Type", "Active")
_COUNTED_THERE = (
    "an item is made inactive in QuickBooks only at quantity 0; its value would be lost"
)
_COUNTED_HERE = "an item is made inactive in QuickBooks only at quantity 0 on both sides; Loupe counts some of it"


def _find_left_out(record: Document) -> str | None:
    parse_decimal(record.get("QtyOnHand"))
    return None


class InventoryItem(RecordType):
    """A piece of stock."""

    vocabulary = Vocabulary(
        record_type="inventory_item",
        entity="Item",
        properties=(
            *("Name", "Type", "Sku", "Description", "PurchaseDesc", "UnitPrice", "PurchaseCost"),
            *("Taxable", "SalesTaxIncluded", "PurchaseTaxIncluded", "TrackQtyOnHand", "QtyOnHand"),
            *("InvStartDate", "ReorderPoint", "SubItem", "FullyQualifiedName", "Active"),
            *pointers("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "ParentRef"),
            *pointers("SalesTaxCodeRef", "PurchaseTaxCodeRef", "ClassRef", "PrefVendorRef"),
        ),
        always_sent=lambda record: (
            (*_ALWAYS, "QtyOnHand") if record.get("Type") == "Inventory" else _ALWAYS
        ),
        find_left_out=_find_left_out,
    )
    label, labels = "inventory item", "inventory items"
    needed_settings = (
        "income_account",
        "cogs_account",
        "asset_account",
        "inventory_start_date",
        "stock_owner",
    )
    identity = Identity(
        keys=(text_key("Tag ID", "tag_id", "Sku"), text_key("name", "item_name", "Name")),
        # One product name covers many tags: two different tags are two different items.
        excludes=lambda quickbooks, loupe: contradict(quickbooks, loupe, "tag_id"),
        folded=frozenset({"tag_id", "item_name"}),
    )
    lasting_properties = ("Name",)
    telling_fields = (("tag_id", "item_name"), ())
    has_activity = True
    #: A sale may leave an item's LastUpdatedTime as it was.
    is_read_whole = True
    #: Omit the quantity: set as opening stock on create, changed by inventory adjustments later.
    sent_separately = frozenset({"quantity", "is_void"})
    stock_field = "quantity"
    unique_field = UniqueField(
        name="tag_id",
        column="tag_id",
        repeated="several QuickBooks items carry this SKU",
        taken="a Loupe item has this SKU as its Tag ID already; give one of the two items "
        "another SKU in QuickBooks, then pull items again",
        locked="another Loupe item carries this SKU as its Tag ID",
    )
    once = TakenOnce(
        name="item_name",
        property="Name",
        read=lambda row: parse_text(row["item_name"]),
        columns=(inventory_item.c.item_name,),
        rule="is no other item's name",
        code="6240",
    )
    table = inventory_item
    never_created = never_created_inactive(inventory_item.c.is_active)
    display_name = inventory_item.c.item_name
    shown_by = ("tag_id", "item_name")
    never_lifted = MappingProxyType(
        {
            _COUNTED_THERE: "QuickBooks counts some of the item, which is made inactive there only at quantity 0. Bring "
            "the quantity to 0 on both sides and run the pull and the push"
        }
    )
    worth_a_look = (WorthALook("tag_id", "without a Tag ID"),)

    def pulled_where(self, settings: CompanySettings) -> str:
        """Narrow a pull to the types that sync."""
        return is_in("Type", settings.item_types)

    def is_pulled(self, record: Document, settings: CompanySettings) -> bool:
        """Names are unique across all items, but a service is never a piece of stock."""
        return record.get("Type") in settings.item_types

    def linked_quickbooks_ids(
        self, connection: Connection, realm_id: str
    ) -> tuple[str, list[str]] | None:
        """Return the items on linked invoices."""
        sold = func.jsonb_path_query(link.c.document, "$.Line[*].SalesItemLineDetail.ItemRef.value")
        ids = connection.execute(
            select(sold)
            .where(link.c.realm_id == realm_id, link.c.record_type == "invoice")
            .distinct()
        ).scalars()
        return "Id", sorted(str(item_id) for item_id in ids if str(item_id).isdigit())

    def linked_rows(self, realm_id: str) -> list[ColumnElement[bool]]:
        """Keep items on linked invoices."""
        invoices = select(link.c.loupe_id).where(
            link.c.realm_id == realm_id, link.c.record_type == "invoice"
        )
        items = select(invoice_line.c.inventory_item_id).where(
            invoice_line.c.invoice_id.in_(invoices)
        )
        return [inventory_item.c.inventory_item_id.in_(items)]

    def agreed_where(self) -> list[ColumnElement[bool]]:
        """An item is worth a look whenever QuickBooks' quantity is not Loupe's, whoever moved it."""
        on_hand = cast(link.c.document["QtyOnHand"].astext, Numeric)
        return [func.coalesce(on_hand, 0) == inventory_item.c.quantity]

    def read_owners(
        self, connection: Connection, organization_id: int, values: Collection[Any]
    ) -> dict[Any, int]:
        """Return the items that carry some Tag IDs."""
        rows = connection.execute(
            select(inventory_item.c.tag_id, inventory_item.c.inventory_item_id).where(
                inventory_item.c.organization_id == organization_id,
                inventory_item.c.tag_id.in_([tag_id for tag_id in values if tag_id]),
            )
        )
        return {row.tag_id: row.inventory_item_id for row in rows}

    def why_not_representable(
        self, settings: CompanySettings, row: Row, _party: Party | None = None
    ) -> tuple[Problem, ...]:
        """QuickBooks' prices are per piece and in its home currency, and it may count no stock."""
        return join(
            refuse("sell_price", REPRESENTABLE, row["price_basis"], _basis_problem(row)),
            refuse(
                "sell_price", KEPT_CURRENCY, row["currency_code"], _currency_problem(settings, row)
            ),
            refuse("quantity", COUNTED_STOCK, None, _stock_problem(settings)),
        )

    def differences(self, settings: CompanySettings, row: Row) -> tuple[Problem, ...]:
        """Say that the prices do not go across."""
        priced = price_problem(settings, row)
        return (Problem("sell_price", "price basis", None, priced),) if priced else ()

    def locks(self, pair: LinkedPair) -> MergePolicy:
        """Keep prices of another basis apart, stock with its owner, and items with stock active."""
        excluded = set(unpriced_fields(pair.settings, pair.row))
        quickbooks_locked = {}
        is_theirs = pair.settings.stock_owner == "quickbooks"
        # Where Loupe owns the stock, the push counts QuickBooks down before it makes the item inactive.
        there = Decimal(pair.quickbooks.get("quantity") or 0)
        if not pair.row["is_active"] and (pair.row["quantity"] or (there and is_theirs)):
            quickbooks_locked["is_active"] = _COUNTED_THERE if there else _COUNTED_HERE
        if is_theirs and "quantity" in pair.agreed:
            return MergePolicy(
                quickbooks_owned=frozenset({"quantity"}),
                excluded=frozenset(excluded),
                quickbooks_locked=quickbooks_locked,
            )
        return MergePolicy(
            excluded=frozenset(excluded | {"quantity"}), quickbooks_locked=quickbooks_locked
        )

    def remove(
        self, row: Row, quickbooks_id: str, *, is_paid: bool, is_again: bool = False
    ) -> Removal:
        """Ask a person: QuickBooks deletes no item."""
        return remove_merged(row, quickbooks_id)

    def create_properties(
        self,
        settings: CompanySettings,
        values: Values,
        fields: Sequence[str],
        opening: str,
    ) -> Json:
        """QuickBooks demands accounts, quantity and start date of a new Inventory item (section 8.6)."""
        starts = settings.inventory_start_date
        return {
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": to_decimal(opening),
            "InvStartDate": starts.isoformat() if starts else None,
            "IncomeAccountRef": {"value": settings.income_account},
            "ExpenseAccountRef": {"value": settings.cogs_account},
            "AssetAccountRef": {"value": settings.asset_account},
        }

    def is_made_from(self, sent: Values, theirs: Values) -> bool:
        """Compare the Tag IDs, or the names where it has none."""
        name = "tag_id" if sent.get("tag_id") else "item_name"
        return folded(sent.get(name)) == folded(theirs.get(name))

    def rename_taken(self, values: Values) -> Json | None:
        """One product name covers many tags, QuickBooks wants unique names: add the Tag ID."""
        name, tag = values.get("item_name"), values.get("tag_id")
        if not tag:
            return None
        composed = f"{name[: MAX_NAME - len(tag) - 3]} ({tag})" if name else tag
        return {**values, "item_name": composed}


def unpriced_fields(settings: CompanySettings, row: Row) -> tuple[str, ...]:
    """Return the price fields of an item that mean something else in QuickBooks."""
    return ("sell_price", "cost_price") if price_problem(settings, row) else ()


def price_problem(settings: CompanySettings, row: Row) -> str | None:
    """Return why an item's prices do not go across, or `None` when they do."""
    return _basis_problem(row) or _currency_problem(settings, row)


def _basis_problem(row: Row) -> str | None:
    if row["price_basis"] != "piece":
        return f"prices are per {row['price_basis']}, QuickBooks' are per piece; not synced"
    return None


def _stock_problem(settings: CompanySettings) -> str | None:
    """Return why QuickBooks takes no new stock, or `None`; while that was never read, nothing is refused."""
    if settings.track_quantity is not False:
        return None
    return (
        "it is a piece of stock, and QuickBooks, where counting of stock is switched off, takes no new ones; switch "
        "it on in QuickBooks, then run `quickbooks-sync settings propose`"
    )


def _currency_problem(settings: CompanySettings, row: Row) -> str | None:
    home, currency = settings.home_currency, row["currency_code"]
    if currency and home and currency != home:
        return f"prices are in {currency}, QuickBooks' are in {home}; not synced"
    return None
