"""Shapes that several objects share: versions, model choices, knowledge and MCP settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from uponai.wire.validate import Json, Wire


def _version(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError("must be integer or string")
    return value


Version = Annotated[
    Any,
    BeforeValidator(_version),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}]}),
]
"""A version number (0 is one), ``latest``, ``latest_published`` or an environment tag."""

Texts = dict[str, str]
Unit = Annotated[float, Field(ge=0, le=1)]
Double = Annotated[float, Field(ge=0, le=2)]
Milliseconds = Annotated[int, Field(ge=0)]
Speaker = Literal["user", "agent"]


class KnowledgeConfig(Wire):
    top_k: Annotated[int, Field(ge=1, le=10)] | None = None
    filter_score: Unit | None = None


class Mcp(Wire):
    name: str
    url: str
    headers: Texts | None = None
    query_params: Texts | None = None
    timeout_ms: Annotated[int, Field(gt=0)] | None = None


class ModelRef(Wire):
    """``model`` is a name of Retell's list or ``provider/model`` of this installation."""

    model: str
    tier: Literal["standard", "fast", "ultrafast"] | None = None
    kick_in_timeout_ms: Milliseconds | None = None


class BackupModel(Wire):
    """The older form of a backup."""

    type: Literal["cascading"]
    model: str
    high_priority: bool | None = None
    ultrafast: bool | None = None
    backup_kick_in_timeout: Milliseconds | None = None


class ModelChoice(Wire):
    """The older form of a flow's model."""

    type: Literal["cascading", "s2s"]
    model: str
    high_priority: bool | None = None


class CascadingModel(Wire):
    type: Literal["cascading"]
    primary: ModelRef | None = None
    backup: ModelRef | None = None
    temperature: Unit | None = None


class SpeechModel(Wire):
    type: Literal["s2s"]
    primary: ModelRef | None = None
    temperature: Unit | None = None


class UntypedModel(Wire):
    """A change that leaves the type alone."""

    backup: ModelRef | None = None
    temperature: Unit | None = None


def _model_kind(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "untyped"
    given = cast("Mapping[str, Any]", value)
    kind = given.get("type")
    if kind is None:
        return None if "primary" in given else "untyped"
    return kind if kind in ("cascading", "s2s") else None


ModelConfig = Annotated[
    Annotated[CascadingModel, Tag("cascading")]
    | Annotated[SpeechModel, Tag("s2s")]
    | Annotated[UntypedModel, Tag("untyped")],
    Discriminator(
        _model_kind,
        custom_error_type="model_config_type",
        custom_error_message="must have property 'type' equal to one of: 'cascading', 's2s'",
    ),
]


def merged_model_config(stored: Any, patch: Any) -> Json | None:
    """Each key given replaces; a null backup removes it; another type starts anew."""
    if not isinstance(patch, Mapping):
        return None
    change = cast("Mapping[str, Any]", patch)
    base: Json = dict(cast("Mapping[str, Any]", stored)) if isinstance(stored, Mapping) else {}
    kind = change.get("type")
    if kind is not None and kind != base.get("type"):
        base = {key: value for key, value in base.items() if key == "temperature"}
    return {key: value for key, value in {**base, **change}.items() if value is not None}
