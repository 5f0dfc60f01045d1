"""What QuickBooks refuses is foreseen: the push rejects it before sending, and the review names it for that reason.

Where only QuickBooks can tell, the review asks to look, and the push still asks QuickBooks.
"""

from datetime import date

import pytest

from quickbooks_sync.review import Finding, build_review
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced, pay
from tests.support.installation import BuildHouse, House
from tests.support.outcomes import reason_of

ACTIVE = ("customer", "is active")
OPEN = "is after the closed period"
KEPT = ("currency", "is in a currency that the company keeps")


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module, whose books are closed up to 2024-12-31; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def named(house: House, record_type: str, loupe_id: int) -> dict[tuple[str | None, str], str]:
    """By field and rule, what the review says would happen to a row."""
    findings = build_review(house.workspace, house.realm_id).findings
    return {
        (finding.field, finding.rule): str(finding.effect)
        for finding in findings
        if finding.record_type == record_type and loupe_id in ids_of(finding)
    }


def ids_of(finding: Finding) -> list[int]:
    """The rows that a finding names."""
    return [example.loupe_id for example in finding.examples]


def rejected_unsent(house: House, record_type: str, loupe_id: int) -> set[tuple[str | None, str]]:
    """Push, and return why the row was rejected; nothing of it was sent."""
    run = house.run(f"push_{record_type}s")
    assert house.said(run, loupe_id=loupe_id) == ["rejected"]
    (rejected,) = [
        row
        for row in house.rows("rejected_record")
        if (row["record_type"], row["direction"], row["source_id"])
        == (record_type, "push", str(loupe_id))
    ]
    assert [cause for cause in rejected["causes"] if cause.get("code")] == []
    return {(cause["field"], cause["rule"]) for cause in rejected["causes"]}


def retired(house: House, name: str) -> int:
    """A customer who is inactive on both sides."""
    customer_id = loupe.add_customer(house, name)
    house.run("push_customers")
    house.update("customer", customer_id, is_active=False)
    house.run("push_customers")
    return customer_id


def with_currencies(house: House) -> House:
    """The company with multicurrency switched on."""
    quickbooks.prefer(house, "CurrencyPrefs", MultiCurrencyEnabled=True)
    confirm_settings(house.workspace, house.realm_id, {})
    return house


def test_nothing_new_is_sent_of_a_customer_who_is_inactive_on_both_sides(house: House) -> None:
    # Naive: QuickBooks refuses each with fault 2500, one at a time, after the review was silent.
    customer_id = retired(house, "Retired")
    invoice_id = loupe.add_invoice(house, customer_id, "RET-1")
    payment_id = loupe.add_payment(house, customer_id, "10.00", {})

    assert named(house, "invoice", invoice_id) == {ACTIVE: "rejected"}
    assert named(house, "payment", payment_id) == {ACTIVE: "rejected"}
    assert rejected_unsent(house, "invoice", invoice_id) == {ACTIVE}
    assert rejected_unsent(house, "payment", payment_id) == {ACTIVE}

    house.update("customer", customer_id, is_active=True)
    house.run("push_customers")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["created"]


def test_a_customer_who_is_inactive_on_one_side_alone_stops_no_invoice(house: House) -> None:
    # Naive: the push of customers has not run yet, and QuickBooks would have taken the invoice.
    customer_id = loupe.add_customer(house, "Half retired")
    house.run("push_customers")
    house.update("customer", customer_id, is_active=False)
    invoice_id = loupe.add_invoice(house, customer_id, "RET-2")

    assert named(house, "invoice", invoice_id) == {ACTIVE: "look"}
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["created"]


def test_a_linked_invoice_of_an_inactive_customer_is_sent_with_a_warning(house: House) -> None:
    # Whether QuickBooks takes such a change is not documented, so QuickBooks decides.
    customer_id, invoice_id, invoice = invoiced(house, "RET-3")
    pay(house, "RET-3", customer_id, invoice_id)
    quickbooks.create_payment(house, house.quickbooks_id("customer", customer_id), "60.00", invoice)
    for flow in ("pull_invoices", "pull_payments"):
        house.run(flow)
    house.update("customer", customer_id, is_active=False)
    house.run("push_customers")
    house.update("invoice", invoice_id, due_date=date(2026, 11, 1))

    assert named(house, "invoice", invoice_id) == {ACTIVE: "look"}
    assert "2500" in reason_of(house, house.run("push_invoices"), invoice_id)


