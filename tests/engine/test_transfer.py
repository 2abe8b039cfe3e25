"""Handing the caller to somebody else: words first, then the line is asked, and watched."""

from __future__ import annotations

import itertools

import pytest
from tests.engine.script import Script

from uponai.domain.transcript import ToolResult
from uponai.engine.commands import (
    Ask,
    CancelAsk,
    CancelSpeech,
    Finish,
    HangUp,
    JoinCallers,
    Play,
    RunTool,
    Say,
    StopPlaying,
    TransferNoted,
)
from uponai.engine.conversation import Conversation
from uponai.engine.events import (
    LineClosed,
    LineOpened,
    ReplyDone,
    ReplyText,
    ReplyToolCall,
    SpeechFinished,
    SpeechStarted,
    SpeechSynthesized,
    ToolReturned,
    TransferBegun,
    TransferTold,
)
from uponai.engine.settings import Settings
from uponai.engine.transfer import TRANSITIONS, Stage, Step

RUN = RunTool("t1", "to_sales", "{}", "transfer_call")
SALES = "+14155550199"


def wanted(kind: str = "transfer_call") -> ReplyToolCall:
    return ReplyToolCall(1, "t1", "to_sales", "{}", kind)


def asked() -> Script:
    """The agent has announced it, and the line is asked."""
    script = Script(begin_message="") >> LineOpened()
    script.hears("sales please")
    script >> ReplyText(1, "I'll put you through.") >> wanted() >> ReplyDone(1)
    script.plays(1, 1.0) << [RUN]
    return script >> TransferBegun("t1", SALES, 45.0)


def result(script: Script) -> ToolResult:
    (found,) = [e for e in script.talk.state.entries if isinstance(e, ToolResult)]
    return found


def test_every_pair_of_stage_and_step_is_in_the_table_or_ignored() -> None:
    for pair in itertools.product(Stage, Step):
        assert TRANSITIONS.get(pair) is None or isinstance(TRANSITIONS[pair], Stage)
    assert {TRANSITIONS[pair] for pair in TRANSITIONS} == set(Stage)


def test_the_line_is_asked_once_the_announcement_was_heard() -> None:
    script = Script(begin_message="") >> LineOpened()
    script.hears("sales please")
    script >> ReplyText(1, "I'll put you through.") >> wanted()
    script << [Say(1, "I'll put you through."), Play(1)]
    script >> ReplyDone(1) << []
    script >> SpeechSynthesized(1, 8_000) >> SpeechStarted(1, script.sample)
    script.silence(1.0) << []
    script >> SpeechFinished(1, script.sample) << [RUN]


def test_an_interrupted_announcement_does_not_undo_the_transfer() -> None:
    script = Script(begin_message="") >> LineOpened()
    script.hears("sales please")
    script >> ReplyText(1, "I'll put you through to sales.") >> wanted() >> ReplyDone(1)
    script.plays(1, 4.0, until=0.5)
    before = len(script.all)
    script >> LineClosed("remote_hangup", script.sample)
    assert RUN not in script.all[:before]


def test_without_words_the_line_is_asked_at_once() -> None:
    script = Script(begin_message="") >> LineOpened()
    script.hears("sales please")
    script >> wanted() >> ReplyDone(1) << [RUN]


def test_an_answered_transfer_ends_the_call_as_transferred() -> None:
    script = asked()
    script >> TransferTold("progress", 180) << []
    script >> TransferTold("done", 200)
    script << [TransferNoted("bridged"), HangUp("call_transfer")]
    script >> LineClosed("local_hangup", script.sample) << [Finish("call_transfer")]
    assert result(script).successful
    assert script.talk.snapshot()["transfer_to"] == SALES


def test_a_failed_transfer_comes_back_and_the_agent_says_so() -> None:
    script = asked()
    script >> TransferTold("failed", 486, "Busy Here")
    script << [TransferNoted("cancelled"), Ask]
    assert not result(script).successful
    assert "Busy Here (486)" in result(script).content
    script.replies("They are busy.") << [Say(2, "They are busy."), Play(2)]
    assert script.talk.snapshot()["transfer_to"] == ""


def test_nobody_waits_for_ever() -> None:
    script = asked()
    script.passes(44.0) << []
    script.passes(2.0) << [TransferNoted("cancelled"), Ask]
    assert "nobody answered in time" in result(script).content


def test_a_dropped_call_comes_back_to_the_agent_while_it_is_watched() -> None:
    script = asked() >> TransferTold("done")
    script.passes(60.0) << []
    script >> TransferTold("failed", None, "they were cut off after 60 s")
    script << [TransferNoted("cancelled"), Ask]
    script.replies("You are back.") << [Say(2, "You are back."), Play(2)]


