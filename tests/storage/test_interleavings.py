"""Whatever the hosts do and in whatever order, the rules of fence and ending hold."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.worlds import a_call, opened, told

from uponai.domain.call import TRANSITIONS, CallChange, CallState
from uponai.domain.ending import Ending
from uponai.storage.base import Storage

CALL = "call_1"


@dataclass
class Model:
    """What must be true of the one call."""

    state: CallState = CallState.QUEUED
    fence: int = 0
    now_ms: int = 0
    lease_until_ms: int = 0
    ending: Ending | None = None
    answers: int = 0
    fences: list[int] = field(default_factory=lambda: [0])


changes = st.tuples(
    st.just("change"),
    st.sampled_from([c for c in CallChange if c not in (CallChange.LEASE, CallChange.END)]),
    st.integers(0, 2),
)
ends = st.tuples(
    st.just("end"),
    st.sampled_from(["user_hangup", "dial_busy", "error_retell"]),
    st.one_of(st.none(), st.integers(0, 2)),
)
steps = st.one_of(
    changes,
    changes,
    ends,
    st.tuples(st.just("lease"), st.just(""), st.just(0)),
    st.tuples(st.just("seize"), st.just(""), st.just(0)),
    st.tuples(st.just("take_over"), st.just(""), st.integers(0, 2)),
    st.tuples(st.just("wait"), st.just(""), st.integers(0, 150)),
)


async def _change(storage: Storage, model: Model, change: CallChange, back: int) -> None:
    fence = model.fences[-1 - back % len(model.fences)]
    tell = told("call_started") if change is CallChange.ANSWER else told("other")
    done = await storage.calls.change(CALL, fence, change, {}, tell)
    allowed = fence == model.fence and (model.state, change) in TRANSITIONS
    assert (done is not None) == allowed
    if done is not None:
        model.state = TRANSITIONS[(model.state, change)]
        model.answers += change is CallChange.ANSWER
        if change in (CallChange.RELEASE, CallChange.PUT_BACK):
            model.lease_until_ms = 0
        elif change is CallChange.JOIN:
            # Whoever comes takes the call without a lease of its own.
            model.fence += 1
            model.fences.append(model.fence)


async def _end(storage: Storage, model: Model, reason: str, back: int | None) -> None:
    fence = None if back is None else model.fences[-1 - back % len(model.fences)]
    done = await storage.calls.end(CALL, fence, Ending(reason), {}, told("call_ended"))
    allowed = model.ending is None and fence in (None, model.fence)
    assert (done is not None) == allowed
    if done is not None:
        model.state, model.ending = CallState.ENDED, Ending(reason)


async def _step(storage: Storage, model: Model, kind: str, what: object, number: object) -> None:
    live = model.state not in (CallState.QUEUED, CallState.ENDED)
    match kind:
        case "change":
            await _change(storage, model, what, number)
        case "end":
            await _end(storage, model, what, number)
        case "lease":
            leased = await storage.calls.lease_due("h", model.now_ms, 100, 5)
            assert bool(leased) == (model.state is CallState.QUEUED)
            if leased:
                model.state = CallState.LEASED
                _raise_fence(model)
        case "seize":
            seized = await storage.leases.seize(CALL, "r", model.now_ms, 100)
            assert (seized is not None) == (live and model.lease_until_ms <= model.now_ms)
            if seized is not None:
                _raise_fence(model)
        case "take_over":
            fence = model.fences[-1 - number % len(model.fences)]
            taken = await storage.calls.take_over(CALL, "b", fence, model.now_ms, 100)
            assert (taken is not None) == (live and fence == model.fence)
            if taken is not None:
                model.lease_until_ms = model.now_ms + 100
        case _:
            model.now_ms += number


def _raise_fence(model: Model) -> None:
    model.fence += 1
    model.fences.append(model.fence)
    model.lease_until_ms = model.now_ms + 100


async def _walk(walk: list[tuple[str, object, object]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        async with opened(f"sqlite:///{directory}/u.db") as storage:
            model = Model()
            await storage.calls.add(a_call(CALL))
            for kind, what, number in walk:
                await _step(storage, model, kind, what, number)
                call = await storage.calls.get(CALL)
                assert (call.state, call.fence, call.ending) == (
                    model.state,
                    model.fence,
                    model.ending,
                )
            events = [row.event for row in await storage.outbox.claim("w", 0, 1, 1_000)]
            assert events.count("call_ended") == (model.ending is not None)
            assert events.count("call_started") == model.answers <= 1
            owed = await storage.post_calls.claim("w", 0, 1, 10)
            assert len(owed) == (model.ending is not None)


@settings(max_examples=40)
@given(st.lists(steps, max_size=25))
def test_any_order_keeps_fences_and_the_first_ending(
    walk: list[tuple[str, object, object]],
) -> None:
    asyncio.run(_walk(walk))


async def test_hosts_at_once_keep_fences_and_the_first_ending(url: str) -> None:
    """Truly concurrent: three hosts of three connections try everything at the same time."""
    async with opened(url) as one, opened(url) as two, opened(url) as three:
        for number in range(10):
            await one.calls.add(a_call(f"call_{number}"))

        async def host(storage: Storage, name: str) -> None:
            for call in await storage.calls.lease_due(name, 1_000, 10, 4):
                for change in (CallChange.DIAL, CallChange.ANSWER):
                    await storage.calls.change(call.call_id, call.fence, change, {})
            for call in await storage.calls.abandoned(1_010, 20):
                await storage.leases.seize(call.call_id, name, 1_010, 10)
            for number in range(10):
                await storage.calls.end(
                    f"call_{number}", None, Ending("user_hangup"), {}, told("call_ended")
                )

        hosts = ((one, "a"), (two, "b"), (three, "c"), (one, "d"), (two, "e"))
        await asyncio.gather(*(host(storage, name) for storage, name in hosts))
        rows = await one.outbox.claim("w", 0, 1, 1_000)
        assert sorted(row.call_id for row in rows) == sorted(f"call_{n}" for n in range(10))
        assert len(await one.post_calls.claim("w", 0, 1, 100)) == 10
