"""The small parts of the edge: ports, numbered events, dial plan, outcomes, journal, tape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.patience import until

from uponai.edge.dialplan import plan
from uponai.edge.event_log import EventLog
from uponai.edge.journal import Entry, Journal, is_safe_id
from uponai.edge.outcome import Outcome, outcome
from uponai.edge.ports import NoFreePortError, PortPool
from uponai.link import control
from uponai.media import tape as tape_format
from uponai.sip import commands
from uponai.sip.hop import Transport
from uponai.tape import TapeDeck, recorded_samples


def test_a_port_rests_before_it_is_used_again():
    pool = PortPool(4_000, 4_003, quarantine_s=5)
    assert {pool.take(0), pool.take(0)} == {4_000, 4_002}
    with pytest.raises(NoFreePortError):
        pool.take(0)
    pool.give_back(4_002, 1)
    with pytest.raises(NoFreePortError):
        pool.take(5.9)
    assert pool.take(6) == 4_002


def ringing(n):
    return control.Ringing(f"call_{n}", 1, 180)


def ended(n):
    return control.Ended(f"call_{n}", 1, "code", False, 0)


def test_events_are_numbered_and_kept_until_acknowledged():
    log = EventLog("edge-1", "boot-1")
    first, second, third = (log.add(event) for event in (ringing(1), ended(1), ended(2)))
    assert [envelope.seq for envelope in log.waiting()] == [1, 2, 3]
    assert log.acknowledge("another boot", 3) == []
    assert log.acknowledge("boot-1", 2) == [first.event, second.event]
    assert log.waiting() == [third]


def test_a_picture_of_the_lines_is_never_sent_twice():
    log = EventLog("edge-1", "boot-1")
    assert log.add(control.Lines(())).seq == 1
    assert log.waiting() == []


def test_too_many_events_lose_those_that_matter_least():
    log = EventLog("edge-1", "boot-1", max_waiting=3)
    for event in (ended(1), ringing(2), ended(2), ended(3)):
        log.add(event)
    assert [envelope.event for envelope in log.waiting()] == [ended(1), ended(2), ended(3)]


def dial(to="+15552222", uri="sip.example.com", **trunk):
    return control.Dial("call_1", 1, 1, "+15551111", to, control.Trunk(uri, **trunk), ())


@pytest.mark.parametrize(
    ("uri", "transport", "target", "host", "port", "by"),
    [
        ("sip.example.com", "UDP", "sip:+15552222@sip.example.com", "sip.example.com", None, "UDP"),
        ("192.0.2.7:5080", "TCP", "sip:+15552222@192.0.2.7:5080", "192.0.2.7", 5080, "TCP"),
        ("sip:h.example;transport=tcp", "UDP", "sip:+15552222@h.example", "h.example", None, "TCP"),
        ("sips:h.example", "UDP", "sip:+15552222@h.example", "h.example", None, "TLS"),
        ("h.example:5061", "TLS", "sip:+15552222@h.example:5061", "h.example", 5061, "TLS"),
        (
            "[2001:db8::1]:5061",
            "UDP",
            "sip:+15552222@[2001:db8::1]:5061",
            "2001:db8::1",
            5061,
            "UDP",
        ),
    ],
)
def test_a_number_is_called_at_the_trunk(uri, transport, target, host, port, by):
    found = plan(dial(uri=uri, transport=transport), "192.0.2.1", ("PCMU", "PCMA"))
    assert (found.target, found.host, found.port) == (target, host, port)
    assert found.transport is Transport[by]
    assert found.caller.uri == "sip:+15551111@192.0.2.1"


def test_a_whole_uri_is_called_as_it_stands():
    found = plan(dial(to="sip:me@192.0.2.7:5070", uri=""), "192.0.2.1", ("PCMA",))
    assert found.target == "sip:me@192.0.2.7:5070"
    assert (found.host, found.port) == ("192.0.2.7", 5070)
    named = plan(dial(to="sip:me@h.example", uri=""), "192.0.2.1", ("PCMA",))
    assert (named.port, named.transport) == (None, None)  # the DNS says how (RFC 3263)
    assert [codec.name for codec in found.codecs] == ["PCMA"]


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (dial(uri=""), "trunk.uri"),
        (dial(uri="bad host"), "trunk.uri"),
        (dial(uri="h.example;transport=sctp"), "trunk.transport"),
        (dial(uri="h.example", codecs=("G729",)), "trunk.codecs"),
        (dial(to=""), "to_number"),
    ],
)
def test_what_cannot_be_dialled_says_which_field_is_wrong(command, field):
    with pytest.raises(ValueError, match=field):
        plan(command, "192.0.2.1", ("PCMU",))


@given(st.text(max_size=40))
def test_no_number_can_smuggle_anything_into_the_request_line(number):
    try:
        found = plan(dial(to=number), "192.0.2.1", ("PCMU",))
    except ValueError:
        return
    assert not set(found.target) & set(' <>"\r\n\t\0')


@pytest.mark.parametrize("cause", list(commands.Cause))
def test_every_way_to_fail_has_a_word_on_the_control_link(cause):
    found = outcome(commands.Failed("k", cause, 486, "Busy Here"))
    event = control.Ended("call_1", 1, found.cause, False, 0, found.sip_code, found.text)
    envelope = control.Envelope("e", "b", 1, event)
    assert control.decode_event(control.encode_event(envelope)) == envelope


def test_the_reason_field_says_more_than_the_phrase():
    word = commands.Failed("k", commands.Cause.CODE, 603, "Decline", 21, "call rejected")
    assert outcome(word) == Outcome("code", 603, "call rejected")


@pytest.mark.parametrize("call_id", ["", ".", "..", "../x", "a/b", "a\0b", ".hidden", "x" * 200])
def test_a_call_id_that_is_no_file_name_is_refused(call_id):
    assert not is_safe_id(call_id)


async def test_the_journal_survives_and_forgets(tmp_path):
    journal = Journal(tmp_path / "journal")
    end = control.Ended("call_2", 1, "code", False, 5, 486, "Busy")
    await journal.keep(Entry("call_1", 1, {"call_id": "x"}))
    journal.keep_soon(Entry("call_2", 1, {}, None, end))
    journal.keep_soon(Entry("call_1", 1, {"call_id": "x"}, 17))
    journal.keep_soon(Entry("call_3", 2, {}))
    journal.forget("call_3", 2)
    await journal.aclose()
    (tmp_path / "journal" / "call_4.1.json").write_text("{torn")
    again = Journal(tmp_path / "journal")
    assert again.read() == [
        Entry("call_1", 1, {"call_id": "x"}, 17),
        Entry("call_2", 1, {}, None, end),
        Entry("call_4", 1, {}),  # by its name: something of it may have been sent
    ]
    assert len(again.read()) == 2  # the torn one is out of the way
    await again.aclose()


async def test_the_tape_is_on_disk_within_a_second_and_whole_at_the_end(tmp_path):
    deck = TapeDeck(tmp_path)
    head = tape_format.TapeHead(8_000, 0, 1_000)
    one, two = deck.record("call_1", 3, head), deck.record("call_1", 3, head)
    agent, caller = np.full(160, 5, dtype=np.int16), np.full(160, -7, dtype=np.int16)
    for _ in range(50):
        one.write(agent, caller)
    await until(lambda: recorded_samples(tmp_path, "call_1") >= 25 * 160)
    one.write(agent, caller)
    one.close()
    two.close()
    await deck.aclose()
    data = (tmp_path / "call_1" / "3-0").read_bytes()
    assert tape_format.parse_head(data) == head
    stereo = np.frombuffer(data[tape_format.HEAD_BYTES :], dtype=np.int16)
    assert len(stereo) == 2 * 51 * 160
    assert set(stereo[0::2]) == {5}
    assert set(stereo[1::2]) == {-7}
    assert (tmp_path / "call_1" / "3-1").stat().st_size == tape_format.HEAD_BYTES
    assert deck.behind_bytes == 0


async def test_a_disk_that_refuses_costs_only_what_it_refused(tmp_path):
    (tmp_path / "call_1").write_text("in the way")
    deck = TapeDeck(tmp_path)
    tape = deck.record("call_1", 1, tape_format.TapeHead(8_000, 0, 0))
    silence = np.zeros(160, dtype=np.int16)
    for _ in range(60):
        tape.write(silence, silence)
    await until(lambda: not deck.behind_bytes)
    assert recorded_samples(tmp_path, "call_1") == 0
    (tmp_path / "call_1").unlink()
    for _ in range(60):
        tape.write(silence, silence)
    tape.close()
    await deck.aclose()
    (segment,) = (tmp_path / "call_1").iterdir()
    head = tape_format.parse_head(segment.read_bytes())
    lost = head.start_sample
    assert 50 * 160 <= lost < 80 * 160
    assert head.at_ms == lost // 8
    assert segment.stat().st_size == tape_format.HEAD_BYTES + (120 * 160 - lost) * 4
    assert recorded_samples(tmp_path, "call_1") == 120 * 160
