"""Plugin discovery, and the pages behind Airflow's sign-in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quickbooks_airflow.pages import find_report

REPOSITORY = Path(__file__).resolve().parents[2]

_DISCOVER = """
import sys
from airflow import plugins_manager
plugins_manager.ensure_plugins_loaded()
heavy = ("pandas", "great_expectations")
loaded = sorted(n for n in sys.modules if n.startswith("quickbooks") or n in heavy)
names = [plugin["name"] for plugin in plugins_manager.get_plugin_info(["name"])]
print([name for name in names if name == "quickbooks"], plugins_manager.get_import_errors())
print(*loaded)
"""


# Airflow itself still calls the pattern class that pathspec 1.0 deprecates.
@pytest.mark.filterwarnings("ignore:GitWildMatchPattern:DeprecationWarning")
def test_plugin_discovery_runs_one_file() -> None:
    from airflow._shared.module_loading import find_path_from_directory

    found = find_path_from_directory(str(REPOSITORY / "plugins"), ".airflowignore", "glob")

    assert [Path(path).name for path in found if path.endswith(".py")] == ["quickbooks_plugin.py"]


def test_plugin_discovery_stays_light() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _DISCOVER],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    plugins, loaded = done.stdout.splitlines()[-2:]

    assert plugins == "['quickbooks'] {}"
    assert set(loaded.split()) <= {
        "quickbooks_plugin",
        "quickbooks_airflow",
        "quickbooks_airflow.provider",
    }


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
