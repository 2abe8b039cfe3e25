"""Twilio's media WebSocket: JSON text frames, PCMU in base64. Pure.

https://www.twilio.com/docs/voice/media-streams/websocket-messages
"""

from __future__ import annotations

import json

from uponai.carriers.base_media import MediaAudio, MediaEvent, MediaStarted, MediaStopped
from uponai.carriers.hosted.frames import (
    Fields,
    FrameReader,
    number_of,
    object_of,
    payload_of,
    payload_text,
    text_of,
)


class StreamDialect:
    """The codec of one bidirectional stream."""

    def __init__(self) -> None:
        self._stream_sid = ""
        self._reader = FrameReader(self._started, _audio, MediaStopped())

    def decode(self, text: str) -> MediaEvent | None:
        return self._reader.read(text)

    def _started(self, start: Fields) -> MediaStarted:
        self._stream_sid = text_of(start, "streamSid")
        given = object_of(start.get("customParameters") or {}, "start.customParameters")
        return MediaStarted(text_of(start, "callSid"), str(given.get("ticket", "")))

    def audio(self, payload: bytes) -> str:
        sound = payload_text(payload)
        return (
            f'{{"event":"media","streamSid":"{self._stream_sid}","media":{{"payload":"{sound}"}}}}'
        )

    def mark(self, name: str) -> str:
        return json.dumps({"event": "mark", "streamSid": self._stream_sid, "mark": {"name": name}})

    def clear(self) -> str:
        return json.dumps({"event": "clear", "streamSid": self._stream_sid})


def _audio(media: Fields) -> MediaAudio:
    return MediaAudio(payload_of(media), number_of(media, "timestamp"))
