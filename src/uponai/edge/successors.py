"""Calls whose far side hands them on to another of its phones (RFC 3891).

The line stays, with its port, its brain and its tape; only the dialog behind it is another one.
"""

from __future__ import annotations

from collections.abc import Callable

from uponai import log
from uponai.edge.call import Call
from uponai.edge.roster import Roster
from uponai.edge.sip_driver import SipDriver
from uponai.sip.commands import IncomingCall
from uponai.sip.events import Answer, Reject
from uponai.sip.offer import LocalMedia

NOT_HERE = 481

_log = log.get("uponai.edge.calls")


class Successors:
    """Dialogs that are to take the place of another, until they are answered.

    ``media`` says what we answer of a call's audio; ``leave`` hangs a dialog up.
    """

    def __init__(
        self,
        calls: Roster,
        sip: SipDriver,
        media: Callable[[Call], LocalMedia],
        leave: Callable[[str], None],
    ) -> None:
        self._calls = calls
        self._sip = sip
        self._media = media
        self._leave = leave
        self._waiting: dict[str, Call] = {}

    def arrives(self, word: IncomingCall) -> None:
        """Answer it with the audio of the call that it replaces."""
        call = self._calls.find(word.replaces)
        if call is None or call.ending is not None:
            self._sip.handle(Reject(word.call_key, NOT_HERE))
            return
        self._waiting[word.call_key] = call
        self._sip.handle(Answer(word.call_key, self._media(call)))

    def answered(self, key: str) -> Call | None:
        """The dialog ``key`` stands: the call goes on with it, and is hung up in the former one."""
        call = self._waiting.pop(key, None)
        if call is None:
            return None
        former = call.key
        if self._calls.find(former) is not call:
            # It ended meanwhile.
            self._leave(key)
            return None
        self._calls.rename(call, key)
        self._leave(former)
        _log.info("call handed on by its far side", call_id=call.call_id)
        return call

    def failed(self, key: str) -> None:
        """It was refused (no common audio) or given up: the former dialog stands."""
        self._waiting.pop(key, None)
