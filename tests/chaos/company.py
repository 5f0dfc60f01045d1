"""One company of a run: its QuickBooks, its rows in Loupe, and what the model remembers of its edits."""

import itertools
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg2.extensions
import psycopg2.extras

from tests.chaos.auditor.comparing import ENTITIES
from tests.chaos.auditor.ledger import Ledger
from tests.chaos.books import Books, money

Row = dict[str, Any]


def _to_day(text: str | None, cursor: Any) -> Any:
    """Return a day as a date, one that Python cannot hold as PostgreSQL writes it."""
    if text is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    return psycopg2.extensions.PYDATE(text, cursor)


_ANY_DAY = psycopg2.extensions.new_type((1082,), "any day", _to_day)


@dataclass
class Company:
    """One company.

    Attributes:
        realm_id: Its QuickBooks company.
        organization_id: Its organization in Loupe.
        books: Its QuickBooks, as another user sees it.
        has_tax: Its QuickBooks charges sales tax.
        has_currencies: Its QuickBooks keeps several currencies.
        has_stock_in_quickbooks: QuickBooks owns its stock, and opening stock is not sent.
        database: A connection of Loupe's own application.
        entered: The ledger of what people entered, changed, ended and decided.
        entered_twice: References of payments that somebody entered on the other side, too.
        twins: By mark the Loupe customer that somebody entered in QuickBooks, too, and whether with its e-mail address.
        told_apart: (Record type, id) of either end of a pair that somebody decided to be two records.
        backup: The copy of its rows that Loupe may be restored from, as `loupe_copies` takes it.
        most_replaced: More records of a run than this that are not those that were linked stop the company.
        spellings: Per (record type, field) how a trigger of the ERP has spelled it once.
        unmapped: Per (entity, Id, property) a value in QuickBooks that the sync must leave alone.
    """

    realm_id: str
    organization_id: int
    books: Books
    database: Any
    has_tax: bool = False
    has_currencies: bool = False
    has_stock_in_quickbooks: bool = False
    entered: Ledger = field(default_factory=Ledger)
    unmapped: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    backup: Any = None
    most_replaced: int = 2
    entered_twice: set[str] = field(default_factory=set)
    twins: dict[str, tuple[int, bool]] = field(default_factory=dict)
    spellings: dict[tuple[str, str], Callable[[str], str]] = field(default_factory=dict)
    told_apart: set[tuple[str, int | str | None]] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        """Have the ledger told of what somebody enters in QuickBooks; let days that Python cannot hold come as text."""
        psycopg2.extensions.register_type(_ANY_DAY, self.database)
        self.books.on_new = self._note_new
        self.books.on_sum = self._note_sum

    def _note_new(self, entity: str, record: Row) -> None:
        """Forget whatever had the Id before: a company that was put back gives Ids out again."""
        record_type = next((kind for kind, name in ENTITIES.items() if name == entity), None)
        if record_type:
            self.entered.forget("quickbooks", record_type, record["Id"])

    def _note_sum(self, entity: str, record: Row) -> None:
        if entity in ("Invoice", "Payment"):
            payer, currency = record["CustomerRef"]["value"], record["CurrencyRef"]["value"]
            key = "quickbooks", entity.lower(), record["Id"]
            self.entered.note_sum(*key, payer, currency, money(record["TotalAmt"]))

    def next_number(self) -> int:
        """Return a number that marks a record or a value as the only one of its kind."""
        return next(self._numbers)

    def note(self, side: str, record_type: str, key: Any, name: str, value: Any) -> None:
        """Remember what somebody entered."""
        self.entered.note(side, record_type, key, name, value)

    def note_decision(self, record_type: str, name: str, ids: Sequence[Any]) -> None:
        """Remember that somebody decided about a field of a record, or the whole record."""
        self.entered.decide(record_type, name, ids)

    def is_alike(self, record_type: str, name: str, one: Any, other: Any) -> bool:
        """Whether two values are equal, or are but for how the ERP spells the field."""
        spell = self.spellings.get((record_type, name))
        texts = isinstance(one, str) and isinstance(other, str)
        return one == other or bool(spell and texts and spell(one) == spell(other))

    def pass_marks_on(self) -> None:
        """Know what the sync made by the mark of what it was made from: its name may be another's by now."""
        for link in self.sync_rows("link", "true order by link_id"):
            self.entered.pass_mark_on(
                link["record_type"], link["link_id"], (link["loupe_id"], link["quickbooks_id"])
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make one transaction of several statements; what is rolled back nobody has entered."""
        since = self.entered.tick()
        try:
            with self.database:
                yield
        except psycopg2.Error:
            self.entered.roll_back(since)
            raise

    def read(self, statement: str, *values: Any) -> list[Row]:
        """Run a query with `%s` places."""
        with self.database.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute(statement, values)
            return [dict(row) for row in cursor.fetchall()]

    def execute(self, statement: str, *values: Any) -> int:
        """Run a statement; returns how many rows it touched."""
        with self.database.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.rowcount)

    def insert(self, table: str, key: str, **columns: Any) -> int:
        """Insert a Loupe row; returns its key."""
        columns = {"organization_id": self.organization_id, **columns}
        names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
        statement = f"insert into loupe.{table} ({names}) values ({places}) returning {key}"
        row_id = int(self.read(statement, *columns.values())[0][key])
        if table in ENTITIES:
            self.entered.forget("loupe", table, row_id)  # a restored Loupe gives keys out again
        self._note_row_sum(table, row_id, columns)
        return row_id

    def update(self, table: str, row_id: int, **columns: Any) -> None:
        """Change a Loupe row."""
        places = ", ".join(f"{name} = %s" for name in columns)
        statement = (
            f"update loupe.{table} set {places}, updated_by = 'operator' where {table}_id = %s"
        )
        self.execute(statement, *columns.values(), row_id)
        self._note_row_sum(table, row_id, columns)

    def _note_row_sum(self, table: str, row_id: int, columns: Row) -> None:
        """Have the ledger told of a sum, or of the customer who owes it, that somebody enters in Loupe."""
        name = {"invoice": "total_amount", "payment": "amount"}.get(table)
        if name is None or not {name, "customer_id", "currency_code"} & columns.keys():
            return
        (row,) = self.read(f"select * from loupe.{table} where {table}_id = %s", row_id)
        key = "loupe", table, row_id
        self.entered.note_sum(*key, row["customer_id"], row["currency_code"], row[name])

    def rows(self, table: str, condition: str = "true") -> list[Row]:
        """Return the company's rows of a Loupe table, by key."""
        return self.read(
            f"select * from loupe.{table} where organization_id = %s and {condition} order by 1",
            self.organization_id,
        )

    def is_crowded(self, kind: str, most: int) -> bool:
        """Whether there are so many records of a type that more would only slow the run down."""
        table = {"item": "inventory_item"}.get(kind, kind)
        counted = f"select count(*) as number from loupe.{table} where organization_id = %s"
        return bool(self.read(counted, self.organization_id)[0]["number"] > most)

    def sync_rows(self, table: str, condition: str = "true") -> list[Row]:
        """Return the company's rows of one of the sync's tables."""
        statement = f"select * from quickbooks_sync.{table} where realm_id = %s and {condition}"
        return self.read(statement, self.realm_id)


def pick(rng: random.Random, rows: Sequence[Row]) -> Row | None:
    """Choose one, the newer ones more often: people work on what is recent."""
    if not rows:
        return None
    return rows[max(rng.randrange(len(rows)), rng.randrange(len(rows)))]
