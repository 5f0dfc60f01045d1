"""What people do in QuickBooks: they enter, change, void and delete records, by its own API."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.chaos.books import Json, money
from tests.chaos.company import Company, Row, pick
from tests.chaos.comparing import METHODS
from tests.chaos.lines import new_quickbooks_lines
from tests.chaos.loupe_edits import DAY, text_for

#: Canonical field -> how a customer holds it.
_PROPERTIES: dict[str, Callable[[str], Json]] = {
    "email": lambda text: {"PrimaryEmailAddr": {"Address": text}},
    "phone": lambda text: {"PrimaryPhone": {"FreeFormNumber": text}},
    "website": lambda text: {"WebAddr": {"URI": text}},
    "first_name": lambda text: {"GivenName": text},
    "company_name": lambda text: {"CompanyName": text},
}


def add_customer(company: Company, rng: random.Random) -> str:
    """Enter a customer; often one that Loupe has, too, with the same e-mail address or another."""
    twin = pick(rng, _untwinned(company)) if rng.random() < 0.3 else None
    number = company.next_number()
    name = twin["display_name"] if twin else f"C{number} Books"
    email = twin["email"] if twin and rng.random() < 0.8 else text_for("email", number)
    properties: Json = {"DisplayName": name, "Notes": f"kept {number}"}
    if company.has_currencies and rng.random() < 0.3:
        properties["CurrencyRef"] = {"value": "EUR"}
    if email:
        properties |= _PROPERTIES["email"](email)
    record = company.books.create("Customer", **properties)
    if twin:
        company.twins[name.split()[0]] = (twin["customer_id"], email == twin["email"])
    company.note("quickbooks", "customer", record["Id"], "display_name", name)
    company.note("quickbooks", "customer", record["Id"], "email", email)
    company.unmapped["Customer", record["Id"], "Notes"] = properties["Notes"]
    return f"Customer {record['Id']} {name}"


def _untwinned(company: Company) -> list[Row]:
    """Return Loupe's customers that QuickBooks may not have yet, under the name they were entered with."""
    unlinked = (
        "is_active and display_name ~ '^C[0-9]+ Loupe$' and not exists (select 1"
        " from quickbooks_sync.link l where l.record_type = 'customer'"
        " and l.loupe_id = customer.customer_id)"
    )
    rows = company.rows("customer", unlinked)
    return [one for one in rows if one["display_name"].split()[0] not in company.twins]


def edit_customer(company: Company, rng: random.Random) -> str | None:
    """Change one field of a customer: a mapped one or its notes."""
    record = pick(rng, company.books.records("Customer", "Active = true"))
    if record is None:
        return None
    number = company.next_number()
    if rng.random() < 0.2:
        company.books.change("Customer", record, Notes=f"kept {number}")
        company.unmapped["Customer", record["Id"], "Notes"] = f"kept {number}"
        return f"Customer {record['Id']} Notes"
    if rng.random() < 0.2:
        return _edit_address(company, record, number)
    name = rng.choice(tuple(_PROPERTIES))
    value = text_for(name, number)
    company.books.change("Customer", record, **_PROPERTIES[name](value))
    company.note("quickbooks", "customer", record["Id"], name, value)
    return f"Customer {record['Id']} {name}={value}"


def _edit_address(company: Company, record: Json, number: int) -> str:
    """Change the city, and the state, which is not mapped."""
    city, state = f"City {number}", f"S{number}"
    address = {**record.get("BillAddr", {}), "City": city, "CountrySubDivisionCode": state}
    address.pop("Id", None)
    company.books.change("Customer", record, BillAddr=address)
    company.note("quickbooks", "customer", record["Id"], "city", city)
    company.unmapped["Customer", record["Id"], "BillAddr.CountrySubDivisionCode"] = state
    return f"Customer {record['Id']} city={city}"


def toggle_customer(company: Company, rng: random.Random) -> str | None:
    """Make a customer inactive, or active again."""
    record = pick(rng, company.books.records("Customer"))
    if record is None:
        return None
    company.books.change("Customer", record, Active=not record["Active"])
    return f"Customer {record['Id']} Active={not record['Active']}"


