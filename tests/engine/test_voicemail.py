"""Answering machines and phone menus."""

from __future__ import annotations

import pytest
from tests.engine.sim import Sim, by_cause

from uponai.engine.commands import Finish, HangUp, Say, StopPlaying
from uponai.engine.events import AnswererProposed, BeepHeard, SpeechStarted
from uponai.engine.settings import Settings, VoicemailOption
from uponai.engine.voicemail import Answerer, Voicemail, by_words

GREETING = "You have reached Anna please leave a message after the tone"
MESSAGE = "This is Maple Dental. Please call us back."


def machine(option: VoicemailOption | None, *, beep_at_s: float | None = 6.0) -> Sim:
    sim = Sim(
        Settings(begin_message="Hello, this is Maple Dental.", voicemail=option),
        by_cause(caller="I see.", voicemail="Hi Anna, please call us back."),
    )
    sim.say(0.5, GREETING)
    if beep_at_s is not None:
        sim.at(beep_at_s, BeepHeard(int(beep_at_s * 8_000)))
    return sim.run(40.0)


@pytest.mark.parametrize(
    "text",
    [
        "Hi, you've reached Bob, I can't take your call right now.",
        "Please record your message. When you have finished recording, hang up.",
        "The person you are trying to reach is not available.",
        "Your call has been forwarded to an automatic voice message system.",
        "Leave me a message and I'll get back to you.",
        "At the tone, please record your message.",
        "Anna Miller. Please wait for the beep.",
    ],
)
def test_greetings_of_machines(text: str) -> None:
    assert Voicemail(Settings()).judge(text, 16_000, 0) is Answerer.MACHINE


@pytest.mark.parametrize(
    "text",
    [
        "Hello?",
        "Hello, this is Anna speaking, who is this?",
        "I am not available on Tuesday.",
        "Yes, that is me.",
        "You've reached Maple Dental, this is Anna, how can I help you?",
        "Can you call me tomorrow?",
    ],
)
def test_people(text: str) -> None:
    assert Voicemail(Settings()).judge(text, 16_000, 0) is Answerer.PERSON


@pytest.mark.parametrize(
    "text",
    [
        "For sales, press one. To leave a message, press two.",
        "You have reached Maple Dental. For appointments, press one.",
        "To reach our voicemail press nine, for anything else press six.",
        "Press 3 to leave a voicemail.",
        "For billing press hash.",
    ],
)
def test_menus(text: str) -> None:
    assert by_words(text) is Answerer.MENU


@pytest.mark.parametrize(
    "text",
    [
        "Please leave a message after the tone, or press five to page Anna.",
        "To page this person press five. At the tone, please record your message.",
        "You have reached the voicemail box of Anna. Press one for more options.",
    ],
)
def test_machines_that_take_keys_are_machines(text: str) -> None:
    assert by_words(text) is Answerer.MACHINE


def test_hang_up_is_at_once() -> None:
    sim = machine(VoicemailOption("hangup"))
    assert sim.commands(HangUp) == [HangUp("voicemail_reached")]
    assert sim.talk.state.ending == Finish("voicemail_reached")
    assert sim.times(HangUp)[0] < 6.0
    assert sim.talk.state.in_voicemail


def test_the_message_waits_for_the_beep() -> None:
    sim = machine(VoicemailOption("static_text", MESSAGE), beep_at_s=6.0)
    said = [(at, item.text) for at, item in sim.log if isinstance(item, Say)]
    assert (6.0, "This is Maple Dental.") in said
    assert sim.transcript()[-1] == f"agent: {MESSAGE}"
    assert sim.talk.state.ending == Finish("voicemail_reached")
    assert sim.commands(HangUp) == [HangUp("voicemail_reached", after_playout=True)]


def test_without_a_beep_the_message_follows_the_greeting() -> None:
    sim = machine(VoicemailOption("static_text", MESSAGE), beep_at_s=None)
    assert sim.transcript()[-1] == f"agent: {MESSAGE}"
    assert sim.talk.state.ending == Finish("voicemail_reached")


def test_a_beep_into_the_message_starts_it_again() -> None:
    sim = machine(VoicemailOption("static_text", MESSAGE), beep_at_s=9.0)
    assert [say.text for say in sim.commands(Say)].count("This is Maple Dental.") == 2
    assert sim.transcript()[-1] == f"agent: {MESSAGE}"


def test_a_prompted_message_is_made_by_the_responder() -> None:
    sim = machine(VoicemailOption("prompt", "Ask for a call back."))
    assert sim.transcript()[-1] == "agent: Hi Anna, please call us back."
    assert sim.talk.state.ending == Finish("voicemail_reached")