def test_a_customer_made_inactive_with_an_open_invoice_is_to_be_looked_at_and_sent(
    house: House,
) -> None:
    # Naive: the balance was 0 when the customer was last read, before its invoice was pushed.
    customer_id, _, invoice = invoiced(house, "BAL-1")
    house.update("customer", customer_id, is_active=False)

    key = ("is_active", "has nothing open when it is made inactive")
    assert named(house, "customer", customer_id) == {key: "look"}
    quickbooks.void(house, "Invoice", invoice)
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["updated"]


def test_a_currency_that_the_company_does_not_keep_is_refused_of_linked_records_too(
    house: House,
) -> None:
    _, invoice_id, invoice = invoiced(house, "CUR-1")
    payment_id, _ = pay(house, "CUR-1", *invoiced(house, "CUR-2")[:2])
    house.update("invoice", invoice_id, currency_code="EUR")
    house.update("payment", payment_id, currency_code="EUR")

    assert named(house, "invoice", invoice_id) == {KEPT: "rejected"}
    assert named(house, "payment", payment_id) == {KEPT: "rejected"}
    assert rejected_unsent(house, "invoice", invoice_id) == {KEPT}
    assert rejected_unsent(house, "payment", payment_id) == {KEPT}
    assert quickbooks.fetch(house, "Invoice", invoice)["CurrencyRef"]["value"] == "USD"


def test_a_currency_that_is_not_the_customers_is_refused(build_house: BuildHouse) -> None:
    # Naive: the company keeps euros, so nobody looks at the customer, whose currency is fixed.
    house = with_currencies(build_house(seed=False))
    customer_id, invoice_id, _ = invoiced(house, "CUR-3")
    house.update("invoice", invoice_id, currency_code="EUR")
    new = loupe.add_invoice(house, customer_id, "CUR-4", currency_code="EUR")
    payment_id = loupe.add_payment(house, customer_id, "10.00", {}, currency_code="EUR")

    rule = ("currency", "is in its customer's currency")
    for record_type, loupe_id in (
        ("invoice", invoice_id),
        ("invoice", new),
        ("payment", payment_id),
    ):
        assert named(house, record_type, loupe_id) == {rule: "rejected"}
        assert rejected_unsent(house, record_type, loupe_id) == {rule}


def test_an_invoice_moved_with_its_currency_is_left_to_quickbooks(build_house: BuildHouse) -> None:
    house = with_currencies(build_house(seed=False))
    abroad = loupe.add_customer(house, "Abroad")
    loupe.add_invoice(house, abroad, "CUR-5", currency_code="EUR")
    _, invoice_id, _ = invoiced(house, "CUR-6")
    house.update("invoice", invoice_id, customer_id=abroad, currency_code="EUR")

    key = ("currency", "keeps the currency that it was entered in")
    assert named(house, "invoice", invoice_id) == {key: "look"}
    assert "6000" in reason_of(house, house.run("push_invoices"), invoice_id)


def test_the_closed_books_are_not_changed(build_house: BuildHouse) -> None:
    # Naive: only new records are held against the closing date, and QuickBooks refuses the others (fault 6210).
    house = build_house(seed=False)
    _, edited, _ = invoiced(house, "CL-1")
    _, voided, _ = invoiced(house, "CL-2")
    _, later, _ = invoiced(house, "CL-3", invoice_date=date(2026, 9, 20))
    customer_id, invoice_id, _ = invoiced(house, "CL-4")
    payment_id, _ = pay(house, "CL-4", customer_id, invoice_id)
    quickbooks.prefer(house, "AccountingInfoPrefs", BookCloseDate="2026-09-15")
    changes = {"inventory_start_date": "2026-09-16", "max_rejected_ratio": "1"}
    confirm_settings(house.workspace, house.realm_id, changes)
    house.update("invoice", edited, invoice_date=date(2026, 9, 18))
    house.update("invoice", voided, lifecycle_status="Void")
    house.update("invoice", later, invoice_date=date(2026, 9, 2))
    house.update("payment", payment_id, is_void=True)

    for loupe_id in (edited, voided, later):
        assert named(house, "invoice", loupe_id) == {("invoice_date", OPEN): "rejected"}
        assert rejected_unsent(house, "invoice", loupe_id) == {("invoice_date", OPEN)}
    assert named(house, "payment", payment_id) == {("payment_date", OPEN): "rejected"}
    assert rejected_unsent(house, "payment", payment_id) == {("payment_date", OPEN)}


