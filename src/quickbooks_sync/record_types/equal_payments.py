"""Pairs equal payments of one day, where both sides hold as many and as much of them.

Design note
    Two payments of one amount and day on one invoice cannot be told apart one by one. All together they can: where
    QuickBooks and Loupe hold the same payments of that day on these invoices, as many and of the same sum,
    any pairing leaves the same money on both sides, and none is created or lost. Where they do not, one side may hold a
    payment that the other lacks, and a person must say which.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from quickbooks_sync.matching.identity import Candidate, Match
from quickbooks_sync.transform.canonical import folded

Values = Mapping[str, Any]


def payment_key(values: Values) -> Any:
    """Return what two equal payments have in common: amount, day, and what they settle.

    A deposit settles nothing yet; then it is the customer that they have in common. `None` for a payment that is
    void, of nothing, or not known whole.
    """
    lines, amount = values.get("applications"), values.get("amount")
    if values.get("is_void") or lines is None or amount is None:
        return None
    if not (lines or Decimal(amount)):
        return None
    applied = tuple(sorted((line["invoice"], line["amount"]) for line in lines))
    settles = applied or ("of", values.get("customer"))
    return amount, values.get("payment_date"), settles


def pair_payments(
    values: Values, theirs: Mapping[str, Values], ours: Iterable[Candidate]
) -> dict[str, int] | str:
    """Pair the payments equal to `values`, reference numbers first, then in the order of their Ids.

    Args:
        values: A QuickBooks payment's canonical values.
        theirs: Unlinked QuickBooks payments of that day, by Id.
        ours: Unlinked Loupe payments.

    Returns:
        Loupe ids by QuickBooks Id, or why nobody can tell which is which.
    """
    theirs = {key: item for key, item in theirs.items() if _is_near(values, item)}
    ours = [payment for payment in ours if _is_near(values, payment.values)]
    keys = [payment_key(row_values) for row_values in theirs.values()]
    if Counter(keys) != Counter(payment_key(payment.values) for payment in ours):
        return (
            f"several equal payments, and the sides do not hold the same of that day: QuickBooks "
            f"{_told(theirs.values())}, Loupe {_told(payment.values for payment in ours)}"
        )
    wanted = payment_key(values)
    equal = {key: item for key, item in theirs.items() if payment_key(item) == wanted}
    pairs = _pair(equal, [payment for payment in ours if payment_key(payment.values) == wanted])
    if len(pairs) < len(equal):
        return "several equal payments, and their reference numbers contradict each other"
    return pairs


def pair_one(
    quickbooks_id: str, values: Values, theirs: Mapping[str, Values], ours: Iterable[Candidate]
) -> Match:
    """Return the Loupe payment that one of several equal payments is paired with, or the doubt."""
    ours = list(ours)
    pairs = pair_payments(values, theirs, ours)
    if isinstance(pairs, str):
        first, *others = sorted(
            payment.loupe_id
            for payment in ours
            if payment_key(payment.values) == payment_key(values)
        )
        return Match(first, pairs, others=tuple(others))
    return Match(pairs[quickbooks_id])


def _pair(theirs: Mapping[str, Values], ours: list[Candidate]) -> dict[str, int]:
    """Pair equal reference numbers, then the other numbered ones, then the rest."""
    left = {
        payment.loupe_id: _number(payment.values)
        for payment in sorted(ours, key=lambda candidate: candidate.loupe_id)
    }
    ids = sorted(theirs, key=lambda key: (len(key), key))
    pairs: dict[str, int] = {}
    rounds: tuple[Callable[[str | None, str | None], bool], ...] = (
        lambda number, other: number is not None and number == other,
        lambda number, other: number is not None and other is None,
        lambda number, _other: number is None,
    )
    for fits in rounds:
        for key in (quickbooks_id for quickbooks_id in ids if quickbooks_id not in pairs):
            number = _number(theirs[key])
            found = next((item for item, other in left.items() if fits(number, other)), None)
            if found is not None:
                pairs[key] = found
                del left[found]
    return pairs


def _is_near(values: Values, other: Values) -> bool:
    """Whether another payment is of the same day and settles one of the same invoices, or none of one customer's."""
    if payment_key(other) is None or other.get("payment_date") != values.get("payment_date"):
        return False
    if not values["applications"]:
        return not other["applications"] and other.get("customer") == values.get("customer")
    invoices = {line["invoice"] for line in values["applications"]}
    return any(line["invoice"] in invoices for line in other["applications"])


def _number(values: Values) -> str | None:
    return folded(values.get("reference_number"))


def _told(payments: Iterable[Values]) -> str:
    amounts = [Decimal(payment["amount"]) for payment in payments]
    return f"{len(amounts)} of {sum(amounts, Decimal(0))} in all"
