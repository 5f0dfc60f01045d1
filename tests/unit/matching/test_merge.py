"""The merge: which side's value each field takes, by table and by properties."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quickbooks_sync.mapping.vocabulary import NamedList
from quickbooks_sync.matching.merge import Merge, MergePolicy, merge_record, next_base
from quickbooks_sync.model.base import Base
from tests.support.record_samples import shipped, with_named_list

CUSTOMER, INVOICE = shipped("customer"), shipped("invoice")
NOBODY = Base()
#: Payments, as if Loupe had a closed list of methods.
CLOSED = with_named_list(
    shipped("payment"), "PaymentMethod", NamedList({"Cash": None, "Card": None})
)
FREE = MergePolicy()


def merged(
    loupe: Any, quickbooks: Any, base: tuple[Any, Any] | None = None, policy: MergePolicy = FREE
) -> Merge:
    """Merge one field, `city`, alone."""
    halves = NOBODY if base is None else Base({"city": base[0]}, {"city": base[1]})
    return merge_record(CUSTOMER, {"city": loupe}, {"city": quickbooks}, halves, policy)


def verdict(merge: Merge) -> str:
    """Say in a word what became of the field."""
    if merge.conflicts:
        return "conflict"
    if merge.to_loupe:
        return "to_loupe"
    return "to_quickbooks" if merge.to_quickbooks else "agreed"


@pytest.mark.parametrize(
    ("loupe", "quickbooks", "base", "expected"),
    [
        ("Bonn", "Bonn", ("Bonn", "Bonn"), "agreed"),
        ("Köln", "Bonn", ("Bonn", "Bonn"), "to_quickbooks"),
        ("Bonn", "Köln", ("Bonn", "Bonn"), "to_loupe"),
        ("Köln", "Köln", ("Bonn", "Bonn"), "agreed"),
        ("Köln", "Gent", ("Bonn", "Bonn"), "conflict"),
        (None, "Bonn", ("Bonn", "Bonn"), "to_quickbooks"),
        ("Bonn", None, ("Bonn", "Bonn"), "to_loupe"),
        (None, None, ("Bonn", "Bonn"), "agreed"),
        # QuickBooks wrote it its own way: each side is compared with its own half.
        ("bonn ", "Bonn", ("bonn ", "Bonn"), "agreed"),
        ("Köln", "Bonn", ("bonn ", "Bonn"), "to_quickbooks"),
        ("bonn ", "Köln", ("bonn ", "Bonn"), "to_loupe"),
        # First contact.
        ("Bonn", "Bonn", None, "agreed"),
        ("Bonn", None, None, "to_quickbooks"),
        (None, "Bonn", None, "to_loupe"),
        ("Bonn", "Köln", None, "conflict"),
    ],
)
def test_a_field_takes_the_side_that_changed(
    loupe: Any, quickbooks: Any, base: tuple[Any, Any] | None, expected: str
) -> None:
    assert verdict(merged(loupe, quickbooks, base)) == expected


def test_money_lines_and_parties_are_held_at_first_contact_whatever_the_mapping_says() -> None:
    # Naive: a mapping that lets QuickBooks win the first time writes its amounts over Loupe's, too.
    trusting = replace(INVOICE, first_contact="quickbooks")
    ours = {"due_date": "2026-10-01", "customer": "58", "lines": [{"amount": "1.00"}]}
    theirs = {"due_date": "2026-10-31", "customer": "59", "lines": [{"amount": "2.00"}]}
    merge = merge_record(trusting, ours, theirs, NOBODY, FREE)
    assert merge.to_loupe == {"due_date": "2026-10-31"}
    assert {one.field for one in merge.conflicts} == {"customer", "lines"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("hold", "conflict"), ("quickbooks", "to_loupe"), ("loupe", "to_quickbooks")],
)
def test_the_rule_decides_what_both_changed(rule: str, expected: str) -> None:
    policy = MergePolicy(on_conflict={"city": rule})
    assert verdict(merged("Köln", "Gent", ("Bonn", "Bonn"), policy)) == expected


def test_a_conflict_shows_both_values_and_both_bases() -> None:
    (held,) = merged("Köln", "Gent", ("bonn", "Bonn")).conflicts
    assert (held.field, held.loupe, held.quickbooks) == ("city", "Köln", "Gent")
    assert (held.loupe_base, held.quickbooks_base) == ("bonn", "Bonn")
    assert held.reason == "changed on both sides since they last agreed"


def test_an_unknown_value_says_nothing() -> None:
    merge = merge_record(CUSTOMER, {"city": "Bonn"}, {}, Base({"city": "X"}, {"city": "X"}), FREE)
    assert (merge.to_loupe, merge.to_quickbooks, merge.agreed) == ({}, {}, frozenset())


@pytest.mark.parametrize(
    ("loupe", "quickbooks", "policy"),
    [
        ("Köln", "Bonn", MergePolicy(quickbooks_locked={"city": "it is paid"})),
        ("Bonn", "Köln", MergePolicy(loupe_locked={"city": "it is paid"})),
    ],
)
def test_a_locked_side_is_a_conflict_with_the_reason(
    loupe: str, quickbooks: str, policy: MergePolicy
) -> None:
    (held,) = merged(loupe, quickbooks, ("Bonn", "Bonn"), policy).conflicts
    assert held.reason == "it is paid"


def test_the_unlocked_side_is_free() -> None:
    policy = MergePolicy(quickbooks_locked={"city": "it is paid"})
    assert verdict(merged("Bonn", "Köln", ("Bonn", "Bonn"), policy)) == "to_loupe"


def test_what_quickbooks_owns_is_only_pulled() -> None:
    policy = MergePolicy(quickbooks_owned=frozenset({"city"}))
    assert merged("Köln", "Bonn", ("Bonn", "Bonn"), policy).to_loupe == {"city": "Bonn"}


def test_what_travels_by_another_road_is_left_alone() -> None:
    merge = merged("Köln", "Bonn", ("Bonn", "Bonn"), MergePolicy(excluded=frozenset({"city"})))
    assert (merge.to_loupe, merge.to_quickbooks, merge.agreed) == ({}, {}, frozenset())


def test_a_pull_only_field_never_goes_to_quickbooks() -> None:
    base = Base({"currency": "USD"}, {"currency": "USD"})
    merge = merge_record(CUSTOMER, {"currency": "EUR"}, {"currency": "USD"}, base, FREE)
    assert merge.to_loupe == {"currency": "USD"}
    assert merge.is_settled


def test_computed_fields_are_not_merged() -> None:
    base = Base({"total_amount": "1.00"}, {"total_amount": "1.00"})
    merge = merge_record(INVOICE, {"total_amount": "2.00"}, {"total_amount": "3.00"}, base, FREE)
    assert (merge.to_loupe, merge.to_quickbooks, merge.conflicts) == ({}, {}, ())


def test_lines_that_differ_only_in_what_is_pulled_are_equal() -> None:
    line = {"kind": "sales", "description": "Opal", "quantity": "1", "unit_price": "5"}
    ours = [{**line, "amount": "5.00", "item": None, "is_taxable": None}]
    theirs = [{**line, "amount": "5.00", "item": "17", "is_taxable": True}]
    merge = merge_record(INVOICE, {"lines": ours}, {"lines": theirs}, NOBODY, FREE)
    assert merge.agreed == {"lines"}


NAMES = ("display_name", "email", "city", "currency")
#: Four fields of three values leave little to find after fifty tries.
quick = settings(max_examples=50, deadline=None)
text = st.one_of(st.none(), st.sampled_from(["a", "b", "c"]))
record = st.fixed_dictionaries(dict.fromkeys(NAMES, text))
known = st.dictionaries(st.sampled_from(NAMES), text)
rules_drawn = st.builds(
    MergePolicy,
    on_conflict=st.dictionaries(
        st.sampled_from(NAMES), st.sampled_from(["hold", "quickbooks", "loupe"])
    ),
    quickbooks_locked=st.dictionaries(st.sampled_from(NAMES), st.just("locked")),
    loupe_locked=st.dictionaries(st.sampled_from(NAMES), st.just("locked")),
    quickbooks_owned=st.frozensets(st.sampled_from(NAMES)),
    excluded=st.frozensets(st.sampled_from(NAMES)),
)


@quick
@given(record, record, known, known, rules_drawn)
def test_after_a_load_the_merge_has_nothing_new_to_say(
    loupe: dict[str, Any],
    quickbooks: dict[str, Any],
    loupe_base: dict[str, Any],
    quickbooks_base: dict[str, Any],
    policy: MergePolicy,
) -> None:
    base = Base(loupe_base, quickbooks_base)
    first = merge_record(CUSTOMER, loupe, quickbooks, base, policy)
    loaded = {**loupe, **first.to_loupe}
    after = next_base(first, loupe, quickbooks, base)
    second = merge_record(CUSTOMER, loaded, quickbooks, after, policy)
    assert second.to_loupe == {}
    assert second.to_quickbooks == first.to_quickbooks
    assert second.conflicts == first.conflicts


@quick
@given(record, record, known, known, rules_drawn)
def test_after_a_push_nothing_is_left_to_send(
    loupe: dict[str, Any],
    quickbooks: dict[str, Any],
    loupe_base: dict[str, Any],
    quickbooks_base: dict[str, Any],
    policy: MergePolicy,
) -> None:
    base = Base(loupe_base, quickbooks_base)
    first = merge_record(CUSTOMER, loupe, quickbooks, base, policy)
    answered = {**quickbooks, **{name: f"{v} " for name, v in first.to_quickbooks.items()}}
    sent = Base(
        {**base.loupe, **{name: loupe[name] for name in first.to_quickbooks}},
        {**base.quickbooks, **{name: answered[name] for name in first.to_quickbooks}},
    )
    second = merge_record(CUSTOMER, loupe, answered, sent, policy)
    assert second.to_quickbooks == {}


@quick
@given(record, record, record, record)
def test_a_side_that_did_not_change_never_overwrites_the_other(
    loupe: dict[str, Any],
    quickbooks: dict[str, Any],
    loupe_base: dict[str, Any],
    quickbooks_base: dict[str, Any],
) -> None:
    base = Base(loupe_base, quickbooks_base)
    merge = merge_record(CUSTOMER, loupe, quickbooks, base, FREE)
    for name in merge.to_quickbooks:
        assert loupe[name] != loupe_base[name]
    for name in merge.to_loupe:
        assert quickbooks[name] != quickbooks_base[name] or name == "currency"


@quick
@given(record, record, record, record)
def test_what_is_held_stays_on_both_sides_with_its_old_base(
    loupe: dict[str, Any],
    quickbooks: dict[str, Any],
    loupe_base: dict[str, Any],
    quickbooks_base: dict[str, Any],
) -> None:
    base = Base(loupe_base, quickbooks_base)
    merge = merge_record(CUSTOMER, loupe, quickbooks, base, FREE)
    after = next_base(merge, loupe, quickbooks, base)
    for held in merge.conflicts:
        assert held.field not in {**merge.to_loupe, **merge.to_quickbooks}
        assert (held.loupe, held.quickbooks) == (loupe[held.field], quickbooks[held.field])
        assert after.loupe[held.field] == loupe_base[held.field]
        assert after.quickbooks[held.field] == quickbooks_base[held.field]


@quick
@given(record, record, known, known, rules_drawn)
def test_every_field_gets_exactly_one_verdict(
    loupe: dict[str, Any],
    quickbooks: dict[str, Any],
    loupe_base: dict[str, Any],
    quickbooks_base: dict[str, Any],
    policy: MergePolicy,
) -> None:
    merge = merge_record(CUSTOMER, loupe, quickbooks, Base(loupe_base, quickbooks_base), policy)
    for name in set(NAMES) - policy.excluded:
        held = [one for one in merge.conflicts if one.field == name]
        verdicts = [name in merge.agreed, name in merge.to_quickbooks, bool(held)]
        assert verdicts.count(True) == 1
        assert name not in merge.to_loupe or name in merge.agreed


FOLDED = MergePolicy(folded=frozenset({"city"}))


@pytest.mark.parametrize(
    ("loupe", "quickbooks", "expected"),
    [
        ("ACME Gems", "Acme  gems", "agreed"),
        ("ACME Gems", "Acme Gem", "conflict"),
        (None, "Acme Gems", "to_loupe"),
        ("ACME Gems", None, "to_quickbooks"),
    ],
)
def test_a_name_in_another_case_agrees_at_first_contact(
    loupe: Any, quickbooks: Any, expected: str
) -> None:
    assert verdict(merged(loupe, quickbooks, policy=FOLDED)) == expected


def test_each_side_keeps_its_spelling_and_a_later_change_of_case_goes_across() -> None:
    merge = merged("ACME", "Acme", policy=FOLDED)
    base = next_base(merge, {"city": "ACME"}, {"city": "Acme"}, NOBODY)
    assert (base.loupe, base.quickbooks) == ({"city": "ACME"}, {"city": "Acme"})
    assert verdict(merged("ACME", "Acme", ("ACME", "Acme"), FOLDED)) == "agreed"
    assert verdict(merged("AcMe", "Acme", ("ACME", "Acme"), FOLDED)) == "to_quickbooks"
    assert verdict(merged("ACME", "acme", ("ACME", "Acme"), FOLDED)) == "to_loupe"


def test_a_field_that_is_left_apart_keeps_both_values_at_first_contact() -> None:
    apart = MergePolicy(apart=frozenset({"city"}))
    assert verdict(merged("Wire", "Wire transfer", policy=apart)) == "agreed"
    assert verdict(merged(None, "Wire transfer", policy=apart)) == "to_loupe"
    assert verdict(merged("Check", "Wire transfer", ("Wire", "Wire transfer"), apart)) == (
        "to_quickbooks"
    )


@pytest.mark.parametrize(
    ("loupe", "quickbooks", "base", "expected"),
    [
        (None, "Barter", None, "agreed"),
        ("Cash", "Barter", ("Cash", "Cash"), "agreed"),
        ("Cash", "Barter", ("Cash", "Barter"), "agreed"),
        ("Card", "Barter", ("Cash", "Barter"), "to_quickbooks"),
        ("Cash", "Card", ("Cash", "Barter"), "to_loupe"),
        ("Cash", None, ("Cash", "Barter"), "to_loupe"),
        ("Card", "Barter", ("Cash", "Cash"), "conflict"),
    ],
)
def test_a_name_that_loupe_cannot_hold_stays_where_it_is(
    loupe: str | None, quickbooks: str | None, base: tuple[str, str] | None, expected: str
) -> None:
    """Naive: it is written to Loupe; or it counts as unknown, and Loupe's next edit is lost."""
    merge = merge_record(
        CLOSED,
        {"method": loupe},
        {"method": quickbooks},
        NOBODY if base is None else Base({"method": base[0]}, {"method": base[1]}),
        FREE,
    )
    assert verdict(merge) == expected


def test_a_name_that_was_left_is_agreed_as_each_side_has_it() -> None:
    ours, theirs = {"method": "Cash"}, {"method": "Barter"}
    base = Base({"method": "Cash"}, {"method": "Cash"})
    merge = merge_record(CLOSED, ours, theirs, base, FREE)
    assert next_base(merge, ours, theirs, base) == Base(ours, theirs)


def test_fields_that_belong_together_are_held_together() -> None:
    # Naive: one side's amount is taken beside the other side's lines.
    mapping = shipped("payment")
    base = Base(
        {"amount": "100.00", "reference_number": "A"},
        {"amount": "100.00", "reference_number": "A"},
    )
    ours = {"amount": "90.00", "reference_number": "A"}
    theirs = {"amount": "80.00", "reference_number": "B"}
    policy = MergePolicy(together=frozenset({"amount", "reference_number"}))
    merge = merge_record(mapping, ours, theirs, base, policy)
    assert {held.field for held in merge.conflicts} == {"amount", "reference_number"}
    assert (merge.to_loupe, merge.to_quickbooks, merge.agreed) == ({}, {}, frozenset())
    alone = merge_record(mapping, ours, theirs, base, MergePolicy())
    assert alone.to_loupe == {"reference_number": "B"}
