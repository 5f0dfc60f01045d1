"""A customer that both sides have."""

import pytest

from tests.support.books import loupe
from tests.support.installation import House


@pytest.fixture
def customer(house: House) -> int:
    """A Loupe customer that QuickBooks has, too."""
    house.run("pull_customers")
    customer_id = loupe.add_customer(house, "Rutile & Sons")
    house.run("push_customers")
    return customer_id
