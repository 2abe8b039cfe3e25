"""Numbers choose people and networks, the same for every line."""

from __future__ import annotations

import pytest

from uponai.sim.network import BY_EXCHANGE, Faults, Network, Road, faults_of
from uponai.sim.scenario import BY_DIGITS, Directory, Fate, Scenario, Subscriber

DIRECTORY = Directory(Scenario.QUICK, Network.DELAY, 0.5)


def test_a_number_that_says_nothing_is_the_directorys() -> None:
    assert DIRECTORY.of("+14155559876") == Subscriber(Scenario.QUICK, Network.DELAY, 0.5)
    assert DIRECTORY.of("sip:bob@example.com").scenario is Scenario.QUICK


@pytest.mark.parametrize(("digits", "scenario"), BY_DIGITS.items())
def test_the_last_digits_choose_the_person(digits: str, scenario: Scenario) -> None:
    assert DIRECTORY.of(f"+1415555{digits}").scenario is scenario


@pytest.mark.parametrize(("exchange", "network"), BY_EXCHANGE.items())
def test_the_digits_before_choose_the_network(exchange: str, network: Network) -> None:
    who = DIRECTORY.of(f"+1415{exchange}0005")
    assert (who.scenario, who.network) == (Scenario.VOICEMAIL, network)
    assert faults_of(network) != Faults()


def test_who_does_not_answer_lets_it_ring() -> None:
    who = DIRECTORY.of("+14155550002")
    assert who.fate is Fate.NO_ANSWER
    assert who.ring_s > 600
    assert DIRECTORY.of("+14155550001").fate is Fate.BUSY
    assert DIRECTORY.of("+14155550005").fate is Fate.ANSWERED


def shares(faults: Faults, count: int = 2_000) -> tuple[float, float]:
    """Share of packets lost: from the phone, to it."""
    road = Road(faults, "seed")
    ways = [[road.lost(from_phone=way) for _ in range(count)] for way in (True, False)]
    return sum(ways[0]) / count, sum(ways[1]) / count


def test_a_network_loses_its_share_both_ways() -> None:
    assert shares(Faults()) == (0, 0)
    assert shares(Faults(loss=0.2)) == (pytest.approx(0.2, abs=0.03),) * 2
    assert shares(Faults(mute=True)) == (1, 0)
    assert shares(Faults(deaf=True)) == (0, 1)


def test_lateness_is_the_delay_and_some_of_the_jitter() -> None:
    assert Road(Faults(delay_s=0.3)).late_s() == 0.3
    road = Road(Faults(delay_s=0.1, jitter_s=0.05), "seed")
    late = [road.late_s() for _ in range(500)]
    assert 0.1 <= min(late) < 0.105
    assert 0.145 < max(late) <= 0.15


def test_the_same_seed_throws_the_same_dice() -> None:
    first, second = (Road(Faults(loss=0.5), "call 1") for _ in range(2))
    assert [first.lost(from_phone=True) for _ in range(50)] == [
        second.lost(from_phone=True) for _ in range(50)
    ]
