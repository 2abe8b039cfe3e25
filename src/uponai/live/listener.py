"""Recognition and end-of-turn guesses of one call, as tasks that answer by events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from uponai.domain.transcript import SpokenWord
from uponai.engine.commands import JudgeEndOfTurn, Transcribe
from uponai.engine.events import Event, ProposedEndOfTurn, RecognitionFailed, Recognized
from uponai.link.media import LINK_RATE_HZ
from uponai.live.ears import Ears, seconds
from uponai.log import get
from uponai.providers.base import (
    EndOfTurn,
    ProviderError,
    Recognition,
    RecognitionSettings,
    SpeechToText,
)
from uponai.tasks import TaskGroup, loop_s

RECOGNITION_TIMEOUT_S = 15.0
ATTEMPTS = 2

log = get("uponai.live.listener")


@dataclass(frozen=True, slots=True)
class Recognizer:
    """Who recognises, and how."""

    stt: SpeechToText
    settings: RecognitionSettings


class Listener:
    """Executes ``Transcribe`` and ``JudgeEndOfTurn``."""

    def __init__(
        self,
        ears: Ears,
        recognizer: Recognizer,
        end_of_turn: EndOfTurn | None,
        tasks: TaskGroup,
        tell: Callable[[Event], None],
    ) -> None:
        self._ears = ears
        self._stt = recognizer.stt
        self._settings = replace(recognizer.settings, rate_hz=LINK_RATE_HZ)
        self._end_of_turn = end_of_turn
        self._tasks = tasks
        self._tell = tell

    def transcribe(self, wanted: Transcribe) -> None:
        """Answered by ``Recognized`` or ``RecognitionFailed``."""
        self._tasks.spawn(self._transcribe(wanted), name="transcribe")

    def judge(self, wanted: JudgeEndOfTurn) -> None:
        """Answered by ``ProposedEndOfTurn``; not at all where no model is there or it fails."""
        if self._end_of_turn is not None:
            self._tasks.spawn(self._judge(self._end_of_turn, wanted), name="judge end of turn")

    async def _transcribe(self, wanted: Transcribe) -> None:
        began_s = loop_s()
        first, pcm = self._ears.audio(wanted.from_sample, wanted.to_sample)
        if pcm.size == 0:
            self._tell(Recognized(wanted.utterance, wanted.revision, ""))
            return
        error = "no attempt"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with asyncio.timeout(RECOGNITION_TIMEOUT_S):
                    found = await self._stt.recognize(pcm, self._settings)
            except TimeoutError:
                error = f"no answer within {RECOGNITION_TIMEOUT_S:.0f} s"
            except ProviderError as failure:
                error = str(failure)
                if not failure.retriable:
                    break
            except Exception as failure:
                log.exception("speech recognition broke", attempt=attempt)
                error = repr(failure)
            else:
                asr_ms = (loop_s() - began_s) * 1000
                words = words_on_line(found, first)
                self._tell(Recognized(wanted.utterance, wanted.revision, found.text, words, asr_ms))
                return
        self._tell(RecognitionFailed(wanted.utterance, wanted.revision, error))

    async def _judge(self, model: EndOfTurn, wanted: JudgeEndOfTurn) -> None:
        _, pcm = self._ears.audio(wanted.from_sample, wanted.to_sample)
        try:
            p = await model.probability(pcm, LINK_RATE_HZ)
        except Exception:
            log.exception("end-of-turn model broke")
            return
        self._tell(ProposedEndOfTurn(wanted.utterance, wanted.revision, p))


def words_on_line(found: Recognition, first_sample: int) -> tuple[SpokenWord, ...]:
    """The words of audio that began at ``first_sample``, in seconds of the line clock."""
    at = seconds(first_sample)

    def placed(ms: float) -> float:
        return round(max(0.0, at + ms / 1000), 3)  # a first word may begin before the answer

    return tuple(SpokenWord(w.text, placed(w.start_ms), placed(w.end_ms)) for w in found.words)
