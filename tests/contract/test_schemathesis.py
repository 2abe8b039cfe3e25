"""A short Schemathesis run with a fixed seed; the long one is ``./dev soak api``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.api.server import serving
from tests.soak.fuzz import Fuzzer

SEED = 1
CASES = 16


@pytest.fixture(scope="module")
def fuzzer() -> Iterator[Fuzzer]:
    with serving(prefix="") as server:
        made = Fuzzer(server, SEED)
        yield made
        made.close()


def test_no_5xx_no_undocumented_status_no_misfit(fuzzer: Fuzzer) -> None:
    for name in fuzzer.families():
        outcome = fuzzer.family(name, CASES)
        assert not outcome.failures, outcome.failures
        assert outcome.cases
