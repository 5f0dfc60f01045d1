"""What the auditor of the model test notices, though both sides and the link between them agree."""

import copy
import random
from collections.abc import Iterator
from decimal import Decimal

import psycopg2.errors
import pytest

from quickbooks_sync.commands import steps
from quickbooks_sync.model.flow import FlowOptions
from quickbooks_sync.record_types.registry import FLOWS
from tests.chaos import loupe_edits
from tests.chaos.auditor.invariants import find_violations
from tests.chaos.company import Company
from tests.chaos.running import Plan
from tests.chaos.servers import running


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company in which people entered a customer and two invoices, and all flows ran."""
    plan = Plan(seed=1, steps=0)
    with running(tmp_path_factory.mktemp("auditor"), [{}], plan.switches) as servers:
        (company,) = servers.companies
        rng = random.Random(1)
        loupe_edits.add_customer(company, rng)
        while len(company.rows("invoice")) < 2:
            loupe_edits.add_invoice(company, rng)
        company.execute("update loupe.invoice set lifecycle_status = 'Finalised'")
        for flow in FLOWS:
            options = FlowOptions(company.realm_id)
            steps.run_flow(servers.workspace, flow, options, run_key="settled", triggered_by="test")
        yield company


@pytest.fixture
def company(settled: Company) -> Iterator[Company]:
    """The company, in which Loupe and the ledger are as they were again after the test."""
    assert find_violations(settled) == []
    ledger = copy.deepcopy(settled.entered)
    settled.database.autocommit = False
    yield settled
    settled.entered = ledger
    settled.database.rollback()
    settled.database.autocommit = True


def broken_rules(company: Company) -> set[str]:
    return {violation.rule for violation in find_violations(company)}


def first(company: Company, table: str) -> int:
    return int(company.rows(table)[0][f"{table}_id"])


def test_money_that_both_sides_changed_alike_is_noticed(company: Company) -> None:
    key = ("loupe", "invoice", str(first(company, "invoice")))
    (entered,) = company.entered.sums[key]
    company.entered.note_sum(*key, entered.customer, entered.currency, entered.amount + Decimal(1))
    assert "sums are what people entered" in broken_rules(company)


def test_money_of_what_was_taken_back_into_use_is_noticed(company: Company) -> None:
    row = company.rows("invoice")[0]
    thing = "invoice", company.entered.mark_of_row("invoice", row)
    company.entered.end(*thing)
    company.entered.take_up(*thing)
    (entered,) = company.entered.sums["loupe", "invoice", str(row["invoice_id"])]
    payer = "loupe", "invoice", row["invoice_id"], entered.customer, entered.currency
    company.entered.note_sum(*payer, entered.amount + Decimal(1))
    assert "sums are what people entered" in broken_rules(company)


def test_what_a_refused_transaction_typed_was_never_entered(company: Company) -> None:
    with pytest.raises(psycopg2.errors.RaiseException):
        type_and_be_refused(company)
    assert broken_rules(company) == set()


def type_and_be_refused(company: Company) -> None:
    with company.transaction():
        company.update("invoice", first(company, "invoice"), total_amount=Decimal(1))
        company.execute("do $$ begin raise exception 'frozen'; end $$")


def test_what_is_on_neither_side_any_more_is_noticed(company: Company) -> None:
    company.entered.note_mark("loupe", "invoice", 999, "I999")
    assert "what was entered is on both sides" in broken_rules(company)


def test_a_row_that_nobody_entered_is_noticed(company: Company) -> None:
    columns = "organization_id, display_name"
    company.execute(
        f"insert into loupe.customer ({columns}) values (%s, 'A Stranger')",
        company.organization_id,
    )
    assert "people enter everything" in broken_rules(company)


def test_a_link_between_two_things_is_noticed(company: Company) -> None:
    statement = "update quickbooks_sync.link set loupe_id = {} where loupe_id = {} and record_type = 'invoice'"
    one, other = (row["invoice_id"] for row in company.rows("invoice"))
    for new, old in ((0, one), (one, other), (other, 0)):
        company.execute(statement.format(new, old))
    assert "what was entered is on both sides" in broken_rules(company)
