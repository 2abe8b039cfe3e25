"""Offer and answer of one audio stream (RFC 3264): what we describe, what was agreed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from uponai.sip import crypto
from uponai.sip.crypto import Crypto, Secured
from uponai.sip.errors import SdpMismatchError
from uponai.sip.sdp import (
    Direction,
    MediaDescription,
    Origin,
    Sdp,
    direction_of,
    format_sdp,
    parse_sdp,
)

_PLAIN_RTP = frozenset({"RTP/AVP", "RTP/AVPF"})
_SECURED_RTP = frozenset({"RTP/SAVP", "RTP/SAVPF"})


@dataclass(frozen=True, slots=True)
class Codec:
    """An audio encoding and the payload type we offer it under."""

    name: str
    payload_type: int
    clock_hz: int = 8000

    @property
    def encoding(self) -> str:
        """``NAME/clock`` as in rtpmap."""
        return f"{self.name}/{self.clock_hz}"


PCMU = Codec("PCMU", 0)
PCMA = Codec("PCMA", 8)
G722 = Codec("G722", 9)
"""Sampled at 16 kHz; the 8000 of its clock is a mistake that stays (RFC 3551 section 4.5.2)."""

CODECS = {codec.name: codec for codec in (PCMU, PCMA, G722)}


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """Our side of the audio: where we receive and what we speak, codecs by preference.

    ``srtp_keys`` are random keys, one for each of ``crypto.SUITES``: with them, an offer that asks
    for it is answered with secured audio. ``secured``: our own offer is of nothing else;
    ``required``: nor is anything else taken.
    """

    host: str
    port: int
    codecs: tuple[Codec, ...] = (PCMU, PCMA)
    ptime_ms: int = 20
    dtmf_payload_type: int | None = 101
    session_id: int = 1
    srtp_keys: tuple[bytes, ...] = field(default=(), repr=False)
    secured: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class AudioAgreement:
    """What offer and answer agreed on.

    ``direction`` is ours: we send only if it ``sends``. ``dtmf_send_type`` and
    ``dtmf_receive_type`` are telephone-event payload types (they may differ), None without.
    ``port`` 0 means that the far side switched the stream off. ``rtcp_port`` is where it wants
    reports; the audio's own port when both share it.
    """

    host: str
    port: int
    codec: Codec
    receive_type: int
    dtmf_send_type: int | None
    dtmf_receive_type: int | None
    ptime_ms: int
    direction: Direction
    secured: Secured | None = None
    rtcp_port: int = 0

    @property
    def is_held(self) -> bool:
        """Whether the far side asked us to send nothing."""
        return not self.direction.sends


def _is_zero(host: str) -> bool:
    return host in {"0.0.0.0", "::"}


def _far_direction(media: MediaDescription) -> Direction:
    """The far side's direction; a zero address is the old way to say hold (RFC 3264 §8.4)."""
    direction = media.direction
    if not media.port:
        return Direction.INACTIVE
    if _is_zero(media.host):
        return direction_of(sends=direction.sends, receives=False)
    return direction


def _telephone_event(media: MediaDescription) -> int | None:
    for number in media.payload_types:
        if media.encoding(number).startswith("TELEPHONE-EVENT/8000"):
            return number
    return None


def _is_usable(media: MediaDescription) -> bool:
    known = media.proto in _PLAIN_RTP or media.proto in _SECURED_RTP
    return media.kind == "audio" and known and bool(media.host)


def _rtcp_port(media: MediaDescription) -> int:
    """RFC 5761 section 5.1.1, RFC 3605, else the next port (RFC 3550 section 11)."""
    if "rtcp-mux" in media.attributes:
        return media.port
    for text in media.attributes:
        name, _, value = text.partition(":")
        port = value.partition(" ")[0]
        if name == "rtcp" and port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536:
            return int(port)
    return media.port + 1


