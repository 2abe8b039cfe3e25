"""What the edge says of an attempt after a crash, and what it refuses from then on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.edges import an_edge, dial

from uponai.edge.attempts import Attempts
from uponai.edge.journal import Entry, Journal
from uponai.link import control

LATER = 10**15
ASK = control.LookUp("call_1", 1, 7, LATER)


async def seen(edge, ear, ask=ASK):
    """The answer to one look-up."""
    told = len(ear.of(control.Seen))
    edge.command(ask)
    return await ear.wait_for(control.Seen, told + 1)


@pytest.mark.realtime
async def test_an_attempt_that_never_came_is_refused_from_then_on_also_by_the_next_life(tmp_path):
    async with an_edge(tmp_path / "b") as far:
        async with an_edge(tmp_path / "a") as (edge, ear):
            assert (await seen(edge, ear)).state == "never"
            edge.command(dial(far[0].sip_port))
            assert edge.line_count == 0
            assert (await seen(edge, ear)).state == "never"
        async with an_edge(tmp_path / "a") as (edge, ear):
            edge.command(dial(far[0].sip_port))
            assert edge.line_count == 0
            edge.command(dial(far[0].sip_port, attempt=2))
            assert (await far[1].wait_for(control.Incoming)).to_number
            asked = control.LookUp("call_1", 2, 7, LATER)
            assert (await seen(edge, ear, asked)).state in ("dialling", "ringing")
        assert len(far[1].of(control.Incoming)) == 1


@pytest.mark.realtime
async def test_an_end_is_told_to_whoever_asks_until_it_is_safe(tmp_path):
    async with an_edge(tmp_path / "a", acknowledge=False) as (edge, ear):
        edge.command(dial("no-such-host.invalid"))
        ended = await ear.wait_for(control.Ended)
        assert (await seen(edge, ear)).ended == ended
    async with an_edge(tmp_path / "a") as (edge, ear):
        assert (await seen(edge, ear)).ended == ended


@pytest.mark.realtime
async def test_an_order_from_before_the_journal_began_is_unknown(tmp_path):
    async with an_edge(tmp_path / "a") as (edge, ear):
        asked = control.LookUp("call_1", 1, 7, ordered_ms=1_000)
        assert (await seen(edge, ear, asked)).state == "unknown"
        edge.command(dial("127.0.0.1:9"))
        assert edge.line_count == 0


async def test_the_journal_keeps_void_attempts_for_an_hour(tmp_path):
    journal = Journal(tmp_path)
    began = journal.began_ms
    await journal.keep(Entry("call_1", 1, {}, fence=3, void_at_ms=began))
    await journal.keep(Entry("call_2", 1, {}, fence=3, void_at_ms=began - 3_700_000))
    await journal.aclose()
    again = Journal(tmp_path)
    assert again.began_ms == began
    assert again.read() == [Entry("call_1", 1, {}, fence=3, void_at_ms=began)]
    await again.aclose()
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_an_order_of_a_former_holder_is_refused():
    attempts = Attempts()
    assert attempts.take("call_1", 2, fence=8)
    assert not attempts.take("call_1", 1, fence=7)
    assert attempts.take("call_1", 3, fence=9)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.integers(1, 3)), max_size=30)
)
def test_no_attempt_is_ever_taken_twice_nor_after_a_higher_fence(orders):
    attempts, taken, highest = Attempts(), set(), {}
    for call_id, attempt, fence in orders:
        if attempts.take(call_id, attempt, fence):
            assert (call_id, attempt) not in taken
            assert fence >= highest.get(call_id, 0)
            taken.add((call_id, attempt))
            highest[call_id] = fence


def test_only_the_latest_are_remembered():
    attempts = Attempts(most=2)
    for number in range(3):
        assert attempts.take(f"call_{number}", 1, 1)
    assert attempts.past("call_0", 1) is None
    assert attempts.past("call_2", 1) == "taken"
