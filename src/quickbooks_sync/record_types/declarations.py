"""What a record type declares: how it settles others, what is unique, what a merge and a deletion look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement

from quickbooks_sync.model.outcome import FieldConflict
from quickbooks_sync.settings import CompanySettings

Row = Mapping[str, Any]
Values = Mapping[str, Any]
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Party:
    """The linked customer that a transaction is made out to, as both sides had it when it was last read.

    Attributes:
        loupe_id: Its Loupe row.
        is_active: Whether it is active in Loupe.
        is_active_there: Whether it is active in QuickBooks.
        currency: Its currency in QuickBooks, which never changes; `None` where QuickBooks did not say.
    """

    loupe_id: int
    is_active: bool
    is_active_there: bool
    currency: str | None = None


@dataclass(frozen=True)
class LinkedPair:
    """A Loupe row and the QuickBooks record that it is.

    Attributes:
        settings: The company's settings.
        row: The Loupe row with its lines.
        origin: Where the link came from: `loupe`, `quickbooks`, `matched`.
        quickbooks: QuickBooks' canonical values.
        document: The QuickBooks record they were read from.
        is_paid: Whether Loupe has live payments on the invoice, sent or not.
        has_returned: Whether the record was taken for deleted, and is there again.
        is_taken_back: Whether a person has decided that such a record is in use, as QuickBooks says.
        agreed: What QuickBooks held when the sides last agreed, by field.
        party: The customer that the row is made out to.
        open_amount: What is open of the customer's linked invoices, as far as is known.
    """

    settings: CompanySettings
    row: Row
    origin: str
    quickbooks: Values
    document: Document
    is_paid: bool = False
    has_returned: bool = False
    is_taken_back: bool = False
    agreed: Values = field(default_factory=dict)
    party: Party | None = None
    open_amount: Decimal = Decimal(0)

    @property
    def is_void(self) -> bool:
        """Whether either side is void, and only that goes across; what QuickBooks has taken back into use is not."""
        was_void = self.is_taken_back or bool(self.agreed.get("is_void"))
        is_revived = was_void and not self.quickbooks.get("is_void")
        is_void_here = self.row.get("is_void") or self.row.get("lifecycle_status") == "Void"
        return bool(self.quickbooks.get("is_void") or (is_void_here and not is_revived))


@dataclass(frozen=True)
class Removal:
    """What a deletion in QuickBooks does to a Loupe row: a state, never a deleted row.

    Attributes:
        changes: Columns of the Loupe row to change; empty where nothing changes.
        conflict: Why a person must decide, where one must.
    """

    changes: dict[str, Any]
    conflict: FieldConflict | None = None


@dataclass(frozen=True)
class Settling:
    """How records settle others with money: the guards count it against what is still open.

    Attributes:
        lines: The field of lines that say how much of it settles what.
        of: The record type that is settled.
        reference: The sub-field with the settled record's Id.
        open_property: The QuickBooks property of the settled record that says what is open.
        owner: The field that says whose money it is; QuickBooks applies it within one family only.
        owner_property: The QuickBooks property of the settled record that says whose it is.
        child_table: Loupe's table of these lines.
        child_key: Its column with the settled row's key.
        total: Loupe's column with what a settled row comes to.
        beside: Fields that are never sent without the lines.
    """

    lines: str
    of: str
    reference: str
    open_property: str
    owner: str
    owner_property: str
    child_table: str
    child_key: str
    total: ColumnElement[Any]
    beside: tuple[str, ...] = ()

    def amounts(self, values: Values) -> dict[str, str]:
        """Return the amounts as canonical text, by the settled record's Id."""
        return {line[self.reference]: line["amount"] for line in values.get(self.lines) or ()}


@dataclass(frozen=True)
class UniqueField:
    """A field that no two Loupe rows may share, although two QuickBooks records may.

    Attributes:
        name: The field.
        column: Its Loupe column.
        repeated: Said of a QuickBooks record whose value another one of the run carries, too.
        taken: Said of a QuickBooks record whose value a Loupe row carries that it is not.
        locked: Why a linked row does not take the value.
    """

    name: str
    column: str
    repeated: str
    taken: str
    locked: str


@dataclass(frozen=True)
class TakenOnce:
    """A field whose value QuickBooks takes of one record alone.

    Attributes:
        name: The field.
        property: Its QuickBooks property.
        read: Returns its value in a Loupe row.
        columns: Loupe's columns that the value may stand in.
        rule: The rule, in words.
        code: The fault that QuickBooks refuses a second one with.
        is_refused: Whether a company's QuickBooks refuses a second one.
    """

    name: str
    property: str
    read: Callable[[Row], str | None]
    columns: tuple[ColumnElement[Any], ...]
    rule: str
    code: str
    is_refused: Callable[[CompanySettings], bool] = lambda _settings: True


@dataclass(frozen=True)
class Unsettled:
    """Fields that Loupe keeps while it knows of money that QuickBooks does not know yet.

    Attributes:
        fields: The fields.
        waits_for: The record type that brings the money across.
        reason: What is said of the record meanwhile.
    """

    fields: tuple[str, ...]
    waits_for: str
    reason: str


@dataclass(frozen=True)
class WorthALook:
    """A field that a person should look at where a new record leaves it empty.

    Attributes:
        field: The field.
        words: What is said of such records.
    """

    field: str
    words: str
