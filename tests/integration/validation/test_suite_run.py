"""Great Expectations suites: record by record, strict on push, lenient on pull, loud when they crash."""

from pathlib import Path
from typing import Any

import pytest

from quickbooks_sync.model.errors import FatalError, MappingError
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.transform.quickbooks_side import records_to_values
from quickbooks_sync.validation import Failure, ValidationResult, build_suite, validate_values
from tests.support.record_samples import RECORDS, SETTINGS, expectations, shipped

SIDES = tuple(Direction)


def values_of(record_type: str, **changes: Any) -> dict[str, Any]:
    record = RECORDS[record_type]()
    done = records_to_values(
        shipped(record_type), [record], settings=SETTINGS, lists=SETTINGS.lists
    )
    return {**done.values[0], **changes}


def validate(record_type: str, side: Direction, *values: dict[str, Any]) -> ValidationResult:
    return validate_values(shipped(record_type), expectations(record_type), side, list(values))


def failures(record_type: str, side: Direction, **changes: Any) -> list[Failure]:
    return validate(record_type, side, values_of(record_type, **changes)).failures


def line(**changes: Any) -> dict[str, Any]:
    sale = {
        "kind": "sales",
        "description": "Sapphire",
        "quantity": "128.35",
        "unit_price": "14.5",
        "amount": "1861.08",
        "item": None,
    }
    return {**sale, **changes}


def one_line(**changes: Any) -> dict[str, Any]:
    """Return an invoice's lines and totals that fit each other, but for `changes` of its line."""
    return {"lines": [line(**changes)], "total_amount": "1861.08", "tax_amount": "0.00"}


@pytest.mark.parametrize("record_type", sorted(RECORDS))
@pytest.mark.parametrize("side", SIDES)
def test_sound_records_pass(record_type: str, side: Direction) -> None:
    result = validate(record_type, side, values_of(record_type))
    assert result.failures == []
    assert result.document["rejected"] == 0


@pytest.mark.parametrize("record_type", sorted(RECORDS))
@pytest.mark.parametrize("side", SIDES)
def test_every_shipped_suite_builds_with_a_rule_in_words_for_each_expectation(
    record_type: str, side: Direction
) -> None:
    suite = build_suite(shipped(record_type), expectations(record_type), side)
    assert suite.expectations
    assert all(one.meta["rule"] and one.meta["field"] for one in suite.expectations)


def test_failing_records_are_told_one_by_one_with_field_rule_and_value() -> None:
    good = values_of("customer")
    result = validate(
        "customer",
        Direction.PUSH,
        good,
        {**good, "display_name": None},
        good,
        {**good, "phone": "1" * 31, "email": "nobody"},
    )
    assert [(one.row, one.field, one.rule, one.value) for one in result.failures] == [
        (1, "display_name", "is present", None),
        (3, "phone", "has at most 30 characters", "1" * 31),
        (3, "email", "looks like an e-mail address", "nobody"),
    ]
    assert {one.severity for one in result.failures} == {"rejected"}
    assert (result.document["records"], result.document["rejected"]) == (4, 2)


@pytest.mark.parametrize(
    ("record_type", "field"), [("customer", "display_name"), ("inventory_item", "item_name")]
)
def test_marks_that_quickbooks_refuses_in_names_are_rejected_on_push(
    record_type: str, field: str
) -> None:
    names = ["Falk:Juwelen", "Falk\tJuwelen", "Falk\nJuwelen"]
    batch = [values_of(record_type, **{field: name}) for name in names]
    found = validate(record_type, Direction.PUSH, *batch).failures
    assert [one.value for one in found] == names
    assert {(one.field, one.rule) for one in found} == {(field, "has no colon, tab or line break")}
    assert validate(record_type, Direction.PULL, *batch).failures == []


def test_emoji_pass_with_a_warning_on_push() -> None:
    assert failures("customer", Direction.PULL, company_name="\U0001f48e Falk") == []
    (failure,) = failures("customer", Direction.PUSH, company_name="\U0001f48e Falk")
    assert (failure.field, failure.severity) == ("company_name", "warning")
    assert failures("customer", Direction.PUSH, company_name="周大福 ☺") == []


