"""The last guard before sending."""

import pytest

from quickbooks_sync.model.errors import FatalError
from quickbooks_sync.quickbooks.guard import NEVER_SENT, refuse_side_effects


@pytest.mark.parametrize("name", sorted(NEVER_SENT))
def test_a_property_with_side_effects_is_refused_at_any_depth(name: str) -> None:
    payload = [{"Invoice": {"Line": [{"Amount": 1}, {"Inner": {name: "NeedToSend"}}]}}]
    with pytest.raises(FatalError, match=rf"\[0\]\.Invoice\.Line\[1\]\.Inner\.{name}"):
        refuse_side_effects(payload)


def test_a_value_of_the_same_word_is_no_property() -> None:
    refuse_side_effects({"PrivateNote": "EmailStatus", "Line": [{"Description": "PrintStatus"}]})
