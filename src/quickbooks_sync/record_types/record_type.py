"""What there is to know of a record type. Each type's own module says what is special about it; here is the rule."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, Table, Text, cast, null

from quickbooks_sync.mapping.vocabulary import Vocabulary
from quickbooks_sync.matching.identity import Identity
from quickbooks_sync.matching.merge import MergePolicy
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.record_types.declarations import (
    Document,
    LinkedPair,
    Party,
    Removal,
    Row,
    Settling,
    TakenOnce,
    UniqueField,
    Unsettled,
    Values,
    WorthALook,
)
from quickbooks_sync.settings import CompanySettings

Json = dict[str, Any]

#: Fields that say whether a record is in use.
LIFE_FIELDS = ("is_void", "is_active")
_HAS_RETURNED = "QuickBooks has it again after it was deleted there, and Loupe's row was retired meanwhile; decide which is right"


class RecordType:
    """A record type. What a subclass leaves as it is here, is the ordinary case."""

    #: Its name, its QuickBooks entity, and what its files may name.
    vocabulary: ClassVar[Vocabulary]
    #: What people call one, and several.
    label: ClassVar[str]
    labels: ClassVar[str]
    #: The record types whose links its records refer to.
    depends_on: ClassVar[tuple[str, ...]] = ()
    #: What must have been synced before, for people.
    needs: ClassVar[str] = "Nothing."
    #: Whether a first sync may leave what QuickBooks holds of it aside.
    is_history_optional: ClassVar[bool] = False
    #: Settings without which none is created in QuickBooks.
    needed_settings: ClassVar[tuple[str, ...]] = ()
    #: Who is who.
    identity: ClassVar[Identity]
    #: Properties that no record changes without a new SyncToken; they show that an Id is another record's now.
    lasting_properties: ClassVar[tuple[str, ...]]
    #: What a record that somebody has edited must still share with what was sent: one of the first fields (a void
    #: record has lost them), and two of all, or all there are.
    telling_fields: ClassVar[tuple[tuple[str, ...], tuple[str, ...]]]
    #: The property with a record's day, by which a pull is narrowed; `None` where records have none.
    dated_by: ClassVar[str | None] = None
    #: The QuickBooks property with the record that one belongs to, where records of the type form families.
    parent_property: ClassVar[str | None] = None
    #: Whether inactive records are left out of QuickBooks' answers unless they are asked for.
    has_activity: ClassVar[bool] = False
    #: Whether each pull reads everything, because a change may leave LastUpdatedTime as it was.
    is_read_whole: ClassVar[bool] = False
    #: Whether an update sends the whole record, because QuickBooks takes no sparse one.
    is_updated_whole: ClassVar[bool] = False
    #: Whether a new one is created in a currency that can never be changed, the one of its invoices.
    is_created_in_a_currency: ClassVar[bool] = False
    #: Two-way fields that travel separately, not as a property of the payload.
    sent_separately: ClassVar[frozenset[str]] = frozenset({"is_void"})
    #: The field with the stock quantity, which goes by inventory adjustments.
    stock_field: ClassVar[str | None] = None
    settles: ClassVar[Settling | None] = None
    unique_field: ClassVar[UniqueField | None] = None
    #: Other QuickBooks entities that names are shared with: a name that one of these has is taken.
    shares_names_with: ClassVar[tuple[str, ...]] = ()
    #: The field whose value QuickBooks takes of one record alone.
    once: ClassVar[TakenOnce | None] = None
    unsettled: ClassVar[Unsettled | None] = None
    #: The Loupe table that the expressions here speak of; a test holds it against the mapping.
    table: ClassVar[Table]
    #: Why a row is never sent, in words; and why one that QuickBooks never saw is not created there.
    never_sent: ClassVar[ColumnElement[Any]] = null()
    never_created: ClassVar[ColumnElement[Any]] = null()
    #: Columns that people know a row by: its name or number, and its amount.
    display_name: ClassVar[ColumnElement[Any]]
    display_amount: ClassVar[ColumnElement[Any] | None] = None
    #: Columns by which people recognise a row in a list, and those that stand in where all of them are empty.
    shown_by: ClassVar[tuple[str, ...]]
    shown_else: ClassVar[tuple[str, ...]] = ()
    #: Reasons of locks against QuickBooks that not even a person lifts, each with what to do instead.
    never_lifted: ClassVar[Mapping[str, str]] = MappingProxyType({})
    #: What is worth a look before a new record is sent, although QuickBooks takes it.
    worth_a_look: ClassVar[tuple[WorthALook, ...]] = ()

    @property
    def name(self) -> str:
        """The record type's name."""
        return self.vocabulary.record_type

    @property
    def exclusive_field(self) -> str | None:
        """The field whose value QuickBooks lets one record of the type carry at a time."""
        return self.once.name if self.once else None

    @property
    def entity(self) -> str:
        """The QuickBooks entity."""
        return self.vocabulary.entity

    def show(self, row: Row) -> str:
        """Return what people recognise a Loupe row by."""
        for names in (self.shown_by, self.shown_else):
            texts = [str(row[name]).strip() for name in names if row.get(name) is not None]
            if any(texts):
                return " ".join(text for text in texts if text)
        return "-"

    # What is read.

    def pulled_where(self, settings: CompanySettings) -> str:
        """Return the WHERE condition of the records that are pulled; empty for all."""
        return ""

    def is_pulled(self, record: Document, settings: CompanySettings) -> bool:
        """Whether a QuickBooks record is of a kind that is pulled."""
        return True

    def linked_quickbooks_ids(
        self, connection: Connection, realm_id: str
    ) -> tuple[str, list[str]] | None:
        """Return the property, and its values, that narrow a pull to linked customers; `None` where nothing does."""
        return None

    def linked_rows(self, realm_id: str) -> list[ColumnElement[bool]]:
        """Return the conditions that narrow a push to what belongs to linked customers."""
        return []

    def agreed_where(self) -> list[ColumnElement[bool]]:
        """Return what else must hold of a link for its row to need no look by an incremental push."""
        return []

    def read_paid(
        self, connection: Connection, organization_id: int, loupe_ids: Collection[int]
    ) -> set[int]:
        """Return those of the rows that have live payments in Loupe."""
        return set()

    def read_unsettled(
        self, connection: Connection, realm_id: str, loupe_ids: Collection[int]
    ) -> set[int]:
        """Return those of the rows on which Loupe has money that QuickBooks does not know yet."""
        return set()

    def read_owners(
        self, connection: Connection, organization_id: int, values: Collection[Any]
    ) -> dict[Any, int]:
        """Return the rows that carry some values of the unique field, by value."""
        return {}

    def read_currencies(
        self, connection: Connection, loupe_ids: Collection[int]
    ) -> dict[int, set[str]]:
        """Return the currencies in which new records would be used, by row; where they must be settled before."""
        return {}

    def read_parties(
        self, connection: Connection, realm_id: str, loupe_ids: Collection[int]
    ) -> dict[int, Party]:
        """Return the linked customers that the rows are made out to, by row."""
        return {}

    def read_open_amounts(
        self, connection: Connection, realm_id: str, loupe_ids: Collection[int]
    ) -> dict[int, Decimal]:
        """Return what QuickBooks has open of rows that are inactive in Loupe, as far as is known."""
        return {}

    # What is never sent, and why.

    @property
    def unsent_columns(self) -> tuple[ColumnElement[Any], ...]:
        """What a push reads beside a row: why it is not sent, and why it is not created; `NULL` where it is."""
        return (
            cast(self.never_sent, Text).label("never_sent"),
            cast(self.never_created, Text).label("never_created"),
        )

    def unsent_reason(self, row: Row, *, is_linked: bool) -> str | None:
        """Return why a Loupe row, read with `unsent_columns`, is not pushed at all, or `None` when it is."""
        reason: str | None = row["never_sent"] or (None if is_linked else row["never_created"])
        return reason

    def why_not_representable(
        self, settings: CompanySettings, row: Row, party: Party | None = None
    ) -> tuple[Problem, ...]:
        """Return every reason why QuickBooks does not take this new row, or not faithfully; a warning where it may not.

        Args:
            settings: The company's settings.
            row: The Loupe row with its lines.
            party: The linked customer that it is made out to.
        """
        return ()

    def why_not_changeable(self, pair: LinkedPair, fields: Collection[str]) -> tuple[Problem, ...]:
        """Return every reason why QuickBooks does not take a change of some fields; a warning where it may not."""
        return ()

    def differences(self, settings: CompanySettings, row: Row) -> tuple[Problem, ...]:
        """Return what is to be said of a linked row whose values mean something else in QuickBooks."""
        return ()

    # How the sides are merged.

    def merge_policy(self, pair: LinkedPair) -> MergePolicy:
        """Build what steers the merge of one linked record."""
        policy = replace(self.locks(pair), folded=self.identity.folded, apart=self.identity.apart)
        return _with_life_held(policy) if pair.has_returned else policy

    def locks(self, pair: LinkedPair) -> MergePolicy:
        """Return which fields may not move just now, and which are left out of the merge."""
        return MergePolicy()

    def remove(
        self, row: Row, quickbooks_id: str, *, is_paid: bool, is_again: bool = False
    ) -> Removal:
        """Decide what a deletion in QuickBooks does to a Loupe row.

        Args:
            row: The Loupe row.
            quickbooks_id: The Id that is deleted.
            is_paid: Whether Loupe has live payments on the row.
            is_again: Whether it was deleted before, and the row was kept for the payments on it.
        """
        raise NotImplementedError

    # What is sent.

    def create_properties(
        self, settings: CompanySettings, values: Values, fields: Sequence[str], opening: str
    ) -> Json:
        """Return what a new record's payload needs beyond its mapped fields.

        Args:
            settings: The company's settings.
            values: Loupe's canonical values.
            fields: Names of the fields to send.
            opening: The stock that a new item starts with.
        """
        return self.update_properties(settings, values, fields, {})

    def update_properties(
        self,
        settings: CompanySettings,
        values: Values,
        fields: Sequence[str],
        document: Document,
    ) -> Json:
        """Return what a change's payload needs beyond its mapped fields.

        Args:
            settings: The company's settings.
            values: Loupe's canonical values.
            fields: Names of the fields to send.
            document: The QuickBooks record as it is; empty for a new one.
        """
        return {}

    def is_made_from(self, sent: Values, theirs: Values) -> bool:
        """Whether a QuickBooks record is the one that a create made, by what tells records apart."""
        raise NotImplementedError

    def rename_taken(self, values: Values) -> Json | None:
        """Return values to send once more where QuickBooks said that the name is taken; `None` where none fit."""
        return None

    def set_apart(self, values: Values) -> Json:
        """Return values to send where a record of another kind has the name, and the company lets it be composed."""
        raise NotImplementedError


def _with_life_held(policy: MergePolicy) -> MergePolicy:
    """Neither side's word counts by itself: Loupe's may be the sync's own, from when the record was deleted."""
    held = dict.fromkeys(LIFE_FIELDS, _HAS_RETURNED)
    return replace(
        policy,
        quickbooks_locked={**policy.quickbooks_locked, **held},
        loupe_locked={**policy.loupe_locked, **held},
    )


def are_equal(names: Sequence[str], sent: Values, theirs: Values) -> bool:
    """Whether what was sent and a QuickBooks record agree in some fields."""
    return all(sent.get(name) == theirs.get(name) for name in names)
