"""The agent whose words come from a server of the user's own (retell-api.md section 6.4).

The server speaks first (response 0), and answers what it is asked; a newer question makes the older
ones void. What it says unasked (``agent_interrupt``) is offered to the engine.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, assert_never

from uponai.domain.transcript import Digit, Entry, ToolInvocation, ToolResult, Utterance
from uponai.engine.commands import Ask
from uponai.engine.events import (
    AgentTuned,
    Event,
    ReplyDone,
    ReplyNoted,
    ReplyOffered,
    ReplyText,
    ReplyToolCall,
    StopRequested,
)
from uponai.flow.graph import Json
from uponai.flow.phone import DIGIT, NUMBER
from uponai.live.llm_socket import Listeners, LlmSocket, OpenSocket
from uponai.live.mind import ReplyEvent
from uponai.live.report import entry_json
from uponai.log import get
from uponai.tasks import TaskGroup
from uponai.wire.custom_llm import (
    Configured,
    FromServer,
    FunctionCalled,
    FunctionReturned,
    Passed,
    Pong,
    Said,
    Tuned,
    call_details,
    response_required,
    socket_url,
    update_only,
)

BEGIN_ID: Final = 0
BEGIN_WAIT_S: Final = 8.0
"""A server that has no first words by then waits for the caller."""

LAST_WORDS_S: Final = 3.0
"""After its goodbye (close code 1000) a server's words are given so long to be on the line."""

TRANSFER: Final = "transfer_call"
TRANSFER_AS_CALLER: Final = "transfer_call_as_caller"
PRESS: Final = "press_digit"

log = get("uponai.live.custom_mind")


def phone_tools() -> dict[str, Json]:
    """What a response may want done with the phone, as functions of the call."""
    transfer: dict[str, Any] = {
        "type": "transfer_call",
        "transfer_destination": {"type": "inferred"},
        "transfer_option": {"type": "cold_transfer"},
    }
    as_caller = {"type": "cold_transfer", "show_transferee_as_caller": True}
    return {
        TRANSFER: {**transfer, "name": TRANSFER},
        TRANSFER_AS_CALLER: {
            **transfer,
            "name": TRANSFER_AS_CALLER,
            "transfer_option": as_caller,
        },
        PRESS: {"type": "press_digit", "name": PRESS},
    }


@dataclass(frozen=True, slots=True)
class CustomContext:
    """``describe`` gives the call object; ``feed`` tells the engine what nobody asked for."""

    call_id: str
    open_socket: OpenSocket
    describe: Callable[[], Mapping[str, Any]]
    feed: Callable[[Event], None]
    rtt_ms: Callable[[float], None]
    voicemail_message: str = ""


Piece = Said | FunctionCalled | FunctionReturned


@dataclass(slots=True)
class _Stream:
    """What comes of one question; ``request`` is sent again on a new connection."""

    id: int
    request: str | None = None
    pieces: asyncio.Queue[Piece] = field(default_factory=asyncio.Queue[Piece])


