"""Data Docs: one page a run, escaped, pruned, rebuilt from stored results."""

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.json_text import parse_json, to_json
from quickbooks_sync.validation import (
    StoredResult,
    add_examples,
    build_data_docs,
    to_problem,
    validate_values,
)
from tests.support.record_samples import expectations, shipped

START = datetime(2026, 11, 1, 8, tzinfo=UTC)


def stored(
    run_id: int, *values: dict[str, Any], batch_number: int = 0, scope: str = "full"
) -> StoredResult:
    result = validate_values(
        shipped("customer"), expectations("customer"), Direction.PUSH, list(values)
    )
    problems: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for failure in result.failures:
        problems[str(700 + failure.row)].append(to_problem(failure))
    document = add_examples(result.document, problems)
    return StoredResult(
        run_id=run_id,
        record_type="customer",
        direction="push",
        realm_id="9341450000000001",
        batch_number=batch_number,
        started_at=START + timedelta(hours=run_id),
        document=parse_json(to_json(document)),
        scope=scope,
        company_name="Opal & Sons",
    )


GOOD = {"display_name": "Falk Juwelen"}


def test_a_run_page_tells_rule_record_and_value(tmp_path: Path) -> None:
    index = build_data_docs(tmp_path / "docs", [stored(1, GOOD, {"display_name": "a:b"})], 5)
    assert index == tmp_path / "docs" / "index.html"
    assert 'href="run_1.html"' in index.read_text()
    page = (tmp_path / "docs" / "run_1.html").read_text()
    assert "has no colon, tab or line break" in page
    assert "<b>701</b>: <code>a:b</code>" in page
    assert "2026-11-01 09:00:00 UTC" in page


def test_values_are_escaped_and_control_characters_shown(tmp_path: Path) -> None:
    wrong = {"display_name": "<script>alert(1)</script>:", "city": "Ant\x07werp"}
    build_data_docs(tmp_path, [stored(1, wrong)], 5)
    page = (tmp_path / "run_1.html").read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "Ant\\x07werp" in page


def test_a_rule_names_ten_records_and_says_how_many_more_there_are(tmp_path: Path) -> None:
    build_data_docs(tmp_path, [stored(1, *({"display_name": f"a:{n}"} for n in range(15)))], 5)
    page = (tmp_path / "run_1.html").read_text()
    assert re.findall(r"<b>(\d+)</b>: <code>a:", page) == [str(700 + n) for n in range(10)]
    assert "and 5 more" in page


def test_an_empty_value_is_called_empty(tmp_path: Path) -> None:
    build_data_docs(tmp_path, [stored(1, {"display_name": None})], 5)
    assert "<b>700</b>: <small>empty</small>" in (tmp_path / "run_1.html").read_text()


def test_batches_of_a_run_are_added_up(tmp_path: Path) -> None:
    results = [
        stored(1, GOOD, {"display_name": None}, batch_number=1),
        stored(1, GOOD, GOOD, GOOD, {"display_name": "a:b"}, batch_number=0),
    ]
    page = build_data_docs(tmp_path, results, 5).read_text()
    assert '<td class="number">6</td>' in page
    assert '<td class="number">2</td>' in page
    assert "2 batches" in (tmp_path / "run_1.html").read_text()


def test_only_the_newest_runs_are_kept_and_foreign_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.html").write_text("mine")
    build_data_docs(tmp_path, [stored(1, GOOD), stored(2, GOOD)], 2)
    build_data_docs(tmp_path, [stored(1, GOOD), stored(2, GOOD), stored(3, GOOD)], 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "index.html",
        "notes.html",
        "run_2.html",
        "run_3.html",
    ]
    index = (tmp_path / "index.html").read_text()
    assert index.index("run_3.html") < index.index("run_2.html")
    assert "run_1.html" not in index


def test_pages_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    build_data_docs(tmp_path, [stored(1, GOOD)], 1)
    for path in tmp_path.iterdir():
        assert "http" not in path.read_text().replace("https://falk.example", "")


def test_no_runs_give_a_page_that_says_so(tmp_path: Path) -> None:
    assert "No run has validated records yet" in build_data_docs(tmp_path, [], 5).read_text()


BAD = {"display_name": "a:b"}
NAMELESS = {"display_name": None}


def test_each_rule_is_compared_with_the_run_before(tmp_path: Path) -> None:
    results = [stored(1, GOOD, BAD, NAMELESS), stored(2, GOOD, BAD, BAD), stored(3, GOOD, GOOD)]
    build_data_docs(tmp_path, results, 5)
    second = rows_of(tmp_path / "run_2.html")
    assert second["has no colon, tab or line break"] == "more, 1 before"
    assert second["is present"] == "gone, 1 before"
    third = rows_of(tmp_path / "run_3.html")
    assert third["has no colon, tab or line break"] == "gone, 2 before"
    assert third["is present"] == ""
    page = (tmp_path / "run_3.html").read_text()
    assert "rejected 2 fewer, with warnings as before" in page


def test_changed_records_are_not_compared_with_all_records(tmp_path: Path) -> None:
    results = [
        stored(1, BAD, BAD, GOOD),
        stored(2, GOOD, scope="incremental"),
        stored(3, BAD, BAD, GOOD),
    ]
    build_data_docs(tmp_path, results, 5)
    assert "nothing to compare with yet" in (tmp_path / "run_2.html").read_text()
    assert rows_of(tmp_path / "run_3.html")["has no colon, tab or line break"] == "as before"


def test_the_index_tells_how_a_flow_developed_in_words_and_bars(tmp_path: Path) -> None:
    results = [stored(1, GOOD), stored(2, BAD, GOOD), stored(3, BAD, BAD, BAD), stored(4, BAD, BAD)]
    results.append(stored(5, BAD, scope="preview"))
    page = build_data_docs(tmp_path, results, 9).read_text()
    assert "Rejected, oldest run first: 0, 1, 3, 2. With warnings: 0, 0, 0, 0." in page
    assert "rejected: 1 fewer" in page
    assert "Opal &amp; Sons (9341450000000001)" in page
    heights = re.findall(r'height="([\d.]+)" class="solid"', page)
    assert heights[:3] == ["9.3", "28.0", "18.7"]


def test_no_page_links_to_a_run_that_is_no_longer_kept(tmp_path: Path) -> None:
    build_data_docs(tmp_path, [stored(number, BAD) for number in (1, 2, 3)], 2)
    for path in tmp_path.iterdir():
        links = re.findall(r'href="(\w+\.html)"', path.read_text())
        assert all((tmp_path / one).exists() for one in links)


def rows_of(page: Path) -> dict[str, str]:
    """Return the change that a run's page tells of each rule."""
    cells = re.findall(
        r"<td>([^<]+)<br><small>.*?</td>\s*<td>is rejected</td>"
        r"\s*<td[^>]*>\d+</td>\s*<td[^>]*>\d+</td>\s*<td>([^<]*)</td>",
        page.read_text(),
    )
    return dict(reversed(cells))
