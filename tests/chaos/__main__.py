"""`python -m tests.chaos --steps N --seed S`: runs the model and says how it went."""

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.running import Failed, Plan, run


def main() -> int:
    """Run the model; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--steps", type=int, default=1000, help="how many steps (default 1000)")
    parser.add_argument("--seed", type=int, default=None, help="what everything follows from")
    parser.add_argument("--realms", type=int, choices=(1, 2), default=1, help="how many companies")
    parser.add_argument(
        "--check-every", type=int, default=250, help="a quiet sync and all checks so often"
    )
    parser.add_argument(
        "--scheduler",
        type=int,
        default=0,
        help="so many flows, and a night, by a real Airflow after the steps (default 0)",
    )
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="RULE",
        help="a rule that is known to be broken, so that the run goes on and finds others; repeatable",
    )
    given = parser.parse_args()
    seed = random.randrange(10**6) if given.seed is None else given.seed
    folder = Path(tempfile.mkdtemp(prefix="quickbooks-chaos-"))
    started = time.monotonic()
    try:
        plan = Plan(
            seed, given.steps, given.realms, given.check_every, given.scheduler, tuple(given.ignore)
        )
        tally = run(folder, plan, sys.stdout)
    except Failed as failure:
        sys.stdout.write(f"{failure}\n")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    took = time.monotonic() - started
    sys.stdout.write(
        f"seed {seed}: {given.steps} steps in {took:.0f} s, every check held\n{tally}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
