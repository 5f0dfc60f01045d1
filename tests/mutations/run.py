"""Breaks each rule of the promise in a copy of the project, and sees that its test notices: `make mutations`.

Each patch in this folder breaks one rule in `src/` and names the test that must fail then, in its first line:
`# breaks: tests/...::test_name`. The first part of its own name is the rule.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parents[2]
PATCHES = sorted(Path(__file__).parent.glob("*.patch"))
PACKAGES = ("src", "emulator", "plugins", ".")
#: pytest's exit status where tests ran and some failed.
FAILED = 1
TIME_LIMIT = 600


def main() -> int:
    """Run the patches that were named, or all; returns how many went unnoticed."""
    asked = _parse_arguments()
    patches = first_of_each_rule() if asked.short else PATCHES
    names = tuple(asked.names)
    chosen = [patch for patch in patches if not names or patch.name.startswith(names)]
    if not chosen:
        sys.exit(f"No patch of that name; there are {', '.join(path.stem for path in patches)}.")
    unnoticed = len(chosen) - sum(are_noticed(chosen, asked.jobs))
    print(f"{len(chosen) - unnoticed} passed, {unnoticed} failed")
    return unnoticed


def first_of_each_rule() -> list[Path]:
    """Return one patch a rule, for a look that is short."""
    return sorted({rule_of(patch): patch for patch in reversed(PATCHES)}.values())


def rule_of(patch: Path) -> str:
    """Return the rule that a patch breaks, such as `r8`."""
    return patch.name.partition("_")[0]


def named_test(patch: Path) -> str:
    """Return the test that must fail with a patch."""
    return patch.read_text().splitlines()[0].removeprefix("# breaks: ")


def are_noticed(patches: list[Path], jobs: int) -> list[bool]:
    """Say of each patch whether its test fails, as many at once as there are jobs, each in a copy of its own."""
    with ExitStack() as stack, ThreadPoolExecutor(jobs) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for _ in range(min(jobs, len(patches))):
            copies.put(stack.enter_context(copied_project()))
        return list(pool.map(lambda patch: is_noticed(patch, copies), patches))


def is_noticed(patch: Path, copies: SimpleQueue[Path]) -> bool:
    """Whether the test that a patch names fails in a copy of the project with the patch."""
    copy = copies.get()
    apply(patch, copy)
    done = run_test(named_test(patch), copy)
    apply(patch, copy, "--reverse")
    copies.put(copy)
    is_failed = done.returncode == FAILED
    print(
        f"{patch.stem}: {'noticed' if is_failed else 'NOT NOTICED'} by {named_test(patch)}",
        flush=True,
    )
    if done.returncode not in (0, FAILED):
        print(done.stdout[-2000:], done.stderr[-2000:], sep="\n")
    return is_failed


def apply(patch: Path, folder: Path, *options: str) -> None:
    """Apply a patch to a copy of the project."""
    subprocess.run(["git", "apply", *options, str(patch)], cwd=folder, check=True, timeout=60)


def run_test(test: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one test in a copy of the project."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(PACKAGES)},
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )


@contextmanager
def copied_project() -> Iterator[Path]:
    """Copy the files that git knows, as they are now, to a folder that goes away."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        for name in listed.stdout.decode().split("\0"):
            if name and (ROOT / name).is_file():
                target = Path(folder, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)
        yield Path(folder)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="patches by the start of their names, such as r8")
    parser.add_argument("--short", action="store_true", help="the first patch of each rule alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
