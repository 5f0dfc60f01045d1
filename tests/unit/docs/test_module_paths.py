"""The modules and folders that documents name exist, under the name that they give."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from quickbooks_sync.postgres.tables import metadata

REPOSITORY = Path(__file__).parents[3]
#: What changed, and the facts of Intuit's API, name files of other times and of other projects.
NOT_HELD = ("CHANGELOG.md", "quickbooks-api.md")
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "emulator/*.md")
    for path in REPOSITORY.glob(pattern)
    if path.name not in NOT_HELD
)
#: A path is given from the repository or, shorter, from a package.
ROOTS = (
    REPOSITORY,
    REPOSITORY / "src" / "quickbooks_sync",
    REPOSITORY / "plugins" / "quickbooks_airflow",
    REPOSITORY / "emulator" / "quickbooks_emulator",
)
ROOMS = {path.name for root in ROOTS for path in root.iterdir() if path.is_dir()}
#: Folders that a running installation makes.
MADE = (".state",)
TABLES = {f"{table.schema}.{table.name}" for table in metadata.tables.values()}


def _name(document: Path) -> str:
    return str(document.relative_to(REPOSITORY))


def iter_paths(text: str) -> Iterator[str]:
    """Yield what a text names in backticks that is a module, or lies in a folder of the project."""
    for quoted in re.findall(r"`([\w./{},*-]+)`", text):
        first = quoted.partition("/")[0]
        is_in_room = "/" in quoted and first in ROOMS and first not in MADE
        if quoted.endswith(".py") or is_in_room:
            yield from _expand(quoted)


def _expand(path: str) -> Iterator[str]:
    """Yield each path that `a/{b,c}.py` stands for."""
    parts = re.split(r"\{([^}]*)\}", path)
    for chosen in product(*(part.split(",") for part in parts)):
        yield "".join(chosen)


def exists(path: str) -> bool:
    return any(next(root.glob(path.rstrip("/")), None) is not None for root in ROOTS)


def exists_dotted(name: str) -> bool:
    """Whether a dotted name of the package leads to a module, or is that of a table."""
    parts = name.split(".")
    if ".".join(parts[:2]) in TABLES:
        return True
    source = REPOSITORY / "src"
    paths = [source.joinpath(*parts[:length]) for length in (len(parts), len(parts) - 1)]
    return any(
        path.is_dir() or path.with_suffix(".py").exists() for path in paths[: len(parts) - 1]
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_modules_that_are_named_exist(document: Path) -> None:
    missing = [path for path in iter_paths(document.read_text()) if not exists(path)]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_dotted_names_lead_to_modules(document: Path) -> None:
    named = re.findall(r"`(quickbooks_sync(?:\.\w+)+)[`(]", document.read_text())
    assert [name for name in named if not exists_dotted(name)] == []


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("`push/guard/{lookup,money}.py`", ["push/guard/lookup.py", "push/guard/money.py"]),
        ("`rules.py` and `make demo`", ["rules.py"]),
        ("`postgres/schema/`, `.state/data-docs`", ["postgres/schema/"]),
        ("`total_amount`, `created/updated`", []),
    ],
)
def test_paths_are_recognised(text: str, paths: list[str]) -> None:
    assert list(iter_paths(text)) == paths


def test_what_has_moved_is_missed() -> None:
    assert not exists("rules.py")
    assert not exists("postgres/schema/")
    assert not exists_dotted("quickbooks_sync.steps.run_flow")
