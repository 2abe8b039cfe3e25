"""Reports of one line both ways (RTCP), and the figures that come of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from uponai.edge.ear import Ear
from uponai.edge.ports import Address
from uponai.edge.voice import Send, Voice
from uponai.link.media import Quality
from uponai.media import rtcp
from uponai.media.quality import mos
from uponai.sip.offer import AudioAgreement
from uponai.tasks import monotonic_s

INTERVAL_TICKS: Final = 250
"""Five seconds (RFC 3550 section 6.2): two parties at 64 kbit/s could have it more often."""

_PACKET_MS: Final = 20


class Reports:
    """``tick`` once per 20 ms, ``receive`` when a datagram comes to the port of reports."""

    def __init__(
        self, voice: Voice, ear: Ear, send: Send, clock: Callable[[], float] = monotonic_s
    ) -> None:
        self._voice = voice
        self._ear = ear
        self._send = send
        self._clock = clock
        # A name that lasts as long as the call (RFC 7022 section 4.2).
        self._reporter = rtcp.Reporter(voice.ssrc, f"{voice.ssrc:08x}{voice.timestamp:08x}")
        self._media: AudioAgreement | None = None
        self._heard_from: Address | None = None
        # Lines that began together do not report together.
        self._due_ticks = INTERVAL_TICKS // 2 + voice.ssrc % INTERVAL_TICKS // 2

    def agree(self, media: AudioAgreement) -> None:
        """Go by what offer and answer say."""
        self._media, self._heard_from = media, None

    def receive(self, data: bytes, source: Address, now: float) -> None:
        """Take a datagram that came at ``now``; only the host that audio comes from is believed."""
        heard = self._ear.latch.source
        if heard is None or source[0] != heard[0] or not rtcp.is_rtcp(data):
            return
        opener = self._ear.opener
        plain = data if opener is None else opener.unprotect_rtcp(data)
        if plain is not None and self._reporter.take(plain, now):
            self._heard_from = source

    def tick(self) -> bool:
        """Whether figures are new: a report was sent."""
        self._due_ticks -= 1
        if self._due_ticks > 0:
            return False
        self._due_ticks = INTERVAL_TICKS
        self._report()
        return True

    def _report(self) -> None:
        voice, ear = self._voice, self._ear
        sent = (voice.timestamp, voice.packets, voice.octets)
        packet = self._reporter.packet(sent, ear.reception, ear.ssrc, self._clock())
        self._dispatch(packet)

    def goodbye(self) -> None:
        """The last word."""
        self._dispatch(self._reporter.goodbye())

    def _dispatch(self, packet: bytes) -> None:
        target = self._target()
        if target is not None:
            sealer = self._voice.sealer
            shared = target == self._ear.latch.target
            send = self._voice.dispatch if shared else self._send
            send(packet if sealer is None else sealer.protect_rtcp(packet), target)

    def _target(self) -> Address | None:
        """Where reports come from, else where they are wanted, by the host that is heard."""
        media, audio = self._media, self._ear.latch.target
        if media is None or audio is None or not media.port or not self._voice.packets:
            return None
        if self._heard_from is not None:
            return self._heard_from
        if media.rtcp_port == media.port:
            return audio
        stated = audio == (media.host, media.port)
        return (audio[0], media.rtcp_port if stated and media.rtcp_port else audio[1] + 1)

    def quality(self, channel: int) -> Quality:
        """The figures as of now."""
        self._reporter.note(self._ear.reception)
        found = self._reporter.figures
        jitter = self._ear.figures
        expected = found.received + found.lost
        unheard = (found.lost + jitter.late) / expected if expected else 0.0
        way_ms = (found.round_trip_ms or 0.0) / 2 + _PACKET_MS
        here = mos(unheard, way_ms + _PACKET_MS * self._ear.delay_frames)
        there = mos(found.lost_there or 0.0, way_ms + 2 * _PACKET_MS)
        return Quality(
            channel,
            found.received,
            found.lost,
            round(100 * found.lost_here, 2),
            round(found.jitter_ms, 1),
            _rounded(found.lost_there, 100, 2),
            _rounded(found.jitter_there_ms, 1, 1),
            _rounded(found.round_trip_ms, 1, 1),
            round(min(here, there), 2),
        )


def _rounded(value: float | None, factor: int, digits: int) -> float | None:
    return None if value is None else round(value * factor, digits)