def add_invoice(company: Company, rng: random.Random) -> str | None:
    """Enter an invoice; now and then with a discount or a line of text."""
    customer = pick(rng, company.books.records("Customer", "Active = true"))
    if customer is None:
        return None
    number = company.next_number()
    due = (DAY + timedelta(days=60 + number)).isoformat()
    record = company.books.create(
        "Invoice",
        CustomerRef={"value": customer["Id"]},
        CurrencyRef={"value": customer["CurrencyRef"]["value"]},
        DocNumber=f"I{number}",
        TxnDate=(DAY + timedelta(days=rng.randrange(60))).isoformat(),
        DueDate=due,
        CustomerMemo={"value": f"kept {number}"},
        Line=new_quickbooks_lines(company, rng, number),
    )
    company.note("quickbooks", "invoice", record["Id"], "due_date", due)
    company.unmapped["Invoice", record["Id"], "CustomerMemo.value"] = f"kept {number}"
    return f"Invoice {record['Id']} I{number} over {record['TotalAmt']}"


def edit_invoice(company: Company, rng: random.Random) -> str | None:
    """Change an invoice's due date, its memo or its lines."""
    record = pick(rng, live_invoices(company))
    if record is None:
        return None
    number = company.next_number()
    choice = rng.random()
    if choice < 0.3:
        company.books.change("Invoice", record, CustomerMemo={"value": f"kept {number}"})
        company.unmapped["Invoice", record["Id"], "CustomerMemo.value"] = f"kept {number}"
        return f"Invoice {record['Id']} memo"
    if choice < 0.5 and record["Balance"] == record["TotalAmt"]:
        company.books.change("Invoice", record, Line=new_quickbooks_lines(company, rng, number))
        return f"Invoice {record['Id']} lines"
    due = (DAY + timedelta(days=60 + number)).isoformat()
    company.books.change("Invoice", record, DueDate=due)
    company.note("quickbooks", "invoice", record["Id"], "due_date", due)
    return f"Invoice {record['Id']} due {due}"


def live_invoices(company: Company) -> list[Json]:
    """Return the invoices that are not void."""
    return [
        one
        for one in company.books.records("Invoice")
        if not str(one.get("PrivateNote", "")).startswith("Voided")
    ]


def void_invoice(company: Company, rng: random.Random) -> str | None:
    """Void an invoice, mostly one without payments."""
    found = live_invoices(company)
    unpaid = [one for one in found if one["Balance"] == one["TotalAmt"]]
    record = pick(rng, found if rng.random() < 0.1 else unpaid)
    if record is None:
        return None
    company.books.void("Invoice", record)
    return f"Invoice {record['Id']} void"


def delete_invoice(company: Company, rng: random.Random) -> str | None:
    """Delete an invoice."""
    record = pick(rng, live_invoices(company))
    if record is None:
        return None
    company.books.delete("Invoice", record)
    return f"Invoice {record['Id']} deleted"


def add_payment(company: Company, rng: random.Random) -> str | None:
    """Enter a payment; now and then the very one that Loupe has and has not sent yet."""
    if rng.random() < 0.25:
        return _enter_twice(company, rng)
    invoice = pick(rng, [one for one in live_invoices(company) if one["Balance"]])
    if invoice is None:
        return None
    whole = money(invoice["Balance"])
    amount = (
        whole if rng.random() < 0.5 else max((whole / 3).quantize(Decimal("0.01")), Decimal("0.01"))
    )
    return _pay(company, invoice, amount, f"P{company.next_number()}", rng.randrange(90))


def _pay(company: Company, invoice: Json, amount: Decimal, reference: str, day: int) -> str:
    record = company.books.create(
        "Payment",
        CustomerRef={"value": invoice["CustomerRef"]["value"]},
        CurrencyRef={"value": invoice["CurrencyRef"]["value"]},
        TotalAmt=amount,
        TxnDate=(DAY + timedelta(days=day)).isoformat(),
        PaymentRefNum=reference,
        Line=[{"Amount": amount, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}],
    )
    company.note("quickbooks", "payment", record["Id"], "reference_number", reference)
    return f"Payment {record['Id']} {reference} of {amount} on {invoice['Id']}"


