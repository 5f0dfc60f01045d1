"""The demo at the authorize page: it reads the form as a browser would."""

import pytest

from demo.browser import parse_form
from demo.errors import DemoError

RADIO = """<form method="post" action="/connect"><input type="hidden" name="state" value="a&amp;b">
<input type="radio" name="realmId" value="11"><input type="radio" name="realmId" value="12">
<button name="decision" value="connect">Connect</button><button name="decision" value="no">No</button></form>"""
SELECT = """<form><select name="company"><option value="11">A</option><option value="12">B</option></select></form>"""


def test_chosen_company_hidden_fields_and_first_button_are_sent() -> None:
    form = parse_form(RADIO)
    assert form.action == "/connect"
    assert form.choose("12") == {"state": "a&b", "decision": "connect", "realmId": "12"}


def test_company_can_be_chosen_from_a_list() -> None:
    assert parse_form(SELECT).choose("11") == {"company": "11"}


def test_company_that_is_not_offered_is_refused_with_those_that_are() -> None:
    with pytest.raises(DemoError, match="company 13, only: 11, 12"):
        parse_form(RADIO).choose("13")
