"""Reads a query statement; what the grammar does not allow is fault 4000.

Intuit: query language, section 3.1, and the words of faults as recorded, section 14. There is no OR,
NOT, !=, IS NULL, GROUP BY or JOIN, and a quote inside a text is escaped with a backslash, never doubled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from quickbooks_emulator.model.faults import FaultError
from quickbooks_emulator.reading.query.statement import Condition, Literal, Statement

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|\\['\\%])*')
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
    | (?P<mark><=|>=|[=<>(),*])
    )""",
    re.VERBOSE,
)
_OPERATORS = ("=", "<", ">", "<=", ">=", "IN", "LIKE")
_RESERVED = {
    "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "ORDERBY", "ORDER", "BY",
    "STARTPOSITION", "MAXRESULTS", "ASC", "DESC", "NULL",
}  # fmt: skip
_IDENTIFIER = "<IDENTIFIER>"
_KINDS = {"text": "<STRING>", "number": "<NUMBER>"}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind in ("word", "mark") else ""

    @property
    def encountered(self) -> str:
        """What a fault calls the token: its kind and, but for the end, its text."""
        if self.kind == "end":
            return '"<EOF>"'
        is_name = self.kind == "word" and self.keyword not in _RESERVED
        kind = _KINDS.get(self.kind, f'"{self.text.lower()}"')
        return f'" {_IDENTIFIER if is_name else kind} "{self.text} ""'


def parse_query(text: str) -> Statement:
    """Return what a statement says.

    Raises:
        FaultError: 4000 where the statement leaves the grammar, with line and column.
    """
    return _Parser(_tokens(text)).statement()


def _tokens(text: str) -> list[_Token]:
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            column = at + len(text[at:]) - len(text[at:].lstrip()) + 1
            raise _lexical_fault(text[column - 1], column)
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match[kind], match.start(kind) + 1))
        at = match.end()
    return [*tokens, _Token("end", "<EOF>", end + 1)]


def _parse_fault(text: str) -> FaultError:
    return FaultError("4000", "Error parsing query", f"QueryParserError: {text}")


def _lexical_fault(mark: str, column: int) -> FaultError:
    where = f"Lexical error at line 1, column {column}."
    return _parse_fault(f'Invalid content. {where} Encountered: "{mark}" ({ord(mark)}), after : ""')


def _expected(names: Iterable[str]) -> str:
    """Return what a parser made by JavaCC says of the tokens that could have come."""
    listed = [f"\n    {name} ..." for name in names]
    return f"Was expecting{' one of' * (len(listed) > 1)}:{''.join(listed)}\n    "


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at = tokens, 0

    def statement(self) -> Statement:
        self._expect("SELECT")
        columns = self._columns()
        self._expect("FROM")
        entity = self._name()
        conditions = self._conditions()
        order = self._order()
        start, most = self._paging()
        if self._now.kind != "end":
            raise self._surprise("<EOF>")
        return Statement(columns, entity, conditions, order, start, most)

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _surprise(self, *expected: str) -> FaultError:
        where = f"Encountered {self._now.encountered} at line 1, column {self._now.column}."
        return _parse_fault(f"{where}\n{_expected(expected)}")

    def _take(self, *keywords: str) -> str | None:
        if self._now.keyword not in keywords:
            return None
        self._at += 1
        return self._tokens[self._at - 1].keyword

    def _expect(self, *keywords: str) -> str:
        taken = self._take(*keywords)
        if taken is None:
            raise self._surprise(*(f'"{keyword.lower()}"' for keyword in keywords))
        return taken

    def _name(self) -> str:
        if self._now.kind != "word" or self._now.keyword in _RESERVED:
            raise self._surprise(_IDENTIFIER)
        self._at += 1
        return self._tokens[self._at - 1].text

    def _columns(self) -> tuple[str, ...]:
        if self._now.keyword == "COUNT" and self._tokens[self._at + 1].text == "(":
            self._at += 1
            for mark in "(*)":
                self._expect(mark)
            return ()
        columns = [self._column()]
        while self._take(","):
            columns.append(self._column())
        return tuple(columns)

    def _column(self) -> str:
        return self._take("*") or self._name()

    def _conditions(self) -> tuple[Condition, ...]:
        if not self._take("WHERE"):
            return ()
        conditions = [self._condition()]
        while self._take("AND"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        name = self._name()
        operator = self._expect(*_OPERATORS)
        if operator != "IN":
            return Condition(name, operator, (self._value(),))
        self._expect("(")
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        self._expect(")")
        return Condition(name, operator, tuple(values))

    def _value(self) -> Literal:
        token = self._now
        self._at += 1
        if token.kind == "text":
            return re.sub(r"\\(['\\])", r"\1", token.text[1:-1])
        if token.kind == "number":
            return Decimal(token.text)
        if token.keyword in ("TRUE", "FALSE"):
            return token.keyword == "TRUE"
        self._at -= 1
        raise self._surprise(*_KINDS.values(), '"true"', '"false"')

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if self._take("ORDER"):
            self._expect("BY")
        elif not self._take("ORDERBY"):
            return ()
        order = [self._ordering()]
        while self._take(","):
            order.append(self._ordering())
        return tuple(order)

    def _ordering(self) -> tuple[str, bool]:
        return self._name(), self._take("ASC", "DESC") == "DESC"

    def _paging(self) -> tuple[int | None, int | None]:
        limits: dict[str, int] = {}
        while keyword := self._take("STARTPOSITION", "MAXRESULTS"):
            if keyword in limits or self._now.kind != "number" or "." in self._now.text:
                raise self._surprise(_KINDS["number"])
            limits[keyword] = int(self._now.text)
            self._at += 1
        return limits.get("STARTPOSITION"), limits.get("MAXRESULTS")
