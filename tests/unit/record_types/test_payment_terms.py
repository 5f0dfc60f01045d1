"""Terms of payment: which record of QuickBooks' list is which of Loupe's."""

from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.postgres.tables.words import PAYMENT_TERMS
from quickbooks_sync.transform.name_lists import NameList, NameLists
from tests.support.record_samples import shipped

INVOICE = shipped("invoice")
TERMS = INVOICE.field("payment_terms")


def list_of(*terms: dict[str, Any]) -> NameList:
    records = [{"Id": str(number), **term} for number, term in enumerate(terms, start=1)]
    return NameLists.of_records({"Term": records}).of(INVOICE, TERMS)


def standard(name: str, days: Any, **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "STANDARD", "DueDays": days, **more}


def test_the_names_are_those_that_the_column_takes() -> None:
    assert tuple(INVOICE.list_of(TERMS).own_names) == PAYMENT_TERMS


def test_no_two_of_loupes_terms_are_due_after_the_same_days() -> None:
    days = [days for days in INVOICE.list_of(TERMS).own_names.values() if days is not None]
    assert len(days) == len(set(days)) == len(PAYMENT_TERMS) - 1


@pytest.mark.parametrize(
    ("term", "ours"),
    [
        (standard("DUE  on receipt", 0), "Due on Receipt"),
        (standard("At once", Decimal(0)), "Due on Receipt"),
        (standard("30 days net", Decimal("30.0")), "Net 30"),
        (standard("Net 30", 45), "Net 30"),
        (standard("Ten days", 10), "Ten days"),
        (standard("2% 10 net 30", 30, DiscountPercent=Decimal(2)), "2% 10 net 30"),
        (standard("No discount", 30, DiscountPercent=Decimal(0)), "Net 30"),
        (standard("No days", None), "No days"),
        ({"Name": "End of month", "Type": "DATE_DRIVEN", "DayOfMonthDue": 30}, "End of month"),
        ({"Name": "net 60", "Type": "DATE_DRIVEN", "DayOfMonthDue": 30}, "Net 60"),
        ({"Name": "Prepaid (deleted)", "Type": "STANDARD", "Active": False}, "Prepaid"),
    ],
)
def test_a_term_is_called_by_its_name_else_by_its_due_days(term: dict[str, Any], ours: str) -> None:
    assert list_of(term).name_of("1") == ours


def test_loupes_terms_are_found_by_name_else_by_due_days() -> None:
    listed = list_of(standard("net 15", 15), standard("30 days", 30), standard("At once", 0))
    found = {terms: listed.id_of(terms) for terms in PAYMENT_TERMS}
    assert found == {
        "Due on Receipt": "3",
        "Prepaid": None,
        "Net 15": "1",
        "Net 30": "2",
        "Net 45": None,
        "Net 60": None,
    }


@pytest.mark.parametrize("terms", PAYMENT_TERMS)
def test_what_is_sent_reads_back_as_what_was_sent(terms: str) -> None:
    """Naive: it comes back as another one, and the two sides change each other every night."""
    listed = list_of(
        standard("Net 15", 30), standard("Net 45", 60), standard("Soon", 15), standard("Soon 2", 15)
    )
    found = listed.id_of(terms)
    assert found is None or listed.name_of(found) == terms
