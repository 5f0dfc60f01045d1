"""Breaks each rule of the promise in a copy of the project, and sees that its test notices: `make mutations`.

Each patch in this folder breaks one rule in `src/` and names the test that must fail then, in its first line:
`# breaks: tests/...::test_name`.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("src", "emulator", "plugins", ".")
#: pytest's exit status where tests ran and some failed.
FAILED = 1
TIME_LIMIT = 600


def main() -> int:
    """Run the patches that were named, or all; returns how many went unnoticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="patches by the start of their names, such as r8")
    names = tuple(parser.parse_args().names)
    patches = sorted(Path(__file__).parent.glob("*.patch"))
    chosen = [patch for patch in patches if not names or patch.name.startswith(names)]
    if not chosen:
        parser.error(f"no patch of that name; there are {', '.join(path.stem for path in patches)}")
    unnoticed = [patch.stem for patch in chosen if not is_noticed(patch)]
    print(f"{len(chosen) - len(unnoticed)} passed, {len(unnoticed)} failed")
    return len(unnoticed)


def is_noticed(patch: Path) -> bool:
    """Whether the test that a patch names fails in a copy of the project with the patch."""
    test = patch.read_text().splitlines()[0].removeprefix("# breaks: ")
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy_project(Path(folder))
        subprocess.run(["git", "apply", str(patch)], cwd=folder, check=True, timeout=60)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(PACKAGES)},
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    is_failed = done.returncode == FAILED
    print(f"{patch.stem}: {'noticed' if is_failed else 'NOT NOTICED'} by {test}", flush=True)
    if done.returncode not in (0, FAILED):
        print(done.stdout[-2000:], done.stderr[-2000:], sep="\n")
    return is_failed


def copy_project(folder: Path) -> None:
    """Copy the files that git knows, as they are now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)


if __name__ == "__main__":
    sys.exit(main())