def test_without_the_option_the_call_goes_on_and_the_evidence_is_kept() -> None:
    sim = machine(None)
    assert sim.talk.state.in_voicemail
    assert sim.talk.state.ending is None
    assert not sim.commands(HangUp)


def test_a_beep_alone_at_the_start_is_a_machine() -> None:
    sim = Sim(Settings(begin_message="Hello.", voicemail=VoicemailOption("hangup")), by_cause())
    sim.at(3.0, BeepHeard(24_000)).run(10.0)
    assert sim.talk.state.ending == Finish("voicemail_reached")


def test_an_incoming_call_is_never_a_machine() -> None:
    option = VoicemailOption("hangup")
    sim = Sim(Settings(direction="inbound", begin_message="", voicemail=option), by_cause())
    sim.say(0.5, GREETING).at(6.0, BeepHeard(48_000)).run(10.0)
    assert sim.talk.state.ending is None


def test_a_phone_menu() -> None:
    sim = Sim(Settings(begin_message="", ivr_hangup=True), by_cause())
    sim.say(0.5, "For sales press one for support press two").run(10.0)
    assert sim.talk.state.ending == Finish("ivr_reached")


def agent_audible(sim: Sim, begins_s: float, ends_s: float) -> list[float]:
    """When speech of the agent began on the line within that stretch."""
    starts = [(at, item) for at, item in sim.log if isinstance(item, SpeechStarted)]
    return [at for at, _ in starts if begins_s <= at <= ends_s]


def waiting_machine(*voices: tuple[float, str, float], beep_at_s: float | None = None) -> Sim:
    """Greetings (start, words, seconds), then perhaps a beep; the agent itself says no hello."""
    sim = Sim(
        Settings(
            begin_message="",
            start_speaker="user",
            voicemail=VoicemailOption("static_text", MESSAGE),
        ),
        by_cause(),
    )
    for at_s, text, seconds in voices:
        sim.say(at_s, text, seconds)
    if beep_at_s is not None:
        sim.at(beep_at_s, BeepHeard(int(beep_at_s * 8_000)))
    return sim.run(150.0)


def test_a_tone_within_the_greeting_is_no_sign_to_speak() -> None:
    sim = waiting_machine(
        (0.5, GREETING, 3.0),
        (4.0, "or press hash to send a page and hang up when you are done", 5.0),
        beep_at_s=5.0,
    )
    assert agent_audible(sim, 0.0, 9.0) == []
    assert sim.transcript()[-1] == f"agent: {MESSAGE}"


def test_a_greeting_that_goes_on_after_a_long_pause_is_not_spoken_over() -> None:
    sim = waiting_machine(
        (0.5, GREETING, 3.0), (6.9, "to page this person press five now", 3.0), beep_at_s=10.8
    )
    (begun, *_) = agent_audible(sim, 0.0, 10.5)
    assert 6.5 <= begun < 6.9, "the pause looked like the end of the greeting"
    stopped = [at for at, item in sim.log if isinstance(item, StopPlaying)]
    assert stopped and stopped[0] < 7.5
    assert agent_audible(sim, 7.5, 10.7) == [], "only the beep lets it begin again"
    assert agent_audible(sim, 10.7, 11.1)
    assert sim.transcript()[-1] == f"agent: {MESSAGE}"
    assert sim.talk.state.ending == Finish("voicemail_reached")


def test_a_long_greeting_is_waited_for() -> None:
    long = " ".join([GREETING, *["and so on"] * 40])
    sim = waiting_machine((0.5, long, 70.0))
    assert agent_audible(sim, 0.0, 70.0) == []
    assert sim.transcript()[-1] == f"agent: {MESSAGE}"


def test_a_greeting_without_end_gets_no_message() -> None:
    long = " ".join([GREETING, *["and so on"] * 80])
    sim = waiting_machine((0.5, long, 140.0))
    assert not sim.commands(SpeechStarted)
    assert sim.commands(HangUp) == [HangUp("voicemail_reached")]


def test_a_line_that_echoes_gets_its_message_in_the_end() -> None:
    sim = Sim(
        Settings(begin_message="", voicemail=VoicemailOption("static_text", MESSAGE)), by_cause()
    )
    sim.say(0.5, GREETING, 3.0)
    heard: list[float] = []

    def echo() -> None:
        if agent_audible(sim, sim.now - 0.3, sim.now) and (not heard or sim.now - heard[-1] > 2):
            heard.append(sim.now)
            sim.say(sim.now, "", 1.0)
        if sim.now < 60:
            sim.at(sim.now + 0.1, echo)

    sim.at(1.0, echo).run(100.0)
    assert sim.transcript()[-1] == f"agent: {MESSAGE}"
    assert sim.talk.state.ending == Finish("voicemail_reached")


