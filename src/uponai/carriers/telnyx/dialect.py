"""Telnyx's media WebSocket: JSON text frames, G.711 without RTP headers in base64. Pure.

https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket
"""

from __future__ import annotations

import json
from typing import Final

from uponai.carriers.base_media import (
    DialectError,
    MediaAudio,
    MediaEvent,
    MediaStarted,
    MediaStopped,
)
from uponai.carriers.hosted.frames import (
    Fields,
    FrameReader,
    number_of,
    object_of,
    payload_of,
    payload_text,
    text_of,
)
from uponai.carriers.telnyx.state import State
from uponai.media import g711

HELD_CHUNKS: Final = 3
"""So many chunks wait for one that is missing; then silence takes its place."""

_QUIET = b"\xff"
_ENCODINGS: Final[dict[str, g711.Codec]] = {
    "PCMU": "PCMU",
    "audio/x-mulaw": "PCMU",
    "PCMA": "PCMA",
    "audio/x-alaw": "PCMA",
}


class StreamDialect:
    """The codec of one bidirectional stream in ``rtp`` mode.

    The order of media frames is not promised: ``chunk`` puts them in order.
    """

    def __init__(self) -> None:
        self._codec: g711.Codec = "PCMU"
        self._next: int | None = None
        self._early: dict[int, bytes] = {}
        self._reader = FrameReader(self._started, self._audio, MediaStopped(while_ringing=True))

    def decode(self, text: str) -> MediaEvent | None:
        return self._reader.read(text)

    def _started(self, start: Fields) -> MediaStarted:
        form = object_of(start.get("media_format") or {}, "start.media_format")
        codec = _ENCODINGS.get(str(form.get("encoding", "PCMU")))
        if codec is None:
            raise DialectError("start.media_format.encoding")
        self._codec = codec
        state = State.read(start.get("client_state"))
        return MediaStarted(text_of(start, "call_control_id"), state.ticket if state else "")

    def _audio(self, media: Fields) -> MediaAudio | None:
        payload, number = payload_of(media), number_of(media, "chunk")
        if self._codec != "PCMU":
            payload = g711.encode(g711.decode(payload, self._codec), "PCMU")
        in_order = payload if number is None else self._in_order(number, payload)
        return MediaAudio(in_order) if in_order else None

    def _in_order(self, number: int, payload: bytes) -> bytes:
        if self._next is None:
            self._next = number
        if number >= self._next:
            self._early[number] = payload
        if len(self._early) > HELD_CHUNKS and self._next not in self._early:
            return self._give_up(self._next, len(payload))
        return self._due()

    def _give_up(self, missing: int, length: int) -> bytes:
        """Silence for what does not come, as long as what came."""
        first = min(self._early)
        holes = min(first - missing, HELD_CHUNKS)
        self._next = first
        return _QUIET * (length * holes) + self._due()

    def _due(self) -> bytes:
        due = bytearray()
        while self._next in self._early:
            due += self._early.pop(self._next)
            self._next += 1
        return bytes(due)

    def audio(self, payload: bytes) -> str:
        sound = payload_text(payload)
        return f'{{"event":"media","media":{{"payload":"{sound}"}}}}'

    def mark(self, name: str) -> str:
        return json.dumps({"event": "mark", "mark": {"name": name}})

    def clear(self) -> str:
        return '{"event":"clear"}'
