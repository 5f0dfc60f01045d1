"""Generated companies: reproducible, consistent, awkward, and the same however they are written."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from typer.testing import CliRunner

from quickbooks_emulator.cli import app
from quickbooks_emulator.company.slim_store import SlimStore
from quickbooks_emulator.company.store import DATABASE, Store
from quickbooks_emulator.generator import Character, Plan, Sizes, generate_company
from quickbooks_emulator.generator.character import Dice
from quickbooks_emulator.generator.deals import LONGEST_DELAY, Deposit, Event, Receipt, Undoing
from quickbooks_emulator.generator.parties import build_party
from quickbooks_emulator.generator.sales import Sale
from tests.contract.emulator.driver import Driver

REALM = "9341450000000077"
SIZES = Sizes(customers=300, invoices=900, payments=720, items=220)
AWKWARD = Character(awkward=0.6, multi_currency=True, custom_numbers=False)
ENTITIES = (
    "Customer", "Item", "Invoice", "CreditMemo", "Payment", "Deposit", "JournalEntry",
    "Preferences",
)  # fmt: skip
Documents = dict[int, dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one very awkward company; tests must not change it."""
    made = tmp_path_factory.mktemp("generated")
    generate_company(made, REALM, SIZES, 11, AWKWARD)
    return made


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[Store]:
    opened = Store(folder / DATABASE)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(SIZES, 11, AWKWARD)


def read_all(folder: Path, realm: str = REALM) -> dict[str, Documents]:
    opened = Store(folder / DATABASE)
    found = {entity: dict(opened.documents(realm, entity)) for entity in ENTITIES}
    found["gone"] = {n: {"at": at} for n, at in opened.tombstones(realm, "Invoice")}
    opened.close()
    return found


def test_the_same_seed_gives_the_same_company(folder: Path, tmp_path: Path) -> None:
    generate_company(tmp_path, REALM, SIZES, 11, AWKWARD)
    assert read_all(tmp_path) == read_all(folder)


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    small = Sizes(20, 20, 10, 20)
    for seed in (1, 2):
        generate_company(tmp_path, str(seed), small, seed)
    first, second = (read_all(tmp_path, str(seed)) for seed in (1, 2))
    assert names(first["Customer"]).isdisjoint(names(second["Customer"]))


def names(documents: Documents) -> set[str]:
    return {one["DisplayName"] for one in documents.values()}


def test_the_books_hold_as_many_records_as_asked_for(store: Store) -> None:
    held = {entity: len(store.documents(REALM, entity)) for entity in ENTITIES[:5:1]}
    assert (held["Customer"], held["Invoice"], held["Payment"]) == (300, 900, 720)
    assert held["Item"] == 220 + 1  # QuickBooks' own item 1, "Services"
    assert held["CreditMemo"] > 0


def test_totals_are_what_the_plan_says(store: Store, plan: Plan) -> None:
    """So that whoever reads the plan for the other system's side can trust its amounts."""
    undone = {one.of.key for one in plan.events() if is_undone(one, Sale)}
    sales = [one for one in plan.events() if isinstance(one, Sale) and one.key not in undone]
    planned = Counter((one.party.name, one.day.isoformat(), one.total) for one in sales)
    found = Counter(
        (party_name(store, one), one["TxnDate"], one["TotalAmt"])
        for one in store.documents(REALM, "Invoice").values()
    )
    assert len(sales) > 800
    assert not planned - found


def is_undone(event: object, kind: type) -> bool:
    return isinstance(event, Undoing) and isinstance(event.of, kind)


def party_name(store: Store, document: dict[str, Any]) -> str:
    customer = store.find(REALM, "Customer", document["CustomerRef"]["value"])
    assert customer is not None
    return str(customer["DisplayName"])


def test_every_balance_follows_from_what_was_applied(store: Store) -> None:
    applied = applied_amounts(store)
    for entity in ("Invoice", "CreditMemo"):
        for number, one in store.documents(REALM, entity).items():
            assert one["Balance"] == one["TotalAmt"] - applied[str(number)], (entity, number)


def applied_amounts(store: Store) -> Counter[str]:
    amounts: Counter[str] = Counter()
    for payment in store.documents(REALM, "Payment").values():
        for line in payment["Line"]:
            amounts[line["LinkedTxn"][0]["TxnId"]] += line["Amount"]
    return amounts


def test_no_payment_applies_more_than_its_money_and_credits(store: Store) -> None:
    for payment in store.documents(REALM, "Payment").values():
        used = Counter({"Invoice": Decimal(0), "CreditMemo": Decimal(0)})
        used["JournalEntry"] = Decimal(0)
        for line in payment["Line"]:
            used[line["LinkedTxn"][0]["TxnType"]] += line["Amount"]
        money = payment["TotalAmt"] - payment["UnappliedAmt"]
        charges = used["Invoice"] + used["JournalEntry"]
        assert charges == money + used["CreditMemo"], payment["Id"]
        assert payment["UnappliedAmt"] >= 0