class CustomMind:
    """One call's socket, and the replies that come over it."""

    def __init__(self, base_url: str, context: CustomContext, tasks: TaskGroup) -> None:
        """Connects at once; ``tasks`` end with the call."""
        self._context = context
        self._config = Configured()
        self._last_id = 0
        self._begin = _Stream(BEGIN_ID)
        self._current: _Stream | None = None
        self._offer: _Stream | None = None
        self._calls = 0
        self._over = False
        self._socket = LlmSocket(
            socket_url(base_url, context.call_id),
            context.open_socket,
            Listeners(self._opened, self._heard, context.rtt_ms),
        )
        tasks.spawn(self._hold(), name="custom LLM")

    async def _hold(self) -> None:
        lost = await self._socket.run()
        if lost.reason != "agent_hangup":
            log.warning("custom LLM is gone", reason=lost.reason, error=lost.detail)
            self._context.feed(StopRequested(lost.reason))
            return
        # What was said last is still being spoken, or the caller handed over.
        self._over = True
        if self._current is not None:
            last = Said(self._current.id, complete=True, ends_call=True)
            self._current.pieces.put_nowait(last)
        await asyncio.sleep(LAST_WORDS_S)
        self._context.feed(ReplyOffered())

    # What the server says

    def _opened(self) -> None:
        if self._current is not None and self._current.request is not None:
            self._socket.send(self._current.request)

    def _heard(self, message: FromServer) -> None:
        match message:
            case Configured():
                self._config = message
                if message.call_details:
                    self._socket.send(call_details(self._context.describe()))
            case Said() | FunctionCalled() | FunctionReturned():
                self._take(message)
            case Tuned(change=change):
                self._context.feed(AgentTuned(change))
            case Passed(response_type=kind):
                log.info("message of the custom LLM not used", response_type=kind)
            case Pong():
                pass
            case _:
                assert_never(message)

    def _take(self, piece: Piece) -> None:
        """Put ``piece`` where it belongs; nobody waits any more for answers to older questions."""
        current = self._current
        if isinstance(piece, Said) and piece.unasked:
            self._interrupts(piece)
        elif isinstance(piece, Said) and piece.id == BEGIN_ID:
            self._begin.pieces.put_nowait(piece)
        elif current is not None and not (isinstance(piece, Said) and piece.id != current.id):
            current.pieces.put_nowait(piece)

    def _interrupts(self, message: Said) -> None:
        if self._offer is None or self._offer.id != message.id:
            self._offer = _Stream(message.id)
            self._offer.pieces.put_nowait(message)
            self._context.feed(ReplyOffered())
        else:
            self._offer.pieces.put_nowait(message)

    # What the engine asks

    async def reply(self, ask: Ask) -> AsyncGenerator[ReplyEvent, None]:
        if ask.cause == "voicemail":
            yield ReplyText(ask.ask, self._context.voicemail_message)
            yield ReplyDone(ask.ask, mind=ask.mind)
            return
        if self._over:
            yield ReplyDone(ask.ask, mind=ask.mind, ends_call=True, silent=True)
            return
        stream = self._stream(ask)
        self._current = stream
        try:
            async for event in self._pieces(stream, ask):
                yield event
        finally:
            if self._current is stream:
                self._current = None

    def _stream(self, ask: Ask) -> _Stream:
        match ask.cause:
            case "begin":
                return self._begin
            case "interrupt":
                return self._offer or _Stream(BEGIN_ID)
            case _:
                self._last_id = max(self._last_id, int(ask.mind.get("response_id", 0))) + 1
                turns, with_functions = self._transcripts(entries_of(ask))
                request = response_required(
                    self._last_id, turns, with_functions, reminder=ask.cause == "reminder"
                )
                self._socket.send(request)
                return _Stream(self._last_id, request)

    async def _pieces(self, stream: _Stream, ask: Ask) -> AsyncGenerator[ReplyEvent, None]:
        patience_s = BEGIN_WAIT_S if stream is self._begin else None
        mind = {"response_id": self._last_id}
        while True:
            try:
                async with asyncio.timeout(patience_s):
                    piece = await stream.pieces.get()
            except TimeoutError:
                yield ReplyDone(ask.ask, mind=mind, silent=True)
                return
            patience_s = None
            if not isinstance(piece, Said):
                yield ReplyNoted(ask.ask, _noted(piece))
                continue
            if piece.content:
                yield ReplyText(ask.ask, piece.content, firm=piece.firm)
            for call in self._phone(piece, ask.ask):
                yield call
            if piece.complete or piece.ends_call:
                yield ReplyDone(ask.ask, mind=mind, ends_call=piece.ends_call, silent=True)
                return

    def _phone(self, said: Said, ask: int) -> list[ReplyToolCall]:
        wanted: list[ReplyToolCall] = []
        if said.digits:
            call = self._call(ask, PRESS, {DIGIT: said.digits})
            wanted.append(call)
        if said.transfer_number:
            name = TRANSFER_AS_CALLER if said.shows_caller else TRANSFER
            wanted.append(self._call(ask, name, {NUMBER: said.transfer_number}))
        return wanted

    def _call(self, ask: int, name: str, arguments: Mapping[str, str]) -> ReplyToolCall:
        """Of a failed transfer the server hears: a question, the result in its transcript."""
        self._calls += 1
        transfers = name != PRESS
        return ReplyToolCall(
            ask=ask,
            tool_call_id=f"llm_{ask}_{self._calls}",
            name=name,
            arguments=json.dumps(arguments),
            kind="transfer_call" if transfers else PRESS,
            wait=transfers,
            speak_after=transfers,
        )

    # The transcript

    def update(self, entries: Sequence[Entry]) -> None:
        """A turn has ended: tell the server what was said by now."""
        said = [entry for entry in entries if isinstance(entry, Utterance)]
        agents = bool(said) and said[-1].role == "user"
        turns, with_functions = self._transcripts(entries)
        turn = "agent_turn" if agents else "user_turn"
        self._socket.send(update_only(turns, with_functions, turn))

    def _transcripts(
        self, entries: Sequence[Entry]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]] | None]:
        turns = [entry_json(entry) for entry in entries if isinstance(entry, Utterance)]
        if not self._config.transcript_with_tool_calls:
            return turns, None
        return turns, [entry_json(entry) for entry in entries]


def entries_of(ask: Ask) -> tuple[Entry, ...]:
    """The conversation with the caller's newest words; pressed keys are words of the caller."""
    newest = ask.caller_text
    if ask.cause == "digits":
        keys = [entry.digit for entry in ask.entries if isinstance(entry, Digit)]
        newest = f"(pressed {' '.join(ask.caller_text or keys)})"
    return (*ask.entries, Utterance("user", newest)) if newest else ask.entries


def _noted(piece: FunctionCalled | FunctionReturned) -> ToolInvocation | ToolResult:
    match piece:
        case FunctionCalled():
            return ToolInvocation(piece.tool_call_id, piece.name, piece.arguments)
        case FunctionReturned():
            return ToolResult(piece.tool_call_id, piece.content)
