"""The person who follows a script: what is said when, by loudness alone."""

from __future__ import annotations

from uponai.sim.script import INTERRUPTER, VOICEMAIL, Reading, Script, Step
from uponai.sim.sounds import Sound

LOUD, QUIET = 2_000.0, 10.0


def listen(reading, rms, ms, *, busy=False):
    """The steps that come due during ``ms`` of the other side."""
    steps = [reading.tick(rms, busy=busy) for _ in range(ms // 20)]
    return [step for step in steps if step is not None]


def test_a_voicemail_greets_and_beeps_whoever_talks():
    reading = Reading(VOICEMAIL)
    greeting = reading.tick(LOUD, busy=False)
    assert greeting is VOICEMAIL.steps[0]
    assert listen(reading, LOUD, 5_000, busy=True) == []
    assert reading.tick(LOUD, busy=False) == Step(sound=Sound.BEEP)
    assert listen(reading, QUIET, 60_000) == []
    assert not reading.finished


def test_an_interrupter_speaks_into_the_agents_words():
    reading = Reading(INTERRUPTER)
    assert listen(reading, QUIET, 20) == [INTERRUPTER.steps[0]]
    assert listen(reading, QUIET, 1_000) == []
    assert listen(reading, LOUD, 1_980) == []
    assert listen(reading, LOUD, 20) == [INTERRUPTER.steps[1]]


def test_an_answer_waits_for_what_is_said_after_our_own_words():
    reading = Reading(Script((Step("Who is this?"), Step("I see.", silence_ms=1_000))))
    listen(reading, QUIET, 20)
    assert listen(reading, LOUD, 2_000, busy=True) == []
    assert listen(reading, QUIET, 3_000) == []
    assert listen(reading, LOUD, 500) == []
    assert listen(reading, QUIET, 980) == []
    assert listen(reading, QUIET, 20) == [Step("I see.", silence_ms=1_000)]


def test_patience_with_somebody_silent_ends():
    reading = Reading(Script((Step("Hello?", silence_ms=1_000),)))
    assert listen(reading, QUIET, 7_900) == []
    assert listen(reading, QUIET, 200) == [Step("Hello?", silence_ms=1_000)]


def test_somebody_who_talks_for_long_is_let_finish():
    reading = Reading(Script((Step("I see.", silence_ms=1_000),)))
    assert listen(reading, LOUD, 20_000) == []
    assert listen(reading, QUIET, 1_000) == [Step("I see.", silence_ms=1_000)]


def test_a_script_hangs_up_after_its_last_step_and_long_silence():
    reading = Reading(Script((Step("Bye."),), hang_up_silence_ms=2_000))
    listen(reading, QUIET, 20)
    listen(reading, QUIET, 1_980)
    assert not reading.finished
    listen(reading, QUIET, 20)
    assert reading.finished
