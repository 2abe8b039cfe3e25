"""What a carrier's words mean: its outcomes, error codes and SIP codes as our reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from uponai import log
from uponai.carriers.base import DialOrder, HungUp
from uponai.carriers.hosted.rest import Refused
from uponai.domain.ending import Ending
from uponai.tasks import now_ms

UNKNOWN_WORD = "error_unknown"
UNKNOWN_REFUSAL = "dial_failed"
SERVER_FAILED = "telephony_provider_unavailable"

_log = log.get("uponai.carriers")


@dataclass(frozen=True, slots=True)
class Dispositions:
    """One carrier's tables, each -> disconnection_reason.

    ``outcomes``: its words for the end of an unanswered call (unknown: ``error_unknown``);
    ``sip_codes``: the final codes that it passes on (5xx: the provider is unavailable);
    ``errors`` and ``http_statuses``: codes of a refused order (unknown: ``dial_failed``).
    A word that is in no table is logged.
    """

    carrier: str
    outcomes: Mapping[str, str]
    errors: Mapping[str, str]
    http_statuses: Mapping[int, str]
    sip_codes: Mapping[int, str]

    def of_outcome(self, word: str) -> str:
        """The reason by the carrier's own word."""
        reason = self.outcomes.get(word)
        if reason is None:
            _log.warning("unknown outcome", carrier=self.carrier, outcome=word)
        return reason or UNKNOWN_WORD

    def of_sip_code(self, sip_code: int | None, otherwise: str) -> str:
        """The reason by a SIP code, where that says more than ``otherwise``."""
        if sip_code is None:
            return otherwise
        fallback = SERVER_FAILED if 500 <= sip_code < 600 else otherwise
        return self.sip_codes.get(sip_code, fallback)

    def of_refusal(self, status: int, code: str, message: str) -> Ending:
        """What a refused order means for its call."""
        reason = self.errors.get(code) or self.http_statuses.get(status)
        if reason is None:
            _log.warning("unknown refusal", carrier=self.carrier, status=status, code=code)
        return Ending(reason or UNKNOWN_REFUSAL, f"refused with {code or status}: {message}")

    def hung_up(self, order: DialOrder, refused: Refused) -> HungUp:
        """A refused order as the end of its call."""
        ending = self.of_refusal(refused.status, refused.code, refused.message)
        line = {"cause": "code", "status": refused.status, "code": refused.code}
        answered = False
        return HungUp(order.call_id, order.attempt, answered, now_ms(), ending, line)


def sip_code_in(text: object) -> int | None:
    """A SIP code that a carrier tells as text; None for anything else."""
    code = str(text or "")
    return int(code) if code.isascii() and code.isdigit() and len(code) == 3 else None
