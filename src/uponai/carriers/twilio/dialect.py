"""Twilio's media WebSocket: JSON text frames, PCMU in base64. Pure.

https://www.twilio.com/docs/voice/media-streams/websocket-messages
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, cast

from uponai.carriers.base_media import (
    DialectError,
    MediaAudio,
    MediaDigit,
    MediaEvent,
    MediaMarked,
    MediaStarted,
    MediaStopped,
)


class StreamDialect:
    """The codec of one bidirectional stream."""

    def __init__(self) -> None:
        self._stream_sid = ""

    def decode(self, text: str) -> MediaEvent | None:
        message = _object(_json(text), "frame")
        match message.get("event"):
            case "media":
                return _audio(_object(message.get("media"), "media"))
            case "mark":
                return MediaMarked(_text(_object(message.get("mark"), "mark"), "name"))
            case "dtmf":
                return MediaDigit(_text(_object(message.get("dtmf"), "dtmf"), "digit"))
            case "start":
                return self._started(_object(message.get("start"), "start"))
            case "stop":
                return MediaStopped()
            case str():
                # connected, and what may be added.
                return None
            case _:
                raise DialectError("event")

    def _started(self, start: dict[str, Any]) -> MediaStarted:
        self._stream_sid = _text(start, "streamSid")
        given = _object(start.get("customParameters") or {}, "start.customParameters")
        return MediaStarted(_text(start, "callSid"), str(given.get("ticket", "")))

    def audio(self, payload: bytes) -> str:
        sound = base64.b64encode(payload).decode()
        return (
            f'{{"event":"media","streamSid":"{self._stream_sid}","media":{{"payload":"{sound}"}}}}'
        )

    def mark(self, name: str) -> str:
        return json.dumps({"event": "mark", "streamSid": self._stream_sid, "mark": {"name": name}})

    def clear(self) -> str:
        return json.dumps({"event": "clear", "streamSid": self._stream_sid})


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


def _audio(media: dict[str, Any]) -> MediaAudio | None:
    if media.get("track", "inbound") != "inbound":
        return None
    try:
        payload = base64.b64decode(_text(media, "payload"), validate=True)
        stamp = media.get("timestamp")
        return MediaAudio(payload, None if stamp is None else int(stamp))
    except (binascii.Error, TypeError, ValueError) as error:
        raise DialectError("media") from error
