"""Small QuickBooks lists are looked up by Id and by name."""

from quickbooks_sync.transform.name_lists import NameLists

LISTS = NameLists.of_records(
    {
        "PaymentMethod": [
            {"Id": "1", "Name": "Cash"},
            {"Id": "2", "Name": " Wire transfer ", "Active": True},
            {"Id": "3", "Name": "Cheque", "Active": False},
            {"Id": "4"},
        ],
        "Term": [{"Id": "1", "Name": "Net 30"}],
    }
)


def test_an_id_is_that_of_its_own_list() -> None:
    """Naive: Ids are unique, and a payment made in cash is due in thirty days."""
    assert LISTS.name_of("PaymentMethod", "1") == "Cash"
    assert LISTS.name_of("Term", "1") == "Net 30"
    assert LISTS.name_of("PaymentMethod", "4") is None


def test_a_name_is_found_whatever_its_case_and_blanks() -> None:
    assert LISTS.id_of("PaymentMethod", "WIRE  transfer") == "2"
    assert LISTS.id_of("Term", "Cash") is None


def test_an_inactive_record_is_read_and_never_chosen() -> None:
    assert LISTS.name_of("PaymentMethod", "3") == "Cheque"
    assert LISTS.id_of("PaymentMethod", "Cheque") is None


def test_nothing_is_known_of_lists_that_were_never_read() -> None:
    assert NameLists().name_of("PaymentMethod", "1") is None
    assert NameLists().id_of("PaymentMethod", "Cash") is None