def test_a_change_in_the_closed_period_that_moves_no_money_is_left_to_quickbooks(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False)
    _, invoice_id, _ = invoiced(house, "CL-5")
    quickbooks.prefer(house, "AccountingInfoPrefs", BookCloseDate="2026-09-15")
    confirm_settings(house.workspace, house.realm_id, {"inventory_start_date": "2026-09-16"})
    house.update("invoice", invoice_id, due_date=date(2026, 10, 20))

    assert named(house, "invoice", invoice_id) == {("invoice_date", OPEN): "look"}
    assert "6210" in reason_of(house, house.run("push_invoices"), invoice_id)
    quickbooks.prefer(house, "AccountingInfoPrefs", BookCloseDate="2026-08-31")
    confirm_settings(house.workspace, house.realm_id, {})
    assert named(house, "invoice", invoice_id) == {}
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["updated"]


CUSTOMERS_NAME = ("display_name", "is no other customer's name")
ITEMS_NAME = ("item_name", "is no other item's name")
NUMBER = ("invoice_number", "is no other invoice's number")


def test_no_customer_takes_the_name_of_another_one(house: House) -> None:
    # Naive: each goes out, and QuickBooks refuses it with fault 6240.
    customer_id, other = (loupe.add_customer(house, name) for name in ("Name one", "Name two"))
    house.run("push_customers")
    house.update("customer", other, display_name="Name one")
    new = loupe.add_customer(house, None, first_name="Name", last_name="one")

    for loupe_id in (other, new):
        assert named(house, "customer", loupe_id)[CUSTOMERS_NAME] == "rejected"
        assert rejected_unsent(house, "customer", loupe_id) == {CUSTOMERS_NAME}
    house.update("customer", customer_id, display_name="Name three")
    run = house.run("push_customers")
    assert house.said(run, loupe_id=other) == ["updated"]


def test_a_name_that_another_customer_gives_up_is_left_to_quickbooks(house: House) -> None:
    # Naive: the name is still the other one's in QuickBooks, so the rename is refused, and never sent again.
    first, second = (loupe.add_customer(house, name) for name in ("Gives up", "Takes over"))
    house.run("push_customers")
    house.update("customer", first, display_name="Gave up")
    house.update("customer", second, display_name="Gives up")

    assert named(house, "customer", second) == {CUSTOMERS_NAME: "look"}
    run = house.run("push_customers")
    assert house.said(run, loupe_id=first) == house.said(run, loupe_id=second) == ["updated"]


def test_a_name_in_another_case_is_left_to_quickbooks(house: House) -> None:
    _, second = (loupe.add_customer(house, name) for name in ("Case one", "Case two"))
    house.run("push_customers")
    house.update("customer", second, display_name="CASE ONE")

    assert named(house, "customer", second) == {CUSTOMERS_NAME: "look"}
    assert "6240" in reason_of(house, house.run("push_customers"), second)


def test_the_name_of_an_inactive_customer_is_free(house: House) -> None:
    retired(house, "Retired name")
    new = loupe.add_customer(house, "Retired name")

    assert CUSTOMERS_NAME not in named(house, "customer", new)
    assert house.said(house.run("push_customers", mode="incremental"), loupe_id=new) != ["rejected"]


def test_a_customer_is_made_active_again_only_while_its_name_is_free(house: House) -> None:
    customer_id = retired(house, "Comes back")
    loupe.add_customer(house, "Comes back")
    house.run("push_customers")
    house.update("customer", customer_id, is_active=True)

    assert named(house, "customer", customer_id)[CUSTOMERS_NAME] == "rejected"
    assert rejected_unsent(house, "customer", customer_id) == {CUSTOMERS_NAME}


