"""Whose audio a line takes."""

from uponai.edge.latch import Latch

STATED, NAT, STRANGER = ("192.0.2.1", 4000), ("203.0.113.9", 61_000), ("198.51.100.7", 5)


def test_the_stated_address_is_believed_at_once():
    latch = Latch()
    latch.state(STATED)
    assert latch.target == STATED
    assert latch.admits(STATED, 1, 0.0)
    assert latch.target == STATED


def test_a_far_side_behind_nat_is_believed_after_three_packets_of_one_stream():
    latch = Latch()
    latch.state(STATED)
    assert [latch.admits(NAT, 7, n / 50) for n in range(4)] == [False, False, True, True]
    assert latch.target == NAT


def test_changing_streams_prove_nothing():
    latch = Latch()
    latch.state(STATED)
    assert not any(latch.admits(NAT, ssrc, 0.0) for ssrc in range(20))


def test_nobody_else_is_heard_while_the_stream_lives():
    latch = Latch()
    latch.state(STATED)
    latch.admits(STATED, 1, 0.0)
    assert not any(latch.admits(STRANGER, 9, 0.1 + n / 50) for n in range(50))
    assert latch.foreign == 50
    assert latch.target == STATED


def test_a_stream_that_fell_silent_may_come_back_from_elsewhere():
    latch = Latch()
    latch.state(STATED)
    latch.admits(STATED, 1, 0.0)
    assert [latch.admits(NAT, 2, 3.0 + n / 50) for n in range(3)] == [False, False, True]


def test_a_new_offer_starts_over():
    latch = Latch()
    latch.state(STATED)
    latch.admits(STATED, 1, 0.0)
    latch.state(STRANGER)
    assert latch.target == STRANGER
    assert latch.admits(STRANGER, 3, 0.1)


def test_whoever_came_first_gives_way_to_the_stated_address():
    latch = Latch()
    latch.state(STATED)
    assert [latch.admits(STRANGER, 9, n / 50) for n in range(3)] == [False, False, True]
    assert latch.admits(STATED, 1, 0.1)
    assert latch.target == STATED
    assert not any(latch.admits(STRANGER, 9, 0.2 + n / 50) for n in range(50))


def test_a_packet_that_proves_its_key_is_believed_at_once_but_takes_over_nothing():
    latch = Latch()
    latch.state(STATED)
    assert latch.admits(NAT, 7, 0.0, proven=True)
    assert latch.target == NAT
    assert not latch.admits(STRANGER, 7, 0.1, proven=True)
