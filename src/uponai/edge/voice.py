"""Our side of a line's audio: what leaves the port, a packet per tick, secured where agreed."""

from __future__ import annotations

from collections.abc import Callable

from uponai.edge.ear import Spoken, master_key, spoken_codec
from uponai.edge.ports import Address
from uponai.media.dtmf import DigitSender
from uponai.media.g722 import G722Encoder
from uponai.media.rtp import RtpStream
from uponai.media.srtp import SrtpSender
from uponai.sip.offer import AudioAgreement

Send = Callable[[bytes, Address], None]


class Voice:
    """Turns a tick's payload, or the key pressed in its place, into a packet and sends it."""

    __slots__ = (
        "_keys",
        "_media",
        "_stream",
        "codec",
        "dispatch",
        "octets",
        "packets",
        "sealer",
        "silent",
        "stateful",
    )

    def __init__(self, stream: RtpStream, send: Send) -> None:
        self.codec: Spoken = "PCMU"
        self.stateful: G722Encoder | None = None
        self.silent = True
        """Whether the far side asked us to send nothing."""
        self.sealer: SrtpSender | None = None
        self.packets = 0
        self.octets = 0
        self._media: AudioAgreement | None = None
        self._keys = DigitSender()
        self._stream = stream
        self.dispatch = send

    @property
    def takes_keys(self) -> bool:
        """Whether the far side wants keys as telephone events."""
        return self._media is not None and self._media.dtmf_send_type is not None

    @property
    def busy(self) -> bool:
        """Whether keys go out, for which the agent's words wait."""
        return self._keys.busy and self.takes_keys

    @property
    def ssrc(self) -> int:
        """The stream's name."""
        return self._stream.ssrc

    @property
    def timestamp(self) -> int:
        """The next packet's."""
        return self._stream.timestamp

    def agree(self, media: AudioAgreement) -> None:
        """Go by what offer and answer say. A key that stays goes on where it was."""
        before = self._media.secured if self._media is not None else None
        if media.secured is None:
            self.sealer = None
        elif before is None or before.send != media.secured.send:
            self.sealer = SrtpSender(master_key(media.secured.send))
        self.codec = spoken_codec(media)
        if self.codec != "G722":
            self.stateful = None
        elif self.stateful is None:
            self.stateful = G722Encoder()
        self._media = media
        self.silent = media.is_held
        if self.silent:
            self._stream.pause()

    def press(self, digits: str) -> None:
        """Send keys as telephone events. Raises ValueError for what is none."""
        self._keys.press(digits)

    def send(self, payload: bytes, target: Address | None) -> None:
        """Send the tick's packet, if any may be sent, and let 20 ms pass."""
        media, stream = self._media, self._stream
        if media is not None and target is not None and not self.silent:
            packet = self._key_packet(media) if self._keys.busy else None
            if packet is None:
                packet = stream.packet(payload, media.codec.payload_type)
            self.packets += 1
            self.octets += len(packet) - 12
            self.dispatch(packet if self.sealer is None else self.sealer.protect(packet), target)
        stream.advance(160)

    def skip(self, ticks: int) -> None:
        """Time passed without a tick."""
        self._stream.advance(160 * ticks)

    def _key_packet(self, media: AudioAgreement) -> bytes | None:
        """The key that is pressed in place of the audio (RFC 4733 section 2.5.1.2)."""
        stream, number = self._stream, media.dtmf_send_type
        key = self._keys.tick(stream.timestamp) if number is not None else None
        if number is None or key is None:
            return None
        stream.pause()
        return stream.event_packet(key.payload, number, key.began, marker=key.marker)