def test_customers_owe_their_open_invoices_less_what_is_unapplied(store: Store) -> None:
    owed: Counter[str] = Counter()
    for entity, field, sign in (
        ("Invoice", "Balance", 1), ("JournalEntry", "Balance", 1), ("CreditMemo", "Balance", -1), ("Payment", "UnappliedAmt", -1),
    ):  # fmt: skip
        for one in store.documents(REALM, entity).values():
            owed[one["CustomerRef"]["value"]] += sign * one[field]
    customers = store.documents(REALM, "Customer")
    for number, one in customers.items():
        assert one["Balance"] == owed[str(number)], one["DisplayName"]
        below = [each for each in customers.values() if parent(each) == str(number)]
        with_jobs = one["Balance"] + sum(each["BalanceWithJobs"] for each in below)
        assert one["BalanceWithJobs"] == with_jobs, one["DisplayName"]


def parent(customer: dict[str, Any]) -> str | None:
    return customer.get("ParentRef", {}).get("value")


def test_stock_is_what_came_less_what_was_sold(store: Store, plan: Plan) -> None:
    sold: Counter[str] = Counter()
    for entity, sign in (("Invoice", 1), ("CreditMemo", -1)):
        for one in store.documents(REALM, entity).values():
            for detail in goods(one["Line"]):
                sold[detail["ItemRef"]["value"]] += sign * detail.get("Qty", 0)
    began = {product.name: product.quantity for product in plan.products()}
    for number, one in store.documents(REALM, "Item").items():
        if one["Type"] == "Inventory":
            assert one["QtyOnHand"] == began[one["Name"]] - sold[str(number)], one["Name"]


def goods(lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if "SalesItemLineDetail" in line:
            yield line["SalesItemLineDetail"]
        yield from goods(line.get("GroupLineDetail", {}).get("Line", []))


AWKWARD_CUSTOMERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "accents": lambda one: "é" in one["DisplayName"],
    "apostrophes": lambda one: "'" in one["DisplayName"],
    "ampersands": lambda one: "&" in one["DisplayName"],
    "right to left": lambda one: any("א" <= mark <= "ي" for mark in one["DisplayName"]),
    "Chinese or Japanese": lambda one: any("一" <= mark <= "龥" for mark in one["DisplayName"]),
    "names beyond 100 characters": lambda one: len(one["DisplayName"]) > 100,
    "company only": lambda one: "CompanyName" in one and "GivenName" not in one,
    "no address, mail or phone": lambda one: not {"BillAddr", "PrimaryPhone"} & one.keys(),
    "sub-customers": lambda one: one["Job"],
    "inactive": lambda one: one["Active"] is False,
    "foreign currency": lambda one: one["CurrencyRef"]["value"] != "USD",
    "shared mail": lambda one: "shared-inbox" in str(one.get("PrimaryEmailAddr")),
    "other countries": lambda one: one.get("BillAddr", {}).get("Country") == "Japan",
}
AWKWARD_ITEMS: dict[str, Callable[[dict[str, Any]], object]] = {
    "no sku": lambda one: one["Type"] == "Inventory" and "Sku" not in one,
    "a sku of several": lambda one: "DOUBLE" in one.get("Sku", ""),
    "a sku beyond a tag's 50": lambda one: len(one.get("Sku", "")) > 50,
    "categories": lambda one: one["Type"] == "Category",
    "in a category": lambda one: one["SubItem"],
    "bundles": lambda one: one["Type"] == "Group",
    "services": lambda one: one["Type"] == "Service",
    "fractions of stock": lambda one: one.get("QtyOnHand", 0) % 1,
    "seven decimals of price": lambda one: one.get("UnitPrice", 0) * 1000 % 1,
    "inactive": lambda one: one["Active"] is False,
    "names of 100 characters": lambda one: len(one["Name"]) == 100,
}
AWKWARD_INVOICES: dict[str, Callable[[dict[str, Any]], object]] = {
    "discounts by percentage": lambda one: "DiscountPercent" in str(one["Line"]),
    "discounts by amount": lambda one: "'PercentBased': False" in str(one["Line"]),
    "shipping": lambda one: "SHIPPING_ITEM_ID" in str(one["Line"]),
    "tax": lambda one: one["TxnTaxDetail"]["TotalTax"],
    "text lines": lambda one: "DescriptionOnly" in str(one["Line"]),
    "bundles": lambda one: "GroupLineDetail" in str(one["Line"]),
    "carats": lambda one: any(detail.get("Qty", 0) % 1 for detail in goods(one["Line"])),
    "voided": lambda one: one.get("PrivateNote", "").startswith("Voided") and not one["TotalAmt"],
    "numbers of 21": lambda one: len(one.get("DocNumber", "")) == 21,
    "due before its date": lambda one: one["DueDate"] < one["TxnDate"],
    "partly paid": lambda one: 0 < one["Balance"] < one["TotalAmt"],
    "foreign currency": lambda one: one["CurrencyRef"]["value"] != "USD",
    "in the closed period": lambda one: one["TxnDate"] <= "2025-03-31",
}
AWKWARD_PAYMENTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "several invoices": lambda one: invoice_lines(one) > 1,
    "unapplied": lambda one: one["UnappliedAmt"] and not one["Line"],
    "overpaid": lambda one: one["UnappliedAmt"] and one["Line"],
    "links a credit": lambda one: one["TotalAmt"] == 0 and "CreditMemo" in str(one["Line"]),
    "deposited": lambda one: "Deposit" in str(one.get("LinkedTxn")),
    "voided": lambda one: one.get("PrivateNote", "").startswith("Voided"),
    "pays a journal entry": lambda one: "JournalEntry" in str(one["Line"]),
    "paid by the parent": lambda one: one["Line"] and one["CustomerRef"]["value"] == "1",
}


