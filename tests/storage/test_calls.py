"""Calls in storage: what the dialer, the brain, the reaper and the API may rely on."""

from __future__ import annotations

import asyncio
import math

import pytest
from tests.storage.worlds import ORG, a_call, answered, leased, opened, told

from uponai.domain.call import CallChange, CallState, Checkpoint
from uponai.domain.ending import Ending
from uponai.storage.base import CallQuery, KeySpent, Storage, StorageUnavailable
from uponai.storage.sql import open_storage

HANGUP = Ending("user_hangup")


async def test_a_call_comes_back_as_it_was_given(url: str) -> None:
    call = a_call(
        request={"metadata": {"z": 1, "a": [1.5, None, True, "José 🙂"]}, "nul": "a\x00b"},
        agent={"agent_name": "x"},
        answered_ms=5,
        line={"cause": "busy"},
    )
    async with opened(url) as storage:
        assert await storage.calls.add(call) == call
        read = await storage.calls.get("call_1")
        assert read == call
        assert list(read.request["metadata"]) == ["z", "a"]
        assert await storage.calls.get("call_1", "org_2") is None
        assert await storage.calls.get("call_2") is None


async def test_a_waiting_call_is_joined_once_and_by_nobody_who_knew_it_before(url: str) -> None:
    async with opened(url) as storage:
        await storage.calls.add(a_call(carrier="registered", due_ms=10**15))
        fields = {"carrier": "sip", "lease_holder": "a", "lease_until_ms": 9}
        both = [storage.calls.change("call_1", 0, CallChange.JOIN, fields) for _ in range(2)]
        (joined,) = [call for call in await asyncio.gather(*both) if call is not None]
        assert (joined.state, joined.fence, joined.carrier) == (CallState.RINGING, 1, "sip")
        assert await storage.calls.change("call_1", 0, CallChange.ANSWER, {}) is None


async def test_everything_survives_a_restart(url: str) -> None:
    async with opened(url) as storage:
        call = await answered(storage)
    async with opened(url) as storage:
        assert await storage.calls.get(call.call_id) == call


async def test_a_number_that_json_lacks_does_not_lose_the_ending(url: str) -> None:
    async with opened(url) as storage:
        call = await answered(storage)
        report = {"latency": {"p50": math.nan}, "list": (1, math.inf)}
        ended = await storage.calls.end("call_1", call.fence, HANGUP, {"report": report})
        assert ended is not None
        read = await storage.calls.get("call_1")
        assert read.report == {"latency": {"p50": None}, "list": [1, None]}


async def test_a_detail_with_bytes_that_no_database_holds_does_not_lose_the_ending(
    url: str,
) -> None:
    async with opened(url) as storage:
        call = await leased(storage)
        ending = Ending("dial_failed", "bad\x00 reason \ud800", 500)
        ended = await storage.calls.end("call_1", call.fence, ending, {})
        assert ended is not None and ended.ending == Ending("dial_failed", "bad reason ?", 500)


async def test_a_key_used_within_the_hour_gives_the_call_it_made(url: str) -> None:
    async with opened(url) as storage:
        first = await storage.calls.add(a_call("call_1", created_ms=0), idempotency_key="k")
        again = await storage.calls.add(a_call("call_2", created_ms=3_599_999), idempotency_key="k")
        assert again == first
        assert await storage.calls.get("call_2") is None
        later = await storage.calls.add(a_call("call_3", created_ms=3_600_000), idempotency_key="k")
        assert later.call_id == "call_3"
        other = a_call("call_4", created_ms=0, workspace_id="org_2")
        assert (await storage.calls.add(other, idempotency_key="k")).call_id == "call_4"


async def test_a_key_whose_call_was_deleted_makes_no_other_within_the_hour(url: str) -> None:
    async with opened(url) as storage:
        await storage.calls.add(a_call("call_1", created_ms=0), idempotency_key="k")
        assert await storage.calls.delete(ORG, "call_1")
        with pytest.raises(KeySpent):
            await storage.calls.add(a_call("call_2", created_ms=3_599_999), idempotency_key="k")
        with pytest.raises(KeySpent):
            await storage.repeats.keyed(ORG, "k", 3_599_999)
        assert await storage.calls.get("call_2") is None
        assert await storage.repeats.keyed(ORG, "k", 3_600_000) is None
        later = await storage.calls.add(a_call("call_3", created_ms=3_600_000), idempotency_key="k")
        assert later.call_id == "call_3"


