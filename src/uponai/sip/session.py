"""Session timers (RFC 4028): who refreshes an answered call, when, and when it counts as dead."""

from __future__ import annotations

from dataclasses import dataclass

from uponai.sip.headers import Headers
from uponai.sip.uri import param, parse_params

Fields = tuple[tuple[str, str], ...]

MIN_SE_S = 90
"""The shortest interval that is accepted (RFC 4028 §5)."""

_LAST_CALL_S = 32.0


@dataclass(frozen=True, slots=True)
class SessionExpires:
    """The Session-Expires field: seconds, and "uac", "uas" or "" for who refreshes."""

    interval_s: int
    refresher: str = ""

    def __str__(self) -> str:
        return f"{self.interval_s}" + (f";refresher={self.refresher}" if self.refresher else "")


def _seconds(text: str) -> int | None:
    text = text.strip()
    return int(text) if 0 < len(text) <= 9 and text.isascii() and text.isdigit() else None


def read_session_expires(headers: Headers) -> SessionExpires | None:
    """The field, None when it is absent or unusable."""
    number, _, tail = (headers.get("Session-Expires") or "").partition(";")
    interval_s = _seconds(number)
    if interval_s is None:
        return None
    refresher = (param(parse_params(tail), "refresher") or "").lower()
    return SessionExpires(interval_s, refresher if refresher in {"uac", "uas"} else "")


def read_min_se(headers: Headers) -> int:
    """The Min-SE field, the RFC's default when it is absent or unusable."""
    return _seconds((headers.get("Min-SE") or "").partition(";")[0]) or MIN_SE_S


def speaks_timer(headers: Headers) -> bool:
    """Whether the sender of these fields can refresh a session."""
    names = headers.listed("Supported") + headers.listed("Require")
    return any(name.lower() == "timer" for name in names)


def asked(interval_s: int, min_se_s: int = MIN_SE_S, refresher: str = "") -> Fields:
    """What a request of ours says about the session's life."""
    expires = SessionExpires(max(interval_s, min_se_s), refresher)
    return (("Session-Expires", str(expires)), ("Min-SE", str(min_se_s)))


def is_too_short(headers: Headers) -> bool:
    """Whether a request asks for refreshes more often than we want them (answered with 422)."""
    wanted = read_session_expires(headers)
    return wanted is not None and wanted.interval_s < MIN_SE_S and speaks_timer(headers)


def granted(headers: Headers) -> tuple[SessionExpires | None, Fields]:
    """What to agree to for a request with these fields, and the fields of its 2xx (§9)."""
    wanted = read_session_expires(headers)
    if wanted is None:
        return None, ()
    able = speaks_timer(headers)
    refresher = (wanted.refresher or "uac") if able else "uas"
    agreed = SessionExpires(max(wanted.interval_s, MIN_SE_S), refresher)
    require = (("Require", "timer"),) if refresher == "uac" else ()
    return agreed, (("Session-Expires", str(agreed)), *require)


class SessionTimer:
    """The clock of one answered call. ``due`` is when to refresh, or to give the call up."""

    def __init__(self) -> None:
        self.due: float | None = None
        self.ours = False
        self.interval_s = 0

    def agree(self, expires: SessionExpires | None, *, as_uac: bool, now: float) -> None:
        """A 2xx to an INVITE or UPDATE says how long the session lives; None: for ever."""
        if expires is None or expires.interval_s <= 0:
            self.due = None
            return
        self.interval_s = expires.interval_s
        # A 2xx without a refresher leaves it to the sender of the request (§7.2).
        self.ours = (expires.refresher != "uas") is as_uac
        early_s = min(_LAST_CALL_S, self.interval_s / 3)
        self.due = now + (self.interval_s / 2 if self.ours else self.interval_s - early_s)

    def stop(self) -> None:
        """The call is over."""
        self.due = None