def invoice_lines(payment: dict[str, Any]) -> int:
    return sum(line["LinkedTxn"][0]["TxnType"] == "Invoice" for line in payment["Line"])


@pytest.mark.parametrize(
    ("entity", "name", "is_so"),
    [
        *(("Customer", name, is_so) for name, is_so in AWKWARD_CUSTOMERS.items()),
        *(("Item", name, is_so) for name, is_so in AWKWARD_ITEMS.items()),
        *(("Invoice", name, is_so) for name, is_so in AWKWARD_INVOICES.items()),
        *(("Payment", name, is_so) for name, is_so in AWKWARD_PAYMENTS.items()),
    ],
)
def test_the_books_are_awkward(
    store: Store, entity: str, name: str, is_so: Callable[[dict[str, Any]], object]
) -> None:
    documents = store.documents(REALM, entity).values()
    assert any(is_so(one) for one in documents), f"no {entity} with {name}"


def test_some_voids_left_money_unapplied(store: Store, plan: Plan) -> None:
    undone = [one for one in plan.events() if is_undone(one, Sale)]
    voided = {one.of.key for one in undone if not one.is_deletion}
    receipts = [one for one in plan.events() if isinstance(one, Receipt)]
    freed = [one for one in receipts if voided & {key for key, _ in one.applied} and one.total]
    assert freed
    payments = store.documents(REALM, "Payment").values()
    assert sum(one["UnappliedAmt"] > 0 for one in payments) >= len(freed)


def test_some_numbers_are_used_twice_and_some_records_were_deleted(store: Store) -> None:
    invoices = store.documents(REALM, "Invoice").values()
    numbers = Counter(one["DocNumber"] for one in invoices if "DocNumber" in one)
    assert max(numbers.values()) > 1
    assert store.tombstones(REALM, "Invoice")
    assert store.tombstones(REALM, "Payment")


def test_numbers_are_missing_where_a_company_numbers_by_hand(tmp_path: Path) -> None:
    generate_company(tmp_path, REALM, Sizes(20, 80, 10, 20), 3, Character(awkward=0.5))
    invoices = read_all(tmp_path)["Invoice"].values()
    assert any("DocNumber" not in one for one in invoices)


def test_without_awkwardness_the_books_are_plain(tmp_path: Path) -> None:
    generate_company(tmp_path, REALM, Sizes(60, 80, 60, 210), 3, Character(awkward=0))
    found = read_all(tmp_path)
    assert all("Job" in one and not one["Job"] for one in found["Customer"].values())
    assert {one["Type"] for one in found["Item"].values()} <= {
        "Inventory", "NonInventory", "Service",
    }  # fmt: skip
    numbers = Counter(one["DocNumber"] for one in found["Invoice"].values())
    assert max(numbers.values()) == 1
    assert not found["gone"]


def test_names_stay_different_when_there_are_more_than_the_words_give() -> None:
    dice, character = Dice(5, 0.2), Character()
    made = (build_party(dice, character, number).name for number in range(120_000))
    folded = Counter(name.strip().casefold() for name in made)
    assert [name for name, count in folded.items() if count > 1] == []


