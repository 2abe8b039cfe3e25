"""Keys pressed by SIP INFO: application/dtmf-relay and application/dtmf (RFC 6086's legacy use)."""

from __future__ import annotations

from uponai.sip.message import Request

RELAY_TYPE = "application/dtmf-relay"
DIGITS = frozenset("0123456789*#ABCD")
_USUAL_MS = 160


def info_body(digit: str, duration_ms: int) -> bytes:
    """One key as application/dtmf-relay."""
    return f"Signal={digit}\r\nDuration={duration_ms}\r\n".encode()


def read_info(request: Request) -> tuple[str, int] | None:
    """The key that an INFO tells of and how long it was held, in milliseconds."""
    kind = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    text = request.body[:200].decode("ascii", "replace").strip()
    digit, duration = text, str(_USUAL_MS)
    if kind == RELAY_TYPE:
        pairs = [line.partition("=") for line in text.splitlines()]
        values = {name.strip().lower(): value.strip() for name, _, value in pairs}
        digit, duration = values.get("signal", ""), values.get("duration", duration)
    elif kind != "application/dtmf":
        return None
    if digit.upper() not in DIGITS:
        return None
    known = duration.isascii() and duration.isdigit() and len(duration) <= 5
    return digit.upper(), int(duration) if known else _USUAL_MS
