"""Calls that somebody must join: web calls with an access token, registered ones by dialling."""

from __future__ import annotations

from uponai.domain.call import Call
from uponai.wire.links import SignPath, is_signed

JOIN_WITHIN_MS = 30_000
"""A browser that has not joined by then gets ``error_user_not_joined`` (section 7.1)."""
DIAL_WITHIN_MS = 300_000
"""A registered call not dialled by then gets ``registered_call_timeout`` (section 3.2)."""


def _path(call_id: str) -> str:
    return f"/web-call/{call_id}"


def expires_ms(call: Call) -> int:
    """Until when the call can be joined."""
    return call.created_ms + JOIN_WITHIN_MS


def access_token(call: Call, sign: SignPath) -> str:
    """``call_id.expires.signature``: made from the call, so that it need not be kept."""
    signed = sign(_path(call.call_id), expires_ms(call))
    return f"{call.call_id}.{expires_ms(call)}.{signed.rpartition('=')[2]}"


def joined_call_id(token: str, key: bytes, now_ms: int) -> str | None:
    """The call that a token lets join; None when it is not ours or has expired."""
    call_id, _, rest = token.partition(".")
    expires, _, signature = rest.partition(".")
    return call_id if is_signed(key, _path(call_id), expires, signature, now_ms) else None
