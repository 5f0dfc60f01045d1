"""Canonical lines to QuickBooks lines, laid over the last known ones.

Design note
    QuickBooks replaces the whole Line array (Intuit: section 0, fact 10), so what is not resent is
    lost. Lines are aligned with the last document's by content first and by position within a
    changed stretch: a line put in front does not move the tax codes of those after it.
"""

import copy
from collections.abc import Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from quickbooks_sync.mapping import Field
from quickbooks_sync.model.errors import RejectedRecordError, SettingsError
from quickbooks_sync.record_types.invoice_values import QUICKBOOKS_RULES, SHIPPING_ITEM
from quickbooks_sync.record_types.unsendable import allowed_lines
from quickbooks_sync.transform.canonical import to_decimal
from quickbooks_sync.transform.settings import Settings

Json = dict[str, Any]

_DETAIL_TYPES = {
    "sales": "SalesItemLineDetail",
    "shipping": "SalesItemLineDetail",
    "discount": "DiscountLineDetail",
    "description": "DescriptionOnly",
    "subtotal": "DescriptionOnly",
    "group": "GroupLineDetail",
}


def build_lines(
    field: Field, lines: Sequence[Json], before: Sequence[Json], settings: Settings
) -> list[Json]:
    """Return an invoice's Line array.

    Args:
        field: The lines field of the mapping.
        lines: Canonical lines.
        before: The last document's Line array.
        settings: Company settings.
    """
    from quickbooks_sync.transform.quickbooks_side import read_document_lines

    raw = [line for line in before if line.get("DetailType") != "SubTotalLineDetail"]
    old = read_document_lines(field, raw, settings, QUICKBOOKS_RULES)
    built = []
    for number, (line, partner) in enumerate(_align(field, lines, old), start=1):
        if partner is None:
            built.append(_new_line(line, settings))
        else:
            built.append(_overlaid(line, old[partner], raw[partner]))
        if before and "Id" in built[-1]:
            built[-1]["LineNum"] = number
    if _sum_sold(built) != _sum_sold(raw):
        _fix_discounts(built)
    return built


def _sum_sold(lines: Sequence[Json]) -> Decimal:
    """Return what a percentage of discount is taken of."""
    amounts = (to_decimal(line.get("Amount")) for line in lines if _is_sold(line))
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _is_sold(line: Json) -> bool:
    item = line.get("SalesItemLineDetail", {}).get("ItemRef", {}).get("value")
    return line.get("DetailType") != "DiscountLineDetail" and item != SHIPPING_ITEM


def _fix_discounts(lines: Sequence[Json]) -> None:
    """Send discounts by amount: QuickBooks refuses a percentage that no longer gives the amount.

    Loupe holds the amount alone, and its total is made of it (Intuit: section 14).
    """
    for line in lines:
        if line.get("DetailType") == "DiscountLineDetail":
            _by_amount(line)


def _by_amount(line: Json) -> None:
    line.setdefault("DiscountLineDetail", {})["PercentBased"] = False
    line["DiscountLineDetail"].pop("DiscountPercent", None)


def _align(
    field: Field, lines: Sequence[Json], old: Sequence[Json]
) -> list[tuple[Json, int | None]]:
    """Pair each line with the index of the old line that it continues."""
    names = [part.name for part in field.fields if part.kind == "two_way"]
    matcher = SequenceMatcher(a=_keys(old, names), b=_keys(lines, names), autojunk=False)
    pairs: list[tuple[Json, int | None]] = []
    for _, low, high, start, end in matcher.get_opcodes():
        for offset, line in enumerate(lines[start:end]):
            partner = low + offset
            is_pair = partner < high and old[partner]["kind"] == line["kind"]
            pairs.append((line, partner if is_pair else None))
    return pairs


def _keys(lines: Sequence[Json], names: Sequence[str]) -> list[tuple[Any, ...]]:
    return [tuple(line.get(name) for name in names) for line in lines]


def _new_line(line: Json, settings: Settings) -> Json:
    kind = line["kind"]
    if kind == "group":
        raise _refuse("a bundle can only be added in QuickBooks", "bundles come from QuickBooks")
    if _is_switched_off(kind, settings):
        raise _refuse(
            f"QuickBooks has {kind} lines switched off for this company; switch them on there",
            allowed_lines(kind),
        )
    detail = _DETAIL_TYPES[kind]
    inner = _new_detail(line, settings)
    named = {"DescriptionLineDetail" if detail == "DescriptionOnly" else detail: inner}
    if detail == "SalesItemLineDetail" and settings.tax == "total_tax":
        inner["TaxCodeRef"] = {"value": "TAX" if line.get("is_taxable") else "NON"}
    return _with_values(line, {"DetailType": detail, **named})


def _is_switched_off(kind: str, settings: Settings) -> bool:
    """Whether the company's Preferences refuse such lines; while they were never read, nothing is refused."""
    if kind == "discount":
        return settings.allow_discount is False
    return kind == "shipping" and settings.allow_shipping is False


def _new_detail(line: Json, settings: Settings) -> Json:
    kind = line["kind"]
    if kind == "discount":
        account = settings.discount_account
        named = {"DiscountAccountRef": {"value": account}} if account else {}
        return {"PercentBased": False, **named}
    if kind == "shipping":
        return {"ItemRef": {"value": SHIPPING_ITEM}}
    if kind != "sales":
        return {}
    # Only where QuickBooks owns the stock may an invoice move it; otherwise Loupe has already.
    sold = line.get("item") if settings.stock_owner == "quickbooks" else None
    item = sold or settings.invoice_line_item
    if not item:
        raise SettingsError(
            "The company setting invoice_line_item is not set: QuickBooks would sell every line "
            "as its item 1. Choose the item that Loupe's invoice lines are sold as.",
            setting="invoice_line_item",
        )
    return {"ItemRef": {"value": item}}


def _overlaid(line: Json, old: Json, raw: Json) -> Json:
    changed = line["amount"] != old["amount"]
    if line["kind"] == "group" and changed:
        raise _refuse(
            "the amount of a bundle is made of its lines; change them in QuickBooks",
            "bundles are changed in QuickBooks",
        )
    built = copy.deepcopy(raw)
    if line["kind"] == "discount" and changed:
        _by_amount(built)
    return _with_values(line, built)


def _with_values(line: Json, built: Json) -> Json:
    """Set the mapped properties of a line; an empty one is left out, which clears it."""
    _put(built, "Description", line["description"])
    if line["kind"] == "group":
        _put(built.setdefault("GroupLineDetail", {}), "Quantity", to_decimal(line["quantity"]))
        return built
    _put(built, "Amount", to_decimal(line["amount"]))
    if line["kind"] in ("sales", "shipping"):
        detail = built.setdefault("SalesItemLineDetail", {})
        _put(detail, "Qty", to_decimal(line["quantity"]))
        _put(detail, "UnitPrice", to_decimal(line["unit_price"]))
    return built


def _put(target: Json, name: str, value: Any) -> None:
    if value is None:
        target.pop(name, None)
    else:
        target[name] = value


def _refuse(message: str, rule: str) -> RejectedRecordError:
    return RejectedRecordError(f"The lines cannot be sent: {message}.", field="lines", rule=rule)
