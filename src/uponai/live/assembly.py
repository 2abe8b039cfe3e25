"""From a call's row to what its conversation is made of: variables, mind, functions, voice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from uponai.domain.call import Call
from uponai.flow.graph import Json, as_list, as_object, objects, parse
from uponai.flow.phone import node_tool
from uponai.flow.variables import DEFAULT_TIMEZONE, Scope, substitute
from uponai.live.flow_mind import FlowMind, FlowSettings
from uponai.live.listener import Recognizer
from uponai.live.mind import ChosenModel, PromptMind, PromptSettings, Responder
from uponai.live.states import States
from uponai.live.tools import MCP_SERVER
from uponai.live.voice import SpeechCache, Voice
from uponai.providers.base import (
    EndOfTurn,
    RecognitionSettings,
    SentenceEmbedder,
    SpeechToText,
    TextToSpeech,
    VoiceActivity,
    VoiceSettings,
)
from uponai.tasks import now_ms
from uponai.wire.mcp import named as mcp_server


@dataclass(frozen=True, slots=True)
class ChosenVoice:
    """A vendor's voice: who speaks, and its own name for the voice."""

    tts: TextToSpeech
    voice_id: str
    model: str | None = None


class Providers(Protocol):
    """The models of this host. Raises ProviderError for what is not configured, unless said."""

    @property
    def voice_activity(self) -> VoiceActivity: ...

    @property
    def end_of_turn(self) -> EndOfTurn | None: ...

    @property
    def embedder(self) -> SentenceEmbedder | None: ...

    def speech_to_text(self) -> SpeechToText: ...

    def text_to_speech(self, voice_id: str) -> ChosenVoice:
        """The voice that an agent's ``voice_id`` means here."""
        ...

    def language_model(self, model: str | None) -> ChosenModel | None:
        """The model that the wire's name means here; None for its default or where there is none.

        Where no language model is configured at all: None.
        """
        ...


def call_variables(call: Call) -> dict[str, str]:
    """Dynamic variables at the start: system's, then the engine's defaults, then the request's."""
    outbound = call.direction == "outbound"
    values = {
        "call_id": call.call_id,
        "call_type": call.call_type,
        "direction": call.direction,
        "session_type": "voice",
        "user_number": call.to_number if outbound else call.from_number,
        "agent_number": call.from_number if outbound else call.to_number,
    }
    defaults = as_object(call.engine.get("default_dynamic_variables"))
    given = as_object(call.request.get("retell_llm_dynamic_variables"))
    return values | {name: str(value) for name, value in {**defaults, **given}.items()}


def timezone(call: Call) -> str:
    """The agent's IANA time zone."""
    zone = call.agent.get("timezone")
    return zone if isinstance(zone, str) and zone else DEFAULT_TIMEZONE


def is_flow(call: Call) -> bool:
    """Whether the agent's response engine is a conversation flow."""
    kind = as_object(call.agent.get("response_engine")).get("type")
    return kind == "conversation-flow" or (kind is None and "nodes" in call.engine)


def custom_llm_url(call: Call) -> str | None:
    """Where the user's own server answers the caller, if one does."""
    engine = as_object(call.agent.get("response_engine"))
    return str(engine.get("llm_websocket_url")) if engine.get("type") == "custom-llm" else None


def voicemail_message(call: Call) -> str:
    """What is said to an answering machine, or the prompt for it."""
    action = as_object(as_object(call.agent.get("voicemail_option")).get("action"))
    return str(action.get("text") or "")


def scope(call: Call, variables: Mapping[str, str]) -> Scope:
    """All that ``{{name}}`` means now."""
    return Scope(variables, now_ms(), timezone(call))


def build_mind(call: Call, providers: Providers) -> Responder:
    """The agent's responder. Raises FlowError for a flow that cannot be read."""
    models = chosen_models(call.engine, providers, by_name=is_flow(call))
    message = voicemail_message(call)
    if is_flow(call):
        settings = FlowSettings(parse(call.engine), timezone(call), message)
        return FlowMind(settings, providers.embedder, models)
    prompt = PromptSettings(
        general_prompt=str(call.engine.get("general_prompt") or ""),
        tools=objects(call.engine.get("general_tools")),
        states=States(
            objects(call.engine.get("states")), str(call.engine.get("starting_state") or "")
        ),
        voicemail_prompt=message,
        timezone=timezone(call),
    )
    return PromptMind(prompt, models)


def chosen_models(
    engine: Json, providers: Providers, *, by_name: bool = False
) -> tuple[ChosenModel, ...]:
    """The engine's model and its backup, as far as this host has them (retell-api.md 6.2).

    ``by_name``: only models that the configuration names, never the host's default. A flow that
    names none is played by rule, the same on every host.
    """
    config = as_object(engine.get("model_config"))
    primary = as_object(config.get("primary")).get("model") or engine.get("model")
    choice = as_object(engine.get("model_choice")).get("model")
    backup = as_object(config.get("backup")).get("model")
    warmth = config.get("temperature", engine.get("model_temperature"))
    found: list[ChosenModel] = []
    for name in (primary or choice, backup):
        if name is None and (found or by_name):
            continue
        model = providers.language_model(None if name is None else str(name))
        if model is not None:
            heat = float(warmth) if isinstance(warmth, int | float) else model.temperature
            found.append(ChosenModel(model.llm, model.model, heat))
    return tuple(found)


def tools_of(engine: Json) -> dict[str, Json]:
    """Every function that the engine's configuration defines, by name."""
    tools = [*objects(engine.get("general_tools")), *objects(engine.get("tools"))]
    for part in (*objects(engine.get("states")), *objects(engine.get("nodes"))):
        tools += objects(part.get("tools"))
        own = node_tool(part)
        tools += () if own is None else (own,)
    return {str(tool.get("name")): _with_server(tool, engine) for tool in tools}


def _with_server(tool: Json, engine: Json) -> Json:
    """A function of type ``mcp`` with its server: the one it names, else the engine's first."""
    if tool.get("type") != "mcp":
        return tool
    first: Json = dict(*objects(engine.get("mcps"))[:1])
    return {**tool, MCP_SERVER: mcp_server(engine, str(tool.get("mcp_id") or "")) or first}


def build_voice(call: Call, providers: Providers, cache: SpeechCache) -> Voice:
    """The agent's voice. Raises ProviderError where this host has no such voice."""
    agent = call.agent
    chosen = providers.text_to_speech(str(agent.get("voice_id") or ""))
    settings = VoiceSettings(
        voice_id=chosen.voice_id,
        model=chosen.model,
        speed=_number(agent.get("voice_speed"), 1.0),
        volume=_number(agent.get("volume"), 1.0),
        temperature=_number(agent.get("voice_temperature"), 1.0),
        language=language(agent),
    )
    return Voice(chosen.tts, settings, cache)


def build_recognizer(call: Call, providers: Providers, variables: Mapping[str, str]) -> Recognizer:
    """How this call's caller is recognised."""
    words = scope(call, variables)
    boosted = tuple(
        substitute(str(word), words) for word in as_list(call.agent.get("boosted_keywords"))
    )
    settings = RecognitionSettings(language=language(call.agent), boosted=boosted)
    return Recognizer(providers.speech_to_text(), settings)


def language(agent: Json) -> str:
    """The agent's locale; of several the first."""
    wanted: Any = agent.get("language")
    choices: Sequence[Any] = as_list(wanted) or (wanted,)
    return str(choices[0]) if choices[0] else "en-US"


def _number(value: Any, default: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return float(value)
