"""The words with which a caller is handed over: given, or written by the agent's language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from uponai.domain.transcript import Entry
from uponai.flow.render import render_without_llm
from uponai.flow.variables import substitute
from uponai.live.mind import HOUSE_RULES, ChosenModel, converse, messages_of
from uponai.live.transfer_order import Handoff
from uponai.log import get
from uponai.providers.base import ChatMessage, ProviderError, TextDelta

SOMEBODY_WAITS: Final = "Hello, I have a caller on the line for you."
_NOW: Final = "(Somebody has answered the transfer. Say the message now, and nothing else.)"

log = get("uponai.live.handoff")


@dataclass(frozen=True, slots=True)
class Words:
    """``private`` for whoever answered, ``public`` for both once they are joined; may be empty."""

    private: str = ""
    public: str = ""


@dataclass(frozen=True, slots=True)
class Writer:
    """``entries`` is the conversation so far, ``scope`` what ``{{name}}`` means."""

    models: Sequence[ChosenModel]
    entries: Sequence[Entry]
    scope: Mapping[str, str]

    async def write(self, handoff: Handoff | None, otherwise: str = "") -> str:
        """Without a model a prompt is said by rule; ``otherwise`` where the model fails."""
        if handoff is None:
            return ""
        text = substitute(handoff.text, self.scope)
        if not handoff.is_prompt:
            return text
        if not self.models:
            return render_without_llm(text)
        system = f"You hand a caller over to somebody else. {text}\n\n{HOUSE_RULES}"
        messages = [ChatMessage("system", system), *messages_of(self.entries)]
        messages.append(ChatMessage("user", _NOW))
        words: list[str] = []
        try:
            async for event in converse(self.models, messages):
                if isinstance(event, TextDelta):
                    words.append(event.text)
        except ProviderError as error:
            log.warning("handoff not written", error=str(error))
            return otherwise
        return "".join(words).strip() or otherwise
