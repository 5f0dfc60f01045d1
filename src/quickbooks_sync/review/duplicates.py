"""Finds records that may be one and the same: within Loupe, and between Loupe and what was pulled.

Names are compared without case, accents, punctuation and legal forms, so that `Bellini & Figli S.r.l.` meets
`BELLINI & FIGLI SRL`. What QuickBooks holds is taken from links and staged records: it costs no read.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from quickbooks_sync.postgres.tables import (
    customer,
    inventory_item,
    invoice,
    link,
    run,
    staged_record,
)
from quickbooks_sync.review.model import MOST_EXAMPLES, Example, Finding
from quickbooks_sync.review.scope import Scope, key_of, table_of

_LEGAL_FORMS = re.compile(
    r"\b(ab|ag|as|bv|co|company|corp|corporation|gmbh|inc|incorporated|kg|limited|llc|llp|ltd|nv|oy"
    r"|plc|pte|pty|pvt|sa|sarl|sas|spa|srl)\b"
)


@dataclass(frozen=True)
class Sameness:
    """Two records with an equal key may be one.

    Attributes:
        record_type: The record type.
        rule: The findings' stable name.
        word: What is equal, for the findings' titles.
        loupe: The Loupe column.
        quickbooks: Path of the QuickBooks property.
        to_key: Makes a value comparable; `None` means nothing to compare.
    """

    record_type: str
    rule: str
    word: str
    loupe: ColumnElement[Any]
    quickbooks: tuple[str, ...]
    to_key: Callable[[str], str | None]


def to_name_key(name: str) -> str | None:
    """Return a company's or person's name without case, accents, punctuation and legal form."""
    plain = "".join(
        each
        for each in unicodedata.normalize("NFKD", name.casefold().removesuffix(" (deleted)"))
        if not unicodedata.combining(each)
    )
    words = re.sub(r"[^\w\s]", "", plain.replace("&", " and "))
    kept = _LEGAL_FORMS.sub("", words)
    return " ".join((kept if kept.strip() else words).split()) or None


def to_plain_key(text: str) -> str | None:
    """Return a text without case and outer or repeated blanks."""
    return " ".join(text.casefold().split()) or None


_CUSTOMER_NAME = func.coalesce(
    func.nullif(func.btrim(customer.c.display_name), ""),
    func.nullif(func.btrim(func.concat_ws(" ", customer.c.first_name, customer.c.last_name)), ""),
    func.nullif(func.btrim(customer.c.company_name), ""),
)

SAMENESSES: Sequence[Sameness] = (
    Sameness("customer", "name_similar", "name", _CUSTOMER_NAME, ("DisplayName",), to_name_key),
    Sameness(
        "customer",
        "email_same",
        "email",
        customer.c.email,
        ("PrimaryEmailAddr", "Address"),
        to_plain_key,
    ),
    Sameness(
        "invoice", "number_same", "number", invoice.c.invoice_number, ("DocNumber",), to_plain_key
    ),
    Sameness(
        "inventory_item", "name_same", "name", inventory_item.c.item_name, ("Name",), to_plain_key
    ),
    Sameness(
        "inventory_item", "tag_same", "Tag ID", inventory_item.c.tag_id, ("Sku",), to_plain_key
    ),
)


def check_duplicates(scope: Scope) -> Iterator[Finding]:
    """Find records that may be the same, by every key of every record type."""
    for sameness in SAMENESSES:
        rows = _loupe_values(scope, sameness)
        yield from _within_loupe(sameness, rows)
        yield from _with_quickbooks(scope, sameness, rows)


def _within_loupe(sameness: Sameness, rows: Sequence[tuple[int, str, bool]]) -> Iterator[Finding]:
    groups = _group(sameness, ((loupe_id, value) for loupe_id, value, _linked in rows))
    linked = {loupe_id for loupe_id, _value, is_linked in rows if is_linked}
    examples = [
        Example(
            loupe_id,
            f"{value} = {', '.join(str(other) for other, _ in group if other != loupe_id)}",
        )
        for group in groups.values()
        if len(group) > 1
        for loupe_id, value in group
        if loupe_id not in linked
    ]
    yield from _to_finding(sameness, "", f"share their {sameness.word} with another", examples)


def _with_quickbooks(
    scope: Scope, sameness: Sameness, rows: Sequence[tuple[int, str, bool]]
) -> Iterator[Finding]:
    known = _group(sameness, _quickbooks_values(scope, sameness))
    examples = []
    for loupe_id, value, is_linked in rows:
        same = [] if is_linked else known.get(sameness.to_key(value) or "", [])
        if same:
            ids = ", ".join(str(quickbooks_id) for quickbooks_id, _value in same)
            examples.append(Example(loupe_id, f"{value} = QuickBooks Id {ids}"))
    title = f"share their {sameness.word} with a QuickBooks record they are not linked to"
    yield from _to_finding(sameness, "_in_quickbooks", title, examples)


def _to_finding(
    sameness: Sameness, suffix: str, title: str, examples: Sequence[Example]
) -> Iterator[Finding]:
    if examples:
        yield Finding(
            sameness.record_type,
            f"{sameness.rule}{suffix}",
            title,
            "look",
            len(examples),
            tuple(sorted(examples, key=lambda one: one.loupe_id)[:MOST_EXAMPLES]),
        )


def _group(
    sameness: Sameness, values: Iterable[tuple[Any, str]]
) -> Mapping[str, list[tuple[Any, str]]]:
    groups: dict[str, list[tuple[Any, str]]] = defaultdict(list)
    for identity, value in values:
        key = sameness.to_key(value)
        if key is not None:
            groups[key].append((identity, value))
    return groups


def _loupe_values(scope: Scope, sameness: Sameness) -> list[tuple[int, str, bool]]:
    """Read id, value and whether it is linked of every row that has a value."""
    record_type = sameness.record_type
    is_draft = invoice.c.lifecycle_status == "Draft"
    statement = select(key_of(record_type), sameness.loupe, scope.is_linked(record_type)).where(
        scope.ours(record_type),
        sameness.loupe.is_not(None),
        ~is_draft if table_of(record_type) is invoice else true(),
    )
    return [(row[0], row[1], row[2]) for row in scope.connection.execute(statement)]


def _quickbooks_values(scope: Scope, sameness: Sameness) -> Iterator[tuple[str, str]]:
    """Read Id and value of every QuickBooks record that was pulled or linked."""
    record_type, path = sameness.record_type, sameness.quickbooks
    linked = select(link.c.quickbooks_id, link.c.document[path].astext).where(
        link.c.realm_id == scope.realm_id, link.c.record_type == record_type
    )
    staged = (
        select(staged_record.c.source_id, staged_record.c.raw[path].astext)
        .join(run, run.c.run_id == staged_record.c.run_id)
        .where(
            run.c.realm_id == scope.realm_id,
            run.c.record_type == record_type,
            run.c.direction == "pull",
        )
    )
    for row in scope.connection.execute(linked.union(staged)):
        if row[1]:
            yield row[0], row[1]
