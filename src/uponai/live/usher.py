"""Who talks with whoever answers a warm transfer: waits for a person, and tells them who is there.

Machines are told by their words: a menu is gone through if somebody has said what to press, a
queue is waited in, an answering machine ends the transfer.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Final

from uponai.engine.commands import Ask
from uponai.engine.events import ReplyDone, ReplyText, ReplyToolCall
from uponai.engine.voicemail import Answerer, by_words, is_queue
from uponai.flow.phone import BRIDGE, CANCEL, DIGIT, REASON
from uponai.live.handoff import Words
from uponai.live.mind import ChosenModel, ReplyEvent, converse
from uponai.log import get
from uponai.providers.base import ChatMessage, ProviderError, TextDelta

MACHINE: Final = "an answering machine answered"

log = get("uponai.live.usher")


class Usher:
    """A ``Responder``. ``words`` gives what is to be told, as soon as it is known."""

    def __init__(
        self, words: Callable[[], Awaitable[Words]], menu_prompt: str, models: Sequence[ChosenModel]
    ) -> None:
        self._words = words
        self._menu_prompt = menu_prompt
        self._models = models

    async def reply(self, ask: Ask) -> AsyncGenerator[ReplyEvent, None]:
        """What was heard from there decides what is done."""
        match self._heard(ask):
            case "person":
                private = (await self._words()).private
                if private:
                    yield ReplyText(ask.ask, private, firm=True)
                yield _wish(ask, BRIDGE, {})
            case "machine":
                yield _wish(ask, CANCEL, {REASON: MACHINE})
            case "menu":
                keys = await self._keys(ask.caller_text)
                if keys:
                    yield _wish(ask, "press_digit", {DIGIT: keys})
            case _:
                pass
        yield ReplyDone(ask.ask, mind=ask.mind, silent=True)

    def _heard(self, ask: Ask) -> str:
        if ask.cause == "begin":
            return "person"
        if ask.cause != "caller":
            return "nothing"
        match by_words(ask.caller_text):
            case Answerer.MACHINE:
                return "machine"
            case Answerer.MENU:
                return "menu"
            case Answerer.PERSON:
                return "queue" if is_queue(ask.caller_text) else "person"

    async def _keys(self, menu: str) -> str:
        """What to press, or nothing: then the menu is listened to again."""
        if not self._menu_prompt:
            return ""
        question = (
            f"You go through a phone menu. {self._menu_prompt}\nThe menu says: {menu}\n"
            "Answer with the keys to press only (0-9 * #), or with the word none."
        )
        said: list[str] = []
        try:
            async for event in converse(self._models, [ChatMessage("user", question)]):
                if isinstance(event, TextDelta):
                    said.append(event.text)
        except ProviderError as error:
            log.warning("no key for the menu", error=str(error))
        found = re.search(r"[0-9*#]+", "".join(said))
        return found.group() if found else ""


def _wish(ask: Ask, kind: str, arguments: dict[str, str]) -> ReplyToolCall:
    return ReplyToolCall(
        ask.ask,
        f"{kind}_{ask.ask}",
        kind,
        json.dumps(arguments),
        kind,
        wait=False,
        speak_after=False,
    )
