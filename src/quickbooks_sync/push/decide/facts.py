"""What the decisions about a batch of rows rest on, read once; whoever decides reads nothing more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.outcome import FieldConflict
from quickbooks_sync.postgres.records.decisions import (
    Decision,
    read_asked,
    read_field_decisions,
)
from quickbooks_sync.postgres.records.links import Link, read_links
from quickbooks_sync.postgres.runs.record_outcomes import read_conflicted_loupe_ids
from quickbooks_sync.push.decide.pushing import Pushing
from quickbooks_sync.record_types.declarations import Party
from quickbooks_sync.record_types.record_type import RecordType
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.record_types.taken import Holders, read_holders
from quickbooks_sync.settings import CompanySettings, read_settings
from quickbooks_sync.transform.model import frame_to_values
from quickbooks_sync.transform.quickbooks_side import records_to_values

Row = Mapping[str, Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class PushFacts:
    """What is known of a batch of Loupe rows and of the company.

    Attributes:
        mapping: The record type's mapping.
        settings: The company's settings.
        links: Links by Loupe id.
        theirs: QuickBooks' canonical values of linked rows, by Loupe id.
        choices: What people decided about fields, by Loupe id.
        doubts: Loupe ids of which nobody knows yet whether QuickBooks has them, with the reason.
        used_currencies: Currencies in which new records would be used, by Loupe id; where they can never be changed.
        paid: Rows that have payments in Loupe, sent or not.
        parties: The linked customers that transactions are made out to, by Loupe id.
        open_amounts: What QuickBooks has open of rows that are inactive in Loupe, by Loupe id.
        holders: Which records have the values to be sent that QuickBooks takes once.
        asked: The open conflicts about rows, by Loupe id.
    """

    mapping: RecordMapping
    settings: CompanySettings
    links: Mapping[int, Link] = field(default_factory=dict)
    theirs: Mapping[int, Values] = field(default_factory=dict)
    choices: Mapping[int, Sequence[Decision]] = field(default_factory=dict)
    doubts: Mapping[int, str] = field(default_factory=dict)
    used_currencies: Mapping[int, set[str]] = field(default_factory=dict)
    paid: frozenset[int] = frozenset()
    parties: Mapping[int, Party] = field(default_factory=dict)
    open_amounts: Mapping[int, Decimal] = field(default_factory=dict)
    holders: Holders = field(default_factory=dict)
    asked: Mapping[int, Sequence[FieldConflict]] = field(default_factory=dict)

    @property
    def kind(self) -> RecordType:
        """All there is to know of the record type."""
        return RECORD_TYPES[self.mapping.record_type]

    @classmethod
    def read(
        cls,
        connection: Connection,
        context: Pushing,
        rows: Sequence[Row],
        settings: CompanySettings | None = None,
    ) -> "PushFacts":
        """Read what is known of some rows; the company's confirmed settings unless others are given."""
        key = connection, context.realm_id, context.record_type
        loupe_ids = [int(row[context.mapping.key]) for row in rows]
        settings = settings or read_settings(connection, context.realm_id)
        links = {link.loupe_id: link for link in read_links(*key, loupe_ids=loupe_ids)}
        theirs = _to_values(context.mapping, settings, links)
        return cls(
            context.mapping,
            settings,
            links,
            theirs,
            read_field_decisions(*key, loupe_ids),
            read_conflicted_loupe_ids(*key),
            context.type.read_currencies(connection, loupe_ids),
            frozenset(context.type.read_paid(connection, context.organization_id, loupe_ids)),
            context.type.read_parties(connection, context.realm_id, loupe_ids),
            context.type.read_open_amounts(connection, context.realm_id, loupe_ids),
            read_holders(
                connection,
                context.type,
                context.realm_id,
                context.organization_id,
                _find_sent_once(context, settings, rows, theirs),
            ),
            read_asked(*key, loupe_ids),
        )


def _find_sent_once(
    context: Pushing, settings: CompanySettings, rows: Sequence[Row], theirs: Mapping[int, Values]
) -> set[str]:
    """Return the values to be sent that QuickBooks takes once: of new rows, of changed and of inactive ones."""
    once = context.type.once
    if once is None or not once.is_refused(settings):
        return set()
    asked = set()
    for row in rows:
        value, there = once.read(row), theirs.get(int(row[context.mapping.key]), {})
        is_settled = there.get(once.name) == value and there.get("is_active") is not False
        if value is not None and not is_settled:
            asked.add(value)
    return asked


def _to_values(
    mapping: RecordMapping, settings: CompanySettings, links: Mapping[int, Link]
) -> dict[int, Values]:
    """Return QuickBooks' values as of the last document that was seen of each record."""
    documents = [link.document for link in links.values()]
    frame = records_to_values(mapping, documents, settings=settings, lists=settings.lists).frame
    return dict(zip(links, frame_to_values(frame), strict=True))