def told_machine(option: VoicemailOption | None, *told: tuple[float, AnswererProposed]) -> Sim:
    """A callee whose words give nothing away; the carrier's detection tells at its times."""
    sim = Sim(Settings(begin_message="Hello, this is Maple Dental.", voicemail=option), by_cause())
    sim.say(0.5, "Anna Miller Maple Street")
    for at_s, event in told:
        sim.at(at_s, event)
    return sim.run(30.0)


def proposed(at_s: float, *, is_machine: bool = True, beep: bool = False) -> AnswererProposed:
    return AnswererProposed(is_machine, beep, int(at_s * 8_000))


def test_a_carrier_that_hears_a_machine_early_is_believed() -> None:
    sim = told_machine(VoicemailOption("hangup"), (4.0, proposed(4.0)))
    assert sim.commands(HangUp) == [HangUp("voicemail_reached")]
    assert sim.talk.state.voicemail_evidence == ("carrier",)


def test_a_carrier_that_hears_a_person_or_nothing_sure_ends_nothing() -> None:
    sim = told_machine(VoicemailOption("hangup"), (4.0, proposed(4.0, is_machine=False)))
    assert not sim.commands(HangUp)
    assert not sim.talk.state.in_voicemail


def test_what_a_person_said_counts_more_than_the_carrier() -> None:
    sim = Sim(Settings(voicemail=VoicemailOption("hangup")), by_cause(caller="I see."))
    sim.say(0.5, "Anna speaking, who is this?")
    sim.at(5.0, proposed(5.0)).run(15.0)
    assert not sim.commands(HangUp)


def test_a_person_heard_by_the_carrier_does_not_silence_our_own_ears() -> None:
    sim = Sim(Settings(voicemail=VoicemailOption("hangup")), by_cause())
    sim.say(0.5, GREETING).at(0.4, proposed(0.4, is_machine=False)).run(12.0)
    assert sim.commands(HangUp) == [HangUp("voicemail_reached")]


def test_the_carriers_beep_speeds_the_message() -> None:
    option = VoicemailOption("static_text", MESSAGE)
    quiet = told_machine(option, (4.0, proposed(4.0)), (9.0, proposed(9.0)))
    told = told_machine(option, (4.0, proposed(4.0, beep=True)))
    spoken_at = [min(at for at in sim.times(Say) if at >= 4.0) for sim in (told, quiet)]
    assert spoken_at[0] == 4.0
    assert spoken_at[0] < spoken_at[1]


def test_the_carriers_late_word_of_a_beep_does_not_start_the_message_again() -> None:
    option = VoicemailOption("static_text", MESSAGE)
    alone = machine(option, beep_at_s=6.0)
    sim = Sim(
        Settings(begin_message="Hello, this is Maple Dental.", voicemail=option),
        by_cause(caller="I see."),
    )
    sim.say(0.5, GREETING).at(6.0, BeepHeard(48_000)).at(7.5, proposed(7.5, beep=True)).run(40.0)
    assert sim.transcript() == alone.transcript()
    assert len(sim.commands(Say)) == len(alone.commands(Say))


CLINIC = "Thank you for calling the clinic and welcome"
KEYS = "for appointments press one for opening hours press two"
OPTIONS = [VoicemailOption("hangup"), VoicemailOption("static_text", MESSAGE)]


def told_menu(option: VoicemailOption, told_at_s: float, *, beep: bool = False) -> Sim:
    """A menu with a pause in it, which the carrier takes for a machine."""
    sim = Sim(
        Settings(begin_message="", start_speaker="user", voicemail=option),
        by_cause(caller="I would like an appointment."),
    )
    sim.say(0.5, CLINIC, 3.0).say(4.4, KEYS, 4.0)
    sim.at(told_at_s, proposed(told_at_s, beep=beep))
    return sim.run(20.0)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("told_at_s", [0.6, 2.9, 3.7, 4.2, 6.0, 9.0, 12.0])
def test_a_menu_is_no_machine_whatever_the_carrier_says(
    option: VoicemailOption, told_at_s: float
) -> None:
    sim = told_menu(option, told_at_s)
    assert not sim.commands(HangUp)
    assert not sim.talk.state.in_voicemail
    assert sim.transcript()[-1] == "agent: I would like an appointment."


