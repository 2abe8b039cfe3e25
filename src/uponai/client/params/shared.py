"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict


class AgentOverride(TypedDict, total=False):
    """The shape; `agent` is checked as the agent that it would give."""

    agent: Mapping[str, Any] | None
    retell_llm: LlmOverride | None
    conversation_flow: FlowOverride | None


class TextVariable(TypedDict, total=False):
    type: Required[Literal["string", "boolean", "number"]]
    name: Required[str]
    description: Required[str]
    required: bool | None
    conditional_prompt: str | None
    examples: Sequence[str] | None


class ChoiceVariable(TypedDict, total=False):
    type: Required[Literal["enum"]]
    name: Required[str]
    description: Required[str]
    choices: Required[Sequence[str]]
    required: bool | None
    conditional_prompt: str | None


class CustomTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["custom"]]
    url: Required[str]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None
    headers: Mapping[str, str] | None
    query_params: Mapping[str, str] | None
    parameters: Mapping[str, Any] | None
    args_at_root: bool | None
    parameter_type: Literal["json", "form"] | None
    timeout_ms: int | None
    max_retry: int | None
    depends_on: Sequence[str] | None


class CodeTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["code"]]
    code: Required[str]
    timeout_ms: int | None
    depends_on: Sequence[str] | None


class AppTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["integration_app"]]
    app_id: Required[str]
    provider: Required[str]
    app_tool_template_name: Required[str]


class SendSmsTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["send_sms"]]
    sms_content: Required[Mapping[str, Any]]


class CascadingModel(TypedDict, total=False):
    type: Required[Literal["cascading"]]
    primary: ModelRef | None
    backup: ModelRef | None
    temperature: float | None


class SpeechModel(TypedDict, total=False):
    type: Required[Literal["s2s"]]
    primary: ModelRef | None
    temperature: float | None


class UntypedModel(TypedDict, total=False):
    """A change that leaves the type alone."""

    backup: ModelRef | None
    temperature: float | None


class BackupModel(TypedDict, total=False):
    """The older form of a backup."""

    type: Required[Literal["cascading"]]
    model: Required[str]
    high_priority: bool | None
    ultrafast: bool | None
    backup_kick_in_timeout: int | None


class KnowledgeConfig(TypedDict, total=False):
    top_k: int | None
    filter_score: float | None


class Mcp(TypedDict, total=False):
    name: Required[str]
    url: Required[str]
    headers: Mapping[str, str] | None
    query_params: Mapping[str, str] | None
    timeout_ms: int | None


class ModelChoice(TypedDict, total=False):
    """The older form of a flow's model."""

    type: Required[Literal["cascading", "s2s"]]
    model: Required[str]
    high_priority: bool | None


class LlmOverride(TypedDict, total=False):
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    model_temperature: float | None
    backup_model: BackupModel | None
    tool_call_strict_mode: bool | None
    knowledge_base_ids: Sequence[str] | None
    kb_config: KnowledgeConfig | None
    start_speaker: Literal["user", "agent"] | None
    begin_after_user_silence_ms: int | None
    model: str | None
    s2s_model: str | None
    model_high_priority: bool | None
    model_ultrafast: bool | None
    begin_message: str | None


class FlowOverride(TypedDict, total=False):
    model_config: CascadingModel | SpeechModel | UntypedModel | None
    model_temperature: float | None
    backup_model: BackupModel | None
    tool_call_strict_mode: bool | None
    knowledge_base_ids: Sequence[str] | None
    kb_config: KnowledgeConfig | None
    start_speaker: Literal["user", "agent"] | None
    begin_after_user_silence_ms: int | None
    model_choice: ModelChoice | None


class Condition(TypedDict, total=False):
    """One filter: which operators and values fit depends on `type`."""

    type: Required[Literal["string", "number", "range", "boolean", "enum", "present"]]
    op: Required[
        Literal["eq", "ne", "sw", "ew", "co", "gt", "ge", "lt", "le", "bt", "in", "pr", "np"]
    ]
    value: Any


class ModelRef(TypedDict, total=False):
    """`model` is a name of Retell's list or `provider/model` of this installation."""

    model: Required[str]
    tier: Literal["standard", "fast", "ultrafast"] | None
    kick_in_timeout_ms: int | None
