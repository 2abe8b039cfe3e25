"""Media sockets whose JSON frames have an ``event``: media, mark, dtmf, start or stop. Pure."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
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

Fields = dict[str, Any]
_KEYS = "0123456789*#ABCD"
_MAX_PAYLOAD_CHARS = 16_000
"""A second and a half of audio; carriers send 20 ms. The line's clock goes by what comes."""


@dataclass(frozen=True, slots=True)
class FrameReader:
    """What differs between carriers: the fields of ``start`` and ``media``, and what a stop is."""

    started: Callable[[Fields], MediaStarted]
    audio: Callable[[Fields], MediaAudio | None]
    stopped: MediaStopped

    def read(self, text: str) -> MediaEvent | None:
        """None for messages that say nothing to us. Raises DialectError."""
        message = object_of(_json(text), "frame")
        match message.get("event"):
            case "media":
                media = object_of(message.get("media"), "media")
                return self.audio(media) if media.get("track", "inbound") == "inbound" else None
            case "mark":
                return MediaMarked(text_of(object_of(message.get("mark"), "mark"), "name"))
            case "dtmf":
                return MediaDigit(_digit(text_of(object_of(message.get("dtmf"), "dtmf"), "digit")))
            case "start":
                return self.started(object_of(message.get("start"), "start"))
            case "stop":
                return self.stopped
            case str():
                # connected, error, and what may be added.
                return None
            case _:
                raise DialectError("event")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DialectError("frame is not JSON") from error


def _digit(key: str) -> str:
    if len(key) != 1 or key not in _KEYS:
        raise DialectError("digit is no key of a phone")
    return key


def object_of(value: Any, what: str) -> Fields:
    """Raises DialectError."""
    if not isinstance(value, dict):
        raise DialectError(f"{what} is no object")
    return cast(Fields, value)


def text_of(fields: Fields, name: str) -> str:
    """Raises DialectError."""
    value = fields.get(name)
    if not isinstance(value, str):
        raise DialectError(f"{name} is no text")
    return value


def number_of(fields: Fields, name: str) -> int | None:
    """A number, or its text; None where there is none. Raises DialectError."""
    value = fields.get(name)
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise DialectError(f"{name} is no number") from error


def payload_of(media: Fields) -> bytes:
    """Raises DialectError."""
    text = text_of(media, "payload")
    if len(text) > _MAX_PAYLOAD_CHARS:
        raise DialectError("payload is longer than any frame")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DialectError("payload is no base64") from error


def payload_text(payload: bytes) -> str:
    return base64.b64encode(payload).decode()
