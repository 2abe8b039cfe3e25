"""The caller's side of a line: datagrams in, one frame of 160 samples per tick out."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from uponai.edge.latch import Latch
from uponai.edge.ports import Address
from uponai.media import g722, rtp
from uponai.media.conceal import Concealer
from uponai.media.dtmf import DigitReceiver
from uponai.media.g711 import PAYLOAD_TYPES, SILENCE, Codec, Pcm
from uponai.media.jitter import JitterBuffer, JitterFigures
from uponai.media.srtp import MasterKey, SrtpReceiver
from uponai.sip.crypto import Crypto
from uponai.sip.offer import AudioAgreement

MAX_PACKETS_A_TICK: Final = 100
"""What comes beyond this from the far side, or from all others, is a flood and dropped unread."""


Spoken: TypeAlias = Codec | Literal["G722"]


def spoken_codec(media: AudioAgreement | None) -> Spoken:
    """The codec agreed on."""
    match media.codec.name if media is not None else "":
        case "PCMA":
            return "PCMA"
        case "G722":
            return "G722"
        case _:
            return "PCMU"


def master_key(crypto: Crypto) -> MasterKey:
    """A key of SDP as SRTP takes it."""
    return MasterKey(crypto.suite, crypto.key, crypto.mki_bytes)


class Ear:
    """Sorts out what reaches a line's port: whose packets count, audio from keys, loss, jitter."""

    __slots__ = (
        "_concealer",
        "_digits",
        "_jitter",
        "_kinds",
        "_media",
        "_packets",
        "_receives",
        "_strange",
        "codec",
        "deaf_ticks",
        "latch",
        "opener",
        "reception",
        "ssrc",
        "stateful",
    )

    def __init__(self) -> None:
        self.codec: Spoken = "PCMU"
        self.stateful: g722.G722Decoder | None = None
        self.latch = Latch()
        self.reception = rtp.Reception()
        self.deaf_ticks = 0
        self._media: AudioAgreement | None = None
        self._kinds: dict[int, Spoken | Literal["event"]] = {}
        self._jitter = JitterBuffer()
        self._concealer = Concealer()
        self._digits = DigitReceiver()
        self.ssrc: int | None = None
        self._packets = self._strange = 0
        self._receives = False
        self.opener: SrtpReceiver | None = None

    @property
    def delay_frames(self) -> int:
        """How many frames the jitter buffer holds back."""
        return self._jitter.depth_frames

    @property
    def figures(self) -> JitterFigures:
        """What happened to the packets of the present stream."""
        return self._jitter.figures

    def agree(self, media: AudioAgreement) -> None:
        """Go by what offer and answer say."""
        if media.port:
            self.latch.state((media.host, media.port))
        if self._media is None:
            self._speaks(spoken_codec(media))
        self._keys(media)
        self._kinds = _kinds(media)
        self._media = media
        self._receives = media.direction.receives
        self.deaf_ticks = 0

    def receive(self, data: bytes, source: Address, now: float) -> str | None:
        """Take a datagram that came to the line's port; the digit that it begins, if any."""
        if self._media is None or self._is_flood(source):
            return None
        packet = rtp.parse(data) if self.opener is None else self._open(data, self.opener)
        if packet is None:
            return None
        kind = self._kinds.get(packet.payload_type)
        if kind is None:
            # Comfort noise and the like: nothing to hear, but the far side lives.
            if source == self.latch.source:
                self.deaf_ticks = 0
                if packet.ssrc == self.ssrc:
                    self.reception.count(packet)
            return None
        if not self.latch.admits(source, packet.ssrc, now, proven=self.opener is not None):
            return None
        self.deaf_ticks = 0
        if packet.ssrc != self.ssrc:
            self.ssrc = packet.ssrc
            self._jitter.reset()
            self._digits = DigitReceiver()
            self.reception = self.reception.next_source()
        if kind == "event":
            self.reception.count(packet)
            return self._digits.put(packet.timestamp, packet.payload, marker=packet.marker)
        self.reception.note(packet, now)
        if kind != self.codec:
            self._speaks(kind)
        self._jitter.put(packet.timestamp, packet.payload)
        return None

    def _is_flood(self, source: Address) -> bool:
        """Strangers do not use up what the far side may send."""
        if source == self.latch.source:
            self._packets += 1
            return self._packets > MAX_PACKETS_A_TICK
        self._strange += 1
        return self._strange > MAX_PACKETS_A_TICK

    def _open(self, data: bytes, opener: SrtpReceiver) -> rtp.RtpPacket | None:
        """The packet in a datagram, if it is one of the far side's key."""
        plain = opener.unprotect(data) if rtp.parse(data) is not None else None
        return rtp.parse(plain) if plain is not None else None

    def _keys(self, media: AudioAgreement) -> None:
        """A key that stays keeps what it has seen, so that nothing old is taken again."""
        before = self._media.secured if self._media is not None else None
        secured = media.secured
        if secured is None:
            self.opener = None
        elif before is None or before.receive != secured.receive:
            self.opener = SrtpReceiver(master_key(secured.receive))

    def pop(self) -> bytes | None:
        """The next 160 coded bytes, or None where nothing came; once per tick."""
        self._packets = self._strange = 0
        if self._receives:
            self.deaf_ticks += 1
        return self._jitter.pop()

    def fill(self, heard: Pcm | None) -> Pcm:
        """``heard``, or what conceals its absence."""
        return self._concealer.fill(heard)

    def _speaks(self, codec: Spoken) -> None:
        self.codec = codec
        self.stateful = g722.G722Decoder() if codec == "G722" else None
        self._jitter = JitterBuffer(g722.SILENCE if codec == "G722" else SILENCE[codec])


def _kinds(media: AudioAgreement) -> dict[int, Spoken | Literal["event"]]:
    """What each payload type means here; the static types count even if not agreed on."""
    kinds: dict[int, Spoken | Literal["event"]] = {**PAYLOAD_TYPES}
    kinds[media.receive_type] = spoken_codec(media)
    if media.dtmf_receive_type is not None:
        kinds[media.dtmf_receive_type] = "event"
    return kinds
