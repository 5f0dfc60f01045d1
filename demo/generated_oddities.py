"""What is odd about some of the rows that only Loupe Factory has, each a reason not to be pushed."""

from decimal import Decimal

from demo.generated_records import Invoice, Row, voided

_NAMELESS = dict.fromkeys(("display_name", "first_name", "last_name", "company_name"))
CUSTOMER_ODDITIES: tuple[Row, ...] = (
    _NAMELESS,
    {"display_name": "Ω" * 501},
    {"display_name": "Ring: and: Stone"},
    {"display_name": "Sparkle 💎 Boutique"},
    {"email": "no-at-sign.example"},
    {"phone": "+1 (212) 555-0100 ext. 4711, ask for Mrs. Ó Súilleabháin"},
    {"currency_code": "EUR"},
    {"is_active": False},
)
ITEM_ODDITIES: tuple[Row, ...] = (
    {"price_basis": "carat"},
    {"price_basis": "gram"},
    {"currency_code": "EUR"},
    {"item_name": None},
    {"item_name": "Parcel, mixed, " + "very " * 25 + "long name"},
    {"item_name": "Tray: 12 rings"},
    {"tag_id": None},
    {"quantity": Decimal(-3)},
    {"sell_price": None, "cost_price": None},
)


def _to_draft(made: Invoice) -> None:
    made.row["lifecycle_status"] = "Draft"


def _miscount(made: Invoice) -> None:
    made.row["total_amount"] += Decimal("0.03")
    made.row["balance_amount"] += Decimal("0.03")


def _lengthen_number(made: Invoice) -> None:
    made.row["invoice_number"] = f"LOUPE/NYC-OFFICE/2026/{made.key:08d}"


def _lose_date(made: Invoice) -> None:
    made.row["invoice_date"] = None


def _void(made: Invoice) -> None:
    made.row.update(voided("Entered twice"))


def _lose_lines(made: Invoice) -> None:
    made.lines.clear()


def _misprice(made: Invoice) -> None:
    for line in made.lines:
        if line["unit_price"] is not None:
            line["unit_price"] += 1


def _lose_number(made: Invoice) -> None:
    made.row["invoice_number"] = None


def _change_currency(made: Invoice) -> None:
    made.row["currency_code"] = "EUR" if made.key % 2 else "ZZZ"


INVOICE_ODDITIES = (
    _to_draft, _miscount, _lengthen_number, _lose_date, _void, _lose_lines, _misprice, _lose_number,
    _change_currency,
)  # fmt: skip
PAYMENT_ODDITIES: tuple[Row, ...] = (
    {"payment_date": None},
    {"reference_number": "A reference that is longer than 21"},
    {"method": "Barter, by agreement"},
    {"currency_code": "GBP"},
)