def test_of_two_new_customers_of_one_name_the_second_is_to_be_looked_at(house: House) -> None:
    # Naive: both count as sound. Yet QuickBooks may have one of them, and then nobody is refused.
    first, second = (loupe.add_customer(house, "Twin") for _ in range(2))

    assert CUSTOMERS_NAME not in named(house, "customer", first)
    assert named(house, "customer", second)[CUSTOMERS_NAME] == "look"
    run = house.run("push_customers")
    assert house.said(run, loupe_id=first) == ["created"]
    assert "6240" in reason_of(house, run, second)
    house.update("customer", second, phone="1")
    assert named(house, "customer", second)[CUSTOMERS_NAME] == "rejected"


def test_an_item_takes_the_name_of_another_one_only_with_its_tag(house: House) -> None:
    # An item with a Tag ID goes out as "name (Tag ID)", new or renamed; nothing renames one that has none.
    loupe.add_item(house, "Ring", "R-1")
    linked = loupe.add_item(house, "Bangle", "R-2")
    house.run("push_inventory_items")
    house.update("inventory_item", linked, item_name="Ring")
    tagged, untagged = (loupe.add_item(house, "Ring", tag) for tag in ("R-3", None))

    for loupe_id in (tagged, linked):
        assert ITEMS_NAME not in named(house, "inventory_item", loupe_id)
    assert named(house, "inventory_item", untagged)[ITEMS_NAME] == "rejected"
    assert rejected_unsent(house, "inventory_item", untagged) == {ITEMS_NAME}
    for loupe_id, name in ((tagged, "Ring (R-3)"), (linked, "Ring (R-2)")):
        item = house.link("inventory_item", loupe_id=loupe_id)
        assert item is not None
        assert item["document"]["Name"] == name


def test_an_invoice_number_is_taken_once_where_the_company_numbers_by_hand(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False)
    customer_id, _, _ = invoiced(house, "NO-1")
    _, renumbered, _ = invoiced(house, "NO-2")
    house.update("invoice", renumbered, invoice_number="NO-1")
    new = loupe.add_invoice(house, customer_id, "NO-1")

    for loupe_id in (renumbered, new):
        assert named(house, "invoice", loupe_id)[NUMBER] == "rejected"
        assert rejected_unsent(house, "invoice", loupe_id) == {NUMBER}

    quickbooks.prefer(house, "SalesFormsPrefs", CustomTxnNumbers=False)
    confirm_settings(house.workspace, house.realm_id, {})
    assert named(house, "invoice", renumbered) == {}
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=renumbered) == ["updated"]
    assert house.said(run, loupe_id=new) == ["created"]


MUCH = ("applications", "may settle more than is open in QuickBooks")


def test_payments_above_what_is_open_are_to_be_looked_at_one_after_the_other(house: House) -> None:
    # Naive: each fits by itself, and the push holds the second.
    customer_id, invoice_id, _ = invoiced(house, "PAY-1")
    much, first, second = (
        loupe.add_payment(house, customer_id, amount, {invoice_id: amount})
        for amount in ("150.00", "60.00", "61.00")
    )

    assert named(house, "payment", much) == {MUCH: "look"}
    assert named(house, "payment", first) == {}
    assert named(house, "payment", second) == {MUCH: "look"}
    run = house.run("push_payments")
    for loupe_id, outcome in ((much, "conflict"), (first, "created"), (second, "conflict")):
        assert house.said(run, loupe_id=loupe_id) == [outcome]


def test_a_balance_that_has_moved_since_stops_no_payment(house: House) -> None:
    # Naive: the stored balance decides, and money that is open again is not paid.
    customer_id, invoice_id, _ = invoiced(house, "PAY-2")
    _, there = pay(house, "PAY-2", customer_id, invoice_id)
    house.run("pull_invoices")
    quickbooks.void(house, "Payment", there)
    again = loupe.add_payment(house, customer_id, "100.00", {invoice_id: "100.00"})

    assert named(house, "payment", again) == {MUCH: "look"}
    assert house.said(house.run("push_payments"), loupe_id=again) == ["created"]


def test_a_payment_that_a_push_holds_is_named_as_held(house: House) -> None:
    customer_id, invoice_id, _ = invoiced(house, "PAY-3")
    payment_id = loupe.add_payment(house, customer_id, "150.00", {invoice_id: "150.00"})
    house.run("push_payments")

    assert named(house, "payment", payment_id) == {
        ("applications", "is decided by a person"): "held"
    }


