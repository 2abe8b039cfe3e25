"""What sounds before the answer: words are understood, no turn is taken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.engine.script import Script
from tests.engine.sim import Sim, by_cause

from uponai.engine.commands import Finish, HangUp, Say, Transcribe
from uponai.engine.conversation import Conversation
from uponai.engine.early_media import MOST_SAMPLES, STRETCH_SAMPLES, EarlyMedia, TellHeard
from uponai.engine.events import (
    EarlyMediaHeard,
    LineClosed,
    LineOpened,
    RecognitionFailed,
    Recognized,
    SpeechLikely,
)
from uponai.engine.hear import PRE_ROLL_SAMPLES
from uponai.engine.settings import Settings, VoicemailOption

WINDOW = 256
NOT_IN_SERVICE = "The number you have dialed is not in service."
TRY_AGAIN = "Please check the number and dial again."
MESSAGE = "This is Maple Dental. Please call us back."
LEAVE_A_MESSAGE = "I cannot take your call, please leave a message after the tone."


class Listening:
    """Early media in virtual time."""

    def __init__(self, heard=""):
        self.media = EarlyMedia(heard)
        self.sample = 0
        self.commands = []

    def tell(self, event):
        self.commands += self.media.handle(event)
        return self

    def sounds(self, seconds, p):
        for _ in range(round(seconds * 8_000 / WINDOW)):
            self.sample += WINDOW
            self.tell(SpeechLikely(self.sample, p))
        return self

    def says(self, text, *, seconds=2.0, pause_s=1.0):
        """An announcement, recognised as soon as that is asked for."""
        self.sounds(seconds, 0.9).sounds(pause_s, 0.0)
        return self.recognized(text)

    def recognized(self, text):
        return self.tell(Recognized(self.asked[-1].utterance, 1, text))

    @property
    def asked(self):
        return [command for command in self.commands if isinstance(command, Transcribe)]

    @property
    def told(self):
        return [command for command in self.commands if isinstance(command, TellHeard)]


def test_an_announcement_is_told_as_soon_as_it_pauses():
    line = Listening().sounds(1.0, 0.0).says(NOT_IN_SERVICE)
    (asked,) = line.asked
    began = 8_000 // WINDOW * WINDOW
    assert asked.from_sample == began - PRE_ROLL_SAMPLES
    assert began + 16_000 < asked.to_sample < began + 16_000 + 8_000
    assert line.told == [TellHeard(NOT_IN_SERVICE)]


def test_a_short_pause_does_not_cut_an_announcement():
    line = Listening().sounds(1.0, 0.9).sounds(0.5, 0.0).sounds(1.0, 0.9)
    assert not line.asked
    assert len(line.sounds(1.0, 0.0).asked) == 1


def test_ring_back_tones_and_silence_ask_for_nothing():
    line = Listening().sounds(30.0, 0.1).tell(LineClosed("code", 240_000))
    assert line.commands == [TellHeard("", last=True)]


def test_one_that_comes_round_again_is_told_once():
    line = Listening().says(NOT_IN_SERVICE).says(TRY_AGAIN).says(NOT_IN_SERVICE.upper())
    assert line.told == [TellHeard(NOT_IN_SERVICE), TellHeard(f"{NOT_IN_SERVICE} {TRY_AGAIN}")]


def test_the_end_of_the_line_waits_for_what_was_being_said():
    line = Listening().says(NOT_IN_SERVICE).sounds(1.5, 0.9)
    line.tell(LineClosed("code", line.sample))
    assert len(line.asked) == 2
    assert not line.media.over
    line.recognized(TRY_AGAIN)
    assert line.told[-1] == TellHeard(f"{NOT_IN_SERVICE} {TRY_AGAIN}", last=True)
    assert line.media.over


def test_a_recognition_that_fails_withholds_nothing_else():
    line = Listening().sounds(1.0, 0.9)
    line.tell(LineOpened())
    line.tell(RecognitionFailed(line.asked[0].utterance, 1, "no ears"))
    assert line.told == [TellHeard("", last=True)]


def test_what_an_earlier_brain_understood_stands_before_it():
    line = Listening(heard="Please hold.").says(NOT_IN_SERVICE)
    assert line.media.text == f"Please hold. {NOT_IN_SERVICE}"


def test_words_without_a_pause_are_recognised_in_stretches_and_a_song_not_for_ever():
    line = Listening().sounds(120.0, 0.9)
    lengths = [asked.to_sample - asked.from_sample for asked in line.asked]
    assert all(abs(length - STRETCH_SAMPLES) < WINDOW for length in lengths)
    assert sum(lengths) <= MOST_SAMPLES + STRETCH_SAMPLES


def test_only_a_voice_that_has_gone_on_for_a_while_is_left_over_after_the_answer():
    assert Listening().sounds(5.0, 0.0).media.leftover_samples == 0
    assert Listening().sounds(5.0, 0.0).sounds(0.4, 0.9).media.leftover_samples == 0
    assert Listening().sounds(2.0, 0.9).sounds(0.3, 0.0).media.leftover_samples == 3_200
    assert Listening().sounds(2.0, 0.9).sounds(1.0, 0.0).media.leftover_samples == 0


@given(st.lists(st.tuples(st.floats(0.1, 3.0), st.sampled_from([0.0, 0.9])), max_size=12))
def test_stretches_follow_each_other_and_the_end_is_told_once(parts):
    line = Listening()
    for seconds, p in parts:
        line.sounds(seconds, p)
    line.tell(LineClosed("code", line.sample))
    for asked in line.asked:
        line.tell(Recognized(asked.utterance, 1, f"words {asked.utterance}"))
        line.tell(Recognized(asked.utterance, 1, "said twice"))
    line.sounds(5.0, 0.9).sounds(1.0, 0.0)
    spans = [(asked.from_sample, asked.to_sample) for asked in line.asked]
    assert all(first < last for first, last in spans)
    assert all(one[1] <= other[0] for one, other in zip(spans, spans[1:], strict=False))
    assert [told.last for told in line.told].count(True) == 1
    assert line.told[-1].last
    assert "twice" not in line.told[-1].text


# The conversation that follows


def answered(text, option=None, **settings):
    """A conversation on a line that has said ``text`` before its answer."""
    configured = Settings(
        begin_message="Hello, this is Maple Dental.", voicemail=option, **settings
    )
    talk = Conversation(configured)
    assert talk.handle(EarlyMediaHeard(text), 0.0) == []
    return Sim(configured, by_cause(caller="I see."), conversation=talk)


def test_early_words_are_nobodys_turn_and_survive_a_restart():
    sim = answered(NOT_IN_SERVICE).run(5.0)
    assert sim.transcript() == ["agent: Hello, this is Maple Dental."]
    kept = Conversation.restore(sim.settings, sim.talk.snapshot()).snapshot()
    assert kept["before_answer"] == NOT_IN_SERVICE


def test_a_voicemail_greeting_before_the_answer_is_enough():
    sim = answered(LEAVE_A_MESSAGE, VoicemailOption("hangup")).run(5.0)
    assert sim.commands(HangUp) == [HangUp("voicemail_reached")]
    assert not sim.commands(Say)
    assert sim.talk.state.ending == Finish("voicemail_reached")
    assert sim.talk.state.voicemail_evidence == ("greeting before the answer",)


def test_a_message_is_left_once_the_machine_that_greeted_early_records():
    sim = answered(LEAVE_A_MESSAGE, VoicemailOption("static_text", MESSAGE)).run(20.0)
    assert sim.transcript() == [f"agent: {MESSAGE}"]
    assert sim.times(Say)[0] >= 3.0


def test_an_announcement_that_a_person_may_follow_is_no_machine():
    sim = answered("The person you are calling is not available, please hold.",
                   VoicemailOption("hangup")).run(5.0)  # fmt: skip
    assert sim.talk.state.ending is None
    assert not sim.talk.state.in_voicemail


def test_a_greeting_understood_only_after_the_answer_still_counts():
    sim = answered("", VoicemailOption("hangup"))
    sim.at(0.4, EarlyMediaHeard(LEAVE_A_MESSAGE)).run(5.0)
    assert sim.talk.state.ending == Finish("voicemail_reached")


def test_a_greeting_understood_late_does_not_end_a_talk_with_a_person():
    sim = answered("", VoicemailOption("hangup")).say(3.0, "Hello, who is this?")
    sim.at(8.0, EarlyMediaHeard(LEAVE_A_MESSAGE)).run(10.0)
    assert sim.talk.state.ending is None


def test_the_first_words_may_reach_back_before_the_answer():
    script = Script(begin_message="")
    script >> EarlyMediaHeard("") >> LineOpened()
    asked = [c for c in script.voice(0.5).silence(0.3).all if isinstance(c, Transcribe)]
    assert asked[0].from_sample == -PRE_ROLL_SAMPLES
    script = Script(begin_message="") >> LineOpened()
    asked = [c for c in script.voice(0.5).silence(0.3).all if isinstance(c, Transcribe)]
    assert asked[0].from_sample == 0
