"""Data Docs: static pages that tell analysts what was validated in each run, and what failed.

Design note
    The pages are built from results kept in Postgres, whole, by one task at a time, so they can be
    thrown away and rebuilt. Great Expectations' own pages load scripts and fonts from a dozen
    foreign hosts and keep every run for ever; these load nothing and keep a set number of runs.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from quickbooks_sync.validation.model import StoredResult
from quickbooks_sync.validation.reports import to_reports
from quickbooks_sync.validation.trend import to_trend, to_trends

_PAGE = re.compile(r"run_\d+\.html")


def build_data_docs(folder: Path, results: Sequence[StoredResult], keep: int) -> Path:
    """Write the pages of the newest runs and remove those of older ones.

    Args:
        folder: Where the pages go; made when it is not there.
        results: Stored results, any order; a run may have several batches.
        keep: How many runs to keep.

    Returns:
        The index page.
    """
    reports = to_reports(results, keep)
    pages = Environment(
        loader=PackageLoader("quickbooks_sync.validation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["when"] = _when
    pages.filters["minute"] = _minute
    pages.filters["visible"] = _visible
    folder.mkdir(parents=True, exist_ok=True)
    run_page = pages.get_template("run.html")
    for report in reports:
        _write(folder / report.page, run_page.render(run=report, trend=to_trend(report.history)))
    index = folder / "index.html"
    text = pages.get_template("index.html").render(
        runs=reports, trends=to_trends(reports), keep=keep
    )
    _write(index, text)
    _remove_others(folder, {report.page for report in reports})
    return index


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _visible(text: str) -> str:
    """Write control characters out, which a browser would hide."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _write(path: Path, text: str) -> None:
    """Replace a page at once, so that a reader never sees half of one."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _remove_others(folder: Path, kept: set[str]) -> None:
    for path in folder.iterdir():
        if _PAGE.fullmatch(path.name) and path.name not in kept:
            path.unlink()
