"""What is taken for granted while a row that waits is judged: everything linked, every setting confirmed."""

from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.review.reviewed import assume, assume_linked
from quickbooks_sync.settings import CompanySettings
from tests.support.record_samples import shipped


def test_no_needed_setting_is_missing_among_assumed_ones() -> None:
    assumed = assume(CompanySettings({"income_account": "79", "tax": None}))
    for kind in RECORD_TYPES.values():
        assert assumed.missing(kind.needed_settings) == ()
    assert assumed.income_account == "79"
    assert assumed.inventory_start_date is not None
    assert assumed.tax == "none"


def test_what_is_awaited_has_a_stand_in_and_what_is_linked_keeps_its_id() -> None:
    references = assume_linked(shipped("invoice"), {"customer": {3: "58"}, "inventory_item": {}})
    assert references["customer"][3] == "58"
    assert 4 in references["customer"]
    assert references["customer"][4] != references["customer"][5]
    assert dict(references["customer"]) == {3: "58"}
    # Which item a line sells is only pulled: nothing waits for it.
    assert 4 not in references["inventory_item"]
