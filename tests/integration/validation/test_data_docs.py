"""Data Docs: one page a run, escaped, pruned, rebuilt from stored results."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from quickbooks_sync.json_text import parse_json, to_json
from quickbooks_sync.validation import StoredResult, build_data_docs, validate_values
from tests.unit.record_samples import expectations, shipped

START = datetime(2026, 11, 1, 8, tzinfo=UTC)


def stored(run_id: int, *values: dict[str, Any], batch_number: int = 0) -> StoredResult:
    result = validate_values(shipped("customer"), expectations("customer"), "push", list(values))
    return StoredResult(
        run_id=run_id,
        record_type="customer",
        direction="push",
        realm_id="9341450000000001",
        batch_number=batch_number,
        started_at=START + timedelta(hours=run_id),
        document=parse_json(to_json(result.document)),
    )


GOOD = {"display_name": "Falk Juwelen"}


def test_a_run_page_tells_rule_count_and_value(tmp_path: Path) -> None:
    index = build_data_docs(tmp_path / "docs", [stored(1, GOOD, {"display_name": "a:b"})], 5)
    assert index == tmp_path / "docs" / "index.html"
    assert 'href="run_1.html"' in index.read_text()
    page = (tmp_path / "docs" / "run_1.html").read_text()
    assert "has no colon, tab or line break" in page
    assert "<code>a:b</code>" in page
    assert "2026-11-01 09:00:00 UTC" in page


def test_values_are_escaped_and_control_characters_shown(tmp_path: Path) -> None:
    wrong = {"display_name": "<script>alert(1)</script>:", "city": "Ant\x07werp"}
    build_data_docs(tmp_path, [stored(1, wrong)], 5)
    page = (tmp_path / "run_1.html").read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "Ant\\x07werp" in page


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
