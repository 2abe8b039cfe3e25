"""Plays flows over text: one party against a script, or two against each other over a bad line."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.fakes import letters

from uponai.flow.check import check
from uponai.flow.graph import parse
from uponai.flow.judge import Heard, choose, texts_to_embed
from uponai.flow.state import CallTool, EndCall, Judge, Output, Speak, Step
from uponai.flow.step import FlowMachine

# Sunday, November 22, 2026, 16:00 in Los Angeles.
NOW_MS = int(datetime(2026, 11, 23, 0, 0, tzinfo=UTC).timestamp() * 1000)
DATA = Path(__file__).parents[2] / "src" / "uponai" / "sim" / "data"
Embed = Callable[[tuple[str, ...]], Mapping[str, Sequence[float]]]


def demo_flow(name: str) -> dict[str, Any]:
    return json.loads((DATA / f"{name}.json").read_text())


class Party:
    """One side of a call. Judges by rules and ``embed``; answers functions from ``results``."""

    def __init__(
        self,
        flow: Mapping[str, Any],
        *,
        variables: Mapping[str, str] | None = None,
        results: Mapping[str, str] | None = None,
        embed: Embed = letters.vectors,
    ) -> None:
        assert [str(problem) for problem in check(flow)] == []
        self.machine = FlowMachine(parse(flow))
        self.results = results or {}
        self.embed = embed
        self.calls: list[CallTool] = []
        self.outputs: list[Output] = []
        self.ended: EndCall | None = None
        self._variables = dict(variables or {})

    def begin(self) -> str:
        """What the party says when the call connects."""
        return self._play(self.machine.begin(self._variables, NOW_MS))

    def hears(self, text: str) -> str:
        """What the party says to ``text``."""
        return self._play(self.machine.on_user_text(self.state, text, NOW_MS))

    def finished_speaking(self) -> str:
        return self._play(self.machine.on_agent_finished(self.state, NOW_MS))

    def _play(self, step: Step) -> str:
        spoken: list[str] = []
        waiting = [step]
        while waiting:
            step = waiting.pop(0)
            self.state = step.state
            self.outputs += step.outputs
            for output in step.outputs:
                match output:
                    case Speak():
                        assert output.text is not None
                        spoken.append(output.text)
                    case CallTool():
                        self.calls.append(output)
                        content = self.results[output.name]
                        waiting.append(
                            self.machine.on_tool_result(
                                self.state, output.tool_call_id, content, ok=True, now_ms=NOW_MS
                            )
                        )
                    case Judge():
                        chosen = judged(output, self.embed)
                        waiting.append(self.machine.on_judgement(self.state, chosen, NOW_MS))
                    case EndCall():
                        self.ended = output
                    case _:
                        pass
        return " ".join(spoken)


def judged(judge: Judge, embed: Embed) -> str | None:
    heard = Heard(judge.text, judge.asked, datetime.fromtimestamp(NOW_MS / 1000, UTC))
    return choose(judge.conditions, heard, embed(texts_to_embed(judge.conditions, heard)))


MISHEARD = (
    "the a and you it is not no yes so to for of what when would could please right there here now "
    "day name time great sorry thanks one two four tree free pee am book look good gold bee see"
).split()


def noisy(text: str, rate: float, dice: random.Random) -> str:
    """What a bad recogniser makes of ``text``: each word is lost or misheard at ``rate``."""
    words: list[str] = []
    for word in text.split():
        if dice.random() >= rate:
            words.append(word)
        elif dice.random() < 0.5:
            words.append(dice.choice(MISHEARD))
    heard = " ".join(words)
    return heard.lower().replace(",", "").replace(".", "") if dice.random() < 0.5 else heard


def phone_call(agent: Party, callee: Party, *, rate: float, seed: int) -> list[tuple[str, str]]:
    """The callee answers, then they take turns until one hangs up."""
    dice = random.Random(seed)
    turns: list[tuple[str, str]] = []
    opening = agent.begin()
    assert opening == ""
    said = callee.begin()
    turns.append(("callee", said))
    while len(turns) < 60:
        said = agent.hears(noisy(said, rate, dice) or "uh")
        turns.append(("agent", said))
        if agent.ended:
            break
        said = callee.hears(noisy(said, rate, dice) or "uh")
        if said:
            turns.append(("callee", said))
        if callee.ended:
            break
        said = said or "uh"
    return turns
