"""One call in the brain before its answer: what sounds is understood, nothing is said or written.

The dialer holds the call's row meanwhile. With the answer a ``Leg`` takes over the line. Words that
were understood go to the line holder, for the detail of a call that fails after them; not those of
a call of which only basic attributes may be kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from uponai.domain.call import Call
from uponai.engine.commands import Transcribe
from uponai.engine.early_media import EarlyEvent, EarlyMedia, TellHeard
from uponai.engine.events import (
    EarlyMediaHeard,
    Event,
    LineClosed,
    LineOpened,
    RecognitionFailed,
    Recognized,
    SpeechLikely,
)
from uponai.link.media import FromLine, Listen, Stop
from uponai.live.assembly import Providers, build_recognizer, call_variables
from uponai.live.ears import Ears
from uponai.live.line import Line, Outlet
from uponai.live.listener import Listener
from uponai.log import get
from uponai.tasks import TaskGroup
from uponai.wire.call import storage_setting

log = get("uponai.live.early_leg")


class EarlyLeg:
    """Listens to ``ears`` from ``open`` on. ``mouth`` is what it has not, unlike a ``Leg``."""

    mouth: None = None

    def __init__(
        self, listen: Listen, ears: Ears, outlet: Outlet, gone: Callable[[EarlyLeg], None]
    ) -> None:
        self.call_id = listen.call_id
        self.fence = listen.fence
        self.ears = ears
        self._line = Line()
        self._line.attach(outlet, listen.channel)
        self._media = EarlyMedia(listen.heard)
        self._gone = gone
        self._may_be_kept = False
        self._listener: Listener | None = None
        self._tell: Callable[[Event], None] | None = None

    @property
    def text(self) -> str:
        """All that was understood so far."""
        return self._media.text

    def open(self, call: Call, providers: Providers, tasks: TaskGroup) -> None:
        """Begin to listen. Raises ProviderError where nothing recognises speech for this call."""
        self._may_be_kept = storage_setting(call) != "basic_attributes_only"
        recognizer = build_recognizer(call, providers, call_variables(call))
        self._listener = Listener(self.ears, recognizer, None, tasks, self._feed)
        self.ears.tell = self._feed

    def ears_after(self) -> Ears:
        """Ears for whoever talks on the line once it is answered, which is now."""
        return self.ears.answered(self._media.leftover_samples)

    def answered(self, tell: Callable[[Event], None]) -> None:
        """The line is answered: ``tell`` the conversation what is still being recognised."""
        self._tell = tell
        self._feed(LineOpened())

    def on_line(self, message: FromLine) -> None:
        """A report of the line holder."""
        if isinstance(message, Stop):
            self.ears.tell = None
            self._gone(self)
            self._feed(LineClosed(message.reason, message.line_sample))

    def lost(self, outlet: Outlet) -> None:
        """The link is gone: the line holder announces the line anew, to whom it can reach."""
        del outlet
        self.ears.tell = None
        self._gone(self)
        self._line.detach()

    def _feed(self, event: Event) -> None:
        if not isinstance(
            event, SpeechLikely | Recognized | RecognitionFailed | LineOpened | LineClosed
        ):
            return
        try:
            self._do(event)
        except Exception:
            # The frames of other calls come by the same stack.
            log.exception("early media not understood", call_id=self.call_id)
            self.ears.tell = None

    def _do(self, event: EarlyEvent) -> None:
        for command in self._media.handle(event):
            if isinstance(command, TellHeard) and command.last and command.text:
                said = {"pii.text": command.text} if self._may_be_kept else {}
                log.info("heard before the answer", call_id=self.call_id, **said)
            match command:
                case Transcribe():
                    if self._listener is not None:
                        self._listener.transcribe(command)
                case TellHeard() if self._tell is not None:
                    self._tell(EarlyMediaHeard(command.text))
                case TellHeard():
                    text = command.text if self._may_be_kept else ""
                    self._line.overheard(text, last=command.last)
                case _:
                    assert_never(command)
