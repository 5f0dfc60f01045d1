"""R9: one bad row stops nobody else, whatever it holds, and is rejected alone with its id."""

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from quickbooks_sync.commands import steps
from quickbooks_sync.commands.gate import accept
from quickbooks_sync.commands.retry import retry
from quickbooks_sync.model.errors import ConfigurationError, GateClosedError
from quickbooks_sync.model.flow import RunManifest
from quickbooks_sync.model.json_text import to_json
from quickbooks_sync.record_types.registry import flow_named
from quickbooks_sync.review import build_review, to_text
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House
from tests.support.outcomes import causes, reason_of

#: What PostgreSQL holds in a date, and in a moment, that no Python date can.
DAYS = ("20261-10-01", "0001-10-01 BC", "infinity", "-infinity")


def execute(house: House, statement: str, **values: object) -> None:
    with house.workspace.engine.begin() as connection:
        connection.execute(text(statement), values)


def corrupt(house: House, table: str, key: str, row: int, column: str, value: str) -> None:
    """Write what an import, a typing error or another program left in a column."""
    kind = (
        "date"
        if column.endswith("_date")
        else "timestamptz"
        if column.endswith("_at")
        else "numeric"
    )
    execute(
        house,
        f"update loupe.{table} set {column} = cast(:value as {kind}) where {key} = :row",
        value=value,
        row=row,
    )


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """A company without records, whose gate lets every share of rejected records pass."""
    return build_house(seed=False, max_rejected_ratio="1")


def test_an_invoice_with_a_value_nobody_can_read_is_rejected_alone(house: House) -> None:
    customer_id = loupe.add_customer(house, "Typo & Sons")
    house.run("push_customers")
    found = [("invoice", "invoice_date", day) for day in DAYS]
    found += [("invoice", "due_date", day) for day in DAYS]
    found += [("invoice", name, "NaN") for name in ("tax_amount", "total_amount", "balance_amount")]
    found += [("invoice_line", name, "NaN") for name in ("quantity", "unit_price", "amount")]
    bad = {}
    for number, (table, column, value) in enumerate(found):
        bad[column, value] = loupe.add_invoice(house, customer_id, f"B-{number}")
        corrupt(house, table, "invoice_id", bad[column, value], column, value)
    good = loupe.add_invoice(house, customer_id, "GOOD")
    run = house.run("push_invoices")
    assert run["status"] == "success"
    assert house.said(run, loupe_id=good) == ["created"]
    for (column, value), invoice_id in bad.items():
        assert house.said(run, loupe_id=invoice_id) == ["rejected"], (column, value)
        assert house.link("invoice", loupe_id=invoice_id) is None
        (cause,) = causes(house, "push", invoice_id)
        assert column in cause["field"].replace("lines.", "")
        assert f"found {value}" in cause["message"]
        assert "correct it in Loupe" in cause["message"]


def test_a_payment_with_a_value_nobody_can_read_is_rejected_alone(house: House) -> None:
    customer_id = loupe.add_customer(house, "Payer")
    invoice_id = loupe.add_invoice(house, customer_id, "P-1")
    house.run("push_customers")
    house.run("push_invoices")
    bad = [loupe.add_payment(house, customer_id, "10.00", {}) for _ in DAYS]
    for payment_id, day in zip(bad, DAYS, strict=True):
        corrupt(house, "payment", "payment_id", payment_id, "payment_date", day)
    for table in ("payment", "payment_application"):
        bad.append(loupe.add_payment(house, customer_id, "10.00", {invoice_id: "10.00"}))
        corrupt(house, table, "payment_id", bad[-1], "amount", "NaN")
    good = loupe.add_payment(house, customer_id, "20.00", {invoice_id: "20.00"})
    run = house.run("push_payments")
    assert [house.said(run, loupe_id=payment_id) for payment_id in bad] == [["rejected"]] * 6
    assert house.said(run, loupe_id=good) == ["created"]


def test_an_item_with_a_number_that_is_none_is_rejected_alone(house: House) -> None:
    columns = ("quantity", "sell_price", "cost_price")
    bad = [loupe.add_item(house, name, f"T-{name}") for name in columns]
    for item_id, column in zip(bad, columns, strict=True):
        corrupt(house, "inventory_item", "inventory_item_id", item_id, column, "NaN")
    good = loupe.add_item(house, "Ring", "T-1")
    run = house.run("push_inventory_items")
    assert [house.said(run, loupe_id=item_id) for item_id in bad] == [["rejected"]] * 3
    assert house.link("inventory_item", loupe_id=good) is not None