def _enter_twice(company: Company, rng: random.Random) -> str | None:
    row = pick(
        rng,
        company.read(
            "select p.amount, p.payment_date, p.reference_number, l.quickbooks_id"
            " from loupe.payment p join loupe.payment_application a using (payment_id)"
            " join quickbooks_sync.link l on l.loupe_id = a.invoice_id and l.record_type = 'invoice'"
            " and l.realm_id = %s and l.state = 'live'"
            " where not p.is_void and p.amount = a.amount and not exists (select 1"
            " from quickbooks_sync.link o where o.record_type = 'payment' and o.realm_id = l.realm_id"
            " and o.loupe_id = p.payment_id) order by p.payment_id",
            company.realm_id,
        ),
    )
    if row is None:
        return None
    found = company.books.records("Invoice", f"Id = '{row['quickbooks_id']}'")
    if not found or found[0]["Balance"] < row["amount"]:
        return None
    invoice = found[0]
    if row["reference_number"] in company.entered_twice:
        return None
    company.entered_twice.add(row["reference_number"])
    day = (row["payment_date"] - DAY).days
    return "twice: " + _pay(company, invoice, row["amount"], row["reference_number"], day)


def edit_payment(company: Company, rng: random.Random) -> str | None:
    """Change a payment's reference, or how it was paid, or its private note, which is not mapped."""
    record = pick(rng, _live_payments(company))
    if record is None:
        return None
    number = company.next_number()
    if rng.random() < 0.3:
        company.books.change("Payment", record, PrivateNote=f"kept {number}")
        company.unmapped["Payment", record["Id"], "PrivateNote"] = f"kept {number}"
        return f"Payment {record['Id']} note"
    if rng.random() < 0.3:
        method = rng.choice(tuple(METHODS))
        company.books.change("Payment", record, PaymentMethodRef={"value": method})
        return f"Payment {record['Id']} method {METHODS[method]}"
    reference = f"{record.get('PaymentRefNum', 'P').split('-')[0]}-{number}"
    company.books.change("Payment", record, PaymentRefNum=reference)
    company.note("quickbooks", "payment", record["Id"], "reference_number", reference)
    return f"Payment {record['Id']} reference {reference}"


def _live_payments(company: Company) -> list[Json]:
    return [one for one in company.books.records("Payment") if one["TotalAmt"]]


def void_payment(company: Company, rng: random.Random) -> str | None:
    """Void a payment."""
    record = pick(rng, _live_payments(company))
    if record is None:
        return None
    company.books.void("Payment", record)
    return f"Payment {record['Id']} void"


def delete_payment(company: Company, rng: random.Random) -> str | None:
    """Delete a payment."""
    record = pick(rng, _live_payments(company))
    if record is None:
        return None
    company.books.delete("Payment", record)
    return f"Payment {record['Id']} deleted"


def add_item(company: Company, rng: random.Random) -> str:
    """Enter a piece of stock."""
    number = company.next_number()
    record = company.books.create(
        "Item",
        Name=f"T{number} Books",
        Sku=f"T{number}",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=rng.randrange(0, 5),
        InvStartDate="2026-01-01",
        Description=f"Books {number}",
        UnitPrice=Decimal(number) + Decimal("0.75"),
        PurchaseCost=4,
        IncomeAccountRef={"value": "9"},
        ExpenseAccountRef={"value": "13"},
        AssetAccountRef={"value": "5"},
    )
    company.note("quickbooks", "inventory_item", record["Id"], "description", f"Books {number}")
    return f"Item {record['Id']} T{number}"


def edit_item(company: Company, rng: random.Random) -> str | None:
    """Change a stock item's description, price or purchase text, which is not mapped."""
    record = pick(rng, company.books.records("Item", "Type = 'Inventory'"))
    if record is None or not record["Active"]:
        return None
    number = company.next_number()
    choice = rng.random()
    if choice < 0.3:
        company.books.change("Item", record, PurchaseDesc=f"kept {number}")
        company.unmapped["Item", record["Id"], "PurchaseDesc"] = f"kept {number}"
        return f"Item {record['Id']} PurchaseDesc"
    changed: Json = {"Description": f"Books {number}"}
    if choice < 0.5:
        changed = {"UnitPrice": Decimal(number) + Decimal("0.75")}
    elif choice < 0.6:
        return _move_stock(company, record, rng)
    company.books.change("Item", record, **changed)
    if "Description" in changed:
        company.note("quickbooks", "inventory_item", record["Id"], "description", f"Books {number}")
    return f"Item {record['Id']} {changed}"


def _move_stock(company: Company, record: Json, rng: random.Random) -> str:
    detail: Any = {"ItemRef": {"value": record["Id"]}, "QtyDiff": rng.choice((-1, 1, 2))}
    company.books.create(
        "InventoryAdjustment",
        AdjustAccountRef={"value": "14"},
        TxnDate="2026-05-01",
        Line=[{"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}],
    )
    return f"Item {record['Id']} counted"
