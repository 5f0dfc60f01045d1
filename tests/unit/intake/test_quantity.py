"""The stock quantity in a pull: who leads, and what is said of a change that gives way."""

import pytest

from quickbooks_sync.intake.quantity import find_put_back, find_quantity_problem, with_counted
from quickbooks_sync.matching.merge import Merge
from quickbooks_sync.model.base import Base
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.settings import CompanySettings

FIVE, SEVEN = {"quantity": "5"}, {"quantity": "7"}
THEIRS = CompanySettings({"stock_owner": "quickbooks"})


def link(**base: str) -> Link:
    return Link(3, "24", "matched", "0", {}, base, base)


def taking(**values: str) -> Merge:
    return Merge(values, {}, (), frozenset(values))


def test_quantities_that_were_never_agreed_on_move_to_neither_side() -> None:
    (problem,) = find_quantity_problem(THEIRS, link(), FIVE, SEVEN)
    assert (problem.field, problem.value) == ("quantity", "7")
    assert find_quantity_problem(THEIRS, link(quantity="6"), FIVE, SEVEN) == ()


@pytest.mark.parametrize("owner", ["loupe", None])
def test_of_a_quantity_that_loupe_leads_the_push_speaks(owner: str | None) -> None:
    assert find_quantity_problem(CompanySettings({"stock_owner": owner}), link(), FIVE, SEVEN) == ()


def test_a_change_in_loupe_that_gives_way_is_said() -> None:
    (problem,) = find_put_back(link(quantity="6"), taking(quantity="7"), FIVE)
    assert problem.is_warning
    assert "changed from 6 to 5 and has QuickBooks' 7 again" in problem.message


def test_a_quantity_that_nobody_changed_in_loupe_just_follows() -> None:
    assert find_put_back(link(quantity="5"), taking(quantity="7"), FIVE) == ()
    assert find_put_back(link(quantity="6"), taking(), FIVE) == ()


def test_equal_quantities_are_agreed_from_then_on() -> None:
    base = Base({"item_name": "Ruby"}, {"item_name": "Ruby"})
    assert with_counted(FIVE, SEVEN, base) == base
    counted = with_counted(FIVE, FIVE, base)
    assert counted.loupe == {"item_name": "Ruby", "quantity": "5"} == counted.quickbooks
