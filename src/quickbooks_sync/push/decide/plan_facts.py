"""What planning a batch of decided rows rests on, read once."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.matching.id_lookup import referred
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.links import Link, read_links, read_sync_tokens
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.runs.record_outcomes import read_refusals
from quickbooks_sync.postgres.tables import run_record
from quickbooks_sync.push.decide.opening_stock import OpeningStock
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.retry_key import retry_key
from quickbooks_sync.settings import CompanySettings


@dataclass(frozen=True)
class PlanFacts:
    """What is known of the rows of a batch as they are about to be sent.

    Attributes:
        mapping: The record type's mapping.
        to_retry_key: Returns the key under which a refusal of a record's version holds.
        opening: How new items start.
        links: Links by Loupe id.
        refusals: By source id, the key and the causes of records that were rejected before.
        versions: By record type and QuickBooks Id, the versions of what the records refer to.
        written: Loupe ids whose outcome this run has written already.
        is_asked_for: Whether a person asks for exactly these records.
    """

    mapping: RecordMapping
    to_retry_key: Callable[[str], str]
    opening: OpeningStock
    links: Mapping[int, Link] = field(default_factory=dict)
    refusals: Mapping[str, tuple[str, tuple[Problem, ...]]] = field(default_factory=dict)
    versions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    written: frozenset[int] = frozenset()
    is_asked_for: bool = False

    @classmethod
    def read(
        cls,
        context: RunContext,
        connection: Connection,
        settings: CompanySettings,
        records: Sequence[StagedRecord],
    ) -> "PlanFacts":
        """Read what is known of some staged records."""
        key = connection, context.realm_id, context.record_type
        loupe_ids = [int(record.source_id) for record in records]
        links = read_links(*key, loupe_ids=loupe_ids)
        return cls(
            context.mapping,
            lambda version: retry_key(context, version, settings),
            OpeningStock.read(connection, context, settings),
            {link.loupe_id: link for link in links},
            read_refusals(*key, [record.source_id for record in records]),
            _read_versions(connection, context, records),
            _read_written(connection, context.run_id, loupe_ids),
            bool(context.record_ids),
        )


def _read_versions(
    connection: Connection, context: RunContext, records: Sequence[StagedRecord]
) -> dict[tuple[str, str], str]:
    """Return the SyncTokens of what the records refer to: a refusal may have been about one of them."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for name, quickbooks_id in referred(context.mapping, record.values or {}):
            wanted[str(name.references)].add(quickbooks_id)
    return {
        (record_type, quickbooks_id): token
        for record_type, ids in wanted.items()
        for quickbooks_id, token in read_sync_tokens(
            connection, context.realm_id, record_type, ids
        ).items()
    }


def _read_written(connection: Connection, run_id: int, loupe_ids: Sequence[int]) -> frozenset[int]:
    rows = connection.execute(
        select(run_record.c.loupe_id).where(
            run_record.c.run_id == run_id,
            run_record.c.loupe_id.in_(loupe_ids),
            run_record.c.outcome != "warning",
        )
    )
    return frozenset(rows.scalars())
