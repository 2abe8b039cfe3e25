"""Whenever the caller speaks, each word is in the record once, in order, and is answered."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.sim import Reply, Sim

from uponai.domain.transcript import ToolInvocation, ToolResult, Utterance
from uponai.engine import commands as c
from uponai.engine import events as e
from uponai.engine.settings import Settings

_UTTERANCES = st.lists(
    st.tuples(
        st.floats(0.05, 4.0),  # silence before it
        st.integers(1, 9),  # words
        st.booleans(),  # or just a noise
    ),
    min_size=1,
    max_size=8,
)


def respond(ask: c.Ask) -> Reply:
    """Every third answer calls a function; all speak two sentences."""
    number = ask.ask
    reply: list[tuple[float, Any]] = [(0.2, e.ReplyText(number, "This is the first sentence. "))]
    if number % 3 == 0 and ask.cause == "caller":
        reply.append((0.3, e.ReplyToolCall(number, f"t{number}", "look", "{}")))
    else:
        reply.append((0.4, e.ReplyText(number, "And here is a second one, somewhat longer.")))
    return [*reply, (0.5, e.ReplyDone(number, {"ask": number}))]


@settings(max_examples=60)
@given(
    _UTTERANCES,
    st.sampled_from([0.0, 0.4, 1.0]),
    st.sampled_from([0.1, 0.7]),
    st.sampled_from([0.05, 0.6]),
    st.sampled_from([None, "", "Hello, this is Maple Dental. How may I help you?"]),
)
def test_no_word_is_lost_or_doubled(
    utterances: list[tuple[float, int, bool]],
    sensitivity: float,
    asr_s: float,
    tts_s: float,
    begin: str | None,
) -> None:
    configured = Settings(
        begin_message=begin, interruption_sensitivity=sensitivity, reminder_max_count=0
    )
    sim = Sim(configured, respond, asr_s=asr_s, tts_s=tts_s)
    at_s, spoken = 0.5, list[str]()
    for number, (gap_s, count, noise) in enumerate(utterances):
        at_s += gap_s
        words = [f"word{chr(97 + number)}{chr(97 + word)}" for word in range(count)]
        if noise:
            sim.say(at_s, "", 0.4)
            at_s += 0.4
            continue
        sim.say(at_s, " ".join(words), 0.35 * count)
        at_s += 0.35 * count
        spoken += words
    sim.run(at_s + 60.0)
    entries = sim.talk.state.entries
    heard = [x.content for x in entries if isinstance(x, Utterance) and x.role == "user"]
    assert " ".join(heard).split() == spoken
    assert sim.talk.state.floor == "idle"
    ran = [x.tool_call_id for x in entries if isinstance(x, ToolInvocation)]
    returned = [x.tool_call_id for x in entries if isinstance(x, ToolResult)]
    assert sorted(ran) == sorted(returned) and len(set(ran)) == len(ran)
    if spoken:
        last_user = max(i for i, x in enumerate(entries) if getattr(x, "role", "") == "user")
        after = [x for x in entries[last_user:] if getattr(x, "role", "") == "agent"]
        assert after, "the last words were answered"