def test_a_column_that_is_not_synced_rejects_nobody(house: House) -> None:
    moments = [loupe.add_customer(house, f"Made in {day}") for day in DAYS]
    for customer_id, day in zip(moments, DAYS, strict=True):
        corrupt(house, "customer", "customer_id", customer_id, "created_at", day)
    run = house.run("push_customers")
    assert run["counts"] == {"created": len(DAYS)}


def test_numbers_without_end_are_rejected_alone(house: House) -> None:
    """An ERP whose columns are plain `numeric` may hold infinity as well."""
    execute(house, "alter table loupe.inventory_item alter column sell_price type numeric")
    bad = [loupe.add_item(house, f"Endless {sign}", f"E{sign}") for sign in ("", "-")]
    for item_id, value in zip(bad, ("Infinity", "-Infinity"), strict=True):
        corrupt(house, "inventory_item", "inventory_item_id", item_id, "sell_price", value)
    good = loupe.add_item(house, "Ring", "T-1")
    run = house.run("push_inventory_items")
    assert [house.said(run, loupe_id=item_id) for item_id in bad] == [["rejected"]] * 2
    assert house.said(run, loupe_id=good) == ["created"]


def test_a_text_with_a_code_that_is_set_aside_is_rejected_alone(house: House) -> None:
    codes = "\ufdd0\ufdd1\ufdd2"
    bad = [loupe.add_customer(house, f"Odd {code} Ltd") for code in codes]
    good = loupe.add_customer(house, "Even Ltd")
    run = house.run("push_customers")
    assert [house.said(run, loupe_id=customer_id) for customer_id in bad] == [["rejected"]] * 3
    assert house.said(run, loupe_id=good) == ["created"]


@pytest.fixture
def linked(house: House) -> tuple[House, int, int]:
    """Two linked invoices, and the company."""
    customer_id = loupe.add_customer(house, "Regular")
    invoices = [loupe.add_invoice(house, customer_id, number) for number in ("L-1", "L-2")]
    house.run("push_customers")
    house.run("push_invoices")
    return house, invoices[0], invoices[1]


def test_an_edit_that_nobody_can_read_is_told_until_it_is_corrected(
    linked: tuple[House, int, int],
) -> None:
    house, wrong, right = linked
    corrupt(house, "invoice", "invoice_id", wrong, "due_date", DAYS[0])
    house.update("invoice", right, due_date=date(2026, 12, 1))
    for _ in range(2):
        run = house.run("push_invoices")
        assert house.said(run, loupe_id=wrong) == ["rejected"]
        assert DAYS[0] in reason_of(house, run, wrong)
    document = quickbooks.fetch(house, "Invoice", house.quickbooks_id("invoice", right))
    assert document["DueDate"] == "2026-12-01"
    house.update("invoice", wrong, due_date=date(2026, 12, 2))
    assert house.said(house.run("push_invoices"), loupe_id=wrong) == ["updated"]


def test_a_pull_leaves_what_it_cannot_read_and_says_so(linked: tuple[House, int, int]) -> None:
    house, wrong, right = linked
    corrupt(house, "invoice", "invoice_id", wrong, "due_date", DAYS[0])
    for invoice_id in (wrong, right):
        number = house.quickbooks_id("invoice", invoice_id)
        quickbooks.change(house, "Invoice", number, DocNumber=f"Q-{invoice_id}")
    run = house.run("pull_invoices")
    assert house.said(run, loupe_id=right) == ["updated"]
    assert house.said(run, loupe_id=wrong) == ["updated", "warning"]
    assert house.row("invoice", wrong)["invoice_number"] == f"Q-{wrong}"
    assert house.row("invoice", wrong)["due_date"] == DAYS[0]
    # The pull has not agreed on it: the next push says that it cannot be sent.
    assert house.said(house.run("push_invoices"), loupe_id=wrong) == ["rejected"]


