"""The words of Telnyx's media streaming.

https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TelnyxWords:
    """``sim.carriers.stream.StreamWords``. ``client_state`` is the call's as the stream began."""

    user_id: str
    call_control_id: str
    call_session_id: str
    stream_id: str
    numbers: tuple[str, str]
    client_state: str

    def connected(self) -> dict[str, Any]:
        return {"event": "connected", "version": "1.0.0"}

    def start(self) -> dict[str, Any]:
        return {
            "user_id": self.user_id,
            "call_control_id": self.call_control_id,
            "call_session_id": self.call_session_id,
            "from": self.numbers[0],
            "to": self.numbers[1],
            "tags": [],
            "client_state": self.client_state,
            "custom_parameters": {},
            "media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 1},
        }

    def media(self, chunk: int, at_ms: int, payload: str) -> dict[str, Any]:
        return {
            "track": "inbound",
            "chunk": str(chunk),
            "timestamp": str(at_ms),
            "payload": payload,
        }

    def digit(self, digit: str) -> dict[str, Any]:
        return {"digit": digit}

    def stop(self) -> dict[str, Any]:
        return {"user_id": self.user_id, "call_control_id": self.call_control_id}

    def numbered(self, event: str, sequence: int, content: dict[str, Any]) -> dict[str, Any]:
        return {
            "event": event,
            "sequence_number": str(sequence),
            event: content,
            "stream_id": self.stream_id,
        }

    def belongs(self, message: dict[str, Any]) -> bool:
        """A socket is one stream: its messages name none."""
        del message
        return True

    def complaint(self) -> dict[str, Any]:
        error = {"code": 100003, "title": "malformed_frame", "detail": "not formed correctly"}
        return {"event": "error", "payload": error, "stream_id": self.stream_id}
