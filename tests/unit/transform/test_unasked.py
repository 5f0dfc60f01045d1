"""What an answer to a write leaves out because it was not asked for."""

from quickbooks_sync.transform.unasked import with_unasked
from tests.support.record_samples import item, shipped

MAPPING = shipped("inventory_item")
SHORT = {name: value for name, value in item().items() if name != "Sku"}


def test_what_the_write_left_alone_is_as_it_was() -> None:
    """Naive: an answer about the price empties the Tag ID."""
    assert with_unasked(MAPPING, SHORT, item(Sku="OLD"), ["sell_price"])["Sku"] == "OLD"
    assert with_unasked(MAPPING, SHORT, item(Sku=None), ["sell_price"])["Sku"] is None


def test_what_the_write_sent_is_for_quickbooks_to_say() -> None:
    assert "Sku" not in with_unasked(MAPPING, SHORT, item(Sku="OLD"), ["tag_id"])
    assert with_unasked(MAPPING, item(Sku="NEW"), item(Sku="OLD"), ["tag_id"])["Sku"] == "NEW"


def test_a_new_record_has_nothing_that_was_not_sent() -> None:
    assert with_unasked(MAPPING, SHORT, None, ["item_name"])["Sku"] is None
    assert "Sku" not in with_unasked(MAPPING, SHORT, None, ["item_name", "tag_id"])


def test_what_was_never_known_stays_unknown() -> None:
    assert "Sku" not in with_unasked(MAPPING, SHORT, SHORT, ["sell_price"])
