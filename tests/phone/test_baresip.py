"""The edge against a real softphone: audio both ways, keys, either side hanging up."""

import dataclasses

import numpy as np
import pytest
from tests.fakes.baresip import AVAILABLE, baresip
from tests.fakes.brain import FakeBrain
from tests.fakes.certificates import Authority
from tests.fakes.edges import an_edge, dial

from uponai.edge.tls import TlsSettings
from uponai.link import control
from uponai.link.media import Dtmf, Marked
from uponai.media.mix import to_pcm

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not AVAILABLE, reason="baresip (Debian: baresip) is not installed"),
]


CODECS = {"PCMU": "PCMU/8000/1", "G722": "G722/16000/1"}


def chirp(low_hz, high_hz, seconds=2.0, peak=9_000):
    """A tone that climbs, so that a shifted or torn copy does not match."""
    at = np.arange(int(8_000 * seconds)) / 8_000
    phase = 2 * np.pi * (low_hz * at + (high_hz - low_hz) / (2 * seconds) * at * at)
    return (peak * np.sin(phase)).astype(np.int16)


def likeness(heard, said):
    """The best correlation of ``said`` with any stretch of ``heard``, 1.0 for an equal one."""
    heard, said = heard.astype(float), said.astype(float)
    if len(heard) < len(said):
        return 0.0
    size = 1 << (len(heard) + len(said)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)))
    at = int(np.argmax(product[: len(heard) - len(said) + 1]))
    piece = heard[at : at + len(said)]
    return float(piece @ said / (np.linalg.norm(piece) * np.linalg.norm(said) + 1e-9))


def spoken(pcm):
    """What the phone says, eight times, and silence behind it: it hangs up where its file ends."""
    return np.concatenate((np.tile(pcm, 8), np.zeros(8_000 * 10, dtype=np.int16))).tobytes()


def usual_likeness(heard, said):
    """The median over tenths of a second: a frame more or less in between spoils only one."""
    pieces = [said[at : at + 800] for at in range(0, len(said) - 799, 800)]
    return float(np.median([likeness(heard, piece) for piece in pieces]))


SAYS, ANSWER = chirp(300, 1_500), chirp(2_400, 700)


def likely(codec):
    """A wideband codec delays by less than a sample, which the correlation does not follow."""
    return 0.95 if codec == "G722" else 0.99


async def talk(brain, line, phone, codec="PCMU"):
    """The agent speaks, the phone presses a key and speaks."""
    await line.say(SAYS, mark="said")
    await brain.until(lambda: len(line.heard) > 16_000)
    phone.press("5")
    await brain.until(lambda: line.of(Dtmf) and line.of(Marked))
    # A softphone that got no processor for a moment tears its own audio: it says it again.
    for times in range(1, 8):
        await brain.until(lambda said=2 * 22_000 * times: len(line.heard) > said)
        if usual_likeness(line.pcm[-22_000:], ANSWER[1_600:9_600]) > likely(codec):
            break


async def converse(brain, line, phone, codec="PCMU"):
    """They talk; the edge hangs up."""
    await talk(brain, line, phone, codec)
    await line.hang_up(after_playout=True)


def check(line, phone, codec="PCMU"):
    """Both have heard what the other said."""
    assert [message.digit for message in line.of(Dtmf)] == ["5"]
    assert usual_likeness(line.pcm[-22_000:], ANSWER[1_600:9_600]) > likely(codec)
    assert usual_likeness(to_pcm(phone.heard()), SAYS) > likely(codec)


@pytest.mark.parametrize(
    ("transport", "codec"),
    [("UDP", "PCMU"), ("TCP", "PCMU"), ("TLS", "PCMU"), ("UDP", "G722")],
    ids=["UDP and RTP", "TCP and RTP", "TLS and SRTP", "G.722"],
)
async def test_a_softphone_hears_the_agent_and_is_heard(tmp_path, transport, codec):
    authority, secured = Authority(tmp_path / "ca"), transport == "TLS"
    async with (
        FakeBrain() as brain,
        an_edge(tmp_path / "edge", tls=TlsSettings(ca=authority.ca)) as (edge, ear),
        baresip(
            tmp_path / "phone", spoken(ANSWER), tls=authority, srtp=secured, codec=CODECS[codec]
        ) as phone,
    ):
        port = phone.port + secured
        target = f"sip:phone@127.0.0.1:{port};transport={transport.lower()}"
        trunk = control.Trunk(f"127.0.0.1:{port}", transport, codecs=(codec,))
        order = dial(0, [brain.url], trunk=trunk)
        edge.command(dataclasses.replace(order, to_number=target))
        answered = await ear.wait_for(control.Answered)
        line = await brain.line()
        await converse(brain, line, phone, codec)
        ended = await ear.wait_for(control.Ended)
    assert (answered.codec, ended.cause) == (codec, "local_hangup")
    check(line, phone, codec)


@pytest.mark.parametrize("transport", ["UDP", "TCP", "TLS"])
async def test_a_softphone_calls_and_hears_the_agent_and_is_heard(tmp_path, transport):
    authority, secured = Authority(tmp_path / "ca"), transport == "TLS"
    tls = TlsSettings(*authority.sign("127.0.0.1"), authority.ca)
    async with (
        FakeBrain() as brain,
        an_edge(tmp_path / "edge", tls=tls, tls_port=0) as (edge, ear),
    ):
        port = edge.tls_port if secured else edge.sip_port
        agent = f"sip:+15550002@127.0.0.1:{port};transport={transport.lower()}"
        async with baresip(
            tmp_path / "phone", spoken(ANSWER), tls=authority, srtp=secured, calls=agent
        ) as phone:
            incoming = await ear.wait_for(control.Incoming)
            edge.command(control.Accept(incoming.line_key, "call_1", 2, (brain.url,)))
            line = await brain.line()
            await converse(brain, line, phone)
            ended = await ear.wait_for(control.Ended)
    assert (incoming.to_number, incoming.transport) == ("+15550002", transport)
    assert (ended.cause, ended.answered) == ("local_hangup", True)
    check(line, phone)


@pytest.mark.parametrize("transport", ["UDP", "TCP", "TLS"])
async def test_a_softphone_hangs_up(tmp_path, transport):
    authority = Authority(tmp_path / "ca")
    async with (
        FakeBrain() as brain,
        an_edge(tmp_path / "edge", tls=TlsSettings(ca=authority.ca)) as (edge, ear),
        baresip(tmp_path / "phone", spoken(chirp(300, 900)), tls=authority) as phone,
    ):
        port = phone.port + (transport == "TLS")
        target = f"sip:phone@127.0.0.1:{port};transport={transport.lower()}"
        trunk = control.Trunk(f"127.0.0.1:{port}", transport)
        order = dial(0, [brain.url], trunk=trunk)
        edge.command(dataclasses.replace(order, to_number=target))
        line = await brain.line()
        await brain.until(lambda: len(line.heard) > 16_000)
        phone.press("b")
        ended = await ear.wait_for(control.Ended)
    assert (ended.cause, ended.answered) == ("remote_hangup", True)
