"""What people do in QuickBooks: they enter records, and change, void and delete some that are there."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from tests.chaos import quickbooks_changes
from tests.chaos.books import Json, money
from tests.chaos.company import Company, Row, pick
from tests.chaos.lines import new_quickbooks_lines
from tests.chaos.loupe_changes import DAY, text_for
from tests.chaos.quickbooks_changes import PROPERTIES, note_applications, note_total

Change = Callable[[Company, random.Random, Json], str | None]


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
        properties |= PROPERTIES["email"](email)
    record = company.books.create("Customer", **properties)
    if twin:
        company.twins[name.split()[0]] = (twin["customer_id"], email == twin["email"])
    company.note("quickbooks", "customer", record["Id"], "display_name", name)
    company.note("quickbooks", "customer", record["Id"], "email", email)
    company.entered.note_mark("quickbooks", "customer", record["Id"], name)
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


def add_invoice(company: Company, rng: random.Random) -> str | None:
    """Enter an invoice; now and then with a discount or a line of text."""
    customers = company.books.records("Customer", "Active = true")
    owing = [one for one in customers if one["Balance"]] if rng.random() < 0.4 else customers
    customer = pick(rng, owing)
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
    company.note("quickbooks", "invoice", record["Id"], "invoice_number", f"I{number}")
    company.entered.note_mark("quickbooks", "invoice", record["Id"], f"I{number}")
    note_total(company, record)
    company.unmapped["Invoice", record["Id"], "CustomerMemo.value"] = f"kept {number}"
    return f"Invoice {record['Id']} I{number} over {record['TotalAmt']}"


def live_invoices(company: Company) -> list[Json]:
    """Return the invoices that are not void."""
    return [
        one
        for one in company.books.records("Invoice")
        if not str(one.get("PrivateNote", "")).startswith("Voided")
    ]


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
    company.note("quickbooks", "payment", record["Id"], "amount", amount)
    note_applications(company, record)
    company.entered.note_mark("quickbooks", "payment", record["Id"], reference)
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
    if row["reference_number"] in company.entered_twice or isinstance(row["payment_date"], str):
        return None
    company.entered_twice.add(row["reference_number"])
    day = (row["payment_date"] - DAY).days
    return "twice: " + _pay(company, invoice, row["amount"], row["reference_number"], day)


def _live_payments(company: Company) -> list[Json]:
    return [one for one in company.books.records("Payment") if one["TotalAmt"]]


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
    company.entered.note_mark("quickbooks", "inventory_item", record["Id"], f"T{number}")
    company.entered.count(record["Id"], Decimal(record["QtyOnHand"]))
    return f"Item {record['Id']} T{number}"


def edit_customer(company: Company, rng: random.Random) -> str | None:
    """Change one field of a customer."""
    found = company.books.records("Customer", "Active = true")
    return _to_one(company, rng, found, quickbooks_changes.change_customer)


def toggle_customer(company: Company, rng: random.Random) -> str | None:
    """Make a customer inactive, or active again."""
    found = company.books.records("Customer")
    return _to_one(company, rng, found, quickbooks_changes.toggle_customer)


def edit_invoice(company: Company, rng: random.Random) -> str | None:
    """Change one field of an invoice."""
    return _to_one(company, rng, live_invoices(company), quickbooks_changes.change_invoice)


def void_invoice(company: Company, rng: random.Random) -> str | None:
    """Void an invoice, mostly one without payments."""
    found = live_invoices(company)
    unpaid = [record for record in found if record["Balance"] == record["TotalAmt"]]
    record = pick(rng, found if rng.random() < 0.1 else unpaid)
    return None if record is None else quickbooks_changes.void(company, "Invoice", record)


def delete_invoice(company: Company, rng: random.Random) -> str | None:
    """Delete an invoice."""
    record = pick(rng, live_invoices(company))
    return None if record is None else quickbooks_changes.delete(company, "Invoice", record)


def edit_payment(company: Company, rng: random.Random) -> str | None:
    """Change one field of a payment."""
    return _to_one(company, rng, _live_payments(company), quickbooks_changes.change_payment)


def void_payment(company: Company, rng: random.Random) -> str | None:
    """Void a payment."""
    record = pick(rng, _live_payments(company))
    return None if record is None else quickbooks_changes.void(company, "Payment", record)


def delete_payment(company: Company, rng: random.Random) -> str | None:
    """Delete a payment."""
    record = pick(rng, _live_payments(company))
    return None if record is None else quickbooks_changes.delete(company, "Payment", record)


def edit_item(company: Company, rng: random.Random) -> str | None:
    """Change one field of an active stock item, or count it."""
    found = company.books.records("Item", "Type = 'Inventory' AND Active = true")
    return _to_one(company, rng, found, quickbooks_changes.change_item)


def _to_one(company: Company, rng: random.Random, found: list[Json], change: Change) -> str | None:
    record = pick(rng, found)
    return None if record is None else change(company, rng, record)