@pytest.mark.parametrize("option", OPTIONS)
def test_a_carriers_beep_within_the_menus_words_is_none(option: VoicemailOption) -> None:
    sim = told_menu(option, 5.0, beep=True)
    assert not sim.commands(HangUp)
    assert sim.transcript()[-1] == "agent: I would like an appointment."


def test_the_agent_does_not_talk_into_what_may_be_a_greeting() -> None:
    sim = Sim(
        Settings(begin_message="", start_speaker="user", voicemail=OPTIONS[1]),
        by_cause(caller="Who is there?"),
    )
    sim.say(0.5, "Anna Miller Maple Street", 3.0).at(2.9, proposed(2.9)).run(30.0)
    assert sim.transcript() == ["user: Anna Miller Maple Street", f"agent: {MESSAGE}"]
    assert sim.talk.state.voicemail_evidence == ("carrier",)


def test_a_person_is_answered_though_the_carrier_hears_a_machine() -> None:
    sim = Sim(
        Settings(begin_message="", start_speaker="user", voicemail=OPTIONS[0]),
        by_cause(caller="This is Maple Dental."),
    )
    sim.say(0.5, "Maple Street office", 2.6).say(4.0, "Anna speaking who is this", 1.6)
    sim.at(2.9, proposed(2.9)).run(12.0)
    assert not sim.commands(HangUp)
    assert sim.transcript()[-1] == "agent: This is Maple Dental."


def test_an_announcement_of_somebody_to_come_is_no_machine() -> None:
    sim = Sim(
        Settings(begin_message="", start_speaker="user", voicemail=OPTIONS[0]), by_cause(caller="")
    )
    sim.say(0.5, "Please hold somebody will be with you in a moment", 3.0)
    sim.at(2.9, proposed(2.9)).at(9.0, proposed(9.0)).run(12.0)
    assert not sim.commands(HangUp)


def test_a_carriers_machine_that_talks_on_without_telling_words_is_one_in_the_end() -> None:
    sim = Sim(Settings(begin_message="", voicemail=OPTIONS[0]), by_cause())
    sim.say(0.5, "guten tag " * 9, 50.0).at(2.9, proposed(2.9)).run(60.0)
    assert sim.commands(HangUp) == [HangUp("voicemail_reached")]
    assert sim.times(HangUp)[0] < 40.0


@pytest.mark.parametrize("asr_s", [0.12, 1.0, 2.5, 4.0])
@pytest.mark.parametrize("beep_at_s", [4.0, 4.3, 4.7])
@pytest.mark.parametrize("option", [OPTIONS[1], VoicemailOption("prompt", "Ask for a call back.")])
def test_the_greeting_is_on_record_before_the_message_however_late_it_is_recognised(
    option: VoicemailOption, beep_at_s: float, asr_s: float
) -> None:
    words = "Hi Anna, it is Maple Dental. Please call us back today, or tomorrow before ten."
    sim = Sim(Settings(begin_message="", voicemail=option), by_cause(voicemail=words), asr_s=asr_s)
    sim.say(0.5, GREETING).at(beep_at_s, BeepHeard(int(beep_at_s * 8_000))).run(40.0)
    message = MESSAGE if option.action == "static_text" else words
    assert sim.transcript() == [f"user: {GREETING}", f"agent: {message}"]
    assert sim.talk.state.settled == 2
    assert sim.talk.state.ending == Finish("voicemail_reached")


@pytest.mark.parametrize("asr_s", [0.12, 2.5, 4.0])
def test_the_greeting_is_on_record_where_the_beep_hangs_up(asr_s: float) -> None:
    sim = Sim(Settings(begin_message="", voicemail=OPTIONS[0]), by_cause(), asr_s=asr_s)
    sim.say(0.5, GREETING).at(4.7, BeepHeard(37_600)).run(40.0)
    assert sim.transcript() == [f"user: {GREETING}"]


def test_a_greeting_that_is_never_recognised_holds_nothing_up() -> None:
    sim = Sim(Settings(begin_message="", voicemail=OPTIONS[1]), by_cause(), asr_s=500.0)
    sim.say(0.5, GREETING).at(4.7, BeepHeard(37_600)).run(40.0)
    assert sim.transcript() == [f"agent: {MESSAGE}"]
    assert sim.talk.state.ending == Finish("voicemail_reached")
    assert sim.times(Finish)[0] < 15.0
