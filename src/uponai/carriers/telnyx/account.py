"""One account with Telnyx."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """``secret`` is the API key, ``public_key`` checks the webhooks, ``application`` is the id of
    the Call Control application that calls are made through."""

    application: str
    public_key: str
    secret: str = field(repr=False)