async def test_expired_keys_can_be_swept(url: str) -> None:
    async with opened(url) as storage:
        for number in range(3):
            await storage.calls.add(a_call(f"call_{number}"), idempotency_key=f"k{number}")
        assert await storage.leases.forget_keys(3_600_000, 2) == 0
        assert await storage.leases.forget_keys(3_601_000, 2) == 2
        assert await storage.leases.forget_keys(3_601_000, 2) == 1


async def test_the_same_key_from_many_requests_at_once_makes_one_call(url: str) -> None:
    async with opened(url) as storage:
        calls = [a_call(f"call_{number}") for number in range(12)]
        made = await asyncio.gather(
            *(storage.calls.add(call, idempotency_key="k") for call in calls)
        )
        assert len({call.call_id for call in made}) == 1
        assert await storage.calls.count(CallQuery(ORG)) == 1


async def test_due_calls_are_leased_once_oldest_first(url: str) -> None:
    async with opened(url) as storage:
        for number, due_ms in enumerate((30, 10, 20, 5_000)):
            await storage.calls.add(a_call(f"call_{number}", due_ms=due_ms))
        first = await storage.calls.lease_due("a", 1_000, 500, 2)
        assert [call.call_id for call in first] == ["call_1", "call_2"]
        assert {(c.state, c.fence, c.lease_holder, c.lease_until_ms) for c in first} == {
            (CallState.LEASED, 1, "a", 1_500)
        }
        rest = await storage.calls.lease_due("b", 1_000, 500, 10)
        assert [call.call_id for call in rest] == ["call_0"]


async def test_many_dialers_never_lease_the_same_call(url: str) -> None:
    async with opened(url) as one, opened(url) as two:
        for number in range(30):
            await one.calls.add(a_call(f"call_{number}"))

        async def lease(storage: Storage, holder: str) -> list[str]:
            taken: list[str] = []
            while some := await storage.calls.lease_due(holder, 1_000, 500, 4):
                taken += [call.call_id for call in some]
            return taken

        taken = await asyncio.gather(
            *(lease(s, h) for s, h in ((one, "a"), (two, "b"), (one, "c")))
        )
        everything = [call_id for some in taken for call_id in some]
        assert len(everything) == 30 and len(set(everything)) == 30


async def test_a_change_needs_the_fence_and_the_table(url: str) -> None:
    async with opened(url) as storage:
        call = await leased(storage)
        change = storage.calls.change
        assert await change("call_1", call.fence - 1, CallChange.DIAL, {}) is None
        assert await change("call_1", call.fence, CallChange.ANSWER, {}) is None
        assert await change("call_2", call.fence, CallChange.DIAL, {}) is None
        dialling = await change("call_1", call.fence, CallChange.DIAL, {"attempt": 1})
        assert dialling is not None
        assert (dialling.state, dialling.attempt) == (CallState.DIALLING, 1)
        assert await storage.calls.get("call_1") == dialling


async def test_a_refused_change_tells_nobody(url: str) -> None:
    async with opened(url) as storage:
        call = await leased(storage)
        tell = told("call_started")
        assert await storage.calls.change("call_1", 9, CallChange.DIAL, {}, tell) is None
        assert await storage.calls.change("call_1", call.fence, CallChange.RING, {}, tell) is None
        assert await storage.outbox.claim("w", 0, 1, 10) == []


async def test_a_failing_tell_leaves_the_call_as_it_was(url: str) -> None:
    def broken(call: object) -> list[object]:
        raise RuntimeError("no body")

    async with opened(url) as storage:
        call = await leased(storage)
        with pytest.raises(RuntimeError):
            await storage.calls.change("call_1", call.fence, CallChange.DIAL, {}, broken)
        assert (await storage.calls.get("call_1")).state is CallState.LEASED


async def test_what_a_change_may_not_set_is_named(url: str) -> None:
    async with opened(url) as storage:
        call = await leased(storage)
        with pytest.raises(ValueError, match="fence, workspace_id"):
            await storage.calls.change(
                "call_1", call.fence, CallChange.DIAL, {"workspace_id": "x", "fence": 3}
            )


