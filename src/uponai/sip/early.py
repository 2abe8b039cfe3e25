"""What comes before the answer of a call of ours: early dialogs, reliable responses, early media.

RFC 3261 §13.2.2 (forking: one early dialog for each To tag), RFC 3262 (100rel and PRACK), RFC 3311
(UPDATE before the answer).
"""

from __future__ import annotations

from dataclasses import dataclass

from uponai.sip.auth import Authenticator
from uponai.sip.dialog import Dialog
from uponai.sip.errors import SdpMismatchError, SipParseError
from uponai.sip.exchange import OpenTransaction
from uponai.sip.hop import Hop, dialog_hop
from uponai.sip.message import Request, Response
from uponai.sip.offer import AudioAgreement, OfferAnswer
from uponai.sip.stack import Stack

MAX_FORKS = 12


@dataclass(slots=True)
class _Early:
    dialog: Dialog
    last_rseq: int = 0
    media: AudioAgreement | None = None


def _is_reliable(response: Response) -> bool:
    return any(tag.lower() == "100rel" for tag in response.headers.listed("Require"))


def _rseq(response: Response) -> int | None:
    text = (response.headers.get("RSeq") or "").strip()
    return int(text) if 0 < len(text) <= 10 and text.isascii() and text.isdigit() else None


class EarlyDialogs:
    """The early dialogs of one INVITE, by the far side's tag."""

    def __init__(self, stack: Stack, media: OfferAnswer, auth: Authenticator, hop: Hop) -> None:
        self._stack = stack
        self._media = media
        self._auth = auth
        self._hop = hop
        self._known: dict[str, _Early] = {}

    def hear(self, invite: Request, response: Response) -> tuple[bool, OpenTransaction | None]:
        """Take a 1xx: whether it is news, and its PRACK if it wants one."""
        tag = response.to.tag
        if not tag:
            return True, None
        early = self._known.get(tag)
        if early is None:
            if len(self._known) >= MAX_FORKS:
                return False, None
            early = self._known[tag] = _Early(Dialog.from_response(invite, response))
        rseq = _rseq(response) if _is_reliable(response) else None
        if rseq is not None:
            # A repeated one was acknowledged already, one out of order comes again (RFC 3262 §4).
            if early.last_rseq and rseq != early.last_rseq + 1:
                return False, None
            early.last_rseq = rseq
        early.dialog.refresh(response)
        if response.body:
            early.media = self._accept(response.body) or early.media
        return True, None if rseq is None else self._prack(early, rseq, invite)

    def media(self, tag: str) -> AudioAgreement | None:
        """What the early dialog with this tag agreed on."""
        early = self._known.get(tag)
        return early.media if early is not None else None

    def dialog(self, tag: str) -> Dialog | None:
        """The early dialog with this tag."""
        early = self._known.get(tag)
        return early.dialog if early is not None else None

    def offered(self, request: Request) -> tuple[int, bytes, AudioAgreement | None]:
        """Answer an UPDATE in an early dialog: code, body, and what is agreed now."""
        early = self._known.get(request.from_.tag)
        if early is None:
            return 481, b"", None
        if not early.dialog.takes(request):
            return 500, b"", None
        if not request.body:
            return 200, b"", None
        try:
            body = self._media.answer(request.body)
        except SipParseError:
            return 400, b"", None
        except SdpMismatchError:
            return 488, b"", None
        early.media = self._media.agreed
        return 200, body, early.media

    def _accept(self, body: bytes) -> AudioAgreement | None:
        try:
            return self._media.accept(body)
        except (SipParseError, SdpMismatchError):
            return None  # the 2xx may still bring a usable answer

    def _prack(self, early: _Early, rseq: int, invite: Request) -> OpenTransaction:
        dialog = early.dialog
        hop = dialog_hop(dialog.next_hop_uri, self._hop, routed=bool(dialog.route_set))
        fields = (
            ("RAck", f"{rseq} {invite.cseq.number} INVITE"),
            self._stack.agent(),
            *self._auth.fields("PRACK", dialog.request_uri),
        )
        via = self._stack.via(hop.transport)
        return OpenTransaction(dialog.request("PRACK", via, extra=fields), hop)
