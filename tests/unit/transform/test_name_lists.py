"""Small QuickBooks lists are looked up by Id, by name and, where names are Loupe's own, by number."""

from typing import Any

import pytest

from quickbooks_sync.mapping.vocabulary import NamedList
from quickbooks_sync.transform.name_lists import NameList, NameLists
from tests.support.record_samples import shipped

PAYMENT = shipped("payment")
METHODS = NameLists.of_records(
    {
        "PaymentMethod": [
            {"Id": "1", "Name": "Cash"},
            {"Id": "2", "Name": " Wire transfer ", "Active": True},
            {"Id": "3", "Name": "Cheque (deleted)", "Active": False},
            {"Id": "4"},
            {"Id": "5", "Name": "Gift (deleted)", "Active": True},
        ],
        "Term": [{"Id": "1", "Name": "Net 30"}],
    }
).of(PAYMENT, PAYMENT.field("method"))
#: Of a spring Loupe knows its own names alone, two of them by the number of coils.
SPRINGS = NamedList(
    {"Short": 3, "Long": 9, "Odd": None}, lambda record: record.get("Coils"), "coils"
)


def springs(*records: dict[str, Any]) -> NameList:
    listed = tuple({"Id": str(number), **record} for number, record in enumerate(records, start=1))
    return NameList("Spring", listed, SPRINGS)


def test_an_id_is_that_of_its_own_list() -> None:
    """Naive: Ids are unique, and a payment made in cash is due in thirty days."""
    assert METHODS.name_of("1") == "Cash"
    assert METHODS.name_of("4") is None


def test_a_name_is_found_whatever_its_case_and_blanks() -> None:
    assert METHODS.id_of("WIRE  transfer") == "2"
    assert METHODS.id_of("Net 30") is None


def test_an_inactive_record_is_read_by_its_old_name_and_never_chosen() -> None:
    """Naive: QuickBooks' suffix comes to Loupe, and goes back as a name that no list has."""
    assert METHODS.name_of("3") == "Cheque"
    assert METHODS.id_of("Cheque") is None
    assert METHODS.name_of("5") == "Gift (deleted)"


def test_nothing_is_known_of_lists_that_were_never_read() -> None:
    unread = NameLists().of(PAYMENT, PAYMENT.field("method"))
    assert unread.name_of("1") is None
    assert unread.id_of("Cash") is None
    assert "(it has none)" in unread.describe_missing("Cash")


def test_a_record_of_another_spelling_is_called_by_loupes_own_name() -> None:
    assert springs({"Name": "SHORT "}).name_of("1") == "Short"
    assert springs({"Name": "Wee", "Coils": 3}).name_of("1") == "Short"
    assert springs({"Name": "Wee", "Coils": 4}).name_of("1") == "Wee"
    assert springs().to_own("long") == "Long"


def test_a_name_counts_before_a_number() -> None:
    listed = springs({"Name": "short", "Coils": 9}, {"Name": "Wee", "Coils": 3})
    assert listed.id_of("Short") == "1"
    assert listed.name_of("1") == "Short"


def test_the_only_active_record_of_a_number_is_chosen() -> None:
    wee = {"Name": "Wee", "Coils": 3}
    assert springs({"Name": "Old", "Coils": 3, "Active": False}, wee).id_of("Short") == "2"
    assert springs(wee, {"Name": "Tiny", "Coils": 3}).id_of("Short") is None
    assert springs({"Name": "Strange"}).id_of("Odd") is None


def test_a_record_that_has_the_name_of_another_is_not_chosen_by_its_number() -> None:
    """Naive: it is sent, read back under the other name, and Loupe's value is overwritten."""
    assert springs({"Name": "Long", "Coils": 3}).id_of("Short") is None


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ([{"Name": "Wee", "Coils": 4}], ", and none with 3 coils (it has 'Wee')"),
        (
            [{"Name": "Wee", "Coils": 3}, {"Name": "Tiny", "Coils": 3}],
            ", and 2 with 3 coils, of which none is chosen (it has 'Wee', 'Tiny')",
        ),
        (
            [{"Name": "Long", "Coils": 3}],
            ", and the only one with 3 coils, 'Long', stands for another name (it has 'Long')",
        ),
    ],
)
def test_what_is_missing_is_told_with_what_there_is(
    records: list[dict[str, Any]], found: str
) -> None:
    told = springs(*records).describe_missing("Short")
    assert told == f"QuickBooks has no active Spring named 'Short'{found}"


def test_a_long_list_is_told_by_its_first_names() -> None:
    told = springs(*({"Name": f"S{number}"} for number in range(30))).describe_missing("Odd")
    assert told.endswith("'S9', ...)")