async def test_a_released_call_is_due_again_with_a_higher_fence(url: str) -> None:
    async with opened(url) as storage:
        call = await leased(storage)
        released = await storage.calls.change(
            "call_1", call.fence, CallChange.RELEASE, {"due_ms": 3_000}
        )
        assert released is not None and released.lease_holder is None
        assert await storage.calls.lease_due("b", 2_999, 500, 10) == []
        (again,) = await storage.calls.lease_due("b", 3_000, 500, 10)
        assert again.fence == call.fence + 1
        assert await storage.calls.change("call_1", call.fence, CallChange.DIAL, {}) is None


async def test_the_first_ending_wins_and_alone_is_told(url: str) -> None:
    async with opened(url) as storage:
        call = await answered(storage)
        tell = told("call_ended")

        async def end(reason: str, fence: int | None) -> object:
            return await storage.calls.end("call_1", fence, Ending(reason), {"ended_ms": 9}, tell)

        ends = await asyncio.gather(
            end("user_hangup", call.fence), end("agent_hangup", None), end("inactivity", None)
        )
        (winner,) = [ended for ended in ends if ended is not None]
        assert await storage.calls.get("call_1") == winner
        assert winner.state is CallState.ENDED and winner.lease_holder is None
        (row,) = await storage.outbox.claim("w", 0, 1, 10)
        assert (row.event, row.body) == ("call_ended", '{"state":"ended"}')
        assert len(await storage.post_calls.claim("w", 0, 1, 10)) == 1


async def test_an_ending_with_a_stale_fence_writes_nothing(url: str) -> None:
    async with opened(url) as storage:
        call = await answered(storage)
        assert await storage.calls.end("call_1", call.fence - 1, HANGUP, {}) is None
        assert (await storage.calls.get("call_1")).state is CallState.ANSWERED


async def test_a_brain_takes_over_with_the_fence_of_the_dialer(url: str) -> None:
    async with opened(url) as storage:
        call = await answered(storage)
        taken = await storage.calls.take_over("call_1", "brain", call.fence, 5_000, 1_000)
        assert taken is not None
        assert (taken.lease_holder, taken.lease_until_ms) == ("brain", 6_000)
        assert await storage.calls.take_over("call_1", "other", call.fence + 1, 5_000, 1) is None
        assert await storage.calls.renew(["call_1"], "a", 5_500, 1_000) == set()
        assert await storage.calls.renew(["call_1", "x"], "brain", 5_500, 1_000) == {"call_1"}
        assert (await storage.calls.get("call_1")).lease_until_ms == 6_500
        await storage.calls.end("call_1", call.fence, HANGUP, {})
        assert await storage.calls.take_over("call_1", "b", call.fence, 5_000, 1_000) is None
        assert await storage.calls.renew(["call_1"], "brain", 5_500, 1_000) == set()


async def test_an_expired_lease_is_seized_by_one_and_fences_the_former_holder(url: str) -> None:
    async with opened(url) as storage:
        call = await answered(storage)
        assert await storage.leases.seize("call_1", "r", 10_999, 500) is None
        assert await storage.calls.abandoned(10_999, 10) == []
        assert await storage.calls.abandoned(11_000, 10) == [call]
        seizures = await asyncio.gather(
            *(storage.leases.seize("call_1", f"r{number}", 11_000, 500) for number in range(4))
        )
        (seized,) = [seizure for seizure in seizures if seizure is not None]
        assert seized.fence == call.fence + 1
        assert await storage.calls.end("call_1", call.fence, HANGUP, {}) is None
        assert await storage.calls.end("call_1", seized.fence, HANGUP, {}) is not None


async def test_queued_and_ended_calls_are_not_abandoned(url: str) -> None:
    async with opened(url) as storage:
        call = await leased(storage)
        await storage.calls.add(a_call("call_2", due_ms=99_999))
        await storage.calls.end("call_1", call.fence, Ending("dial_busy"), {})
        assert await storage.calls.abandoned(10**12, 10) == []


async def test_what_the_line_said_is_kept_beside_the_state(url: str) -> None:
    async with opened(url) as storage:
        await answered(storage)
        await storage.calls.note_line("call_1", {"cause": "remote_hangup", "at_ms": 3})
        await storage.calls.note_line("call_1", {"at_ms": 4})
        await storage.calls.note_line("call_9", {"at_ms": 4})
        call = await storage.calls.get("call_1")
        assert call.line == {"cause": "remote_hangup", "at_ms": 4}
        assert call.state is CallState.ANSWERED


