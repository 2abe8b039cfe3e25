"""Every pair of every state table is either a move or an error; and the small text rules."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.domain.transcript import Utterance
from uponai.engine import barge_in, endpoint, words
from uponai.engine.events import RATE_HZ
from uponai.engine.hear import Hearing, LineClock, Sound
from uponai.engine.settings import Settings, from_config
from uponai.engine.snapshot import entry_from_json, entry_to_json
from uponai.engine.speak import Splitter
from uponai.engine.speech import Speech, utterance
from uponai.engine.turn import MOVES, Floor, Turn


@pytest.mark.parametrize(("here", "there"), [*itertools.product(Floor, Floor)])
def test_the_floor_moves_only_along_its_table(here: Floor, there: Floor) -> None:
    turn = Turn()
    turn.floor = here
    if there is here or there in MOVES[here]:
        assert turn.move(there) is (there is not here)
        assert turn.floor is there
    else:
        with pytest.raises(ValueError):
            turn.move(there)


@pytest.mark.parametrize("pair", [*itertools.product(endpoint.Phase, endpoint.Change)])
def test_an_utterance_changes_only_along_its_table(
    pair: tuple[endpoint.Phase, endpoint.Change],
) -> None:
    if pair in endpoint.TRANSITIONS:
        assert endpoint.phase_after(*pair) is endpoint.TRANSITIONS[pair]
    else:
        with pytest.raises(ValueError):
            endpoint.phase_after(*pair)


@pytest.mark.parametrize("pair", [*itertools.product(barge_in.Contest, barge_in.Step)])
def test_a_contest_changes_only_along_its_table(
    pair: tuple[barge_in.Contest, barge_in.Step],
) -> None:
    if pair in barge_in.TRANSITIONS:
        assert barge_in.contest_after(*pair) is barge_in.TRANSITIONS[pair]
    else:
        with pytest.raises(ValueError):
            barge_in.contest_after(*pair)


# Words


@pytest.mark.parametrize("text", ["", "Uh-huh.", "mm hmm", "Okay.", "Yeah, right.", "I see."])
def test_backchannels(text: str) -> None:
    assert words.is_backchannel(text)


@pytest.mark.parametrize("text", ["No.", "Stop!", "Okay, but wait", "Right, on Tuesday then"])
def test_words_that_are_no_backchannel(text: str) -> None:
    assert not words.is_backchannel(text)


@pytest.mark.parametrize(
    "text",
    [
        "I would like to",
        "My name is",
        "Tomorrow and",
        "It costs, um.",
        "My number is five five five one",
        "So I was thinking...",
        "555 1",
        "On Monday,",
    ],
)
def test_unfinished(text: str) -> None:
    assert words.is_unfinished(text)


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "Tomorrow at three.",
        "I think so.",
        "What is it for?",
        "five five five one two one two",
        "My name is Anna Smith.",
        "I will be there at two.",
        "That is all, thank you.",
    ],
)
def test_finished(text: str) -> None:
    assert not words.is_unfinished(text)


def test_greetings_and_farewells() -> None:
    assert words.is_greeting("Hello?") and words.is_greeting("Yes, hello, Anna speaking.")
    assert not words.is_greeting("Hello, who is this?") and not words.is_greeting("Tuesday")
    assert words.is_farewell("Thank you, bye!") and words.is_farewell("You too, have a good day.")
    assert not words.is_farewell("Bye, but one question about my bill")


# Pieces


def pieces(text: str) -> list[str]:
    splitter = Splitter()
    return [piece for part in text for piece in splitter.feed(part)] + splitter.flush()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello. How are you today?", ["Hello.", "How are you today?"]),
        ("See Dr. Smith at 3.30 p.m. today.", ["See Dr. Smith at 3.30 p.m. today."]),
        ("It costs 12.50 euros. All right?", ["It costs 12.50 euros.", "All right?"]),
        (
            "Well, I can offer you tomorrow, or the day after. What do you say?",
            ["Well, I can offer you tomorrow,", "or the day after.", "What do you say?"],
        ),
        ("... --- !", []),
        ("First line\nsecond line here", ["First line", "second line here"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(st.text(max_size=400), st.lists(st.integers(1, 40), max_size=20))
def test_no_word_is_lost_however_the_text_streams(text: str, cuts: list[int]) -> None:
    splitter, at, got = Splitter(), 0, list[str]()
    for cut in cuts:
        got += splitter.feed(text[at : at + cut])
        at += cut
    got += splitter.feed(text[at:]) + splitter.flush()
    spoken = "".join(char for char in "".join(got) if char.isalnum())
    assert spoken == "".join(char for char in text if char.isalnum())


# Hearing


def test_a_click_is_no_speech_and_a_pause_is_told_once() -> None:
    hearing = Hearing()
    sounds = [hearing.feed(256, 0.9), *(hearing.feed(256 * n, 0.0) for n in range(2, 20))]
    assert set(sounds) == {Sound.NOTHING}
    sounds = [hearing.feed(256 * n, 0.9) for n in range(20, 40)]
    assert sounds.count(Sound.BEGAN) == 1 and hearing.began == 256 * 19
    sounds = [hearing.feed(256 * n, 0.1) for n in range(40, 60)]
    assert sounds.count(Sound.PAUSED) == 1 and hearing.voice_end == 256 * 39


@given(st.lists(st.tuples(st.integers(0, 100_000), st.floats(0, 1))))
def test_hearing_takes_any_windows(windows: list[tuple[int, float]]) -> None:
    hearing = Hearing()
    for at_sample, p in windows:
        hearing.feed(at_sample, p)
        assert 0 <= hearing.began <= max(at for at, _ in windows)


def test_the_line_clock_runs_on_and_never_back() -> None:
    clock = LineClock()
    clock.mark(8_000, 10.0)
    clock.mark(4_000, 11.0)
    assert clock.at(10.5) == 12_000
    assert clock.when(16_000) == 11.0


# What was heard


@given(st.integers(0, 30_000), st.integers(1, 20_000))
def test_heard_words_are_a_prefix_and_in_order(heard: int, samples: int) -> None:
    known = Speech(1, "One two three four five.", 1, 0.0, samples=samples)
    known.heard = min(heard, samples)
    known.runs.append((0, 800))
    spoken = utterance([known])
    found = spoken.content.split() if spoken else []
    assert known.text.split()[: len(found)] == found
    assert len(found) == 5 if known.heard == samples and samples > 50 else True
    ends = [word.end for word in spoken.words] if spoken else []
    assert ends == sorted(ends)
    assert 0 <= known.resume_sample() <= known.heard


def test_word_times_after_a_stop_follow_the_second_run() -> None:
    known = Speech(1, "aaa bbb", 1, 0.0, samples=8_000)
    known.runs = [(0, 0), (4_000, 80_000)]
    known.heard = 8_000
    spoken = utterance([known])
    assert spoken is not None
    assert spoken.words[1].start == 80_000 / RATE_HZ


# Settings and snapshots


def test_defaults_are_the_documented_ones() -> None:
    assert from_config({}, {}) == Settings()


def test_settings_from_the_wire() -> None:
    made = from_config(
        {
            "responsiveness": 0.4,
            "reminder_max_count": 0,
            "voicemail_option": {"action": {"type": "static_text", "text": "Hi {{name}}"}},
            "user_dtmf_options": {"digit_limit": 4, "termination_key": "#", "timeout_ms": 3_000},
            "interruption_sensitivity": None,
        },
        {"begin_message": "Hello {{name}}", "start_speaker": "agent"},
        substitute=lambda text: text.replace("{{name}}", "Anna"),
    )
    assert made.begin_message == "Hello Anna"
    assert made.voicemail is not None and made.voicemail.text == "Hi Anna"
    assert (made.responsiveness, made.interruption_sensitivity) == (0.4, 1.0)
    assert (made.digits.digit_limit, made.digits.termination_key) == (4, "#")


def test_entries_survive_json() -> None:
    entry = Utterance("user", "Hi.", (), {"is_backchannel": True})
    assert entry_from_json(entry_to_json(entry)) == entry
    with pytest.raises(ValueError):
        entry_from_json({"type": "dance"})
