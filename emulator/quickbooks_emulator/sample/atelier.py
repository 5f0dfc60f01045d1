"""Prism Atelier SARL: a small company that keeps euros and pounds beside its dollars."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from quickbooks_emulator.sample.records import Goods, Receipt, Sale

PREFERENCES = {"CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}}}
RATES = {"EUR": Decimal("1.0845"), "GBP": Decimal("1.2710"), "CHF": Decimal("1.1320")}
_EURO, _POUND, _DOLLAR = (
    {"CurrencyRef": {"value": code}} for code in ("EUR", "GBP", "USD")
)  # fmt: skip

CUSTOMERS: tuple[dict[str, Any], ...] = (
    {"DisplayName": "Maison Clairvaux", "CompanyName": "Maison Clairvaux SAS", **_EURO},
    {"DisplayName": "Hatton Garden Settings Ltd", "Term": "Net 30", **_POUND},
    {"DisplayName": "Fifth Avenue Consignment", "Term": "Net 15"},
)
# fmt: off
SALES = (
    Sale("PA-101", "Maison Clairvaux", "2026-03-03", "2026-04-02", (
        Goods("Services", "3", "410.00", "Bague sertie, pavage"),
    ), "", _EURO),
    Sale("PA-102", "Hatton Garden Settings Ltd", "2026-03-17", "", (
        Goods("Services", "1.25", "96.40", "Invisible setting, per hour"),
    ), "", {**_POUND, "ExchangeRate": Decimal("1.2655")}),
    Sale("PA-103", "Fifth Avenue Consignment", "2026-04-08", "", (
        Goods("Services", "1", "2250.00"),
    ), "", _DOLLAR),
    Sale("PA-104", "Maison Clairvaux", "2026-05-12", "", (
        Goods("Services", "1", "333.33", "Restauration"),
    ), "", _EURO),
)
RECEIPTS = (
    Receipt("Maison Clairvaux", "2026-04-10", "1000.00", "Wire transfer", "VIR-5520",
            (("PA-101", "1000.00"),), extra=_EURO),
    Receipt("Fifth Avenue Consignment", "2026-04-20", "2250.00", "Check", "CHK-310",
            (("PA-103", "2250.00"),), extra=_DOLLAR),
)
# fmt: on
