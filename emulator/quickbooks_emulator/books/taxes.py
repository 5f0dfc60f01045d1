"""The tax of a sales form in a US company (Intuit: Invoice, section 8.4.4).

Whether automated sales tax honours an amount that was sent is disputed: the page says so, a live
sandbox answered 0 for a customer without address. The switch ``sent_tax_under_ast`` decides.
"""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator.books.sales_lines import Sums
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO, to_cents

_NONE: Document = {"TotalTax": ZERO}


def tax_detail(company: Company, draft: Document, customer: Document, sums: Sums) -> Document:
    """Return the TxnTaxDetail of a sales form.

    Without sales tax in the company what was sent is ignored. Else a TotalTax that was sent stands,
    and an absent one is computed from the TAX lines at the rate of the code: the one sent, the
    customer's, or the company's first that has a rate.

    Raises:
        FaultError: 6160 for an unknown tax code.
    """
    sent = draft.get("TxnTaxDetail", {})
    if not company.preference("TaxPrefs", "UsingSalesTax"):
        return _NONE
    if company.preference("TaxPrefs", "PartnerTaxEnabled"):
        return _automated(company, draft, sent, customer, sums)
    code = _tax_code(company, sent, customer)
    base = _taxable(draft, sums)
    rate = _rate(company, code)
    if "TotalTax" not in sent:
        return _detail(code, rate, base, _percent(rate, base))
    return _detail(code if "TxnTaxCodeRef" in sent else None, rate, base, sent["TotalTax"])


def _automated(
    company: Company, draft: Document, sent: Document, customer: Document, sums: Sums
) -> Document:
    if company.switches.sent_tax_under_ast and "TotalTax" in sent:
        return {"TotalTax": sent["TotalTax"]}
    if not any(name in draft or name in customer for name in ("ShipAddr", "BillAddr")):
        return _NONE
    rate, base = _rate(company, first_tax_code(company)), _taxable(draft, sums)
    return _detail(None, rate, base, _percent(rate, base))


def _tax_code(company: Company, sent: Document, customer: Document) -> Document | None:
    pointer = sent.get("TxnTaxCodeRef")
    if pointer is not None:
        code = company.find("TaxCode", pointer["value"])
        if code is None:
            text = f"Invalid tax code : {pointer['value']}"
            raise faults.FaultError("6160", "Invalid TaxCodeRef", text, "TxnTaxCodeRef")
        return code
    if "TaxExemptionReasonId" in customer:
        return None
    if "DefaultTaxCodeRef" in customer:
        return company.find("TaxCode", customer["DefaultTaxCodeRef"]["value"])
    return first_tax_code(company)


def first_tax_code(company: Company) -> Document | None:
    """Return the company's first active tax code that has a rate, or None."""
    codes = company.store.documents(company.realm, "TaxCode").values()
    return next((code for code in codes if code["Active"] and _rate(company, code)), None)


def _rate(company: Company, code: Document | None) -> Document | None:
    details = (code or {}).get("SalesTaxRateList", {}).get("TaxRateDetail", [])
    return company.find("TaxRate", details[0]["TaxRateRef"]["value"]) if details else None


def _taxable(draft: Document, sums: Sums) -> Decimal:
    if not draft.get("ApplyTaxAfterDiscount") or not sums.sales:
        return sums.taxable
    share = sums.discount * sums.taxable_goods / sums.sales
    return to_cents(sums.taxable - share)


def _percent(rate: Document | None, base: Decimal) -> Decimal:
    return to_cents(base * rate["RateValue"] / 100) if rate else ZERO


def _detail(
    code: Document | None, rate: Document | None, base: Decimal, total: Decimal
) -> Document:
    detail: Document = {"TxnTaxCodeRef": {"value": code["Id"]}} if code and rate else {}
    if rate is None or not base:
        return {**detail, "TotalTax": total}
    line = {
        "TaxRateRef": {"value": rate["Id"]},
        "PercentBased": True,
        "TaxPercent": rate["RateValue"],
        "NetAmountTaxable": base,
    }
    tax_line = {"Amount": total, "DetailType": "TaxLineDetail", "TaxLineDetail": line}
    return {**detail, "TotalTax": total, "TaxLine": [tax_line]}
