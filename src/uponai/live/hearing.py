"""Voice activity for every call of the process at once: one judgement per tick of the line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import numpy as np

from uponai.live.ears import Ears, loudness
from uponai.providers.base import Pcm, VadSession, VoiceActivity
from uponai.tasks import call_at, loop_s

GATHER_S: Final = 0.016
"""So long the windows of a call that comes alone wait for those of others: half a window."""

FEW_CALLS: Final = 8
"""Up to here nobody waits: there would be hardly anybody to wait for."""


class Hearing:
    """The shared VAD. It sees the windows of all calls that a frame of the link completed, or that
    came alone within a moment.

    A run of the model costs as much as the judging of ten windows in one.
    """

    def __init__(self, activity: VoiceActivity) -> None:
        self._activity = activity
        self._alone: dict[Ears, None] = {}
        self._gathering: asyncio.TimerHandle | None = None

    def open(self, line_sample: int, *, beeps: bool) -> Ears:
        """Ears for a call whose line stands at ``line_sample``; ``beeps`` watches for tones."""
        return Ears(self._activity.open(), line_sample, beeps=beeps)

    def hear(self, due: Sequence[Ears], calls: int) -> None:
        """Judge what a frame completed, now or with what comes next; ``calls`` are held here."""
        if len(due) > 1 or calls <= FEW_CALLS:
            self.judge(due)
            return
        self._alone.update(dict.fromkeys(due))
        if self._gathering is None:
            self._gathering = call_at(loop_s() + GATHER_S, self._judge_alone)

    def _judge_alone(self) -> None:
        self._gathering = None
        due, self._alone = list(self._alone), {}
        self.judge([ears for ears in due if ears.due])

    def aclose(self) -> None:
        """Judge no more."""
        if self._gathering is not None:
            self._gathering.cancel()

    def judge(self, due: Sequence[Ears]) -> None:
        """Judge every complete window of these calls and tell each call its verdicts in order."""
        ears: list[Ears] = []
        ends: list[int] = []
        windows: list[Pcm] = []
        for one in due:
            for end, window in one.take_windows():
                ears.append(one)
                ends.append(end)
                windows.append(window)
        if not windows:
            return
        loud = loudness(np.stack(windows))
        asked: list[int] = []
        questions: list[tuple[VadSession, Pcm]] = []
        for index, rms in enumerate(loud):
            if ears[index].stands_out(rms):
                asked.append(index)
                questions.append((ears[index].session, windows[index]))
        verdicts: dict[int, float] = {}
        if questions:
            verdicts = dict(zip(asked, self._activity.judge(questions), strict=True))
        for index, one in enumerate(ears):
            one.judged(ends[index], windows[index], loud[index], verdicts.get(index))
