"""``./dev soak api [CASES] [SEED]``: Schemathesis with 2,000 cases per endpoint family."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from tests.api.server import serving
from tests.soak.fuzz import Fuzzer, fresh_seed

from uponai import log

CASES = 2_000


def run(arguments: Sequence[str]) -> int:
    """The number of failures; each is written with the request that shows it."""
    cases = int(arguments[0]) if arguments else CASES
    seed = int(arguments[1]) if len(arguments) > 1 else fresh_seed()
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
