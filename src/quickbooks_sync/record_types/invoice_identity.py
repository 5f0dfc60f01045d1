"""Which invoices are one: by number, customer and total; without a number by customer, day and total."""

from quickbooks_sync.matching.identity import Identity, IdentityKey, quoted, text_key
from quickbooks_sync.record_types.declarations import Values


def _key_unnumbered(values: Values) -> tuple[object, ...] | None:
    """An invoice without a number is known by its customer, day and total."""
    if values.get("invoice_number") or not values.get("invoice_date"):
        return None
    return values.get("customer"), values["invoice_date"], values.get("total_amount")


def _near_unnumbered(values: Values) -> str | None:
    return None if values.get("invoice_number") else values.get("invoice_date")


def _confirm(quickbooks: Values, loupe: Values) -> str | None:
    if quickbooks.get("customer") != loupe.get("customer"):
        return "a Loupe invoice has the same number but another customer"
    if quickbooks.get("is_void") or loupe.get("is_void"):
        if quickbooks.get("is_void") == loupe.get("is_void"):
            return None
        return "a Loupe invoice has the same number, but only one of the two is void"
    if quickbooks.get("total_amount") != loupe.get("total_amount"):
        totals = quoted(loupe, quickbooks, "total_amount")
        return f"a Loupe invoice has the same number and customer but another total, {totals}"
    return None


INVOICE_IDENTITY = Identity(
    keys=(
        text_key("number", "invoice_number", "DocNumber"),
        IdentityKey(
            "customer, day and total",
            _key_unnumbered,
            _near_unnumbered,
            ("invoice_number", "invoice_date"),
            (("CustomerRef", "customer"), ("TxnDate", "invoice_date")),
        ),
    ),
    confirm=_confirm,
    # Each side's list of terms is its own.
    apart=frozenset({"payment_terms"}),
)
