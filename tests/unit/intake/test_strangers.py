"""How many other ones among a run's records stop the company."""

import pytest

from quickbooks_sync.intake.strangers import is_too_many


@pytest.mark.parametrize(
    ("number", "total", "most", "stops"),
    [
        (2, 2, 2, False),
        (3, 3, 2, True),
        (3, 300, 2, True),
        (3, 301, 2, False),
        (99, 10_000, 2, False),
        (100, 10_000, 2, True),
        (100, 100, 500, False),
    ],
)
def test_a_company_stops_at_three_strangers_or_at_one_percent_where_that_is_more(
    number: int, total: int, most: int, *, stops: bool
) -> None:
    assert is_too_many(number, total, most) is stops
