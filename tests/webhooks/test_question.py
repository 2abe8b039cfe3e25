"""A question to a webhook: how often, how long, and what ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from tests import virtual_time

from uponai.domain.errors import TargetRefused
from uponai.http import HttpAnswer, HttpFailure
from uponai.webhooks.question import Patience, Unanswered, ask


class Far:
    """Answers with what is next: a status, nothing until the time-out, or a refusal."""

    def __init__(self, *answers: int | Exception | None) -> None:
        self._answers = list(answers)
        self.at_s: list[float] = []

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_ms: int = 10_000,
        max_bytes: int = 1_000_000,
    ) -> HttpAnswer:
        self.at_s.append(asyncio.get_running_loop().time())
        answer = self._answers.pop(0)
        if answer is None:
            await asyncio.sleep(timeout_ms / 1000)
            raise HttpFailure("timeout", f"no answer within {timeout_ms} ms", sent=True)
        if isinstance(answer, Exception):
            raise answer
        return HttpAnswer(answer, {}, b"{}")


def asked(far: Far) -> bytes:
    return virtual_time.run(ask(far, "https://example.com/in", "{}", None))


def test_a_dead_webhook_is_given_three_times_ten_seconds() -> None:
    far = Far(None, None, None)
    with pytest.raises(Unanswered, match="no answer within 10000 ms .3 tries."):
        asked(far)
    assert far.at_s == pytest.approx([0, 10.5, 21.5], abs=0.01)
    assert Patience().at_most_ms == 31_500


def test_the_first_2xx_counts() -> None:
    far = Far(500, 302, 201)
    assert asked(far) == b"{}"
    assert len(far.at_s) == 3


def test_a_private_address_is_asked_once() -> None:
    far = Far(TargetRefused("url must not lead to a private address"))
    with pytest.raises(Unanswered, match="private"):
        asked(far)
    assert len(far.at_s) == 1