def test_payments_that_change_places_are_not_to_be_looked_at(house: House) -> None:
    # Naive: each is counted alone, against an invoice that the other one still settles.
    customer_id = loupe.add_customer(house, "Changes places")
    invoices = [loupe.add_invoice(house, customer_id, f"PAY-6-{place}") for place in (1, 2)]
    for flow in ("push_customers", "push_invoices"):
        house.run(flow)
    paid = [loupe.add_payment(house, customer_id, "100.00", {key: "100.00"}) for key in invoices]
    for flow in ("push_payments", "pull_invoices", "pull_payments"):
        house.run(flow)
    for payment_id, invoice_id in zip(paid, reversed(invoices), strict=True):
        (applied,) = [
            row for row in house.rows("payment_application") if row["payment_id"] == payment_id
        ]
        house.update(
            "payment_application", applied["payment_application_id"], invoice_id=invoice_id
        )
        house.update("payment", payment_id, amount=100)

    assert [named(house, "payment", payment_id) for payment_id in paid] == [{}, {}]
    run = house.run("push_payments")
    assert [house.said(run, loupe_id=key) for key in paid] == [["updated"], ["updated"]]


def test_payments_above_an_invoice_that_is_new_are_to_be_looked_at(house: House) -> None:
    # Naive: nothing is linked before the first push, so nothing is counted, and the conflict comes as a surprise.
    customer_id = loupe.add_customer(house, "Pays early")
    invoice_id = loupe.add_invoice(house, customer_id, "PAY-4")
    payments = [
        loupe.add_payment(house, customer_id, "60.00", {invoice_id: "60.00"}, payment_date=day)
        for day in (loupe.DAY, date(2026, 9, 2))
    ]

    assert MUCH not in named(house, "payment", payments[0])
    assert named(house, "payment", payments[1])[MUCH] == "look"


def test_a_payment_on_money_that_no_pull_has_seen_is_to_be_looked_at(house: House) -> None:
    customer_id, invoice_id, invoice = invoiced(house, "PAY-5")
    payer = house.quickbooks_id("customer", customer_id)
    quickbooks.create_payment(house, payer, "30.00", invoice)
    house.run("pull_invoices")
    payment_id = loupe.add_payment(house, customer_id, "30.00", {invoice_id: "30.00"})

    assert named(house, "payment", payment_id) == {
        ("applications", "may be in QuickBooks already"): "look"
    }
    # The push looks what QuickBooks has gained, and finds that they are one.
    assert house.said(house.run("push_payments"), loupe_id=payment_id) == ["linked"]


PLAIN = "holds no emoji or other character beyond U+FFFF, which QuickBooks may refuse"


def test_emoji_are_to_be_looked_at_and_sent(house: House) -> None:
    customer_id = loupe.add_customer(house, "Opal 💎")
    payer = loupe.add_customer(house, "Plain")
    house.run("push_customers")
    invoice_id = loupe.add_invoice(house, payer, "EMO-1", (("Opal 💎", "1", "100.00"),))

    assert named(house, "customer", customer_id)["display_name", PLAIN] == "look"
    assert named(house, "invoice", invoice_id) == {("lines.description", PLAIN): "look"}
    assert "2040" in reason_of(house, house.run("push_invoices"), invoice_id)


def test_changes_of_a_record_that_quickbooks_did_not_find_are_to_be_looked_at(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False)
    customer_id, invoice_id, invoice = invoiced(house, "MIS-1")
    quickbooks.remove(house, "Invoice", invoice)
    house.run("pull_invoices", mode="full")
    house.update("invoice", invoice_id, due_date=date(2026, 11, 1))
    payment_id = loupe.add_payment(house, customer_id, "10.00", {invoice_id: "10.00"})

    key = (None, "was found in QuickBooks when it was last looked for")
    assert named(house, "invoice", invoice_id) == {key: "look"}
    assert named(house, "payment", payment_id) == {MUCH: "look"}
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["rejected"]
    assert house.said(house.run("push_payments"), loupe_id=payment_id) == ["conflict"]
