"""The mapping reference names every field, key and check there is."""

import dataclasses
from pathlib import Path

import pytest

from quickbooks_sync.mapping import Field
from quickbooks_sync.validation.exact import CHECKS
from tests.support.record_samples import RECORDS, shipped

REFERENCE = (Path(__file__).parents[3] / "docs" / "mapping-reference.md").read_text()


@pytest.mark.parametrize("record_type", sorted(RECORDS))
def test_every_shipped_field_is_in_the_reference(record_type: str) -> None:
    for field in shipped(record_type).fields:
        assert f"| `{field.name}` |" in REFERENCE
        for one in field.fields:
            assert f"| `{field.name}.{one.name}` |" in REFERENCE


def test_every_key_and_check_is_in_the_reference() -> None:
    keys = {one.name for one in dataclasses.fields(Field)} - {"name"}
    assert {key for key in keys | set(CHECKS) if f"`{key}`" not in REFERENCE} == set()