class OfferAnswer:
    """The SDP of one call, over all its offers and answers.

    ``holding``: we want to hear nothing; every offer and answer says so until it is taken back.
    The version in o= rises only when what we say changes (RFC 3264 §8). A failed re-offer leaves
    the agreement as it was.
    """

    def __init__(self, local: LocalMedia) -> None:
        self.local = local
        self.agreed: AudioAgreement | None = None
        self.holding = False
        self._version = 0
        self._said: tuple[MediaDescription, ...] = ()

    def offer(self) -> bytes:
        """Our own description: an offer, or again the stream agreed on (late-offer re-INVITE)."""
        local = self.local
        rtpmap = [(codec.payload_type, codec.encoding) for codec in local.codecs]
        fmtp: list[tuple[int, str]] = []
        if local.dtmf_payload_type is not None:
            rtpmap.append((local.dtmf_payload_type, "telephone-event/8000"))
            fmtp.append((local.dtmf_payload_type, "0-16"))
        proto, lines = self._security()
        media = MediaDescription(
            "audio",
            local.port,
            proto,
            tuple(str(number) for number, _ in rtpmap),
            local.host,
            tuple(rtpmap),
            tuple(fmtp),
            local.ptime_ms,
            Direction.SENDONLY if self.holding else Direction.SENDRECV,
            tuple(line.attribute for line in lines),
        )
        return self._say((media,))

    def _security(self) -> tuple[str, tuple[Crypto, ...]]:
        """Profile and keys of an offer of ours; a secured stream stays secured."""
        agreed, local = self.agreed, self.local
        asked = local.secured or local.required
        if not (asked if agreed is None else agreed.secured is not None):
            return "RTP/AVP", ()
        return "RTP/SAVP", crypto.offered(self.local.srtp_keys)

    def answer(self, body: bytes) -> bytes:
        """Answer the far side's offer and adopt it.

        Raises SdpMismatchError without common audio, SipParseError for a bad body.
        """
        offer = parse_sdp(body)
        sections: list[MediaDescription] = []
        agreed: AudioAgreement | None = None
        for media in offer.media:
            found = None if agreed else self._match(media)
            if found is None:
                formats = media.formats or ("0",)
                sections.append(MediaDescription(media.kind, 0, media.proto, formats))
            else:
                agreed = found
                sections.append(self._answer_section(media, found))
        if agreed is None:
            raise SdpMismatchError("the offer has no audio that we can speak")
        self.agreed = agreed
        return self._say(tuple(sections))

    def accept(self, body: bytes) -> AudioAgreement:
        """Adopt the far side's answer to our offer.

        Raises SdpMismatchError if it took nothing we offered, SipParseError for a bad body.
        """
        _, ours = self._security()
        for media in parse_sdp(body).media:
            found = self._match(media)
            if found is not None and media.port:
                secured = _answered_keys(media, ours)
                self.agreed = replace(self._as_answered(found), secured=secured)
                return self.agreed
        raise SdpMismatchError("the answer takes none of the codecs that we offered")

    def _as_answered(self, found: AudioAgreement) -> AudioAgreement:
        """In our offer the receive numbers are ours, whatever numbers the answer sends to."""
        ours = next(codec for codec in self.local.codecs if codec.name == found.codec.name)
        dtmf = self.local.dtmf_payload_type if found.dtmf_send_type is not None else None
        return replace(found, receive_type=ours.payload_type, dtmf_receive_type=dtmf)

    def _match(self, media: MediaDescription) -> AudioAgreement | None:
        if not _is_usable(media):
            return None
        chosen, secured = self._choose(media), self._offered_keys(media)
        wanted = self.local.required or media.proto in _SECURED_RTP
        if chosen is None or (secured is None and wanted):
            return None
        number, codec = chosen
        dtmf = _telephone_event(media) if self.local.dtmf_payload_type is not None else None
        far = _far_direction(media)
        return AudioAgreement(
            media.host,
            media.port,
            replace(codec, payload_type=number),
            number,
            dtmf,
            dtmf,
            media.ptime_ms if media.ptime_ms and 10 <= media.ptime_ms <= 120 else 20,
            direction_of(sends=far.receives, receives=far.sends and not self.holding),
            secured,
            _rtcp_port(media),
        )

    def _offered_keys(self, media: MediaDescription) -> Secured | None:
        """Our answer to the keys of an offer: the first line that we can go by."""
        ours = {line.suite: line for line in crypto.offered(self.local.srtp_keys)}
        for theirs in crypto.read(media.attributes):
            if theirs.suite in ours:
                return Secured(replace(ours[theirs.suite], tag=theirs.tag), theirs)
        return None

    def _choose(self, media: MediaDescription) -> tuple[int, Codec] | None:
        """The codec we prefer among those of the far side."""
        theirs = {media.encoding(number).removesuffix("/1"): number for number in
                  reversed(media.payload_types)}  # fmt: skip
        for codec in self.local.codecs:
            number = theirs.get(codec.encoding)
            if number is not None:
                return number, codec
        return None

    def _answer_section(self, media: MediaDescription, found: AudioAgreement) -> MediaDescription:
        local = self.local
        rtpmap = [(found.receive_type, found.codec.encoding)]
        fmtp: list[tuple[int, str]] = []
        if found.dtmf_receive_type is not None:
            rtpmap.append((found.dtmf_receive_type, "telephone-event/8000"))
            fmtp.append((found.dtmf_receive_type, "0-16"))
        attributes = (found.secured.send.attribute,) if found.secured is not None else ()
        if "rtcp-mux" in media.attributes:
            attributes = (*attributes, "rtcp-mux")
        return MediaDescription(
            "audio",
            local.port if media.port else 0,
            media.proto,
            tuple(str(number) for number, _ in rtpmap),
            local.host,
            tuple(rtpmap),
            tuple(fmtp),
            local.ptime_ms,
            found.direction,
            attributes,
        )

    def _say(self, media: tuple[MediaDescription, ...]) -> bytes:
        if media != self._said:
            self._version += 1
            self._said = media
        local = self.local
        origin = Origin("-", str(local.session_id), str(self._version))
        return format_sdp(Sdp(origin, local.host, media, "UponAI"))


def _answered_keys(media: MediaDescription, ours: tuple[Crypto, ...]) -> Secured | None:
    """Which of the keys that we offered the answer took. Raises SdpMismatchError."""
    if not ours:
        if media.proto in _SECURED_RTP:
            raise SdpMismatchError("the answer is of secured audio, which we did not offer")
        return None
    by_tag = {line.tag: line for line in ours}
    for theirs in crypto.read(media.attributes):
        own = by_tag.get(theirs.tag)
        if own is not None and own.suite == theirs.suite:
            return Secured(own, theirs)
    raise SdpMismatchError("the answer to secured audio has no key of ours")
