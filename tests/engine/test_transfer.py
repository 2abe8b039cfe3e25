"""Handing the caller to somebody else: words first, then the line is asked, and watched."""

from __future__ import annotations

import itertools
import json

import pytest
from tests.engine.script import Script

from uponai.domain.transcript import ToolResult
from uponai.engine.commands import (
    Ask,
    CancelSpeech,
    DismissOther,
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
    TransferDecided,
    TransferMet,
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
    script.passes(2.0) << [DismissOther(), TransferNoted("cancelled"), Ask]
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


def met(**how: object) -> Script:
    """Somebody answered there, and is talked with alone."""
    script = Script(begin_message="") >> LineOpened()
    script.hears("sales please")
    script >> wanted() >> ReplyDone(1) << [RUN]
    script >> TransferBegun("t1", SALES, 45.0, refers=False, talk_s=30.0, **how)  # type: ignore[arg-type]
    return script >> TransferTold("progress", 180) >> TransferTold("answered", 200) << []


def test_who_takes_the_caller_is_joined_with_them() -> None:
    script = met() >> TransferDecided(join=True) << [JoinCallers()]
    script >> TransferTold("joined", 200) << [TransferNoted("bridged")]
    script.passes(600.0) << []


def test_the_two_are_introduced_to_each_other_before_the_agent_leaves() -> None:
    script = met() >> TransferDecided(join=True, introduction="Anna, meet Bob.")
    script >> TransferTold("joined", 200)
    script << [TransferNoted("bridged"), Say(1, "Anna, meet Bob."), Play(1)]
    script.plays(1, 1.5)
    assert ("agent", "Anna, meet Bob.") in script.said
    script.hears("thank you")
    assert not [c for c in script.all if isinstance(c, Ask)][1:]
    script >> LineClosed("remote_hangup", script.sample)
    script << [TransferNoted("ended"), Finish("call_transfer")]


def test_who_hangs_up_on_the_introduction_gives_the_caller_back() -> None:
    script = met() >> TransferDecided(join=True, introduction="Anna, meet Bob.")
    script >> TransferTold("joined", 200)
    script.plays(1, 1.5, until=0.5)
    script >> TransferTold("failed", None, "gone")
    script << [TransferNoted("cancelled"), StopPlaying, CancelSpeech, Ask]


def test_the_call_that_ends_during_the_introduction_was_transferred() -> None:
    script = met() >> TransferDecided(join=True, introduction="Anna, meet Bob.")
    script >> TransferTold("joined", 200)
    script.plays(1, 1.5, until=0.5)
    script >> LineClosed("remote_hangup", script.sample)
    assert script.talk.state.ending == Finish("call_transfer")


def test_who_does_not_want_the_caller_is_hung_up_on() -> None:
    script = met() >> TransferDecided(join=False, why="they have no time")
    script << [DismissOther(), TransferNoted("cancelled"), Ask]
    assert "they have no time" in result(script).content
    # The line holder's own word of it comes too late to matter.
    script >> TransferTold("failed", None, "dismissed") << []


@pytest.mark.parametrize("late", [False, True])
def test_nobody_is_talked_with_for_ever_before_the_joining(late: bool) -> None:
    script = met(joins_late=late)
    script.passes(29.0) << []
    script.passes(2.0)
    if late:
        script << [JoinCallers()]
        script >> TransferTold("joined", 200) << [TransferNoted("bridged")]
    else:
        script << [DismissOther(), TransferNoted("cancelled"), Ask]


def test_a_person_who_was_found_is_told_who_waits_however_late_it_is() -> None:
    script = met()
    script.passes(29.0) >> TransferMet()
    script.passes(30.0) << []
    script >> TransferDecided(join=True) << [JoinCallers()]


def test_a_joining_that_does_not_come_about_gives_the_caller_back() -> None:
    script = met() >> TransferDecided(join=True)
    script.passes(6.0) << [DismissOther(), TransferNoted("cancelled"), Ask]


def test_who_answers_after_the_caller_was_taken_back_is_hung_up_on() -> None:
    script = asked()
    script.passes(46.0) << [DismissOther(), TransferNoted("cancelled"), Ask]
    script >> TransferTold("answered", 200) << [DismissOther()]


def test_a_caller_who_hangs_up_while_somebody_is_called_for_them_was_not_transferred() -> None:
    script = met() >> LineClosed("remote_hangup", 0)
    script << [TransferNoted("cancelled"), Finish("user_hangup", "remote_hangup")]


# Brains that die


def another_brain(former: Script) -> Script:
    """It reads what the former one wrote down, as JSON."""
    kept = json.loads(json.dumps(former.talk.snapshot()))
    talk = Conversation.restore(Settings(begin_message=""), kept)
    script = Script(talk)
    script.sample = former.sample
    return script >> LineOpened(former.sample, resumed=True)


def test_another_brain_goes_on_with_a_caller_on_hold() -> None:
    script = another_brain(met()) >> TransferTold("answered", 200) << []
    script.passes(20.0) << []
    script >> TransferDecided(join=True) << [JoinCallers()]
    script >> TransferTold("joined", 200) << [TransferNoted("bridged")]
    script >> LineClosed("remote_hangup", 0)
    script << [TransferNoted("ended"), Finish("call_transfer")]
    assert result(script).successful


def test_another_brain_finds_two_who_are_joined() -> None:
    former = met() >> TransferDecided(join=True) >> TransferTold("joined", 200)
    script = another_brain(former) >> TransferTold("joined", 200) << []
    script.passes(300.0) << []
    script >> TransferTold("failed", None, "gone")
    script << [TransferNoted("cancelled"), Ask]
    assert "gone" in result(script).content


@pytest.mark.parametrize("joined", [False, True])
def test_another_brain_takes_a_caller_back_of_whom_the_line_says_nothing(joined: bool) -> None:
    former = met() >> TransferDecided(join=True)
    if joined:
        former >> TransferTold("joined", 200)
    script = another_brain(former)
    script.passes(4.0) << [DismissOther(), TransferNoted("cancelled"), Ask]
    assert "lost" in result(script).content


def test_another_brain_waits_for_a_refer_that_was_asked_for() -> None:
    script = another_brain(asked())
    script.passes(40.0) << []
    script >> TransferTold("failed", 486, "Busy Here") << [TransferNoted("cancelled"), Ask]
    assert "Busy Here (486)" in result(script).content


def test_another_brain_hangs_up_on_a_caller_who_was_handed_over() -> None:
    script = another_brain(asked() >> TransferTold("done"))
    script << [HangUp("call_transfer")]
    script >> LineClosed("local_hangup", 0) << [Finish("call_transfer")]


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


def test_a_caller_who_hangs_up_while_the_line_calls_there_instead_was_not_transferred() -> None:
    script = asked() >> TransferTold("progress", 180, here=True)
    script >> LineClosed("remote_hangup", script.sample)
    script << [TransferNoted("cancelled"), Finish("user_hangup", "remote_hangup")]
    assert not result(script).successful


def test_another_brain_knows_that_the_line_calls_there_itself() -> None:
    script = another_brain(asked() >> TransferTold("progress", 180, here=True))
    script >> TransferTold("progress", 180, here=True)
    script.passes(30.0) << []
    script >> LineClosed("remote_hangup", script.sample)
    script << [TransferNoted("cancelled"), Finish("user_hangup", "remote_hangup")]


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
    script << [TransferNoted("bridged"), HangUp("call_transfer")]
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
