"""The account of a first sync: sums, the table, the JSON document."""

import json
from pathlib import Path

import pytest

from demo.__main__ import finish
from demo.airflow import Airflow
from demo.settings import parse_settings
from demo.summary import FlowAccount, Summary, describe, render_table, to_account


def _run(**changes: object) -> dict[str, object]:
    return {"counts": {}, "metered_reads": 0, "writes": 0, "reason": None, **changes}


def _summary(**flows: FlowAccount) -> Summary:
    return Summary("success", flows, 12.5, "/docs")


def test_runs_of_a_flow_are_added_up() -> None:
    account = to_account(
        "success",
        [
            _run(counts={"created": 3, "waiting": 1}, metered_reads=2, writes=1),
            _run(counts={"created": 1}, metered_reads=1, reason="again"),
        ],
    )
    assert account == FlowAccount("success", {"created": 4, "waiting": 1}, 3, 1, "again")


def test_nothing_changed_needs_no_change_and_no_write() -> None:
    idle = FlowAccount("success", {"unchanged": 9, "conflict": 1}, metered_reads=4)
    assert _summary(pull_customers=idle).is_unchanged
    assert not _summary(pull_customers=FlowAccount("success", {"linked": 1})).is_unchanged
    assert not _summary(push_customers=FlowAccount("success", {}, writes=1)).is_unchanged
    assert not Summary("failed", {"pull_customers": idle}, 1, "").is_unchanged


def test_table_shows_only_outcomes_that_happened_and_their_sums() -> None:
    table = render_table(
        _summary(
            pull_customers=FlowAccount("success", {"created": 30, "linked": 9}, 3),
            push_customers=FlowAccount("success", {"created": 12, "rejected": 1}, 0, 1),
        )
    ).splitlines()
    assert table[0].split() == ["flow", "state", "created", "linked", "rejected", "reads", "writes"]
    assert table[1].split() == ["pull", "customers", "success", "30", "9", "-", "3", "0"]
    assert table[-1].split() == ["all", "flows", "success", "42", "9", "1", "3", "1"]


def test_json_document_holds_every_flow_and_the_sums(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "summary.json"
    _summary(pull_customers=FlowAccount("success", {"created": 2}, 3, 0)).write(file)
    told = json.loads(file.read_text())
    assert told["flows"]["pull_customers"]["outcomes"] == {"created": 2}
    assert (told["status"], told["metered_reads"], told["writes"]) == ("success", 3, 0)
    assert (told["seconds"], told["data_docs"]) == (12.5, "/docs")


def test_flow_without_outcomes_says_so() -> None:
    assert describe(FlowAccount("success")) == "nothing to do"
    assert describe(FlowAccount("success", {"linked": 2, "created": 1})) == "created 1, linked 2"


@pytest.mark.parametrize("options", [[], ["--once"]])
def test_addresses_are_told_only_while_something_serves_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    settings = parse_settings([*options, "--state", str(tmp_path)])
    airflow = Airflow(tmp_path, 18080, "postgresql://")
    finish(settings, _summary(pull_customers=FlowAccount("success")), airflow, "http://emulator")
    told = capsys.readouterr().out
    for line in ("user admin, password ", "http://emulator", f"source {tmp_path / 'env.sh'}"):
        assert (line in told) == (not options)
    assert str(tmp_path / "logs") in told
