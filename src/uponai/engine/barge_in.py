"""The caller makes a sound while the agent has the turn: interruption, or nothing?

The agent stops quickly and the words decide: nothing or a listener's "mhm" lets it go on from
where it was heard; anything else makes it the caller's turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from uponai.engine.events import RATE_HZ
from uponai.engine.settings import Settings
from uponai.engine.words import is_backchannel, is_farewell, is_greeting, is_murmur, normalised


class Contest(StrEnum):
    """How far the contest for the floor has come."""

    CLEAR = "clear"
    OVERLAP = "overlap"  # both are heard; the agent plays on
    STOPPING = "stopping"  # the line was told to stop
    JUDGING = "judging"  # the agent is silent until the words are known


class Step(StrEnum):
    SOUND_OVER_SPEECH = "sound over speech"
    SOUND_BEFORE_SPEECH = "sound before speech"
    STOP = "stop"
    STOPPED = "stopped"
    SPEECH_RAN_OUT = "speech ran out"
    AGENT_FINISHED = "agent finished"
    DISMISS = "dismiss"
    YIELD = "yield"
    ABANDON = "abandon"  # the call takes another course


TRANSITIONS: dict[tuple[Contest, Step], Contest] = {
    (Contest.CLEAR, Step.SOUND_OVER_SPEECH): Contest.OVERLAP,
    (Contest.CLEAR, Step.SOUND_BEFORE_SPEECH): Contest.JUDGING,
    (Contest.CLEAR, Step.STOP): Contest.STOPPING,  # a pressed digit
    (Contest.OVERLAP, Step.STOP): Contest.STOPPING,
    (Contest.OVERLAP, Step.SPEECH_RAN_OUT): Contest.JUDGING,
    (Contest.OVERLAP, Step.AGENT_FINISHED): Contest.CLEAR,
    (Contest.OVERLAP, Step.DISMISS): Contest.CLEAR,
    (Contest.STOPPING, Step.STOPPED): Contest.JUDGING,
    (Contest.JUDGING, Step.DISMISS): Contest.CLEAR,
    (Contest.JUDGING, Step.YIELD): Contest.CLEAR,
    **{(contest, Step.ABANDON): Contest.CLEAR for contest in Contest},
}


def contest_after(contest: Contest, step: Step) -> Contest:
    """Raises ValueError for a pair that is not in the table."""
    try:
        return TRANSITIONS[(contest, step)]
    except KeyError:
        raise ValueError(f"a contest that is {contest} cannot {step}") from None


class Ruling(StrEnum):
    """What the caller's words mean for the agent's turn."""

    DISMISS = "dismiss"  # the agent goes on
    YIELD = "yield"  # the caller has the floor
    DEFER = "defer"  # the agent finishes first, then answers


@dataclass(frozen=True, slots=True)
class Scene:
    """What the agent is at when the caller is heard."""

    audible: bool  # the agent's words were on the line
    greeting: bool  # these are the first words of the call, just begun
    parting: bool  # the agent is saying goodbye
    asked: bool  # the agent's last words heard are a question


class BargeIn:
    """One contest at a time; false alarms make the next stop come later."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.contest = Contest.CLEAR
        self.ruling: Ruling | None = None  # decided, waiting for the line to stop
        self.stop_asked_at = 0.0
        self._false_stops = 0

    def tune(self, settings: Settings) -> None:
        """The agent is to be interrupted more or less easily from now on."""
        self._settings = settings

    def step(self, step: Step) -> None:
        """Move along the table. Raises ValueError for a pair that is not in it."""
        self.contest = contest_after(self.contest, step)
        if self.contest is Contest.CLEAR:
            self.ruling = None

    def stop_after_samples(self, scene: Scene) -> int | None:
        """How much voice over the agent's stops it; None: none ever does."""
        timing, sensitivity = self._settings.timing, self._settings.interruption_sensitivity
        if sensitivity <= 0.0:
            return None
        base = timing.greeting_barge_in_s if scene.greeting else timing.barge_in_s
        wait_s = base + (1.0 - sensitivity) * 1.25
        wait_s += min(2.0, 0.5 * max(0, self._false_stops - 1))
        return int(wait_s * RATE_HZ)

    def rule(self, text: str, scene: Scene) -> Ruling:
        """Judge the words of the overlap."""
        sensitivity = self._settings.interruption_sensitivity
        if _is_nothing(text, scene):
            return Ruling.DISMISS
        if not scene.audible:
            return Ruling.DEFER if scene.greeting else Ruling.YIELD
        if sensitivity <= 0.0:
            return Ruling.DEFER
        needed = 1 if sensitivity >= 0.5 else 3
        return Ruling.YIELD if len(normalised(text).split()) >= needed else Ruling.DEFER

    def alarm_was_false(self) -> None:
        """The agent was stopped for no words."""
        self._false_stops += 1

    def alarm_was_real(self) -> None:
        """The caller did have words."""
        self._false_stops = 0


def _is_nothing(text: str, scene: Scene) -> bool:
    """Words that want no answer here."""
    if is_murmur(text) or (scene.greeting and is_greeting(text)):
        return True
    if scene.parting and is_farewell(text):
        return True
    return is_backchannel(text) and (scene.parting or not scene.asked)
