"""A short run of the randomised model test, with two companies; `make chaos` makes longer ones."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]


def test_both_sides_agree_after_any_order_of_edits_syncs_and_faults() -> None:
    # A process of its own, for the model forks: pytest's has threads.
    command = [
        sys.executable,
        "-m",
        "tests.chaos",
        "--steps",
        "120",
        "--seed",
        "11",
        "--realms",
        "2",
    ]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
