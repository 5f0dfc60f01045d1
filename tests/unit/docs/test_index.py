"""The index of the documents lists every page."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def test_the_index_lists_every_page() -> None:
    linked = re.findall(r"\]\(([^)#\s]+)\)", (DOCS / "index.md").read_text())
    listed = {(DOCS / link).resolve() for link in linked}
    pages = {path.resolve() for path in DOCS.rglob("*.md") if path.name != "index.md"}
    assert {path.name for path in pages - listed} == set()