@pytest.mark.parametrize("table", ["invoice.total_amount", "payment_application.amount"])
def test_a_payment_on_an_invoice_without_a_readable_amount_waits_alone(
    linked: tuple[House, int, int], table: str
) -> None:
    house, wrong, right = linked
    customer_id = house.row("invoice", wrong)["customer_id"]
    loupe.add_payment(house, customer_id, "10.00", {wrong: "10.00"})
    name, _, column = table.partition(".")
    corrupt(house, name, "invoice_id", wrong, column, "NaN")
    payer = house.quickbooks_id("customer", customer_id)
    payments = [
        quickbooks.create_payment(house, payer, "40.00", house.quickbooks_id("invoice", invoice_id))
        for invoice_id in (wrong, right)
    ]
    run = house.run("pull_payments")
    assert [house.said(run, quickbooks_id=payment["Id"]) for payment in payments] == [
        ["waiting"],
        ["created"],
    ]
    execute(house, "update loupe.invoice set total_amount = 100 where total_amount = 'NaN'")
    execute(house, "update loupe.payment_application set amount = 10 where amount = 'NaN'")
    assert house.said(house.run("pull_payments"), quickbooks_id=payments[0]["Id"]) == ["created"]


def test_the_review_looks_at_every_row_beside_one_it_cannot_read(house: House) -> None:
    customer_id = loupe.add_customer(house, "Typo & Sons")
    house.run("push_customers")
    for number, day in enumerate(DAYS):
        invoice_id = loupe.add_invoice(house, customer_id, f"R-{number}")
        corrupt(house, "invoice", "invoice_id", invoice_id, "due_date", day)
    told = to_text(build_review(house.workspace, house.realm_id))
    assert all(day in told for day in DAYS)


@pytest.fixture(params=["raises", "says nothing", "waits for the commit", "calls it passing"])
def refusing(house: House, request: pytest.FixtureRequest) -> House:
    """A Loupe whose own triggers refuse every row of some tables that holds the word Refused."""
    ways = {
        "raises": ("raise exception 'no %', new", "create trigger"),
        "says nothing": ("return null", "create trigger"),
        "waits for the commit": ("raise exception 'no %', new", "create constraint trigger"),
        "calls it passing": (
            "raise exception 'no %', new using errcode = '40001'",
            "create trigger",
        ),
    }
    does, kind = ways[request.param]
    when = "after" if "constraint" in kind else "before"
    execute(
        house,
        "create function loupe.vet() returns trigger language plpgsql as $$ begin"
        f" if new::text like '%Refused%' then {does}; end if; return new; end $$",
    )
    for table in ("customer", "invoice", "payment", "inventory_item"):
        deferred = "deferrable initially deferred" if when == "after" else ""
        execute(
            house,
            f"{kind} vet {when} insert or update on loupe.{table} {deferred}"
            " for each row execute function loupe.vet()",
        )
    return house


def test_a_row_that_a_trigger_refuses_is_rejected_alone(
    refusing: House, caplog: pytest.LogCaptureFixture
) -> None:
    house = refusing
    caplog.set_level(logging.DEBUG)
    payer = quickbooks.create(house, "Customer", DisplayName="Payer")["Id"]
    made = {
        "customers": [
            quickbooks.create(house, "Customer", DisplayName=name) for name in ("Refused", "Taken")
        ],
        "invoices": [
            quickbooks.create_invoice(house, payer, name, "10.00") for name in ("Refused", "Taken")
        ],
        "payments": [
            quickbooks.create_payment(house, payer, "5.00", PaymentRefNum=name)
            for name in ("Refused", "Taken")
        ],
        "inventory_items": [quickbooks.create_stock(house, name) for name in ("Refused", "Taken")],
    }
    for kind, (refused, taken) in made.items():
        run = house.run(f"pull_{kind}")
        assert run["status"] == "success"
        assert house.said(run, quickbooks_id=refused["Id"]) == ["rejected"], kind
        assert house.said(run, quickbooks_id=taken["Id"]) == ["created"], kind
        [rejected] = [
            row for row in house.rows("rejected_record") if row["record_type"] == kind[:-1]
        ]
        assert f"QuickBooks' {kind[:-1]} {refused['Id']}: " in rejected["causes"][0]["message"]
        assert "no (" not in str(rejected["causes"])
    assert "no (" not in caplog.text
    # Once the ERP takes it, the next run does what the first could not, without reading it again.
    execute(house, "drop function loupe.vet() cascade")
    for kind, (refused, _) in made.items():
        assert house.said(house.run(f"pull_{kind}"), quickbooks_id=refused["Id"]) == ["created"]
    assert house.rows("rejected_record") == []


