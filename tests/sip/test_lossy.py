"""Lost, late, repeated and mangled packets: calls still end, on both sides."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sip.network import ALICE, BOB, BOB_MEDIA, Network, endpoint, place
from tests.sip.scripts import answering, at_rest, last_words

from uponai.sip.commands import (
    Answered,
    IncomingCall,
)
from uponai.sip.events import (
    Answer,
    EndOrphan,
    HangUp,
    Reject,
    Ring,
)
from uponai.sip.journal import DialogJournal


@settings(max_examples=120)
@given(
    fates=st.lists(
        st.lists(st.sampled_from([0.001, 0.02, 0.3, 0.7, 2.5]), max_size=2), max_size=40
    ),
    answer=st.sampled_from([None, 486, 0.5, 3.0]),
    alice_leaves=st.sampled_from([0.0, 0.6, 3.005, 12.0]),
    bob_leaves=st.sampled_from([None, 1.0, 3.1]),
)
def test_any_loss_order_and_repetition_ends_consistently(
    fates: list[list[float]],
    answer: float | int | None,
    alice_leaves: float,
    bob_leaves: float | None,
) -> None:
    remaining = list(reversed(fates))
    network = Network(fate=lambda data: remaining.pop() if remaining else [0.01])

    def react(net: Network, where, call) -> None:
        net.order(where, Ring(call.call_key))
        if isinstance(answer, int):
            net.order(where, Reject(call.call_key, answer))
        elif answer is not None:
            net.order(where, Answer(call.call_key, BOB_MEDIA), answer)
        if bob_leaves is not None:
            net.order(where, HangUp(call.call_key), bob_leaves)
        else:
            net.order(where, HangUp(call.call_key), 120.0)

    network.reactions[IncomingCall] = react
    network.order(ALICE, place(ring_timeout_s=20))
    network.order(ALICE, HangUp("k1"), alice_leaves)
    network.run()
    at_rest(network)
    assert len(last_words(network, ALICE)) == 1
    calls = [item for item in network.told(BOB) if isinstance(item, IncomingCall)]
    assert len(last_words(network, BOB)) == len(calls) <= 1
    answered = [item for item in network.told(ALICE) if isinstance(item, Answered)]
    assert len(answered) <= 1


PIECES = st.sampled_from(
    [b"", b"\r\n", b";", b"<", b">", b'"', b",", b"tag=", b"z9hG4bK", b"0", b" 200 ", b"BYE", b"@"]
)


@settings(max_examples=150)
@given(
    edits=st.lists(
        st.one_of(
            st.none(), st.tuples(st.integers(0, 700), st.integers(0, 12), st.binary() | PIECES)
        ),
        max_size=30,
    )
)
def test_mangled_packets_never_break_the_machines(
    edits: list[tuple[int, int, bytes] | None],
) -> None:
    remaining = list(reversed(edits))

    def mangle(data: bytes) -> bytes:
        edit = remaining.pop() if remaining else None
        if edit is None:
            return data
        at, length, new = edit
        return data[:at] + new + data[at + length :]

    network = Network(mangle=mangle, reactions=answering())
    network.order(ALICE, place(ring_timeout_s=20))
    network.order(ALICE, HangUp("k1"), 15)
    network.order(BOB, EndOrphan(place_journal()), 16)
    network.run(300)
    assert len(last_words(network, ALICE)) == 1


def place_journal() -> DialogJournal:
    return replace(endpoint(BOB).handle(place(), 0.0)[0].journal, call_key="orphan")
