"""The words of Twilio's media streams.

https://www.twilio.com/docs/voice/media-streams/websocket-messages
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TwilioWords:
    """``sim.carriers.stream.StreamWords``."""

    account_sid: str
    call_sid: str
    stream_sid: str
    parameters: Mapping[str, str]

    def connected(self) -> dict[str, Any]:
        return {"event": "connected", "protocol": "Call", "version": "1.0.0"}

    def start(self) -> dict[str, Any]:
        return {
            "accountSid": self.account_sid,
            "streamSid": self.stream_sid,
            "callSid": self.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": dict(self.parameters),
        }

    def media(self, chunk: int, at_ms: int, payload: str) -> dict[str, Any]:
        return {
            "track": "inbound",
            "chunk": str(chunk),
            "timestamp": str(at_ms),
            "payload": payload,
        }

    def digit(self, digit: str) -> dict[str, Any]:
        return {"track": "inbound_track", "digit": digit}

    def stop(self) -> dict[str, Any]:
        return {"accountSid": self.account_sid, "callSid": self.call_sid}

    def numbered(self, event: str, sequence: int, content: dict[str, Any]) -> dict[str, Any]:
        return {
            "event": event,
            "sequenceNumber": str(sequence),
            event: content,
            "streamSid": self.stream_sid,
        }

    def belongs(self, message: dict[str, Any]) -> bool:
        return message["streamSid"] == self.stream_sid

    def complaint(self) -> None:
        """Error 31924 stands in the account's debugger; nothing is sent."""
