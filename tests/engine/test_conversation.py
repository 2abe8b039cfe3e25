"""Whole exchanges, read as scripts."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.engine.script import Script, opened
from tests.engine.sim import Sim, by_cause, text_reply

from uponai.domain.transcript import Digit, NodeTransition, ToolInvocation, ToolResult
from uponai.engine.commands import (
    Ask,
    CancelAsk,
    CancelSpeech,
    Finish,
    HangUp,
    Measured,
    Play,
    RunTool,
    SaveCheckpoint,
    Say,
    StopPlaying,
    Transcribe,
)
from uponai.engine.conversation import Conversation
from uponai.engine.events import (
    DigitPressed,
    LineClosed,
    LineOpened,
    PlaybackStopped,
    RecognitionFailed,
    ReplyDone,
    ReplyNodeEntered,
    ReplyText,
    ReplyToolCall,
    SpeechFinished,
    SpeechStarted,
    SpeechSynthesized,
    StopRequested,
    ToolReturned,
)
from uponai.engine.settings import DigitOptions, Settings, Timing
from uponai.engine.turn import Floor


def ask(number: int, text: str, **more: object) -> Ask:
    return Ask(number, "caller", text, **{"entries": (), "mind": {}, **more})


# The first words


def test_the_begin_message_is_spoken_at_once() -> None:
    script = Script(begin_message="Hello.") >> LineOpened()
    script << [Say(1, "Hello."), Play(1)]
    assert script.talk.state.floor is Floor.AGENT


def test_the_begin_message_waits_its_delay() -> None:
    script = Script(begin_message="Hello.", begin_message_delay_ms=800) >> LineOpened()
    script << []
    script.passes(0.7) << []
    script.passes(0.2) << [Say(1, "Hello."), Play(1)]


def test_without_a_begin_message_the_responder_begins() -> None:
    script = Script() >> LineOpened()
    script << [Ask(1, "begin", "", (), {})]
    script.replies("Good morning.") << [Say(1, "Good morning."), Play(1)]


def test_a_caller_who_shall_begin_is_waited_for() -> None:
    script = Script(start_speaker="user", begin_message="Hello.") >> LineOpened()
    script << []
    script.silence(5.0) << []
    assert script.talk.state.floor is Floor.IDLE


def test_after_long_silence_the_agent_begins_anyway() -> None:
    script = Script(start_speaker="user", begin_message="Hello?", begin_after_user_silence_ms=2_000)
    script >> LineOpened()
    script.passes(2.1) << [Say(1, "Hello?"), Play(1)]


def test_hello_at_the_answer_does_not_cancel_the_greeting() -> None:
    sim = Sim(Settings(begin_message="Hi, this is Maple Dental. How are you?"), by_cause())
    sim.say(0.2, "Hello?", 0.5).run(6.0)
    assert sim.commands(StopPlaying, Ask, CancelSpeech) == []
    assert sim.transcript() == [
        "user: Hello?",
        "agent: Hi, this is Maple Dental. How are you?",
    ] or sim.transcript() == [
        "agent: Hi, this is Maple Dental. How are you?",
        "user: Hello?",
    ]


def test_hello_before_the_first_words_are_ready_is_no_turn() -> None:
    script = Script() >> LineOpened()
    script.voice(0.5).silence(0.3)
    script.replies("Hi, this is Maple.") << [Say(1, "Hi, this is Maple.")]
    script.recognized("Hello?") << [Play(1)]
    assert not any(isinstance(command, CancelAsk) for command in script.all)


# The caller's turn


def test_a_turn_is_answered_early_and_released_when_it_is_over() -> None:
    script = opened()
    script.voice(1.0).silence(0.22) << [Transcribe(1, 1, 0, 9_728)]
    script.recognized("I want a check-up.", p=0.9) << [ask(1, "I want a check-up.")]
    script.replies("Sure.") << [Say(1, "Sure.")]
    script.silence(0.3) << [Play(1)]
    assert script.talk.state.floor is Floor.AGENT


def test_doubt_waits_longer() -> None:
    script = opened()
    script.voice(1.0).silence(0.22).recognized("I want a check-up.", p=0.1)
    script.replies("Sure.")
    script.silence(0.9) << []
    script.silence(0.2) << [Play(1)]


def test_an_unfinished_sentence_waits_longest() -> None:
    script = opened()
    script.voice(1.0).silence(0.22).recognized("I want to", p=0.9)
    script.replies("Sure.")
    script.silence(1.1) << []
    script.silence(0.2) << [Play(1)]


def test_a_caller_who_goes_on_gets_one_turn_of_all_words() -> None:
    script = opened()
    script.voice(1.0).silence(0.3).recognized("I want a check-up") << [ask(1, "I want a check-up")]
    script.replies("Sure.") << [Say(1, "Sure.")]
    script.voice(0.5) << [CancelSpeech(1)]
    script.silence(0.3) << [Transcribe]
    assert script.all[-1].from_sample == 0 or script.all[-2].from_sample == 0
    script.recognized("I want a check-up on Monday", p=0.9)
    script << [ask(2, "I want a check-up on Monday")]
    script.replies("Monday, fine.").silence(0.4) << [Play(2)]
    assert script.said == []  # nothing stands until the answer is heard
    script.plays(2, 1.0)
    assert script.said == [("user", "I want a check-up on Monday"), ("agent", "Monday, fine.")]


def test_a_caller_who_goes_on_after_the_end_takes_the_answer_back() -> None:
    script = opened()
    script.hears("I want a check-up.").replies("Sure.", mind={"node": "b"})
    assert script.talk.state.mind == {"node": "b"}
    script.voice(0.3) << [StopPlaying()]
    script >> PlaybackStopped(script.sample, {1: 0})
    script.voice(0.3).silence(0.3).recognized("On Monday.", p=0.9)
    script << [CancelSpeech(1), Ask(2, "caller", "I want a check-up. On Monday.", (), {})]
    assert script.talk.state.mind == {}


def test_a_new_answer_is_asked_for_if_the_words_changed() -> None:
    script = opened()
    script.voice(1.0).silence(0.3).recognized("Yes please.", p=0.9)
    script.replies("Fine.").silence(0.4)
    assert [command for command in script.all if isinstance(command, Ask)] == [
        ask(1, "Yes please.")
    ]


def test_a_cough_is_nothing() -> None:
    script = opened()
    script.voice(0.3).silence(0.3).recognized("").silence(2.0) << []
    assert script.talk.state.floor is Floor.IDLE


def test_long_sound_without_words_is_asked_about_once() -> None:
    script = opened()
    script.voice(1.0).silence(0.3).recognized("")
    script << [Say(1, "Sorry, I didn't catch that."), Play(1)]
    script.plays(1, 1.0).voice(1.0).silence(0.3).recognized("") << []


def test_failed_recognition_is_asked_about() -> None:
    script = opened()
    script.voice(0.4).silence(0.3)
    script >> RecognitionFailed(1, 1, "down")
    script << [Say(1, "Sorry, I didn't catch that."), Play(1)]


def test_recognition_that_never_answers_is_given_up() -> None:
    script = opened()
    script.voice(1.0).silence(0.3).silence(3.0)
    script << [Say(1, "Sorry, I didn't catch that."), Play(1)]


def test_a_long_speech_is_recognised_in_chunks() -> None:
    script = opened()
    script.voice(26.0) << [Transcribe]
    script.recognized("first half").voice(4.0).silence(0.3) << [Transcribe]
    script.recognized("second half.", p=0.9) << [ask(1, "first half second half.")]


def test_a_line_that_stalls_in_mid_speech_is_a_pause() -> None:
    script = opened()
    script.voice(1.0).passes(1.6) << [Transcribe]


# Interruptions


def interrupted() -> Script:
    """The agent has been stopped half-way through two sentences."""
    script = Script(begin_message="One two three four. Five six seven eight.") >> LineOpened()
    script >> SpeechSynthesized(2, 16_000)
    script.plays(1, 2.0, until=1.8).voice(0.3) << [StopPlaying()]
    script >> PlaybackStopped(script.sample, {1: 10_000, 2: 0})
    return script


def test_words_take_the_floor_and_unheard_words_leave_the_record() -> None:
    script = interrupted()
    script.voice(0.8).silence(0.3).recognized("No, wait.", p=0.9)
    script << [CancelSpeech(1), CancelSpeech(2), Ask]
    assert script.said == [("agent", "One two three")]
    assert script.talk.state.entries[0].words[0].start >= 0.0


def test_no_words_let_the_agent_go_on_where_it_was_heard() -> None:
    script = interrupted()
    script.silence(0.3).recognized("")
    (resumed, behind) = script.last[-2:]
    assert isinstance(resumed, Play) and 6_400 <= resumed.from_sample <= 10_000
    assert behind == Play(2)


def test_a_listening_noise_does_not_take_the_floor() -> None:
    script = interrupted()
    script.silence(0.3).recognized("Uh-huh, okay.")
    assert [type(command) for command in script.last[-2:]] == [Play, Play]
    assert script.said[-1] == ("user", "Uh-huh, okay.")


def test_a_short_word_under_the_threshold_interrupts_by_its_meaning() -> None:
    script = Script(begin_message="One two three four. Five six seven eight.") >> LineOpened()
    script.plays(1, 9.0, until=1.8).voice(0.2).silence(0.25) << [Transcribe]
    script.recognized("Stop!") << [StopPlaying()]
    script >> PlaybackStopped(script.sample, {1: 10_000, 2: 0})
    script << [CancelSpeech(1), CancelSpeech(2), Ask]


def test_yes_to_a_question_that_is_still_spoken_is_an_answer() -> None:
    script = Script(begin_message="Shall I book tomorrow at three for you?") >> LineOpened()
    script.plays(1, 9.0, until=1.8).voice(0.2).silence(0.25).recognized("Yes.")
    script << [StopPlaying()]


def test_sensitivity_zero_is_never_interrupted_and_still_answers() -> None:
    script = Script(begin_message="One two three four.", interruption_sensitivity=0) >> LineOpened()
    script.plays(1, 9.0, until=1.8).voice(1.0).silence(0.3).recognized("What about Monday?", 0.9)
    script.silence(0.5)
    assert not any(isinstance(command, StopPlaying) for command in script.all)
    script >> SpeechFinished(1, script.sample)
    script << [Ask]


def test_nobody_answers_stop_playing() -> None:
    script = Script(begin_message="One two three four five six seven eight.") >> LineOpened()
    script.plays(1, 4.0, until=1.8).voice(0.3) << [StopPlaying()]
    script.silence(0.3).recognized("No, wait.")
    script.passes(1.2)
    assert CancelSpeech(1) in script.last
    assert script.said[0][0] == "agent"


def test_sound_before_the_answer_is_heard_holds_it() -> None:
    script = opened()
    script.hears("What do you cost?")
    script.voice(0.2)
    script.replies("Fifty.") << [Say(1, "Fifty.")]
    script.silence(0.3).recognized("") << [Play(1)]


# Functions


def with_tool(script: Script, **more: object) -> Script:
    script >> ReplyToolCall(1, "t1", "look", '{"day": "Monday"}', **more)
    return script >> ReplyDone(1, {"step": 2})


def test_a_function_runs_when_its_turn_is_committed_and_not_before() -> None:
    script = opened()
    script.voice(1.0).silence(0.3).recognized("Monday.", p=0.9)
    with_tool(script) << []
    script.silence(0.4) << [RunTool("t1", "look", '{"day": "Monday"}')]
    script >> ToolReturned("t1", "free", True, variables={"slot": "3"})
    (asked,) = [command for command in script.last if isinstance(command, Ask)]
    assert (asked.cause, asked.tool_call_ids, asked.mind) == ("tool", ("t1",), {"step": 2})
    assert asked.variables == {"slot": "3"}
    assert [type(entry) for entry in asked.entries[-2:]] == [ToolInvocation, ToolResult]
    assert script.talk.state.collected == {"slot": "3"}


def test_words_during_a_function_are_spoken_and_known_to_the_next_ask() -> None:
    script = opened()
    script.hears("Monday.")
    script >> ReplyToolCall(1, "t1", "look", "{}", speak_during="Let me look.")
    script << [Say(1, "Let me look."), Play(1), RunTool("t1", "look", "{}")]
    script >> ReplyDone(1)
    script >> SpeechStarted(1, script.sample) >> ToolReturned("t1", "free", True)
    (asked,) = [command for command in script.last if isinstance(command, Ask)]
    contents = [getattr(entry, "content", "") for entry in asked.entries]
    assert contents == ["Monday.", "Let me look.", "", "free"]


def test_an_interrupted_function_runs_once_and_its_result_is_kept() -> None:
    script = opened()
    script.hears("Monday.")
    script >> ReplyToolCall(1, "t1", "book", "{}", speak_during="Let me book that now for you.")
    script >> ReplyDone(1) >> SpeechSynthesized(1, 16_000) >> SpeechStarted(1, script.sample)
    script.voice(0.5) << [StopPlaying()]
    script >> PlaybackStopped(script.sample, {1: 4_000})
    script.silence(0.3).recognized("No, Tuesday.", p=0.9).silence(0.4)
    script >> ToolReturned("t1", "booked", True)
    script >> ReplyToolCall(1, "t1", "book", "{}")
    runs = [command for command in script.all if isinstance(command, RunTool)]
    assert len(runs) == 1
    assert any(isinstance(entry, ToolResult) for entry in script.talk.state.entries)
    asks = [command for command in script.all if isinstance(command, Ask)]
    assert asks[-1].cause == "tool"
    script.replies("It is booked.").plays(2, 1.0)
    asks = [command for command in script.all if isinstance(command, Ask)]
    assert (asks[-1].cause, asks[-1].caller_text) == ("caller", "No, Tuesday.")


def test_a_slow_function_is_covered_and_a_dead_one_given_up() -> None:
    script = opened(timing=Timing(tool_s=10.0))
    script.hears("Monday.")
    with_tool(script)
    script.passes(6.5) << [Say(1, "One moment, please."), Play(1)]
    script.plays(1, 1.0).passes(4.0)
    results = [e for e in script.talk.state.entries if isinstance(e, ToolResult)]
    assert [result.successful for result in results] == [False]
    assert any(isinstance(command, Ask) and command.cause == "tool" for command in script.all)


def test_a_function_nobody_waits_for_does_not_hold_the_talk_up() -> None:
    script = opened()
    script.hears("Monday.")
    with_tool(script, wait=False)
    script.plays(1, 0.1)
    script >> ToolReturned("t1", "noted", True)
    script << []
    assert script.talk.state.floor is Floor.IDLE


def test_what_the_caller_says_as_we_hang_up_is_kept() -> None:
    script = opened(max_call_duration_ms=60_000, reminder_max_count=0)
    script.passes(58.0).voice(1.5).passes(0.6) << [HangUp("max_duration_reached")]
    script >> LineClosed("local_hangup", script.sample) << [Transcribe]
    script.recognized("one more thing") << [Finish("max_duration_reached")]
    assert script.said == [("user", "one more thing")]


# Digits


def test_digits_become_a_turn_after_a_pause() -> None:
    script = opened()
    script >> DigitPressed("1", 0) >> DigitPressed("2", 0)
    script << []
    script.passes(2.6) << [Ask(1, "digits", "pressed 1 2", (Digit("1"), Digit("2")), {})]


def test_digits_are_complete_at_limit_or_key() -> None:
    script = opened(digits=DigitOptions(2, "#", 5_000))
    script >> DigitPressed("1", 0) >> DigitPressed("#", 0)
    assert script.last[0].caller_text == "pressed 1"


def test_unwanted_digits_are_dropped() -> None:
    script = opened(allow_user_dtmf=False) >> DigitPressed("1", 0)
    script.passes(5.0) << []
    assert script.talk.state.entries == ()


def test_a_digit_may_interrupt() -> None:
    script = Script(begin_message="One two three four.", allow_dtmf_interruption=True)
    script >> LineOpened()
    script.plays(1, 4.0, until=1.0) >> DigitPressed("1", script.sample)
    script << [StopPlaying()]
    script >> PlaybackStopped(script.sample, {1: 8_000})
    script << [CancelSpeech(1)]
    script.passes(2.6) << [Ask]


# The end


def test_end_call_says_goodbye_first() -> None:
    script = opened()
    script.hears("That was all.")
    script >> ReplyText(1, "Goodbye. ")
    script >> ReplyToolCall(1, "t1", "end_call", "{}", kind="end_call", wait=False)
    script >> ReplyDone(1, ends_call=True)
    assert not any(isinstance(command, RunTool | HangUp) for command in script.all)
    script.plays(1, 1.0)
    assert script.last[-1] == HangUp("agent_hangup", after_playout=True)
    script >> LineClosed("local_hangup", script.sample)
    script << [Finish("agent_hangup")]
    entries = script.talk.state.entries
    assert [type(entry) for entry in entries[-2:]] == [ToolInvocation, ToolResult]


def test_thanks_during_the_goodbye_does_not_stop_it() -> None:
    sim = Sim(
        Settings(begin_message=""),
        text_reply(
            "You are welcome. Have a very nice day and see you soon. Goodbye!", ends_call=True
        ),
    )
    sim.say(1.0, "That was all").say(4.0, "Thank you, bye").run(20.0)
    assert sim.talk.state.ending == Finish("agent_hangup")
    assert (
        sim.transcript()[-1].endswith("Goodbye!") or sim.transcript()[-1] == "user: Thank you, bye"
    )


def test_hanging_up_trims_to_what_was_heard_and_keeps_last_words() -> None:
    script = Script(begin_message="One two three four five six seven eight.") >> LineOpened()
    script.plays(1, 4.0, until=1.0)
    script >> LineClosed("remote_hangup", script.sample)
    script << [CancelSpeech(1), Finish("user_hangup", "remote_hangup")]
    assert script.said == [("agent", "One two")]


def test_last_words_are_still_recognised() -> None:
    script = opened()
    script.voice(0.6) >> LineClosed("remote_hangup", script.sample)
    script << [Transcribe]
    script.recognized("Bye then.") << [Finish("user_hangup", "remote_hangup")]
    assert script.said == [("user", "Bye then.")]


def test_a_stop_is_at_once() -> None:
    script = opened() >> StopRequested()
    script << [HangUp("manual_stopped"), Finish("manual_stopped")]


def test_a_lost_line_is_an_error() -> None:
    script = opened() >> LineClosed("lost", 0)
    script << [Finish("error_retell", "lost")]


# Figures


def test_latency_is_measured_from_the_true_end_of_speech() -> None:
    sim = Sim(Settings(begin_message=""), text_reply("Fine. ")).say(1.0, "How are you").run(6.0)
    figures = {m.metric: m.value_ms for m in sim.commands(Measured)}
    assert 450 <= figures["e2e"] <= 650
    assert figures["llm"] == 150.0
    assert 35 <= figures["tts"] <= 60
    assert figures["asr"] == 120.0


def test_the_wait_for_the_end_of_the_turn_is_no_speech_latency() -> None:
    """Speech of a reply made while the caller may still go on is held; that is not the voice's."""
    quick = text_reply("Fine. ", delay=0.01)
    sim = Sim(Settings(begin_message=""), quick).say(1.0, "I would like to").run(6.0)
    figures = {m.metric: m.value_ms for m in sim.commands(Measured)}
    assert figures["e2e"] > 900
    assert 35 <= figures["tts"] <= 60


