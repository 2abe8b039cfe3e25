"""The voice menu: what is read out, and what keys do to it."""

from __future__ import annotations

import pytest

from uponai.sim.menu import CLINIC, Choice, Menu, MenuReading
from uponai.sim.script import Script, Step

QUIET = 10.0
MENU = Menu(
    "Press one or two.",
    {
        "1": Choice(Script((Step("Sales."), Step("Bye.", silence_ms=400)), hang_up_silence_ms=500)),
        "2": Choice(Script((Step("Nine to five."),)), back=True),
    },
    wait_ms=1_000,
    most_prompts=2,
)


def hear(reading: MenuReading, ms: int, *, busy: bool = False, rms: float = QUIET) -> list[str]:
    """What is read out during ``ms``."""
    steps = [reading.tick(rms, busy=busy) for _ in range(ms // 20)]
    return [step.text for step in steps if step is not None]


def test_it_reads_out_its_choices_waits_and_gives_up() -> None:
    reading = MenuReading(MENU)
    assert hear(reading, 20) == [MENU.prompt]
    assert hear(reading, 5_000, busy=True) == []
    assert hear(reading, 980) == []
    assert hear(reading, 20) == [MENU.prompt]
    assert not reading.finished
    assert hear(reading, 3_000) == [MENU.farewell]
    assert reading.finished


def test_a_key_cuts_off_the_prompt_and_leads_somewhere() -> None:
    reading = MenuReading(MENU)
    hear(reading, 20)
    assert reading.press("1")
    assert hear(reading, 20) == ["Sales."]
    assert hear(reading, 200, rms=2_000.0) == []
    assert hear(reading, 400) == ["Bye."]
    assert not reading.finished
    hear(reading, 500)
    assert reading.finished


def test_who_has_been_put_through_presses_in_vain() -> None:
    reading = MenuReading(MENU)
    hear(reading, 20)
    reading.press("1")
    hear(reading, 20)
    assert not reading.press("2")
    assert hear(reading, 200) == []


def test_a_piece_of_information_leads_back_to_the_menu() -> None:
    reading = MenuReading(MENU)
    hear(reading, 20)
    assert reading.press("2")
    assert hear(reading, 20) == ["Nine to five."]
    assert hear(reading, 400, busy=True) == []
    assert hear(reading, 60) == [MENU.prompt]


def test_a_wrong_key_is_told_and_the_menu_comes_again() -> None:
    reading = MenuReading(MENU)
    hear(reading, 20)
    assert reading.press("9")
    assert hear(reading, 20) == [MENU.wrong]
    assert hear(reading, 20) == [MENU.prompt]
    assert not reading.finished


@pytest.mark.parametrize("key", CLINIC.choices)
def test_every_choice_of_the_clinic_says_something(key: str) -> None:
    reading = MenuReading(CLINIC)
    reading.press(key)
    assert hear(reading, 20)