def test_a_change_that_a_trigger_refuses_is_rejected_alone(refusing: House) -> None:
    house = refusing
    records = [quickbooks.create(house, "Customer", DisplayName=name) for name in ("One", "Two")]
    house.run("pull_customers")
    for record, city in zip(records, ("Refused", "Taken"), strict=True):
        quickbooks.change(house, "Customer", record["Id"], BillAddr={"City": city})
    for _ in range(2):
        run = house.run("pull_customers")
        said = [house.said(run, quickbooks_id=record["Id"]) for record in records]
        assert said in ([["rejected"], ["updated"]], [["rejected"], ["unchanged"]])
    cities = {row["display_name"]: row["city"] for row in house.rows("customer")}
    assert cities == {"One": None, "Two": "Taken"}
    execute(house, "drop function loupe.vet() cascade")
    run = house.run("pull_customers")
    assert house.said(run, quickbooks_id=records[0]["Id"]) == ["updated"]


@pytest.mark.parametrize("is_new", [True, False])
def test_a_record_of_which_loupe_leaves_out_a_line_is_rejected_alone(
    house: House, is_new: bool
) -> None:
    # Naive: rows are counted and lines are not, so the invoice is "created" with half of what it bills.
    payer = quickbooks.create(house, "Customer", DisplayName="Payer")["Id"]
    records = [quickbooks.create_invoice(house, payer, name, "10.00") for name in ("One", "Two")]
    house.run("pull_customers")
    if not is_new:
        house.run("pull_invoices")
    execute(
        house,
        "create function loupe.vet() returns trigger language plpgsql as $$ begin"
        " if new.amount = 99 then return null; end if; return new; end $$",
    )
    execute(
        house,
        "create trigger vet before insert on loupe.invoice_line for each row execute function loupe.vet()",
    )
    (line,) = [line for line in records[0]["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    detail = {"ItemRef": line["SalesItemLineDetail"]["ItemRef"]}
    for record, amount in zip(records, ("99.00", "12.00"), strict=True):
        more = {"DetailType": line["DetailType"], "Amount": amount, "SalesItemLineDetail": detail}
        quickbooks.change(house, "Invoice", record["Id"], Line=[*record["Line"], more])
    run = house.run("pull_invoices")
    assert house.said(run, quickbooks_id=records[0]["Id"]) == ["rejected"]
    assert house.said(run, quickbooks_id=records[1]["Id"]) == ["created" if is_new else "updated"]
    execute(house, "drop function loupe.vet() cascade")
    run = house.run("pull_invoices")
    assert house.said(run, quickbooks_id=records[0]["Id"]) == ["created" if is_new else "updated"]


def test_what_was_sent_stays_linked_although_loupe_refuses_the_answer(house: House) -> None:
    """QuickBooks has it by then: without its link it would be sent once more."""
    customers = [loupe.add_customer(house, name) for name in ("One", "Two")]
    house.run("push_customers")
    invoices = [
        loupe.add_invoice(house, customer_id, None, due_date=None) for customer_id in customers
    ]
    execute(
        house,
        "create function loupe.vet() returns trigger language plpgsql as $$ begin"
        f" if new.invoice_id = {invoices[0]} then raise exception 'no'; end if; return new; end $$;"
        "create trigger vet before update on loupe.invoice for each row execute function loupe.vet()",
    )
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=invoices[0]) == ["created", "warning"]
    assert house.said(run, loupe_id=invoices[1]) == ["created"]
    house.run("push_invoices")
    assert len(quickbooks.find(house, "Invoice", "")) == len(invoices)


def test_a_row_is_not_sent_when_the_record_that_it_is_cannot_be_linked(refusing: House) -> None:
    house = refusing
    house.run("pull_customers")
    customer_id = loupe.add_customer(house, "Both")
    quickbooks.create(house, "Customer", DisplayName="Both", BillAddr={"City": "Refused"})
    other = loupe.add_customer(house, "Only in Loupe")
    run = house.run("push_customers")
    assert house.said(run, loupe_id=customer_id) == ["rejected"]
    assert house.said(run, loupe_id=other) == ["created"]
    assert len(quickbooks.find(house, "Customer", "")) == 2


def undated(house: House, customer_id: int, *numbers: str) -> list[int]:
    """Invoices without a date, which a push rejects."""
    return [
        loupe.add_invoice(house, customer_id, number, invoice_date=None, due_date=None)
        for number in numbers
    ]


@pytest.fixture
def billed(build_house: BuildHouse) -> tuple[House, int]:
    """A company with the default gate and one linked customer."""
    house = build_house(seed=False)
    customer_id = loupe.add_customer(house, "Regular")
    house.run("push_customers")
    return house, customer_id


def rejected_ids(house: House) -> set[str]:
    return {row["source_id"] for row in house.rows("rejected_record")}


def test_a_gate_closes_for_three_new_rejections_and_lists_them(billed: tuple[House, int]) -> None:
    house, customer_id = billed
    bad = undated(house, customer_id, "B-1", "B-2", "B-3")
    good = loupe.add_invoice(house, customer_id, "G-1")
    for _ in range(2):
        with pytest.raises(GateClosedError, match="3 of 4 records were rejected") as caught:
            house.run("push_invoices")
        assert house.link("invoice", loupe_id=good) is None
        assert rejected_ids(house) == {str(invoice_id) for invoice_id in bad}
        assert house.runs[-1]["counts"] == {"rejected": 3}
        assert f"gate accept {house.runs[-1]['run_id']}" in str(caught.value)
    accept(house.workspace, house.runs[-1]["run_id"], by="controller")
    run = house.run("push_invoices")
    assert run["counts"] == {"rejected": 3, "created": 1}
    assert {row["accepted_by"] for row in house.rows("rejected_record")} == {"controller"}


def test_a_preview_whose_gate_closes_lists_nothing(billed: tuple[House, int]) -> None:
    house, customer_id = billed
    undated(house, customer_id, "B-1", "B-2", "B-3")
    with pytest.raises(GateClosedError):
        house.run("push_invoices", preview=True)
    assert rejected_ids(house) == set()


def test_standing_rejections_never_close_a_gate(billed: tuple[House, int]) -> None:
    house, customer_id = billed
    confirm_settings(house.workspace, house.realm_id, {"max_rejected_ratio": "0.5"})
    undated(house, customer_id, *(f"B-{number}" for number in range(21)))
    for number in range(22):
        loupe.add_invoice(house, customer_id, f"G-{number}")
    assert house.run("push_invoices")["counts"] == {"rejected": 21, "created": 22}
    for number in ("LATE-1", "LATE-2"):
        late = loupe.add_invoice(house, customer_id, number)
        assert house.said(house.run("push_invoices"), loupe_id=late) == ["created"]
    # Two new ones are no flood, whatever their share; three are.
    undated(house, customer_id, "C-1", "C-2")
    assert house.run("push_invoices")["counts"] == {"rejected": 23}
    undated(house, customer_id, "D-1", "D-2", "D-3")
    with pytest.raises(GateClosedError, match=r"3 of 3 records were rejected \(beside 23"):
        house.run("push_invoices")


def edit_their_customer(house: House, customer_id: int) -> None:
    there = house.quickbooks_id("customer", customer_id)
    quickbooks.change(house, "Customer", there, PrimaryPhone={"FreeFormNumber": "555"})
    house.run("pull_customers")


def change_an_unrelated_setting(house: House, _customer_id: int) -> None:
    confirm_settings(house.workspace, house.realm_id, {"max_deletions": "7"})


@pytest.mark.parametrize("happens", [edit_their_customer, change_an_unrelated_setting])
def test_rejections_stay_known_whatever_changes_around_them(
    billed: tuple[House, int], happens: Callable[[House, int], None]
) -> None:
    # Naive: what a refusal rests on has changed, so all that stood before counts as new.
    house, customer_id = billed
    for name in ("B-1", "B-2", "B-3"):
        undated(house, customer_id, name)
        house.run("push_invoices")
    happens(house, customer_id)
    late = loupe.add_invoice(house, customer_id, "LATE")
    run = house.run("push_invoices")
    assert run["counts"] == {"rejected": 3, "created": 1}
    assert house.said(run, loupe_id=late) == ["created"]


@pytest.mark.parametrize("change", ["its row", "its faults"])
def test_a_rejection_that_is_not_as_it_was_counts_as_new(
    billed: tuple[House, int], change: str
) -> None:
    # Naive: the review takes every row that is listed for known, and foresees no stop.
    house, customer_id = billed
    bad = undated(house, customer_id, "B-1", "B-2", "B-3")
    with pytest.raises(GateClosedError):
        house.run("push_invoices")
    accept(house.workspace, house.runs[-1]["run_id"], by="controller")
    house.run("push_invoices")
    for invoice_id in bad:
        if change == "its row":
            house.update("invoice", invoice_id, invoice_number=f"C-{invoice_id}")
        else:
            execute(
                house,
                "update quickbooks_sync.rejected_record set causes ="
                """ '[{"field": "due_date", "rule": "another"}]' where source_id = :row""",
                row=str(invoice_id),
            )
    (stop,) = build_review(house.workspace, house.realm_id).stops
    with pytest.raises(GateClosedError, match="3 of 3 records were rejected") as caught:
        house.run("push_invoices")
    assert str(caught.value).startswith(stop.reason)
    assert {row["accepted_by"] for row in house.rows("rejected_record")} == {None}


def test_what_is_tried_again_on_command_stays_known(billed: tuple[House, int]) -> None:
    house, customer_id = billed
    for name in ("B-1", "B-2", "B-3"):
        undated(house, customer_id, name)
        house.run("push_invoices")
    flow = flow_named("push_invoices")
    for _ in range(2):
        summary = retry(house.workspace, flow, realm_id=house.realm_id, by="controller")
        assert summary["counts"] == {"rejected": 3}


def test_a_gate_of_a_pull_counts_new_rejections_alone(billed: tuple[House, int]) -> None:
    house, customer_id = billed
    payer = house.quickbooks_id("customer", customer_id)
    for number in range(3):
        quickbooks.create_invoice(house, payer, f"Q-{number}", "10.00")
    run = pull_with(house, "pull_invoices", TxnDate="20261-10-01")
    with pytest.raises(GateClosedError, match="3 of 3 records were rejected"):
        steps.gate(house.workspace, run)
    house.finish(run, "gate")
    assert len(rejected_ids(house)) == 3
    accept(house.workspace, run["run_id"], by="controller")
    run = pull_with(house, "pull_invoices", TxnDate="20261-10-01")
    assert steps.gate(house.workspace, run)["rejected"] == 3
    house.finish(run, "load")


def pull_with(house: House, name: str, **properties: Any) -> RunManifest:
    """A full pull, up to its gate, whose answers had these properties in all records."""
    run = house.check(name, mode="full")
    batches = steps.extract(house.workspace, run)
    with house.workspace.engine.begin() as connection:
        connection.execute(
            text(
                "update quickbooks_sync.staged_record set raw = raw || cast(:new as jsonb) where run_id = :run"
            ),
            {"new": to_json(properties), "run": run["run_id"]},
        )
    for batch in batches:
        steps.transform(house.workspace, run, batch)
        steps.validate(house.workspace, run, batch)
    return run


def test_only_a_run_that_its_gate_stopped_can_be_accepted(billed: tuple[House, int]) -> None:
    house, _ = billed
    run_id = house.runs[-1]["run_id"]
    with pytest.raises(ConfigurationError, match=f"Run {run_id} has nothing that waits"):
        accept(house.workspace, run_id, by="controller")
    with pytest.raises(ConfigurationError, match="There is no run 999"):
        accept(house.workspace, 999, by="controller")


def test_an_oddity_that_quickbooks_holds_does_not_block_another_fields_edit(
    billed: tuple[House, int],
) -> None:
    house, customer_id = billed
    payer = house.quickbooks_id("customer", customer_id)
    odd = quickbooks.create_invoice(house, payer, "ODD", "100.00", DueDate="2026-08-01")
    house.run("pull_invoices")
    invoice_id = house.loupe_id("invoice", odd["Id"])
    house.update("invoice", invoice_id, invoice_number="EDITED")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["updated"]
    document = quickbooks.fetch(house, "Invoice", odd["Id"])
    assert (document["DocNumber"], document["DueDate"]) == ("EDITED", "2026-08-01")
    # A rule about two days speaks of both: moving the one makes the other wrong.
    house.update("invoice", invoice_id, invoice_date=date(2026, 10, 1))
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["rejected"]
