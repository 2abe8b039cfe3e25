"""Telnyx's media WebSocket: JSON text frames, G.711 without RTP headers in base64. Pure.

https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Final, cast

from uponai.carriers.base_media import (
    DialectError,
    MediaAudio,
    MediaDigit,
    MediaEvent,
    MediaMarked,
    MediaStarted,
    MediaStopped,
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

    def decode(self, text: str) -> MediaEvent | None:
        message = _object(_json(text), "frame")
        match message.get("event"):
            case "media":
                return self._audio(_object(message.get("media"), "media"))
            case "mark":
                return MediaMarked(_text(_object(message.get("mark"), "mark"), "name"))
            case "dtmf":
                return MediaDigit(_text(_object(message.get("dtmf"), "dtmf"), "digit"))
            case "start":
                return self._started(_object(message.get("start"), "start"))
            case "stop":
                return MediaStopped(while_ringing=True)
            case str():
                # connected, error, and what may be added.
                return None
            case _:
                raise DialectError("event")

    def _started(self, start: dict[str, Any]) -> MediaStarted:
        form = _object(start.get("media_format") or {}, "start.media_format")
        codec = _ENCODINGS.get(str(form.get("encoding", "PCMU")))
        if codec is None:
            raise DialectError("start.media_format.encoding")
        self._codec = codec
        state = State.read(start.get("client_state"))
        return MediaStarted(_text(start, "call_control_id"), state.ticket if state else "")

    def _audio(self, media: dict[str, Any]) -> MediaAudio | None:
        if media.get("track", "inbound") != "inbound":
            return None
        try:
            payload = base64.b64decode(_text(media, "payload"), validate=True)
            chunk = media.get("chunk")
            number = None if chunk is None else int(chunk)
        except (binascii.Error, TypeError, ValueError, OverflowError) as error:
            raise DialectError("media") from error
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
        sound = base64.b64encode(payload).decode()
        return f'{{"event":"media","media":{{"payload":"{sound}"}}}}'

    def mark(self, name: str) -> str:
        return json.dumps({"event": "mark", "mark": {"name": name}})

    def clear(self) -> str:
        return '{"event":"clear"}'


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise DialectError("frame is not JSON") from error


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DialectError(f"{what} is no object")
    return cast(dict[str, Any], value)


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise DialectError(f"{name} is no text")
    return value
