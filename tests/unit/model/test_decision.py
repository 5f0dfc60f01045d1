"""Decisions are staged between the steps of a push, and come back as they were made."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickbooks_sync.model.base import Base
from quickbooks_sync.model.decision import (
    Agreement,
    Create,
    Decision,
    Hold,
    Keep,
    MissingSetting,
    Skip,
    Update,
    Void,
    decision_from_json,
    decision_to_json,
)
from quickbooks_sync.model.errors import StaleRunError
from quickbooks_sync.model.json_text import parse_json, to_json
from quickbooks_sync.model.outcome import FieldConflict
from quickbooks_sync.model.problem import Problem, Severity

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=8)
VALUES = st.none() | TEXTS | st.booleans() | st.lists(st.dictionaries(TEXTS, TEXTS), max_size=2)
CANONICAL = st.dictionaries(TEXTS, VALUES, max_size=3)
FIELDS = st.lists(TEXTS, max_size=3).map(tuple)
CONFLICTS = st.lists(st.builds(FieldConflict, TEXTS, TEXTS, VALUES, VALUES), max_size=2).map(tuple)
PROBLEMS = st.lists(
    st.builds(Problem, TEXTS, TEXTS, VALUES, TEXTS, severity=st.sampled_from(Severity)), max_size=2
).map(tuple)
SETTINGS = st.none() | st.builds(MissingSetting, TEXTS, TEXTS)
AGREEMENTS = st.none() | st.builds(Agreement, st.builds(Base, CANONICAL, CANONICAL), st.booleans())
DECISIONS: st.SearchStrategy[Decision] = st.one_of(
    st.builds(Create, FIELDS),
    st.builds(Update, FIELDS, CONFLICTS, st.booleans()),
    st.builds(Void, FIELDS, CONFLICTS),
    st.builds(Keep, PROBLEMS, SETTINGS, st.booleans(), AGREEMENTS),
    st.builds(Hold, TEXTS, CONFLICTS, PROBLEMS, SETTINGS, st.booleans(), AGREEMENTS),
    st.builds(Skip, TEXTS),
)


@given(DECISIONS)
def test_a_decision_comes_back_as_it_was_staged(decision: Decision) -> None:
    staged = parse_json(to_json(decision_to_json(decision)))
    assert decision_from_json(staged) == decision


@pytest.mark.parametrize("decision", [Create(("city",)), Update(("city",)), Void(("city",))])
def test_the_gate_finds_what_is_sent_under_fields(decision: Decision) -> None:
    assert decision_to_json(decision)["fields"] == ["city"]


@pytest.mark.parametrize(
    "staged", [{"operation": "create", "fields": ["city"]}, {}, {"decision": "delete"}]
)
def test_what_an_earlier_release_staged_is_refused(staged: dict[str, Any]) -> None:
    with pytest.raises(StaleRunError, match=r"earlier release.*start the flow again"):
        decision_from_json(staged)