def test_control_characters_are_rejected_on_push_and_noted_on_pull() -> None:
    (failure,) = failures("customer", Direction.PUSH, city="Ant\x07werp")
    assert (failure.field, failure.rule) == ("city", "holds no control character")
    assert failure.severity == "rejected"
    assert failures("customer", Direction.PULL, city="Ant\x07werp")[0].severity == "warning"


def test_a_tag_id_of_sixty_characters_is_rejected_on_pull_only() -> None:
    (failure,) = failures("inventory_item", Direction.PULL, tag_id="T" * 60)
    assert (failure.field, failure.rule) == ("tag_id", "has at most 50 characters")
    assert failure.severity == "rejected"
    assert failures("inventory_item", Direction.PUSH, tag_id="T" * 60) == []


@pytest.mark.parametrize("record_type", ["invoice", "payment"])
@pytest.mark.parametrize("side", SIDES)
def test_an_unknown_currency_is_rejected_on_both_sides(record_type: str, side: Direction) -> None:
    (failure,) = failures(record_type, side, currency="XYZ")
    assert (failure.field, failure.value, failure.severity) == ("currency", "XYZ", "rejected")


def test_a_missing_date_is_rejected_on_both_sides() -> None:
    for side in SIDES:
        assert failures("invoice", side, invoice_date=None)[0].severity == "rejected"
        assert failures("payment", side, payment_date=None)[0].field == "payment_date"


def test_a_value_that_could_not_be_read_is_not_reported_twice() -> None:
    values = values_of("invoice")
    for name in ("invoice_date", "total_amount", "lines"):
        del values[name]
    assert validate("invoice", Direction.PUSH, values).failures == []


ARITHMETIC: list[tuple[dict[str, Any], str, str]] = [
    (
        {**one_line(), "total_amount": "1861.07"},
        "adds up to the total",
        "lines and tax make 1861.08, the total is 1861.07",
    ),
    (
        {**one_line(amount="1861.07"), "total_amount": "1861.07"},
        "has amounts that are quantity times unit price",
        "line 1 has 1861.07, 128.35 x 14.5 is 1861.08",
    ),
    (
        {**one_line(amount=None, quantity=None), "total_amount": "0.00"},
        "gives every sales, shipping and discount line an amount",
        "line 1 has no amount",
    ),
    ({"lines": []}, "has at least one line", "no lines"),
    (
        {"due_date": "2026-08-11"},
        "is not before the invoice date",
        "due 2026-08-11, invoiced 2026-08-12",
    ),
    (
        {"lines": [line(), line(kind="discount", amount="-1.00")], "total_amount": "1874.08"},
        "has discounts above zero",
        "line 2 has a discount of -1.00",
    ),
]


@pytest.mark.parametrize(
    ("side", "severity"), [(Direction.PUSH, "rejected"), (Direction.PULL, "warning")]
)
def test_arithmetic_of_invoices_rejects_on_push_and_warns_on_pull(
    side: Direction, severity: str
) -> None:
    batch = [values_of("invoice", **changes) for changes, _, _ in ARITHMETIC]
    found = validate("invoice", side, *batch).failures
    assert [(one.row, one.rule, one.value) for one in found] == [
        (row, rule, value) for row, (_, rule, value) in enumerate(ARITHMETIC)
    ]
    assert {one.severity for one in found} == {severity}


def test_tenths_add_up_exactly() -> None:
    sale = {"quantity": None, "unit_price": None}
    lines = [line(amount="0.10", **sale), line(amount="0.20", **sale)]
    exact = {"lines": lines, "tax_amount": "0.00"}
    assert failures("invoice", Direction.PUSH, **exact, total_amount="0.30") == []
    assert failures("invoice", Direction.PUSH, **exact, total_amount="0.31") != []


def test_a_void_invoice_needs_neither_lines_nor_sums() -> None:
    void = {"is_void": True, "lines": [], "total_amount": "0.00"}
    for side in SIDES:
        assert failures("invoice", side, **void) == []


