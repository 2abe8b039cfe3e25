"""Never silent: what the engine says, or does, where nothing comes."""

from __future__ import annotations

from tests.engine.script import Script, opened

from uponai.engine.commands import Ask, CancelAsk, Finish, HangUp, Play, Say
from uponai.engine.events import (
    LineClosed,
    LineOpened,
    Recognized,
    ReplyDone,
    ReplyFailed,
    SpeechFailed,
)


def test_a_failed_reply_is_made_good_and_three_end_the_call() -> None:
    script = opened()
    for _ in range(2):
        script.hears("Hello there my friend.")
        number = [command for command in script.all if isinstance(command, Ask)][-1].ask
        script >> ReplyFailed(number, "down")
        said = [command for command in script.last if isinstance(command, Say)][0]
        assert said.text == "Sorry, could you say that again?"
        script.plays(said.speech, 1.0)
    script.hears("Hello there my friend.")
    number = [command for command in script.all if isinstance(command, Ask)][-1].ask
    script >> ReplyFailed(number, "down")
    speeches = [command.speech for command in script.last if isinstance(command, Say)]
    assert speeches
    for speech in speeches:
        script.plays(speech, 1.0)
    assert HangUp("error_retell", after_playout=True) in script.last
    script >> LineClosed("local_hangup", script.sample)
    script << [Finish("error_retell", "no reply")]


def test_a_slow_reply_is_covered_then_given_up() -> None:
    script = opened()
    script.hears("What do you cost?")
    script.passes(4.1) << [Say(1, "One moment, please."), Play(1)]
    script.plays(1, 1.0).passes(12.0)
    assert CancelAsk(1) in script.last
    assert Say(2, "Sorry, could you say that again?") in script.last


def test_an_empty_reply_does_not_leave_silence() -> None:
    script = opened()
    script.hears("What do you cost?")
    script >> ReplyDone(1)
    script << [Say(1, "Sorry, could you say that again?"), Play(1)]


def test_a_voice_that_cannot_speak_ends_the_call() -> None:
    script = (
        Script(begin_message="One. Two two two two two two. Three three three.") >> LineOpened()
    )
    for speech in (1, 2, 3):
        script >> SpeechFailed(speech, "down")
    assert HangUp("error_retell") in script.last
    script.passes(4.0) << [Finish("error_retell", "speech synthesis failed")]


def test_silence_is_reminded_then_ends_the_call() -> None:
    script = opened(reminder_trigger_ms=5_000, end_call_after_silence_ms=20_000)
    script.passes(5.1)
    assert [type(command) for command in script.last] == [Ask]
    script.replies("Still there?").plays(1, 1.0)
    script.passes(12.0) << []
    script.passes(3.0) << [HangUp("inactivity")]
    script >> LineClosed("local_hangup", script.sample)
    script << [Finish("inactivity")]


def test_who_speaks_for_long_is_not_inactive() -> None:
    """A caller who reads something out without a long pause."""
    script = opened(end_call_after_silence_ms=10_000, reminder_max_count=0)
    script.passes(6.0) << []
    for _ in range(8):
        script.voice(2.0).silence(0.3)
        script.recognized("and then the next line of it,")
        script.passes(0.02)
    assert HangUp("inactivity") not in script.all


def test_noise_without_words_does_not_keep_a_call() -> None:
    script = opened(end_call_after_silence_ms=10_000, reminder_max_count=0)
    script.voice(25.2)
    script >> Recognized(1, 1, "")
    script.passes(0.05) << [HangUp("inactivity")]


def test_the_longest_call() -> None:
    script = opened(max_call_duration_ms=60_000, reminder_max_count=0)
    script.passes(60.1) << [HangUp("max_duration_reached")]
    script.passes(4.0) << [Finish("max_duration_reached")]
