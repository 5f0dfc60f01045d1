"""The tax of an invoice in a US company (Intuit: Invoice, section 8.4.4)."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.company import Company
from quickbooks_emulator.numbers import ZERO
from quickbooks_emulator.properties import Document


def tax_detail(company: Company, draft: Document) -> Document:
    """Return the TxnTaxDetail of an invoice.

    Without sales tax in the company what was sent is ignored. With automated sales tax the sent
    amount comes back as 0, as seen on a live sandbox. Else the amount that was sent stands.

    Raises:
        FaultError: 6160 for an unknown tax code.
        NotModelledError: where a tax would have to be computed from a rate.
    """
    sent = draft.get("TxnTaxDetail", {})
    if not company.preference("TaxPrefs", "UsingSalesTax"):
        return {"TotalTax": ZERO}
    if company.preference("TaxPrefs", "PartnerTaxEnabled"):
        return {"TotalTax": ZERO}
    code = sent.get("TxnTaxCodeRef")
    if code and company.find("TaxCode", code["value"]) is None:
        text = f"Invalid tax code : {code['value']}"
        raise faults.FaultError("6160", "Invalid TaxCodeRef", text, "TxnTaxCodeRef")
    if code and "TotalTax" not in sent:
        raise faults.NotModelledError("Computing TotalTax from a tax code")
    return {**sent, "TotalTax": sent.get("TotalTax", ZERO)}
