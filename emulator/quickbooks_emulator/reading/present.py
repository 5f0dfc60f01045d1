"""Turns stored documents into what Intuit shows of them.

Intuit: query, section 3.5 (" (deleted)"), Payment, section 8.5 (LineEx), Customer, section 8.3.
"""

from __future__ import annotations

from collections.abc import Callable

from quickbooks_emulator.books.taxes import first_tax_code
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.entities.registry import ENTITIES
from quickbooks_emulator.entities.transaction_tables import SHIPPING
from quickbooks_emulator.model.clock import pacific_seconds
from quickbooks_emulator.model.documents import Document, to_number

DELETED = " (deleted)"
_NAME_VALUE = {
    "name": "{http://schema.intuit.com/finance/v3}NameValue",
    "declaredType": "com.intuit.schema.finance.v3.NameValue",
    "scope": "javax.xml.bind.JAXBElement$GlobalScope",
}
_RESIDUE = {"nil": False, "globalScope": True, "typeSubstituted": False}


def shown_name(entity: str, name: str, document: Document) -> str | None:
    """Return a name property as it is shown: inactive records carry a suffix."""
    text = document.get(name)
    named = ENTITIES[entity].name_property
    if text is None or document.get("Active") is not False:
        return text
    return f"{text}{DELETED}" if name in (named, "FullyQualifiedName") else text


def present_alone(company: Company, entity: str, document: Document) -> Document:
    """Return a document as the answer to a GET or a write, which show more than a list does.

    A taxable customer without a tax code of its own shows the company's, recorded in the answers to
    a create and a GET of customers whose queries had none (section 14).
    """
    shown = present(company, entity, document)
    if entity != "Customer" or not shown.get("Taxable") or "DefaultTaxCodeRef" in shown:
        return shown
    code = first_tax_code(company)
    return {**shown, "DefaultTaxCodeRef": {"value": code["Id"]}} if code else shown


def present(company: Company, entity: str, document: Document) -> Document:
    """Return a whole document as a query or change data capture lists it."""
    times = {name: pacific_seconds(stamp) for name, stamp in document["MetaData"].items()}
    shown = {"domain": "QBO", "sparse": False, **document, "MetaData": times}
    for name in (ENTITIES[entity].name_property, "FullyQualifiedName"):
        if name in document:
            shown[name] = shown_name(entity, name, document)
    if "CustomerRef" in document:
        shown["CustomerRef"] = _named(company, "Customer", document["CustomerRef"])
    if entity in _SHAPES:
        shown |= _SHAPES[entity](company, shown)
    return {name: value for name, value in shown.items() if name not in _HIDDEN.get(entity, ())}


def _sales_form(company: Company, shown: Document) -> Document:
    return {"Line": [_form_line(company, line) for line in shown["Line"]]}


def _payment(company: Company, shown: Document) -> Document:
    return {"Line": [_payment_line(company, line) for line in shown["Line"]]}


def _adjustment(_company: Company, shown: Document) -> Document:
    """Give MetaData as in Intuit's samples: a bare date and nothing else (section 8.7)."""
    return {"MetaData": {"LastUpdatedTime": shown["MetaData"]["LastUpdatedTime"][:10]}}


_SHAPES: dict[str, Callable[[Company, Document], Document]] = {
    "Invoice": _sales_form,
    "CreditMemo": _sales_form,
    "Payment": _payment,
    "InventoryAdjustment": _adjustment,
}
_HIDDEN = {
    "JournalEntry": ("CustomerRef", "Balance", "IsCredit"),
    "CompanyCurrency": ("Rate",),
}


def _named(company: Company, entity: str, pointer: Document) -> Document:
    target = company.find(entity, pointer["value"])
    if target is None:
        return pointer
    name = shown_name(entity, ENTITIES[entity].name_property, target)
    return {"value": pointer["value"], "name": name}


def _form_line(company: Company, line: Document) -> Document:
    if "GroupLineDetail" in line:
        group = line["GroupLineDetail"]
        bundle = _named(company, "Item", group["GroupItemRef"])
        children = [_form_line(company, child) for child in group["Line"]]
        return {**line, "GroupLineDetail": {**group, "GroupItemRef": bundle, "Line": children}}
    detail = line.get("SalesItemLineDetail")
    if detail is None or detail["ItemRef"]["value"] == SHIPPING:
        return line
    named = {**detail, "ItemRef": _named(company, "Item", detail["ItemRef"])}
    return {**line, "SalesItemLineDetail": named}


def _payment_line(company: Company, line: Document) -> Document:
    link = line["LinkedTxn"][0]
    payable = company.get(link["TxnType"], link["TxnId"])
    residue = {
        "txnId": payable["Id"],
        "txnOpenBalance": to_number(payable["Balance"] + line["Amount"]),
        "txnReferenceNumber": payable.get("DocNumber"),
    }
    values = [{"Name": name, "Value": value} for name, value in residue.items() if value]
    return {**line, "LineEx": {"any": [{**_NAME_VALUE, "value": v, **_RESIDUE} for v in values]}}