def test_word_times_lie_on_the_line_clock() -> None:
    sim = Sim(Settings(begin_message="One two three four."), by_cause()).run(5.0)
    words = sim.talk.state.entries[0].words
    assert [word.word for word in words] == ["One", "two", "three", "four."]
    assert all(a.end <= b.start + 0.001 for a, b in zip(words, words[1:], strict=False))
    assert 0.0 < words[0].start < 0.2 and 1.1 < words[-1].end < 1.5


# Going on elsewhere


def test_another_brain_answers_the_turn_that_was_open() -> None:
    script = opened(begin_message="")
    script.hears("I want a check-up.")
    saved = [command for command in script.all if isinstance(command, SaveCheckpoint)][-1].state
    again = Script(Conversation.restore(Settings(begin_message=""), json.loads(json.dumps(saved))))
    again >> LineOpened(80_000, resumed=True)
    assert isinstance(again.last[0], Ask)
    assert (again.last[0].caller_text, again.last[0].entries) == ("I want a check-up.", ())
    number = again.last[0].ask
    assert number > 1
    again >> ReplyText(number, "Sure. ") >> ReplyDone(number)
    again.plays(2 if any(isinstance(c, Say) for c in script.all) else 1, 1.0)
    assert again.said == [("user", "I want a check-up."), ("agent", "Sure.")]


def test_a_function_lost_with_its_brain_is_not_run_again() -> None:
    script = opened()
    script.hears("Monday.")
    with_tool(script)
    restored = Conversation.restore(Settings(begin_message=""), script.talk.snapshot())
    again = Script(restored) >> LineOpened(80_000, resumed=True)
    assert [command.cause for command in again.all if isinstance(command, Ask)] == ["tool"]
    results = [e for e in restored.state.entries if isinstance(e, ToolResult)]
    assert not results[0].successful


def test_transitions_are_recorded_when_the_reply_is_heard() -> None:
    script = opened()
    script.hears("Monday.")
    script >> ReplyNodeEntered(1, "a", "A", "b", "B") >> ReplyText(1, "Fine. ") >> ReplyDone(1)
    assert script.talk.state.entries == ()
    script.plays(1, 1.0)
    kinds = [getattr(entry, "role", type(entry).__name__) for entry in script.talk.state.entries]
    assert kinds == ["user", "NodeTransition", "agent"]
    assert NodeTransition("a", "A", "b", "B") in script.talk.state.entries


def test_settings_are_frozen_values() -> None:
    assert replace(Settings(), responsiveness=0.5) != Settings()
