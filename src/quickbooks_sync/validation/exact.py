"""Exact checks: arithmetic in Decimal and other rules over several fields, one boolean a record.

Great Expectations turns limits into floats, so what must hold to the cent is calculated here and validated
as a column of booleans. A check returns what it found, in words, or `None` where the rule holds or
does not apply (a void record, a value that is missing or could not be read).
"""

import re
from collections.abc import Mapping
from typing import Any

from quickbooks_sync.mapping import Field
from quickbooks_sync.mapping.vocabulary import Check
from quickbooks_sync.validation.currencies import CURRENCIES

Values = Mapping[str, Any]

#: Characters no text may hold on the way to QuickBooks (Intuit: code 2040, section 7.2).
CONTROL_CHARACTERS = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
#: Characters of which nobody says whether QuickBooks takes them: it may answer with the same code.
DOUBTED_CHARACTERS = "[\U00010000-\U0010ffff]"


def _currency_is_known(values: Values) -> str | None:
    currency = values.get("currency")
    return None if currency is None or currency in CURRENCIES else str(currency)


#: Checks that any record type's expectations may name, beside its own.
CHECKS: dict[str, Check] = {"currency_is_known": _currency_is_known}


def required_in_lines(field: Field, part: Field) -> Check:
    """Return the check that a sub-field holds something in every line."""

    def check(values: Values) -> str | None:
        for number, line in enumerate(values.get(field.name) or [], start=1):
            if line.get(part.name) is None:
                return f"line {number} has none"
        return None

    return check


def length_in_lines(field: Field, part: Field, most: int) -> Check:
    """Return the check that a sub-field's text has at most `most` characters in every line."""

    def check(values: Values) -> str | None:
        for number, line in enumerate(values.get(field.name) or [], start=1):
            length = len(line.get(part.name) or "")
            if length > most:
                return f"line {number} has {length} characters"
        return None

    return check


def without_in_lines(field: Field, part: Field, characters: str, what: str) -> Check:
    """Return the check that a sub-field's text has none of some characters in any line.

    Args:
        field: The field of lines.
        part: The sub-field.
        characters: The characters, as a regular expression.
        what: What they are called.
    """
    pattern = re.compile(characters)

    def check(values: Values) -> str | None:
        for number, line in enumerate(values.get(field.name) or [], start=1):
            if pattern.search(line.get(part.name) or ""):
                return f"line {number} holds {what}"
        return None

    return check
