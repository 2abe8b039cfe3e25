"""Ringing that the caller acknowledges, for callers that insist on it (RFC 3262 §3)."""

from __future__ import annotations

from uponai.sip.message import Request, Response
from uponai.sip.stack import Fields, Stack

_FIRST_RSEQ = 1


class ReliableRinging:
    """One reliable 1xx at a time. ``cseq``: the caller's last number; ``failed``: no PRACK came."""

    def __init__(self, invite: Request, stack: Stack) -> None:
        tags = invite.headers.listed("Require")
        self.wanted = any(tag.lower() == "100rel" for tag in tags)
        self.cseq = invite.cseq.number
        self.failed = False
        self._invite_cseq = invite.cseq.number
        self._timers = stack.timers
        self._rseq = 0
        self._response: Response | None = None
        self._interval_s = 0.0
        self._again_at = 0.0
        self._give_up_at = 0.0

    @property
    def waits(self) -> bool:
        """Whether a PRACK is still to come; until then neither another 1xx nor the 2xx leaves."""
        return self._response is not None

    def deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        return min(self._again_at, self._give_up_at) if self.waits else None

    def fields(self) -> Fields:
        """What the next 1xx says."""
        if not self.wanted:
            return ()
        self._rseq = self._rseq + 1 if self._rseq else _FIRST_RSEQ
        return (("Require", "100rel"), ("RSeq", str(self._rseq)))

    def sent(self, response: Response, now: float) -> None:
        """A 1xx left."""
        if self.wanted:
            self._response = response
            self._interval_s = self._timers.t1_s
            self._again_at = now + self._interval_s
            self._give_up_at = now + self._timers.timeout_s

    def tick(self, now: float) -> Response | None:
        """The response to send again, if it is time."""
        response = self._response
        if response is None or now < min(self._again_at, self._give_up_at):
            return None
        if now >= self._give_up_at:
            self.failed = True
            self._response = None
            return None
        self._interval_s *= 2
        self._again_at = now + self._interval_s
        return response

    def acknowledged(self, prack: Request) -> int:
        """A PRACK came; the code to answer it with."""
        parts = (prack.headers.get("RAck") or "").split()
        wanted = [str(self._rseq), str(self._invite_cseq), "INVITE"]
        if self._response is None or parts != wanted:
            return 481
        self._response = None
        self.cseq = max(self.cseq, prack.cseq.number)
        return 200
