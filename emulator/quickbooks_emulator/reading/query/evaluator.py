"""Answers a query from the stored documents (Intuit: query language, sections 3.2 to 3.5)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.entities.registry import BY_RESOURCE, Entity, is_not_modelled
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.reading.present import present, shown_name
from quickbooks_emulator.reading.query.columns import COLUMNS, Column, query_fault
from quickbooks_emulator.reading.query.parser import parse_query
from quickbooks_emulator.reading.query.statement import Condition, Statement

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000
_ASKED_FOR = {"Item": ("Sku",)}
_NOT_KEPT = ("InvoiceLink",)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
Test = Callable[[Document], bool]


def run_query(company: Company, text: str) -> Document:
    """Return the ``QueryResponse`` of a statement.

    Raises:
        FaultError: 4000 for the grammar, 4001 for names, values and limits.
        NotModelledError: for a record type that Intuit has and the emulator leaves out.
    """
    statement = parse_query(text)
    entity = _entity(statement.entity)
    start, most = _page(statement)
    order = [(_column(entity, name, "sorts"), down) for name, down in statement.order]
    documents = _select(company, entity, statement)
    if statement.is_count:
        return {"totalCount": len(documents)}
    selected = [_selection(entity, name) for name in statement.columns]
    _sort(entity, documents, order)
    page = documents[start - 1 : start - 1 + most]
    if not page:
        return {}
    if company.switches.shifting_pages and start == 1 and len(page) == most < len(documents):
        company.replace(entity.name, page[0])
    rows = [
        _project(entity, present(company, entity.name, document), selected) for document in page
    ]
    return {entity.name: rows, "startPosition": start, "maxResults": len(rows)}


def _entity(name: str) -> Entity:
    entity = BY_RESOURCE.get(name.lower())
    if entity is not None:
        return entity
    if is_not_modelled(name):
        raise faults.NotModelledError(f"A query of {name}")
    raise query_fault(f"invalid context declaration: {name}")


def _page(statement: Statement) -> tuple[int, int]:
    start = 1 if statement.start is None else statement.start
    most = DEFAULT_PAGE if statement.most is None else statement.most
    for value in (start, most):
        if value < 1:
            raise query_fault(f"value {value} is too small. Min allowed value is 1")
    if most > LARGEST_PAGE:
        raise query_fault(f"value {most} is too large. Max allowed value is {LARGEST_PAGE}")
    return start, most


def _column(entity: Entity, name: str, use: str) -> Column:
    name = re.sub(r"^Metadata\.", "MetaData.", name)
    column = COLUMNS[entity.name].get(name)
    if column is None or not getattr(column, use):
        if column is None and name.split(".")[0] not in _property_names(entity):
            raise query_fault(f"Property {name} not found for Entity {entity.name}")
        word = "queryable" if use == "filters" else "sortable"
        raise query_fault(f"property '{name}' is not {word}")
    return column


def _property_names(entity: Entity) -> set[str]:
    names = {prop.name for prop in entity.properties}
    return names | {path.split(".")[0] for path in COLUMNS[entity.name]}


def _select(company: Company, entity: Entity, statement: Statement) -> list[Document]:
    tests = [_test(entity, condition) for condition in statement.conditions]
    if entity.has_active and all(condition.prop != "Active" for condition in statement.conditions):
        tests.append(lambda document: document.get("Active") is not False)
    documents = _candidates(company, entity, statement.conditions)
    visible = (document for document in documents if company.is_visible(document))
    return [document for document in visible if all(test(document) for test in tests)]


def _candidates(
    company: Company, entity: Entity, conditions: Iterable[Condition]
) -> Iterable[Document]:
    for condition in conditions:
        if condition.prop == "Id" and condition.operator in ("=", "IN"):
            pairs = {
                str(value): company.find(entity.name, str(value)) for value in condition.values
            }
            return [document for document in pairs.values() if document is not None]
    return list(company.store.documents(company.realm, entity.name).values())


def _test(entity: Entity, condition: Condition) -> Test:
    column = _column(entity, condition.prop, "filters")
    if condition.operator == "LIKE":
        pattern = _like(condition.values[0])
        return lambda document: bool(pattern.fullmatch(_text(column.read(entity.name, document))))
    wanted = [column.parse(value) for value in condition.values]
    if condition.operator == "IN":
        members = frozenset(wanted)
        return lambda document: column.read(entity.name, document) in members
    compare, limit = _COMPARISONS[condition.operator], wanted[0]

    def test(document: Document) -> bool:
        value = column.read(entity.name, document)
        return value is not None and compare(value, limit)

    return test


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _like(value: object) -> re.Pattern[str]:
    if not isinstance(value, str):
        raise query_fault(f"LIKE needs a text in quotes, not {value}")
    parts = value.split("%")
    return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)


def _sort(entity: Entity, documents: list[Document], order: list[tuple[Column, bool]]) -> None:
    documents.sort(key=lambda document: int(document["Id"]))
    if not order:
        _sort_unasked(entity, documents)
    for column, down in reversed(order):
        documents.sort(key=lambda document: _rank(column.read(entity.name, document)), reverse=down)


def _sort_unasked(entity: Entity, documents: list[Document]) -> None:
    """Sort as recorded on live companies: lists by full name, capitals first, else newest change first."""
    if entity.has_active:
        documents.sort(key=lambda document: _full_name(entity, document))
    else:
        documents.sort(key=lambda document: document["MetaData"]["LastUpdatedTime"], reverse=True)


def _full_name(entity: Entity, document: Document) -> str:
    name = "FullyQualifiedName" if "FullyQualifiedName" in document else entity.name_property
    return shown_name(entity.name, name, document) or ""


def _rank(value: object) -> tuple[bool, Decimal, str]:
    if isinstance(value, bool | Decimal | int):
        return True, Decimal(value), ""
    return value is not None, Decimal(0), _text(value)


def _selection(entity: Entity, name: str) -> str:
    simple = {"*", "SyncToken", *_simple_names(entity), *COLUMNS[entity.name]}
    fixed = re.sub(r"^Metadata\.", "MetaData.", name)
    if fixed in _NOT_KEPT:
        raise faults.NotModelledError(f"The property {fixed}")
    if fixed not in simple and fixed not in ("MetaData", *_ASKED_FOR.get(entity.name, ())):
        raise query_fault(f"Property {name} not found for Entity {entity.name}")
    return fixed


def _simple_names(entity: Entity) -> set[str]:
    return {prop.name for prop in entity.properties if not prop.fields}


def _project(entity: Entity, shown: Document, selected: list[str]) -> Document:
    roots = {name.split(".")[0] for name in selected}
    if "*" not in roots:
        kept = {"domain", "sparse", "Id", *roots}
        return {name: value for name, value in shown.items() if name in kept}
    hidden = set(_ASKED_FOR.get(entity.name, ())) - roots
    extra = {"ClientEntityId": "0"} if entity.name == "Customer" else {}
    return {**{name: value for name, value in shown.items() if name not in hidden}, **extra}