def test_a_caller_joined_over_this_line_talks_as_long_as_they_like() -> None:
    script = asked() >> TransferTold("joined", 200)
    script << [TransferNoted("bridged")]
    script.passes(600.0) << []
    script >> LineClosed("remote_hangup", script.sample)
    script << [TransferNoted("ended"), Finish("call_transfer")]


def test_a_joined_caller_is_given_back_by_who_hangs_up_soon() -> None:
    script = asked() >> TransferTold("joined", 200)
    script.passes(20.0)
    script >> TransferTold("failed", None, "they answered, and were gone after 20 s")
    script << [TransferNoted("cancelled"), Ask]


def test_what_is_whispered_comes_before_the_joining() -> None:
    script = Script(begin_message="") >> LineOpened()
    script.hears("sales please")
    script >> wanted() >> ReplyDone(1) << [RUN]
    script >> TransferBegun("t1", SALES, 45.0, "Anna wants shoes.")
    script >> TransferTold("answered", 200) << [Say(1, "Anna wants shoes."), Play(1)]
    script.plays(1, 1.5) << [JoinCallers()]
    script >> TransferTold("joined", 200) << [TransferNoted("bridged")]


def test_who_hangs_up_on_the_whisper_gives_the_caller_back() -> None:
    script = Script(begin_message="") >> LineOpened()
    script.hears("sales please")
    script >> wanted() >> ReplyDone(1) << [RUN]
    script >> TransferBegun("t1", SALES, 45.0, "Anna wants shoes.")
    script >> TransferTold("answered", 200)
    script.plays(1, 1.5, until=0.5)
    script >> TransferTold("failed", None, "gone")
    script << [TransferNoted("cancelled"), StopPlaying, CancelSpeech, Ask]
    assert ("agent", "Anna") in script.said


def test_the_watch_ends() -> None:
    script = asked() >> TransferTold("done")
    script.passes(96.0) << [Finish("call_transfer")]


def test_what_the_caller_says_meanwhile_is_written_down_and_not_answered() -> None:
    script = asked()
    script.hears("is anybody there")
    assert not [c for c in script.all if isinstance(c, Ask)][1:]
    assert ("user", "is anybody there") in script.said
    script.passes(30.0) << []


def test_a_caller_whose_side_left_for_the_new_call_was_transferred() -> None:
    script = asked() >> TransferTold("progress", 100)
    script >> LineClosed("remote_hangup", script.sample)
    script << [Finish("call_transfer", script.talk.state.ending.detail)]  # type: ignore[union-attr]


def test_a_caller_who_hangs_up_before_anything_happened_was_not() -> None:
    script = asked() >> LineClosed("remote_hangup", 0)
    script << [TransferNoted("cancelled"), Finish("user_hangup", "remote_hangup")]


def test_a_transfer_that_cannot_be_asked_for_is_a_failed_function() -> None:
    script = Script(begin_message="") >> LineOpened()
    script.hears("sales please")
    script >> wanted() >> ReplyDone(1) << [RUN]
    script >> ToolReturned("t1", "Error: no number", successful=False) << [Ask]


def test_news_of_no_transfer_changes_nothing() -> None:
    script = Script(begin_message="") >> LineOpened()
    script >> TransferBegun("t9", SALES, 30.0) << []
    script >> TransferTold("progress", 180) << []
    script >> TransferTold("failed", 486) << []


def test_a_transfer_of_a_brain_that_died_still_ends_the_call() -> None:
    former = asked()
    talk = Conversation.restore(Settings(begin_message=""), former.talk.snapshot())
    script = Script(talk) >> LineOpened(former.sample, resumed=True)
    script >> TransferTold("done", 200)
    script << [TransferNoted("bridged"), CancelAsk, HangUp("call_transfer")]
    script >> LineClosed("local_hangup", 0) << [Finish("call_transfer")]
    assert script.talk.snapshot()["transfer_to"] == SALES


@pytest.mark.parametrize("cause", ["remote_hangup", "lost"])
def test_whatever_ends_a_watched_line_the_caller_was_transferred(cause: str) -> None:
    script = asked() >> TransferTold("done")
    script >> LineClosed(cause, script.sample) << [Finish("call_transfer")]


def test_digits_are_pressed_once_the_words_are_over() -> None:
    script = Script(begin_message="") >> LineOpened()
    script.hears("press one")
    script >> ReplyText(1, "One moment.") >> wanted("press_digit") >> ReplyDone(1)
    script.plays(1, 0.5) << [RunTool("t1", "to_sales", "{}", "press_digit")]
