"""The Retell LLM: its fields (retell-api.md section 6.2), and its JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import Field

from uponai.domain.errors import InvalidField
from uponai.wire.common import (
    BackupModel,
    KnowledgeConfig,
    Mcp,
    Milliseconds,
    ModelConfig,
    Speaker,
    Texts,
    Unit,
    merged_model_config,
)
from uponai.wire.tool import Tool
from uponai.wire.validate import Json, Wire, as_object, check, patched, without_nulls

READ_ONLY = ("llm_id", "version", "is_published", "last_modification_timestamp")


class EdgeParameters(Wire):
    type: Literal["object"]
    properties: dict[str, Any]
    required: list[str] | None = None


class StateEdge(Wire):
    destination_state_name: str
    description: str
    parameters: EdgeParameters | None = None


class State(Wire):
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    state_prompt: str | None = None
    tools: list[Tool] | None = None
    edges: list[StateEdge] | None = None


class Llm(Wire):
    """Body of create-retell-llm; a PATCH is validated as the LLM it would give."""

    general_prompt: str | None = None
    begin_message: str | None = None
    start_speaker: Speaker | None = None
    begin_after_user_silence_ms: Milliseconds | None = None
    default_dynamic_variables: Texts | None = None
    model: str | None = None
    s2s_model: str | None = None
    model_temperature: Unit | None = None
    model_high_priority: bool | None = None
    model_ultrafast: bool | None = None
    model_choices: Annotated[ModelConfig | None, Field(alias="model_config")] = None
    backup_model: BackupModel | None = None
    knowledge_base_ids: list[str] | None = None
    kb_config: KnowledgeConfig | None = None
    mcps: list[Mcp] | None = None
    states: list[State] | None = None
    starting_state: str | None = None
    general_tools: list[Tool] | None = None
    tool_call_strict_mode: bool | None = None
    is_transfer_llm: bool | None = None


def new_llm(body: Any) -> Json:
    """The configuration of a new LLM. Raises InvalidField."""
    return _checked({**_writable(without_nulls(as_object(body)))})


def updated_llm(stored: Mapping[str, Any], body: Any) -> Json:
    """The configuration after a PATCH. Raises InvalidField."""
    change = _writable(as_object(body))
    kept = bool(stored.get("is_transfer_llm"))
    if bool(change.get("is_transfer_llm", kept)) != kept:
        raise InvalidField("is_transfer_llm", "can only be set when the LLM is created")
    return _checked(merged_engine(stored, change))


def merged_engine(stored: Mapping[str, Any], change: Mapping[str, Any], within: str = "") -> Json:
    """An engine's configuration (LLM or flow) with a PATCH or an override put over it."""
    merged = patched(stored, change)
    if "model_config" in change and change["model_config"] is not None:
        check(_OnlyModel, {"model_config": change["model_config"]}, within=within)
        model = merged_model_config(stored.get("model_config"), change["model_config"])
        merged["model_config"] = model
    return merged


class _OnlyModel(Wire):
    model_choices: Annotated[ModelConfig, Field(alias="model_config")]


def _writable(given: Mapping[str, Any]) -> Json:
    return {name: value for name, value in given.items() if name not in READ_ONLY}


def _checked(config: Json) -> Json:
    check(Llm, config)
    states = cast("list[Mapping[str, Any]]", config.get("states") or [])
    _check_states(states, config.get("starting_state"))
    _unique("general_tools", _names(config.get("general_tools")))
    for at, state in enumerate(states):
        _unique(f"states/{at}/tools", _names(state.get("tools")))
    return config


def _check_states(states: list[Mapping[str, Any]], starting: str | None) -> None:
    names = [str(state["name"]) for state in states]
    _unique("states", names)
    if states and starting is None:
        raise InvalidField("", "must have required property 'starting_state' when states are set")
    if starting is not None and starting not in names:
        raise InvalidField("starting_state", "must be the name of one of the states")
    for at, state in enumerate(states):
        edges = cast("list[Mapping[str, Any]]", state.get("edges") or [])
        for number, edge in enumerate(edges):
            if edge["destination_state_name"] not in names:
                raise InvalidField(
                    f"states/{at}/edges/{number}/destination_state_name",
                    "must be the name of one of the states",
                )


def _names(tools: Any) -> list[str]:
    return [str(tool["name"]) for tool in cast("list[Mapping[str, Any]]", tools or [])]


def _unique(path: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidField(path, f"must have unique names ({name!r} stands twice)")
        seen.add(name)


def llm_json(
    llm_id: str, version: int, config: Mapping[str, Any], *, is_published: bool, modified_ms: int
) -> Json:
    """A Retell LLM as the API returns it."""
    head: Json = {"llm_id": llm_id, "version": version, "is_published": is_published}
    return {**head, **config, "last_modification_timestamp": modified_ms}
