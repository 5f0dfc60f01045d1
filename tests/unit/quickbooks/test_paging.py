"""Paging over companies that compare Ids in every way that Intuit leaves open."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from quickbooks_sync.model.errors import UnexpectedAnswerError
from quickbooks_sync.quickbooks.paging import Pages, QueryAnswer

NOW = datetime(2026, 9, 2, tzinfo=UTC)
Key = Callable[[str], Any]


class Company:
    """Answers the statements that paging builds, comparing Ids as told."""

    def __init__(
        self, ids: list[str], order: Key = int, compare: Key = int, uncounted: int = 0
    ) -> None:
        self.ids = ids
        self.order = order
        self.compare = compare
        self.uncounted = uncounted
        self.statements: list[str] = []

    def query(self, statement: str) -> QueryAnswer:
        self.statements.append(statement)
        after = re.search(r"Id > '(\d+)'", statement)
        start = re.search(r"STARTPOSITION (\d+)", statement)
        limit = re.search(r"MAXRESULTS (\d+)", statement)
        assert limit
        found = sorted(self.ids, key=self.order)
        if after:
            found = [one for one in found if self.compare(one) > self.compare(after.group(1))]
        first = int(start.group(1)) - 1 if start else 0
        page = found[first : first + int(limit.group(1))]
        return QueryAnswer([{"Id": one} for one in page], NOW)

    def count(self, entity: str, where: str = "", *, has_activity: bool = False) -> int:
        assert (entity, "Id >" in where, has_activity) == ("Invoice", False, False)
        return len(self.ids) + self.uncounted


def _seen(company: Company, page_size: int = 10) -> list[str]:
    return [
        record["Id"] for page in Pages(company, "Invoice", "", page_size) for record in page.records
    ]


@pytest.mark.parametrize("order", [int, str])
@pytest.mark.parametrize("compare", [int, str])
@pytest.mark.parametrize("number", [0, 1, 9, 10, 11, 20, 137])
def test_every_record_comes_once_whichever_way_ids_compare(
    order: Key, compare: Key, number: int
) -> None:
    ids = [str(one) for one in range(1, number + 1)]
    seen = _seen(Company(ids, order, compare))
    assert sorted(seen, key=int) == ids


def test_a_company_of_one_page_costs_one_read() -> None:
    company = Company(["1", "2"])
    assert _seen(company) == ["1", "2"]
    assert len(company.statements) == 1


def test_an_empty_company_gives_one_empty_page() -> None:
    pages = list(Pages(Company([]), "Invoice", "", 10))
    assert [page.records for page in pages] == [[]]
    assert pages[0].server_time == NOW


def test_a_record_deleted_meanwhile_hides_no_other() -> None:
    company = Company([str(one) for one in range(1, 31)])
    pages = iter(Pages(company, "Invoice", "", 10))
    seen = [record["Id"] for record in next(pages).records]
    company.ids.remove("1")
    seen += [record["Id"] for page in pages for record in page.records]
    assert seen == [str(one) for one in range(1, 31)]


def test_a_condition_of_the_caller_is_kept_on_every_page() -> None:
    company = Company([str(one) for one in range(1, 12)])
    list(Pages(company, "Invoice", "TxnDate >= '2026-01-01'", 10))
    assert all("WHERE TxnDate >= '2026-01-01'" in one for one in company.statements)


def test_records_that_never_come_stop_the_run() -> None:
    with pytest.raises(UnexpectedAnswerError, match="counts more Invoice records"):
        _seen(Company([str(one) for one in range(1, 12)], uncounted=1))


class StuckCompany(Company):
    """Answers the first page whatever is asked, as a cache in between may."""

    def query(self, statement: str) -> QueryAnswer:
        self.statements.append(statement)
        return QueryAnswer([{"Id": one} for one in self.ids[:10]], NOW)


def test_one_page_for_ever_is_read_once_where_it_is_all() -> None:
    company = StuckCompany([str(number) for number in range(10)])
    assert _seen(company) == company.ids
    assert len(company.statements) == 2


def test_one_page_for_ever_that_is_not_all_stops_the_run() -> None:
    company = StuckCompany([str(number) for number in range(25)])
    with pytest.raises(UnexpectedAnswerError, match="hold: 25, but 4 pages held 10"):
        _seen(company)