def test_payments_are_as_many_as_asked_for_when_there_are_more_than_invoices(
    tmp_path: Path,
) -> None:
    generate_company(tmp_path, REALM, Sizes(10, 31, 77, 10), 3)
    assert len(read_all(tmp_path)["Payment"]) == 77


def test_nothing_happens_to_a_record_older_than_the_longest_delay(plan: Plan) -> None:
    """What is older is let go of while a company is written, and could not be changed any more."""
    sold: dict[int, date] = {}
    longest = timedelta(0)
    for event in plan.events():
        keys = [event.key] if isinstance(event, Sale) else touched_sales(event)
        for key in keys:
            longest = max(longest, event.day - sold.setdefault(key, event.day))
    assert timedelta(days=60) < longest < LONGEST_DELAY


def touched_sales(event: Event) -> list[int]:
    if isinstance(event, Receipt):
        return [key for key, _ in event.applied]
    if isinstance(event, Undoing | Deposit):
        return [event.of.key] if isinstance(event.of, Sale) else touched_sales(event.of)
    return []


def test_letting_go_of_settled_records_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory of a big company is bounded so; the books must be the same as if it were not."""
    sizes, dropped = Sizes(200, 1800, 1500, 50), []
    forget = SlimStore.forget_transactions

    def count(store: SlimStore, realm: str, last: int) -> int:
        dropped.append(forget(store, realm, last))
        return dropped[-1]

    monkeypatch.setattr(SlimStore, "forget_transactions", count)
    generate_company(tmp_path / "slim", REALM, sizes, 4)
    assert sum(dropped) > 500
    monkeypatch.setattr(SlimStore, "forget_transactions", lambda *_: 0)
    generate_company(tmp_path / "whole", REALM, sizes, 4)
    assert read_all(tmp_path / "slim") == read_all(tmp_path / "whole")


def test_a_failure_leaves_the_folder_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Sizes(20, 30, 10, 20)
    generate_company(tmp_path, "1", small)
    before = read_all(tmp_path, "1")

    def fail(*_: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(SlimStore, "forget_transactions", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        generate_company(tmp_path, "2", small)
    opened = Store(tmp_path / DATABASE)
    assert opened.realms() == ["1"]
    opened.close()
    assert read_all(tmp_path, "1") == before


def test_a_generated_company_is_served(folder: Path, start_emulator: Callable[..., Any]) -> None:
    base = start_emulator(seed=False, data_folder=folder).url
    order = requests.post(f"{base}/_emulator/tokens", json={"realm": REALM}, timeout=10)
    driver = Driver(base, REALM, order.json())
    assert driver.query("SELECT COUNT(*) FROM Invoice")["totalCount"] == 900
    page = driver.query("SELECT * FROM Payment STARTPOSITION 1 MAXRESULTS 1000")
    assert len(page["Payment"]) == 720
    active = driver.query("SELECT COUNT(*) FROM Customer")["totalCount"]
    everyone = driver.query("SELECT COUNT(*) FROM Customer WHERE Active IN (true, false)")
    assert active < everyone["totalCount"] == 300
    closed = driver.query("SELECT * FROM Invoice WHERE TxnDate <= '2025-03-31' MAXRESULTS 1")
    old = closed["Invoice"][0]
    body = {"Id": old["Id"], "SyncToken": old["SyncToken"], "sparse": True, "PrivateNote": "x"}
    assert driver.fault("Invoice", body)["code"] == "6210"


def test_a_realm_is_not_taken_twice(folder: Path) -> None:
    with pytest.raises(ValueError, match=f"{REALM} exists already"):
        generate_company(folder, REALM, Sizes(1, 0, 0, 1))


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((-1, 0, 0, 0), "negative"),
        ((0, 1, 0, 1), "at least one customer"),
        ((1, 0, 1, 1), "at least one invoice"),
    ],
)
def test_sizes_that_no_books_have_are_refused(
    sizes: tuple[int, int, int, int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Sizes(*sizes)


def test_the_command_makes_a_company_and_says_where(tmp_path: Path) -> None:
    options = ["--customers", "5", "--invoices", "6", "--payments", "4", "--items", "5"]
    arguments = ["generate", "--data", str(tmp_path), "--realm", REALM, *options]
    done = CliRunner().invoke(app, [*arguments, "--seed", "3", "--awkward", "0.5"])
    assert done.exit_code == 0, done.output
    assert f"Company {REALM} is in {tmp_path}" in done.output
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 2
    assert "exists already" in again.output


def test_the_plan_pays_what_it_applies(plan: Plan) -> None:
    receipts = [one for one in plan.events() if isinstance(one, Receipt)]
    for one in receipts:
        paid = sum(amount for _, amount in (*one.applied, *one.charged))
        assert paid <= one.total + sum(amount for _, amount in one.credited)
