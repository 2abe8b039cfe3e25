"""The engine's conversation for a call: made from its configuration, new or from a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping

from uponai.domain.call import Call, Checkpoint
from uponai.engine.conversation import Conversation
from uponai.engine.settings import Settings, from_config
from uponai.flow.graph import as_object
from uponai.flow.variables import substitute
from uponai.live.assembly import scope


def settings_of(call: Call, variables: Mapping[str, str]) -> Settings:
    """What the call's agent means for turn-taking, its spoken texts filled in."""
    words = scope(call, variables)
    return from_config(
        call.agent,
        call.engine,
        direction=call.direction,
        substitute=lambda text: substitute(text, words),
    )


def open_conversation(
    call: Call, variables: Mapping[str, str], checkpoint: Checkpoint | None
) -> Conversation:
    """The conversation from its beginning, or from where a former brain left it."""
    settings = settings_of(call, variables)
    if checkpoint is None:
        return Conversation(settings, variables)
    return Conversation.restore(settings, as_object(checkpoint.state.get("engine")))


def current_variables(conversation: Conversation) -> dict[str, str]:
    """Given variables under those that functions and the flow have set since."""
    state = conversation.state
    own = as_object(state.mind.get("variables"))
    return {**state.variables, **{name: str(own[name]) for name in own}, **state.collected}
