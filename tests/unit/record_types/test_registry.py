"""What a record type is stands in its own module, and nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from quickbooks_sync.postgres import tables
from quickbooks_sync.record_types.registry import FLOWS, RECORD_TYPES

ROOT = Path(__file__).parents[3]
#: The room itself, and the tables with their migrations, which name what the database holds.
ALLOWED = ("record_types", "migrations", "tables")
NAMES = {
    name
    for kind in RECORD_TYPES.values()
    for name in (kind.name, f"{kind.name}s", kind.entity, kind.table.name)
}
MODULES = {
    f"quickbooks_sync.record_types.{name}"
    for path in (ROOT / "src/quickbooks_sync/record_types").glob("*.py")
    if any(kind == path.stem for kind in RECORD_TYPES)
    for name in (path.stem,)
}


def iter_modules() -> Iterator[Path]:
    for folder in ("src", "plugins", "dags"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not set(ALLOWED) & set(path.parts):
                yield path


def find_strangers(path: Path) -> list[str]:
    """Return where a module names a record type, or imports the module of one."""
    strangers = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and node.value in NAMES:
            strangers.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value!r}")
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            strangers.append(f"{path.relative_to(ROOT)}:{node.lineno} imports {node.module}")
    return strangers


def test_no_other_module_names_a_record_type_or_imports_the_module_of_one() -> None:
    assert [stranger for path in iter_modules() for stranger in find_strangers(path)] == []


def test_the_search_finds_what_it_looks_for() -> None:
    # Naive: the test above passes because nothing is looked at.
    assert len(list(iter_modules())) > 150
    path = ROOT / "src/quickbooks_sync/record_types/registry.py"
    assert any("'customer'" in stranger for stranger in find_strangers(path))
    assert any("imports" in stranger for stranger in find_strangers(path))


def test_every_list_that_a_type_names_is_kept() -> None:
    named = {entity for kind in RECORD_TYPES.values() for entity in kind.vocabulary.named_lists}
    assert named == set(tables.NAMED_LISTS)


def test_every_type_has_both_directions_and_comes_after_those_it_depends_on() -> None:
    for kind in RECORD_TYPES.values():
        directions = [flow.direction for flow in FLOWS if flow.record_type == kind.name]
        assert directions == ["pull", "push"]
        places = {flow.name: place for place, flow in enumerate(FLOWS)}
        for other in kind.depends_on:
            assert places[f"pull_{other}s"] < places[f"pull_{kind.name}s"]
            assert places[f"push_{other}s"] < places[f"push_{kind.name}s"]


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_the_database_knows_every_record_type(name: str) -> None:
    assert name in tables.RECORD_TYPES
