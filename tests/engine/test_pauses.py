"""Pauses in mid-sentence: how often the agent cuts in, and what waiting costs.

The shape is the measured one: sentences cut in the middle by 0.7 to 1.5 s of silence, an
end-of-turn model that is wrong in 9 of 22 pauses and right at 15 of 22 ends.
"""

from __future__ import annotations

import statistics

from tests.engine.sim import Sim, text_reply

from uponai.engine.commands import JudgeEndOfTurn, Measured
from uponai.engine.events import SpeechStarted
from uponai.engine.settings import Settings

SENTENCES = [
    "I would like to book a | check up for next week",
    "My daughter has a tooth ache | and she cannot sleep",
    "Could you tell me the | opening hours on Saturday",
    "I called last Monday about | a broken crown",
    "We need an appointment in the morning | if that is possible",
    "The number on the letter is five five | five one two one two",
    "I am not sure whether | my insurance pays for that",
    "It started to hurt on Friday | after I had eaten some nuts",
    "Please put me down for | the first free day",
    "My name is Anna | Smith from Baker Street",
    "I have to move my | appointment to Thursday",
    "Is the doctor who was there last time | still working with you",
    "I think um | it was in March",
    "We live near the station so | the early bus would be fine",
    "He said that I should | come back after two weeks",
    "The pain is on the left side | at the very back",
    "Can I bring my son | to the same appointment",
    "I wanted to ask about the bill | you sent me",
    "There was nobody at the desk | when I came by",
    "I would rather not take the one | at eight in the morning",
    "What I need is | a cleaning and a new brush",
    "They told me to call because | my card has expired",
]


def hold(sentence: str, pause_s: float, *, mid: float, end: float) -> tuple[bool, float]:
    """Whether the agent was heard in the pause, and the delay after the true end in ms."""
    before, after = (part.strip() for part in sentence.split("|"))
    resumes_s = 1.0 + 0.3 * len(before.split()) + pause_s

    def guess(judge: JudgeEndOfTurn) -> float:
        return mid if judge.to_sample < resumes_s * 8_000 else end

    sim = Sim(Settings(begin_message=""), text_reply("All right then. "), eot_p=guess)
    sim.say(1.0, before, 0.3 * len(before.split()))
    sim.say(resumes_s, after, 0.3 * len(after.split())).run(resumes_s + 8.0)
    cut_in = any(at < resumes_s for at in sim.times(SpeechStarted))
    assert sim.transcript()[-1] == "agent: All right then.", "the whole was answered in the end"
    said = " ".join(line.removeprefix("user: ") for line in sim.transcript() if "user: " in line)
    assert said == f"{before} {after}", "no word was lost"
    return cut_in, _delay(sim)


def _delay(sim: Sim) -> float:
    return [figure.value_ms for figure in sim.commands(Measured) if figure.metric == "e2e"][-1]


def test_cut_ins_and_delay() -> None:
    cut_ins, delays = 0, list[float]()
    for at, sentence in enumerate(SENTENCES):
        pause_s = 0.7 + 0.8 * (at * 7 % 22) / 21
        mid = 0.7 if at * 5 % 22 < 9 else 0.3
        end = 0.9 if at * 3 % 22 < 15 else 0.3
        cut_in, delay_ms = hold(sentence, pause_s, mid=mid, end=end)
        cut_ins += cut_in
        delays.append(delay_ms)
    # Of these pauses a 0.8 s timer cuts into 16 and answers after 900 ms; here it was 7 and 704.
    assert cut_ins <= 8
    assert statistics.median(delays) <= 750
    assert max(delays) <= 1_700
