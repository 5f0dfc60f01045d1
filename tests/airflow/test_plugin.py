"""Plugin discovery, and the pages behind Airflow's sign-in."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quickbooks_airflow.pages import find_report

REPOSITORY = Path(__file__).resolve().parents[2]

_DISCOVER = """
import json, sys
from pathlib import Path
from airflow import plugins_manager
plugins_manager.ensure_plugins_loaded()
loaded = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
names = [plugin["name"] for plugin in plugins_manager.get_plugin_info(["name"])]
print(json.dumps({
    "plugins": [name for name in names if name == "quickbooks"],
    "errors": plugins_manager.get_import_errors(),
    "loaded": loaded,
}))
"""


@pytest.fixture(scope="module")
def discovered() -> dict[str, Any]:
    """What Airflow's plugin manager finds in a process of its own, and which modules that loads."""
    program = subprocess.run(
        [sys.executable, "-c", _DISCOVER],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answer: dict[str, Any] = json.loads(program.stdout.splitlines()[-1])
    return answer


def test_plugin_discovery_runs_one_file(discovered: dict[str, Any]) -> None:
    # Airflow loads a file of the folder under its bare name; the package beside it comes by import.
    folder = str(REPOSITORY / "plugins")
    run = {
        name
        for name, path in discovered["loaded"].items()
        if path and path.startswith(folder) and name.partition(".")[0] != "quickbooks_airflow"
    }

    assert (discovered["plugins"], discovered["errors"]) == (["quickbooks"], {})
    assert run == {"quickbooks_plugin"}


def test_plugin_discovery_stays_light(discovered: dict[str, Any]) -> None:
    ours = {name for name in discovered["loaded"] if name.startswith("quickbooks")}

    assert ours <= {"quickbooks_plugin", "quickbooks_airflow", "quickbooks_airflow.provider"}
    assert not {"pandas", "great_expectations"} & discovered["loaded"].keys()


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "../../etc/passwd",
        "/etc/passwd",
        "sub/../../secret.txt",
        "link.txt",
        "sub",
        "absent.html",
        "nul\0.html",
    ],
)
def test_nothing_outside_the_reports_folder_is_shown(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")

    assert find_report(folder, path) is None


def test_a_report_is_found(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "page.html").write_text("report")

    assert find_report(tmp_path, "sub/page.html") == tmp_path / "sub" / "page.html"


def test_without_a_configured_folder_there_is_no_report() -> None:
    assert find_report(Path(), "pyproject.toml") is None
