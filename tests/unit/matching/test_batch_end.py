"""What fits once all of a batch is moved, whatever its order."""

from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from quickbooks_sync.matching.batch_end import Move, find_misfits

FULL = {"a": Decimal(0), "b": Decimal(0), "c": Decimal(0)}


def move(key: str, given: str = "", asked: str = "", amount: int = 100) -> Move:
    """A move of one amount from one thing to another."""
    return Move(key, amounts(given, amount), amounts(asked, amount))


def amounts(thing: str, amount: int) -> dict[str, Decimal]:
    return {thing: Decimal(amount)} if thing else {}


def test_a_ring_fits_in_every_order() -> None:
    ring = [move("1", "a", "b"), move("2", "b", "c"), move("3", "c", "a")]
    assert all(find_misfits(order, FULL) == {} for order in permutations(ring))


def test_what_is_given_back_is_there_for_one_alone() -> None:
    found = find_misfits([move("1", "", "a"), move("2", "", "a"), move("3", "a", "")], FULL)
    assert found.keys() == {"2"}


def test_one_that_cannot_move_keeps_what_others_wanted_of_it() -> None:
    chain = [move("1", "a", "b"), move("2", "b", "c")]
    assert find_misfits(chain, FULL).keys() == {"1", "2"}


def test_a_new_one_does_not_keep_two_from_being_exchanged() -> None:
    found = find_misfits([move("new", "", "a"), move("1", "a", "b"), move("2", "b", "a")], FULL)
    assert found.keys() == {"new"}


def test_a_smaller_one_fits_where_a_larger_one_does_not() -> None:
    found = find_misfits([move("1", "", "a", 100), move("2", "", "a", 30)], {"a": Decimal(40)})
    assert {key: (found[key].asked, found[key].available) for key in found} == {"1": (100, 10)}


def test_less_of_what_holds_too_much_already_fits() -> None:
    less = Move("1", {"a": Decimal(50)}, {"a": Decimal(45)})
    assert find_misfits([less], {"a": Decimal(-10)}) == {}


THINGS = st.dictionaries(st.sampled_from("abc"), st.integers(1, 3).map(Decimal))


@given(st.lists(st.tuples(THINGS, THINGS), max_size=7), st.integers(0, 3))
def test_nothing_that_is_moved_takes_more_than_there_is(
    pairs: list[tuple[dict[str, Decimal], dict[str, Decimal]]], open_amount: int
) -> None:
    moves = [Move(str(number), *pair) for number, pair in enumerate(pairs)]
    left = dict.fromkeys("abc", Decimal(open_amount))
    misfits = find_misfits(moves, left)
    made = [item for item in moves if item.key not in misfits]
    for item in made:
        for thing, amount in item.more.items():
            left[thing] -= amount
    assert all(left[thing] >= 0 for item in made for thing, more in item.more.items() if more > 0)
