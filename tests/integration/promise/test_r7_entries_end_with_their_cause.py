"""R7: a base, a retry key and a list entry end with what they were derived from."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quickbooks_sync.commands import steps
from quickbooks_sync.commands.gate import accept, accept_mapping
from quickbooks_sync.model.errors import ConfigurationError, GateClosedError
from quickbooks_sync.model.flow import RunManifest
from quickbooks_sync.run.gate import MIN_BLANKED
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced
from tests.support.installation import BuildHouse, House


def open_conflicts(house: House) -> list[dict[str, Any]]:
    return [row for row in house.rows("conflict") if row["resolved_at"] is None]


def delete_row(house: House, table: str, key: int) -> None:
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(f"delete from loupe.{table} where {table}_id = {key}")


def forget_changes(house: House) -> None:
    """Move every watermark past what change data capture would still tell."""
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "update quickbooks_sync.watermark set changed_since = changed_since + interval '2 hours'"
        )


def test_an_invoice_goes_out_once_its_customer_is_in_use_again(build_house: BuildHouse) -> None:
    house = build_house(seed=False)
    customer_id = loupe.add_customer(house, "Sleeper Ltd")
    house.run("push_customers")
    there = house.quickbooks_id("customer", customer_id)
    quickbooks.change(house, "Customer", there, Active=False)
    invoice_id = loupe.add_invoice(house, customer_id, "R7-1")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["rejected"]
    before = house.writes()
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["rejected"]
    assert house.writes() == before  # nothing has changed: it is not sent again
    quickbooks.change(house, "Customer", there, Active=True)
    house.run("pull_customers")
    house.run("push_invoices")
    assert house.link("invoice", loupe_id=invoice_id) is not None


def refused(house: House) -> int:
    return loupe.add_customer(house, "a:b")


def waiting(house: House) -> int:
    return loupe.add_invoice(house, loupe.add_customer(house, "Nobody"), "R7-2")


@pytest.mark.parametrize(("plant", "table"), [(refused, "customer"), (waiting, "invoice")])
def test_a_row_that_is_gone_is_on_no_list(build_house: BuildHouse, plant: Any, table: str) -> None:
    house = build_house(seed=False)
    key = plant(house)
    house.run(f"push_{table}s")
    listed = [*house.rows("rejected_record"), *house.rows("waiting_record")]
    assert [row["source_id"] for row in listed] == [str(key)]
    delete_row(house, table, key)
    house.run(f"push_{table}s")
    assert not [*house.rows("rejected_record"), *house.rows("waiting_record")]


def test_a_conflict_of_a_row_that_quickbooks_never_had_ends_with_the_row(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False)
    customer_id, invoice_id, _ = invoiced(house, "R7-9")
    payment_id = loupe.add_payment(house, customer_id, "150.00", {invoice_id: "150.00"})
    house.run("push_payments")
    assert [row["loupe_id"] for row in open_conflicts(house)] == [payment_id]
    delete_row(house, "payment", payment_id)
    house.run("push_payments")
    assert not open_conflicts(house)


@pytest.mark.parametrize("end", ["void", "remove"])
def test_a_question_about_a_row_that_is_gone_ends_with_its_record(
    build_house: BuildHouse, end: str
) -> None:
    house = build_house(seed=False)
    _, invoice_id, there = invoiced(house, "R7-10")
    house.run("pull_invoices")
    delete_row(house, "invoice", invoice_id)
    house.run("push_invoices")
    assert [row["reason"].split(":")[0] for row in open_conflicts(house)] == ["gone in Loupe"]
    getattr(quickbooks, end)(house, "Invoice", there)
    for mode in ("incremental", "full"):
        house.run("pull_invoices", mode=mode)
        assert not open_conflicts(house)
        house.run("push_invoices", mode=mode)
        assert not open_conflicts(house)
    assert not house.rows("invoice")


def set_link(house: House, assignment: str) -> None:
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            f"update quickbooks_sync.link set {assignment} where record_type = 'invoice'"
        )


@pytest.mark.parametrize("is_replaced", [True, False])
def test_what_is_gone_on_both_sides_is_not_asked_for_every_night(
    build_house: BuildHouse, *, is_replaced: bool
) -> None:
    house = build_house(seed=False)
    _, invoice_id, there = invoiced(house, "R7-11")
    house.run("pull_invoices")
    if is_replaced:
        set_link(house, "state = 'replaced_in_quickbooks'")
    else:
        delete_row(house, "invoice", invoice_id)
    quickbooks.remove(house, "Invoice", there)
    set_link(house, "missing_since_at = now() - interval '1 day'")
    for _ in range(2):
        forget_changes(house)
        run = house.run("pull_invoices")
    assert run["metered_reads"] == 1


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "not told"])
def test_a_question_about_a_record_that_was_deleted_is_over(
    build_house: BuildHouse, *, is_told: bool
) -> None:
    house = build_house(seed=False)
    customer_id = loupe.add_customer(house, "Both Typed It")
    invoice_id = loupe.add_invoice(house, customer_id, "R7-3")
    house.run_all()
    loupe.add_payment(house, customer_id, "100.00", {invoice_id: "100.00"}, reference_number="A")
    payer = house.quickbooks_id("customer", customer_id)
    there = house.quickbooks_id("invoice", invoice_id)
    payment = quickbooks.create_payment(house, payer, "100.00", there, PaymentRefNum="B")
    house.run("pull_payments")
    assert open_conflicts(house)
    quickbooks.remove(house, "Payment", payment["Id"])
    if not is_told:
        forget_changes(house)
    house.run("pull_payments", mode="incremental" if is_told else "full")
    assert not open_conflicts(house)


def test_what_waited_and_was_deleted_meanwhile_is_never_loaded(build_house: BuildHouse) -> None:
    house = build_house(seed=False)
    customer = quickbooks.create(house, "Customer", DisplayName="Phantom Gems")
    house.run_all()
    invoice = quickbooks.create_invoice(house, customer["Id"], "R7-4", "100.00")
    payment = quickbooks.create_payment(house, customer["Id"], "100.00", invoice["Id"])
    run = house.run("pull_payments")  # its invoice was not pulled yet
    assert house.said(run, quickbooks_id=payment["Id"]) == ["waiting"]
    quickbooks.remove(house, "Payment", payment["Id"])
    forget_changes(house)
    house.run("pull_payments", mode="full")
    house.run("pull_invoices")
    house.run("pull_payments")
    assert not house.rows("payment")
    assert not house.rows("waiting_record")


@pytest.mark.parametrize("owner", ["loupe", "quickbooks"])
def test_pieces_that_were_sold_do_not_come_back_when_the_stock_changes_hands(
    build_house: BuildHouse, owner: str
) -> None:
    # Naive: the quantity that was agreed under one owner is a change to be sent under the other.
    house = build_house()
    other = {"loupe": "quickbooks", "quickbooks": "loupe"}[owner]
    confirm_settings(house.workspace, house.realm_id, {"stock_owner": owner})
    item_id = loupe.add_item(house, "Opal", "R7-5", quantity=10)
    for _ in range(2):
        house.run("push_inventory_items")
        house.run("pull_inventory_items")
    there = house.quickbooks_id("inventory_item", item_id)
    count = quickbooks.fetch(house, "Item", there)["QtyOnHand"]
    agreed = house.row("inventory_item", item_id)["quantity"]
    if owner == "loupe":
        assert (count, agreed) == (10, 10)
        house.update("inventory_item", item_id, quantity=7)  # sold in Loupe, not pushed yet
    confirm_settings(house.workspace, house.realm_id, {"stock_owner": other})
    for name in ("pull_inventory_items", "push_inventory_items"):
        house.run(name)
    if owner == "loupe":
        assert house.row("inventory_item", item_id)["quantity"] == 7
    else:
        assert quickbooks.fetch(house, "Item", there)["QtyOnHand"] == count


def point_phone_elsewhere(
    house: House, folder: Path, before: str = "PrimaryPhone", now: str = "Mobile"
) -> None:
    """Let the mapping read the phone from Mobile, or another property."""
    shutil.copytree(house.workspace.mappings, folder)
    file = folder / "customer.yaml"
    file.write_text(file.read_text().replace(f"{before}.FreeFormNumber", f"{now}.FreeFormNumber"))
    house.workspace = replace(house.workspace, mappings=folder)


def test_a_field_that_is_read_from_elsewhere_stays_until_somebody_accepts_it(
    build_house: BuildHouse, tmp_path: Path
) -> None:
    # Naive: the property that the mapping names now is empty, so every phone number was deleted in QuickBooks.
    house = build_house(seed=False)
    for number in range(6):
        phone = {"FreeFormNumber": f"555-010{number}"}
        mobile = {"Mobile": {"FreeFormNumber": "555-9999"}} if number == 0 else {}
        quickbooks.create(
            house, "Customer", DisplayName=f"Customer {number}", PrimaryPhone=phone, **mobile
        )
    house.run_all()
    point_phone_elsewhere(house, tmp_path / "mappings")
    house.update("customer", house.loupe_id("customer", "2"), city="Bonn")
    for _ in range(2):
        run = house.run("pull_customers")
        phones = sorted(row["phone"] for row in house.rows("customer"))
        assert phones == [f"555-010{number}" for number in range(6)]
        told = [row["reason"] for row in house.records(run, "warning")]
        assert len(told) == 7
        assert "Mobile.FreeFormNumber instead of PrimaryPhone.FreeFormNumber" in told[0]
        assert told[-1].startswith("6 records would change. phone: the mapping reads it from ")
        assert f"gate accept {run['run_id']} --mapping" in told[-1]
    with pytest.raises(ConfigurationError, match=f"gate accept {run['run_id']} --mapping"):
        house.run("push_customers")

    assert accept_mapping(house.workspace, run["run_id"]) == ["phone"]
    with pytest.raises(ConfigurationError, match="Run pull_customers") as refused:
        house.run("push_customers")
    assert "gate accept" not in str(refused.value)  # nothing is left to accept
    house.run("pull_customers")
    assert {row["phone"] for row in house.rows("customer")} == {"555-9999", None}
    house.run("push_customers")
    again = house.run("pull_customers")
    assert not house.records(again, "warning")


def test_a_field_that_is_kept_in_another_column_stays_until_somebody_accepts_it(
    build_house: BuildHouse, tmp_path: Path
) -> None:
    # Naive: what the other column holds counts as an edit of every row, so notes became QuickBooks' phone numbers.
    house = build_house(seed=False)
    for number in range(3):
        loupe.add_customer(house, f"Customer {number}", phone=f"555-010{number}", notes="Pays late")
    house.run_all()
    folder = tmp_path / "mappings"
    shutil.copytree(house.workspace.mappings, folder)
    file = folder / "customer.yaml"
    assert "loupe: phone\n" in file.read_text()
    file.write_text(file.read_text().replace("loupe: phone\n", "loupe: notes\n"))
    house.workspace = replace(house.workspace, mappings=folder)
    with pytest.raises(ConfigurationError, match="phone"):
        house.run("push_customers")
    run = house.run("pull_customers")
    told = [row["reason"] for row in house.records(run, "warning")]
    assert told[-1].startswith("3 records would change. phone: ")
    assert "Loupe's column notes instead of phone" in told[-1]
    with pytest.raises(ConfigurationError, match="gate accept"):
        house.run("push_customers")
    records = quickbooks.find(house, "Customer", "Active = true")
    assert {record["PrimaryPhone"]["FreeFormNumber"] for record in records} == {
        f"555-010{number}" for number in range(3)
    }
    assert accept_mapping(house.workspace, run["run_id"]) == ["phone"]


def test_a_held_field_closes_no_gate_until_it_is_accepted(
    build_house: BuildHouse, tmp_path: Path
) -> None:
    # Naive: the gate counts the phone numbers that nothing is going to empty, and no pull of customers ends any more.
    house = build_house(seed=False)
    for number in range(MIN_BLANKED):
        phone = {"FreeFormNumber": f"555-{number:04d}"}
        quickbooks.create(house, "Customer", DisplayName=f"Customer {number}", PrimaryPhone=phone)
    house.run_all()
    point_phone_elsewhere(house, tmp_path / "mappings")
    run = house.run("pull_customers")
    assert len(house.records(run, "warning")) == MIN_BLANKED + 1
    assert None not in {row["phone"] for row in house.rows("customer")}
    accept_mapping(house.workspace, run["run_id"])
    with pytest.raises(GateClosedError, match="empty the field phone in Loupe on 20 of the 20"):
        house.run("pull_customers")


def with_odd_currencies(house: House, name: str) -> RunManifest:
    """A pull up to its gate, of which every record is rejected."""
    run = house.check(name)
    batches = steps.extract(house.workspace, run)
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            """update quickbooks_sync.staged_record set raw = raw || '{"CurrencyRef": {"value": "XQZ"}}'"""
        )
    for batch in batches:
        steps.transform(house.workspace, run, batch)
        steps.validate(house.workspace, run, batch)
    return run


@pytest.fixture
def repointed(build_house: BuildHouse, tmp_path: Path) -> House:
    """Three customers, whose phone the mapping reads from elsewhere since they were pulled."""
    house = build_house(seed=False)
    for number in range(3):
        phone = {"FreeFormNumber": f"555-010{number}"}
        quickbooks.create(house, "Customer", DisplayName=f"Customer {number}", PrimaryPhone=phone)
    house.run("pull_customers")
    point_phone_elsewhere(house, tmp_path / "mappings")
    return house


def test_who_accepts_rejections_has_not_accepted_a_changed_mapping(repointed: House) -> None:
    # Naive: the gate closed before a word was said of the phones, and accepting it empties them.
    house = repointed
    run = with_odd_currencies(house, "pull_customers")
    with pytest.raises(GateClosedError, match="3 of 3 records were rejected"):
        steps.gate(house.workspace, run)
    house.finish(run, "gate")
    with pytest.raises(ConfigurationError, match="has counted no field"):
        accept_mapping(house.workspace, run["run_id"])
    assert accept(house.workspace, run["run_id"], by="Ada") == 3
    with pytest.raises(ConfigurationError, match="run pull_customers first, which counts"):
        house.run("push_customers")
    house.run("pull_customers")
    assert sorted(row["phone"] for row in house.rows("customer")) == [
        f"555-010{number}" for number in range(3)
    ]


def test_what_was_counted_of_one_mapping_is_not_accepted_of_the_next(
    repointed: House, tmp_path: Path
) -> None:
    house = repointed
    run = house.run("pull_customers")
    point_phone_elsewhere(house, tmp_path / "again", before="Mobile", now="Fax")
    with pytest.raises(ConfigurationError, match="the mapping was changed since"):
        accept_mapping(house.workspace, run["run_id"])
    with pytest.raises(ConfigurationError, match="run pull_customers first, which counts"):
        house.run("push_customers")


@pytest.mark.parametrize("options", [{"preview": True}, {"limit": 2}], ids=["preview", "limit"])
def test_a_pull_of_some_records_counts_nothing_to_accept(
    repointed: House, options: dict[str, Any]
) -> None:
    run = repointed.run("pull_customers", mode="full", **options)
    with pytest.raises(ConfigurationError, match="was a preview, was narrowed"):
        accept_mapping(repointed.workspace, run["run_id"])
