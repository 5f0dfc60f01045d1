"""Serialising batches, and reading them again."""

from decimal import Decimal

import pytest

from quickbooks_sync.model.errors import FatalError
from quickbooks_sync.quickbooks.batch import (
    BatchRequest,
    parse_batch_body,
    serialise_batch,
)


def test_a_batch_is_written_as_intuit_wants_it() -> None:
    body = serialise_batch(
        [
            BatchRequest("c1", "create", "Customer", {"DisplayName": "Étoile"}),
            BatchRequest("v1", "void", "Payment", {"Id": "159", "SyncToken": "1"}),
        ]
    )
    assert body == (
        '{"BatchItemRequest":[{"bId":"c1","operation":"create","Customer":{"DisplayName":"Étoile"}},'
        '{"bId":"v1","operation":"update","optionsData":"void","Payment":{"Id":"159","SyncToken":"1"}}]}'
    )


def test_money_keeps_its_digits() -> None:
    body = serialise_batch([BatchRequest("1", "create", "Invoice", {"a": Decimal("12.50")})])
    assert '"a":12.50' in body
    assert parse_batch_body(body)[0]["Invoice"]["a"] == Decimal("12.50")


@pytest.mark.parametrize("number", [0, 31])
def test_a_batch_that_intuit_would_refuse_is_not_built(number: int) -> None:
    with pytest.raises(FatalError, match="1 to 30"):
        serialise_batch([BatchRequest(str(n), "create", "Customer", {}) for n in range(number)])


@pytest.mark.parametrize("ids", [("a", "a"), ("elevenchars",), ("",)])
def test_item_names_are_checked(ids: tuple[str, ...]) -> None:
    with pytest.raises(FatalError, match="unique"):
        serialise_batch([BatchRequest(one, "create", "Customer", {}) for one in ids])


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"BatchItemRequest":{}}'])
def test_a_text_that_is_no_batch_is_refused(body: str) -> None:
    with pytest.raises(FatalError, match="not a batch"):
        parse_batch_body(body)
