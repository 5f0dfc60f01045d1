"""Every patch that breaks a rule of the promise still fits the code, and names a test that there is."""

import subprocess
from pathlib import Path

import pytest

from tests.mutations.run import PATCHES, ROOT, first_of_each_rule, named_test, rule_of

RULES = {f"r{number}" for number in range(1, 11)}
every_patch = pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)


@every_patch
def test_the_patch_applies(patch: Path) -> None:
    done = subprocess.run(
        ["git", "apply", "--check", str(patch)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, (
        f"{patch.name} must be made again from the code as it is: {done.stderr}"
    )


@every_patch
def test_the_test_that_a_patch_names_is_there(patch: Path) -> None:
    file, _, name = named_test(patch).partition("::")

    assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()


def test_the_short_form_breaks_every_rule_once() -> None:
    rules = [rule_of(patch) for patch in first_of_each_rule()]

    assert sorted(rules) == sorted(RULES)
