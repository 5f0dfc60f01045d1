"""What goes to QuickBooks as a whole document carries only what was decided; the rest is QuickBooks' own."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from quickbooks_sync.commands.gate import accept_mapping
from quickbooks_sync.model.errors import ConfigurationError
from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced, pay
from tests.support.installation import BuildHouse, House


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """An empty company whose flows have run once."""
    house = build_house(seed=False)
    house.run_all()
    return house


@pytest.fixture
def payment_id(house: House) -> int:
    """A payment of 40.00 that both sides agree on."""
    return paid(house)


def paid(house: House) -> int:
    customer_id = loupe.add_customer(house, "Held & Co")
    invoice_id = loupe.add_invoice(house, customer_id, "H-1")
    payment_id = loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    house.run_all()
    house.run_all()
    return payment_id


def retype(house: House, record_id: str, **properties: Any) -> None:
    """Change a payment in QuickBooks as its form does: the whole document goes."""
    record = quickbooks.fetch(house, "Payment", record_id)
    unsent = ("domain", "sparse", "MetaData", "UnappliedAmt", "TxnSource", "ProcessPayment")
    kept = {name: value for name, value in record.items() if name not in unsent}
    house.client().send("Payment", {**kept, **properties}, request_id=str(uuid4()))


@pytest.mark.parametrize(
    ("held", "theirs", "ours"),
    [
        ({"TxnDate": "2026-09-20"}, "2026-09-20", {"payment_date": date(2026, 9, 11)}),
        ({"PaymentRefNum": "THEIRS"}, "THEIRS", {"reference_number": "OURS"}),
    ],
)
def test_a_held_field_stays_in_quickbooks_when_another_one_is_sent(
    house: House, payment_id: int, held: dict[str, str], theirs: str, ours: dict[str, Any]
) -> None:
    # Naive: the document is built from all of Loupe's values.
    there = house.quickbooks_id("payment", payment_id)
    method = quickbooks.create(house, "PaymentMethod", Name="Wire")["Id"]
    retype(house, there, **held, PrivateNote="from the bank")
    other = {"payment_date": date(2026, 9, 12), "reference_number": "SENT"}
    sent = {name: value for name, value in other.items() if name not in ours}
    house.update("payment", payment_id, **ours, **sent)
    house.run("pull_payments")
    run = house.run("push_payments")
    assert house.said(run, loupe_id=payment_id) == ["conflict"]
    record = quickbooks.fetch(house, "Payment", there)
    (name,) = held
    assert (record[name], record["PrivateNote"]) == (theirs, "from the bank")
    assert record["PaymentRefNum"] == "SENT" or record["TxnDate"] == "2026-09-12"
    assert method


def without_fields(house: House, folder: Path, record_type: str, *names: str) -> House:
    """The same company under the mapping of an earlier version, which lacked some fields."""
    mappings = folder / "earlier"
    shutil.copytree(house.workspace.mappings, mappings)
    path = mappings / f"{record_type}.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name in names:
        del content["fields"][name]
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return replace(house, workspace=replace(house.workspace, mappings=mappings), runs=[])


def test_a_field_that_the_mapping_gains_is_read_once_before_anything_is_sent(
    build_house: BuildHouse, tmp_path: Path
) -> None:
    # Naive: the first edit empties the new field in QuickBooks, and Loupe never gets it.
    house = build_house(seed=False)
    earlier = without_fields(house, tmp_path, "payment", "reference_number")
    payment_id = paid(earlier)
    there = earlier.quickbooks_id("payment", payment_id)
    retype(earlier, there, PaymentRefNum="FROM-QB")
    earlier.run("pull_payments")
    house.update("payment", payment_id, payment_date=date(2026, 9, 12))
    writes = house.writes()
    with pytest.raises(
        ConfigurationError, match=r"reference_number.*Run pull_payments.*then push_payments"
    ):
        house.run("push_payments")
    assert house.writes() == writes

    house.run("pull_payments")
    (run,) = [row for row in house.rows("run") if row["run_id"] == house.runs[-1]["run_id"]]
    assert run["mode"] == "full"
    assert house.row("payment", payment_id)["reference_number"] == "FROM-QB"
    house.run("push_payments")
    record = quickbooks.fetch(house, "Payment", there)
    assert (record["TxnDate"], record["PaymentRefNum"]) == ("2026-09-12", "FROM-QB")
    house.run("pull_payments")
    (run,) = [row for row in house.rows("run") if row["run_id"] == house.runs[-1]["run_id"]]
    assert run["mode"] == "incremental"  # once is enough


def test_a_field_that_left_the_mapping_and_came_back_is_read_again(
    house: House, tmp_path: Path
) -> None:
    paid(house)
    without_fields(house, tmp_path, "payment", "reference_number").run("pull_payments")
    with pytest.raises(ConfigurationError, match="reference_number"):
        house.run("push_payments")


def test_a_field_read_from_elsewhere_is_read_again(house: House, tmp_path: Path) -> None:
    loupe.add_customer(house, "Moved")
    house.run("push_customers")
    mappings = tmp_path / "moved"
    shutil.copytree(house.workspace.mappings, mappings)
    path = mappings / "customer.yaml"
    written = path.read_text(encoding="utf-8")
    assert "quickbooks: PrimaryPhone.FreeFormNumber" in written
    moved = written.replace("PrimaryPhone.FreeFormNumber", "Mobile.FreeFormNumber")
    path.write_text(moved, encoding="utf-8")
    later = replace(house, workspace=replace(house.workspace, mappings=mappings), runs=[])
    with pytest.raises(ConfigurationError, match="phone"):
        later.run("push_customers")
    run = later.run("pull_customers")
    with pytest.raises(ConfigurationError, match="gate accept"):
        later.run("push_customers")
    accept_mapping(later.workspace, run["run_id"])
    later.run("pull_customers")
    assert later.run("push_customers")["status"] == "success"


def open_fields(house: House) -> set[str]:
    return {row["field"] for row in house.rows("conflict") if row["resolved_at"] is None}


def test_an_amount_is_held_together_with_what_it_settles(house: House, payment_id: int) -> None:
    # Naive: one side's amount is taken beside the other side's applications, and the payment does not add up.
    there = house.quickbooks_id("payment", payment_id)
    (applied,) = house.rows("payment_application")
    quickbooks.remove(house, "Invoice", house.quickbooks_id("invoice", applied["invoice_id"]))
    house.update("payment", payment_id, amount=30)
    house.update("payment_application", applied["payment_application_id"], amount=30)
    house.run("pull_payments")
    run = house.run("push_payments")
    assert house.said(run, loupe_id=payment_id) == ["conflict"]
    assert quickbooks.fetch(house, "Payment", there)["TotalAmt"] == 40
    assert open_fields(house) == {"amount", "applications"}


def test_a_revival_in_loupe_of_what_is_void_in_quickbooks_is_on_the_list(
    house: House, payment_id: int
) -> None:
    quickbooks.void(house, "Payment", house.quickbooks_id("payment", payment_id))
    house.run("pull_payments")
    house.update("payment", payment_id, is_void=False)
    run = house.run("push_payments")
    assert house.said(run, loupe_id=payment_id) == ["conflict"]
    assert "is_void" in open_fields(house)


def test_a_held_date_of_a_payment_is_not_sent_with_its_other_fields(house: House) -> None:
    customer_id, invoice_id, _ = invoiced(house, "H-1")
    payment_id, quickbooks_id = pay(house, "H-1", customer_id, invoice_id)
    house.update("payment", payment_id, payment_date="2026-09-05", reference_number="H-1-new")
    record = quickbooks.fetch(house, "Payment", quickbooks_id)
    left_out = ("domain", "sparse", "MetaData", "UnappliedAmt", "ProcessPayment")
    kept = {name: value for name, value in record.items() if name not in left_out}
    for line in kept["Line"]:
        line.pop("LineEx", None)
    quickbooks.create(house, "Payment", **{**kept, "TxnDate": "2026-09-07"})

    house.run("pull_payments")
    house.run("push_payments")
    now = quickbooks.fetch(house, "Payment", quickbooks_id)
    assert (now["TxnDate"], now["PaymentRefNum"]) == ("2026-09-07", "H-1-new")
    assert house.row("payment", payment_id)["payment_date"].isoformat() == "2026-09-05"
