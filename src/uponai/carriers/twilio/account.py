"""One account with Twilio."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """``secret`` opens the REST API and signs the webhooks."""

    sid: str
    secret: str = field(repr=False)
