"""``client_state``: what Telnyx hands back with every webhook of a call. Pure.

It names our call and attempt, so that a call is found again after a crash, and holds the sealed
ticket of the call's current media socket.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast


@dataclass(frozen=True, slots=True)
class State:
    """``kind``: a call of ours; one that is being transferred, or was; or the leg to whom it is
    transferred, whose ``carrier_ref`` is the call's, and which ``digits`` are pressed for.
    ``ticket`` is sealed text."""

    call_id: str
    attempt: int
    ticket: str
    kind: Literal["call", "away", "leg"] = "call"
    carrier_ref: str = ""
    digits: str = ""

    def write(self) -> str:
        """Base64, as Telnyx wants it."""
        fields = {name: value for name, value in asdict(self).items() if value != ""}
        return base64.b64encode(json.dumps(fields, separators=(",", ":")).encode()).decode()

    @staticmethod
    def read(text: Any) -> State | None:
        """None for what was not written by ``write``."""
        if not isinstance(text, str) or not text:
            return None
        try:
            fields: Any = json.loads(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError, RecursionError):
            return None
        return _state(cast(dict[str, Any], fields)) if isinstance(fields, dict) else None


def _state(fields: dict[str, Any]) -> State | None:
    kind = fields.get("kind")
    texts = [fields.get("call_id"), fields.get("ticket")]
    texts += [fields.get("carrier_ref", ""), fields.get("digits", "")]
    attempt = fields.get("attempt")
    if kind not in ("call", "away", "leg") or not isinstance(attempt, int):
        return None
    if not all(isinstance(text, str) for text in texts):
        return None
    call_id, ticket, carrier_ref, digits = cast(list[str], texts)
    return State(call_id, attempt, ticket, kind, carrier_ref, digits)