def test_long_texts_in_lines_name_the_line() -> None:
    lines = [line(), line(description="x" * 4001)]
    (failure,) = failures("invoice", Direction.PUSH, lines=lines, total_amount="3734.16")
    assert (failure.field, failure.value) == ("lines.description", "line 2 has 4001 characters")


def test_applications_above_the_amount_reject_on_push_and_warn_on_pull() -> None:
    lines = [{"invoice": "1", "amount": "100.00"}, {"invoice": "2", "amount": "30.01"}]
    (pushed,) = failures("payment", Direction.PUSH, applications=lines)
    assert (pushed.value, pushed.severity) == ("130.01 of 130.00", "rejected")
    assert failures("payment", Direction.PULL, applications=lines)[0].severity == "warning"
    assert failures("payment", Direction.PULL, applications=lines, has_other_lines=True) == []


@pytest.mark.parametrize("side", SIDES)
def test_what_loupe_cannot_store_of_a_payment_is_rejected_on_both_sides(side: Direction) -> None:
    assert failures("payment", side, amount="-1.00", applications=[])[0].severity == "rejected"
    lines = [{"invoice": "1", "amount": "-0.01"}]
    assert failures("payment", side, applications=lines)[0].severity == "rejected"


def test_a_payment_of_nothing_is_not_pushed() -> None:
    (failure,) = failures("payment", Direction.PUSH, amount="0.00", applications=[])
    assert failure.rule == "is above zero"
    assert failures("payment", Direction.PUSH, amount="0.00", applications=[], is_void=True) == []


def test_negative_prices_reject_on_push_and_warn_on_pull() -> None:
    assert failures("inventory_item", Direction.PUSH, sell_price="-0.01")[0].severity == "rejected"
    assert failures("inventory_item", Direction.PULL, sell_price="-0.01")[0].severity == "warning"


def test_no_records_are_no_failures() -> None:
    result = validate("customer", Direction.PULL)
    assert result.failures == []
    assert result.document["records"] == 0


def test_the_document_counts_by_rule() -> None:
    good = values_of("customer")
    result = validate(
        "customer", Direction.PUSH, *({**good, "email": f"wrong{n}"} for n in range(15))
    )
    (rule,) = (one for one in result.document["rules"] if one["failed"])
    assert (rule["field"], rule["checked"], rule["failed"]) == ("email", 15, 15)


def own(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "customer.yaml"
    file.write_text(f"expectations:\n  - rule: is right\n{text}")
    return file


def test_a_crashed_expectation_stops_and_is_never_no_bad_rows(tmp_path: Path) -> None:
    file = own(
        tmp_path,
        "    field: email\n    type: expect_column_values_to_be_between\n"
        "    kwargs: {min_value: 0}\n    push: rejected\n",
    )
    with pytest.raises(FatalError, match="be_between on email crashed"):
        validate_values(shipped("customer"), file, Direction.PUSH, [values_of("customer")])


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("    field: emial\n    check: currency_is_known\n    push: rejected\n", 3, "'email'"),
        (
            "    field: email\n    check: curency_is_known\n    push: rejected\n",
            4,
            "'currency_is_known'",
        ),
        (
            "    field: email\n    type: expect_column_values_to_not_be_nul\n    push: rejected\n",
            4,
            "'expect_column_values_to_not_be_null'",
        ),
        (
            "    field: email\n    type: expect_column_values_to_be_between\n    push: rejected\n",
            4,
            "refuses these kwargs",
        ),
        ("    field: email\n    check: currency_is_known\n    push: reject\n", 5, "'rejected'"),
        ("    field: email\n    check: currency_is_known\n", 2, "checked on no side"),
        ("    field: email\n    push: rejected\n", 2, "'type'"),
        ("    feild: email\n", 3, "'field'"),
    ],
)
def test_a_mistake_in_an_expectations_file_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    with pytest.raises(MappingError) as caught:
        build_suite(shipped("customer"), own(tmp_path, text), Direction.PULL)
    assert caught.value.facts["line"] == line
    assert says in str(caught.value)