async def test_details_change_without_the_state(url: str) -> None:
    async with opened(url) as storage:
        call = await answered(storage)
        updated = await storage.calls.update_details(
            ORG, "call_1", {"request": {"metadata": {"a": 1}}}
        )
        assert updated is not None and updated.request == {"metadata": {"a": 1}}
        assert (updated.state, updated.fence) == (call.state, call.fence)
        assert await storage.calls.update_details(ORG, "call_1", {}) == updated
        assert await storage.calls.update_details("org_2", "call_1", {"request": {}}) is None


async def test_a_deleted_call_takes_everything_along(url: str) -> None:
    async with opened(url) as storage:
        call = await answered(storage)
        await storage.checkpoints.save(Checkpoint("call_1", 1, call.fence, 5, {}))
        await storage.calls.end("call_1", call.fence, HANGUP, {}, told("call_ended"))
        assert not await storage.calls.delete("org_2", "call_1")
        assert await storage.calls.delete(ORG, "call_1")
        assert await storage.checkpoints.last("call_1") is None
        assert await storage.outbox.claim("w", 0, 1, 10) == []
        assert await storage.post_calls.claim("w", 0, 1, 10) == []


async def test_pages_are_newest_first_and_miss_nothing(url: str) -> None:
    async with opened(url) as storage:
        for number in range(7):
            await storage.calls.add(a_call(f"call_{number}", created_ms=1_000 + number // 2))
        seen: list[str] = []
        before = None
        while page := await storage.calls.find(CallQuery(ORG, limit=3, before=before)):
            seen += [call.call_id for call in page]
            before = (page[-1].created_ms, page[-1].call_id)
        assert seen == [f"call_{number}" for number in (6, 5, 4, 3, 2, 1, 0)]
        upward = await storage.calls.find(
            CallQuery(ORG, limit=2, ascending=True, before=(1_001, "call_2"))
        )
        assert [call.call_id for call in upward] == ["call_3", "call_4"]
        skipped = await storage.calls.find(CallQuery(ORG, limit=2, skip=5))
        assert [call.call_id for call in skipped] == ["call_1", "call_0"]


async def test_filters_choose(url: str) -> None:
    async with opened(url) as storage:
        ongoing = await answered(storage, "call_1")
        busy = await leased(storage, "call_2", agent_id="agent_2", to_number="+13")
        await storage.calls.end("call_2", busy.fence, Ending("dial_busy"), {})
        await storage.calls.add(a_call("call_3", direction="inbound", from_number="+19"))
        await storage.calls.add(a_call("call_4", workspace_id="org_2"))

        async def ids(**filters: object) -> set[str]:
            query = CallQuery(ORG, **filters)
            found = {call.call_id for call in await storage.calls.find(query)}
            assert await storage.calls.count(query) == len(found)
            return found

        assert await ids() == {"call_1", "call_2", "call_3"}
        assert await ids(statuses=("ongoing",)) == {"call_1"}
        assert await ids(statuses=("not_connected", "registered")) == {"call_2", "call_3"}
        assert await ids(agent_ids=("agent_2",)) == {"call_2"}
        assert await ids(to_number="+13") == {"call_2"}
        assert await ids(from_number="+19", direction="inbound") == {"call_3"}
        assert ongoing.answered_ms == 2_000
        assert await ids(start_ms_from=2_000, start_ms_to=2_000) == {"call_1"}
        assert await ids(start_ms_from=2_001) == set()


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    for url in (
        "sqlite:////nonexistent-directory/uponai.db",
        "postgresql://nobody@127.0.0.1:1/none",
    ):
        with pytest.raises(StorageUnavailable):
            await open_storage(url)


async def test_a_url_of_another_kind_is_refused() -> None:
    for url in ("mysql://x/y", "nonsense"):
        with pytest.raises(ValueError, match="database URL"):
            await open_storage(url)


async def test_dials_between_two_numbers_of_which_nothing_was_heard(url: str) -> None:
    async with opened(url) as storage:
        for number in range(4):
            await leased(storage, f"call_{number}")
        await leased(storage, "call_4", to_number="+12025550199")
        await leased(storage, "call_5", carrier="other")
        for call_id in ("call_1", "call_2", "call_3", "call_4", "call_5"):
            assert await storage.calls.change(call_id, 1, CallChange.DIAL, {})
        assert await storage.calls.change("call_2", 1, CallChange.LOSE, {})
        assert await storage.calls.change("call_3", 1, CallChange.RING, {})
        between = await storage.calls.unheard("sip", "+12025550100", "+12025550101")
        assert sorted(call.call_id for call in between) == ["call_1", "call_2"]
