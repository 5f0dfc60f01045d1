"""Reads a query statement; what the grammar does not allow is fault 4000.

Intuit: query language, section 3.1. There is no OR, NOT, !=, IS NULL, GROUP BY or JOIN, and a quote
inside a text is escaped with a backslash, never doubled.
"""

from __future__ import annotations

import re
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
    "STARTPOSITION", "MAXRESULTS", "ASC", "DESC",
}  # fmt: skip


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind in ("word", "mark") else ""


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
            raise _parse_fault(text[column - 1], column, lexical=True)
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match[kind], match.start(kind) + 1))
        at = match.end()
    return [*tokens, _Token("end", "<EOF>", end + 1)]


def _parse_fault(token: str, column: int, *, lexical: bool = False) -> FaultError:
    what = "Lexical error" if lexical else f'Encountered " "{token}" "{token} ""'
    detail = f"QueryParserError: {what} at line 1, column {column}."
    if lexical:
        detail += f' Encountered: "{token}"'
    return FaultError("4000", "Error parsing query", detail)


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
            raise self._surprise()
        return Statement(columns, entity, conditions, order, start, most)

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _surprise(self) -> FaultError:
        return _parse_fault(self._now.text, self._now.column)

    def _take(self, *keywords: str) -> str | None:
        if self._now.keyword not in keywords:
            return None
        self._at += 1
        return self._tokens[self._at - 1].keyword

    def _expect(self, *keywords: str) -> str:
        taken = self._take(*keywords)
        if taken is None:
            raise self._surprise()
        return taken

    def _name(self) -> str:
        if self._now.kind != "word" or self._now.keyword in _RESERVED:
            raise self._surprise()
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
        raise self._surprise()

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
                raise self._surprise()
            limits[keyword] = int(self._now.text)
            self._at += 1
        return limits.get("STARTPOSITION"), limits.get("MAXRESULTS")
