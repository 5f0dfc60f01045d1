"""Who else is in QuickBooks: sub-customers and projects, and vendors and employees who bear a customer's name."""

import random
from typing import Any

from tests.chaos.books import Json
from tests.chaos.company import Company, pick
from tests.chaos.loupe_changes import text_for
from tests.chaos.quickbooks_changes import PROPERTIES


def enter_sub_customer(company: Company, rng: random.Random) -> str | None:
    """Enter a sub-customer or a project, often under the bare name that another customer of either side has."""
    tops = [one for one in company.books.records("Customer", "Active = true") if not _is_sub(one)]
    parent = pick(rng, tops)
    if parent is None:
        return None
    number = company.next_number()
    namesake = pick(rng, company.rows("customer", "display_name is not null"))
    is_alike = namesake is not None and rng.random() < 0.6
    name = namesake["display_name"] if is_alike and namesake else f"C{number} Branch"
    email = text_for("email", number)
    record = company.books.create(
        "Customer",
        DisplayName=name,
        Job=True,
        BillWithParent=rng.random() < 0.5,
        ParentRef={"value": parent["Id"]},
        CurrencyRef={"value": parent["CurrencyRef"]["value"]},
        **PROPERTIES["email"](email),
    )
    company.note("quickbooks", "customer", record["Id"], "display_name", name)
    company.note("quickbooks", "customer", record["Id"], "email", email)
    # Its bare name may be another's: it is known by a mark of its own.
    company.entered.note_mark("quickbooks", "customer", record["Id"], f"C{number}")
    return f"Customer {record['Id']} {name} of Customer {parent['Id']} as C{number}"


def bill_sub_customer(company: Company, rng: random.Random) -> str | None:
    """Change the invoice of a customer to one of its sub-customers, or of that one to another of the family."""
    people = {one["Id"]: one for one in company.books.records("Customer", "Active = true")}
    unpaid = [
        one
        for one in company.books.records("Invoice")
        if one["TotalAmt"] and one["Balance"] == one["TotalAmt"] and _family(people, one)
    ]
    record = pick(rng, unpaid)
    if record is None:
        return None
    customer = rng.choice(_family(people, record))
    company.books.change("Invoice", record, CustomerRef={"value": customer})
    company.note("quickbooks", "invoice", record["Id"], "customer", customer)
    return f"Invoice {record['Id']} billed to Customer {customer}"


def _family(people: dict[str, Json], invoice: Json) -> list[str]:
    """Return the others of the family of an invoice's customer."""
    payer = people.get(invoice["CustomerRef"]["value"])
    if payer is None:
        return []
    top = _top(payer)
    return [one["Id"] for one in people.values() if _top(one) == top and one["Id"] != payer["Id"]]


def _top(customer: Json) -> Any:
    return customer["ParentRef"]["value"] if _is_sub(customer) else customer["Id"]


def _is_sub(customer: Json) -> bool:
    return bool(customer.get("ParentRef"))


def take_a_name(company: Company, rng: random.Random) -> str | None:
    """Enter a vendor or an employee under the name of a customer that QuickBooks may not have yet."""
    unlinked = (
        "is_active and display_name is not null and not exists (select 1 from quickbooks_sync.link l"
        " where l.record_type = 'customer' and l.loupe_id = customer.customer_id)"
    )
    namesake = pick(rng, company.rows("customer", unlinked))
    if namesake is None:
        return None
    name, entity = namesake["display_name"], rng.choice(("Vendor", "Vendor", "Employee"))
    parts = {"GivenName": "Emil", "FamilyName": "Ploy"} if entity == "Employee" else {}
    record = company.books.create(entity, DisplayName=name, **parts)
    return f"{entity} {record['Id']} is called {name}"


def free_a_name(company: Company, rng: random.Random) -> str | None:
    """Give a vendor or an employee another name, so that its customer can have it."""
    entity = rng.choice(("Vendor", "Employee"))
    held = [one for one in company.books.records(entity) if one["DisplayName"].startswith("C")]
    record = pick(rng, held)
    if record is None:
        return None
    text = f"{entity} {company.next_number()}"
    company.books.change(entity, record, DisplayName=text)
    return f"{entity} {record['Id']} is now called {text}"
