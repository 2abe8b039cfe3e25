"""``./dev soak api``: Schemathesis with 2,000 cases per endpoint family."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from tests.api.server import serving
from tests.soak.fuzz import Fuzzer, fresh_seed

from uponai import log


def run(arguments: Sequence[str]) -> int:
    """The number of failures; each is written with the request that shows it."""
    parser = argparse.ArgumentParser(prog="./dev soak api")
    parser.add_argument("--cases", type=int, default=2_000, help="per endpoint family")
    parser.add_argument(
        "--seed", type=int, default=None, help="repeats a run; a fresh one if not given"
    )
    given = parser.parse_args(arguments)
    cases = given.cases
    seed = fresh_seed() if given.seed is None else given.seed
    log.configure(level="error")
    say(f"seed {seed}")
    failures = 0
    with serving(prefix="") as server:
        fuzzer = Fuzzer(server, seed)
        for name in fuzzer.families():
            began = time.monotonic()
            outcome = fuzzer.family(name, cases)
            told = ", ".join(f"{code}: {n}" for code, n in sorted(outcome.statuses.items()))
            say(f"{name}: {outcome.cases} cases in {time.monotonic() - began:.0f} s ({told})")
            for operation, failure in outcome.failures.items():
                say(f"  {operation}\n{failure}")
            failures += len(outcome.failures)
        fuzzer.close()
    say(f"{failures} failures")
    return failures


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
