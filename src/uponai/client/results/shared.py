"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any, Literal

from uponai.client.record import Record


class TextVariable(Record):
    type: Literal["string", "boolean", "number"]
    name: str
    description: str
    required: bool | None
    conditional_prompt: str | None
    examples: list[str] | None


class ChoiceVariable(Record):
    type: Literal["enum"]
    name: str
    description: str
    choices: list[str]
    required: bool | None
    conditional_prompt: str | None


class CustomTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["custom"]
    url: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None
    headers: dict[str, str] | None
    query_params: dict[str, str] | None
    parameters: dict[str, Any] | None
    args_at_root: bool | None
    parameter_type: Literal["json", "form"] | None
    timeout_ms: int | None
    max_retry: int | None
    depends_on: list[str] | None


class CodeTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["code"]
    code: str
    timeout_ms: int | None
    depends_on: list[str] | None


class AppTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["integration_app"]
    app_id: str
    provider: str
    app_tool_template_name: str


class SendSmsTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["send_sms"]
    sms_content: dict[str, Any]


class CascadingModel(Record):
    type: Literal["cascading"]
    primary: ModelRef | None
    backup: ModelRef | None
    temperature: float | None


class SpeechModel(Record):
    type: Literal["s2s"]
    primary: ModelRef | None
    temperature: float | None


class UntypedModel(Record):
    """A change that leaves the type alone."""

    backup: ModelRef | None
    temperature: float | None


class BackupModel(Record):
    """The older form of a backup."""

    type: Literal["cascading"]
    model: str
    high_priority: bool | None
    ultrafast: bool | None
    backup_kick_in_timeout: int | None


class KnowledgeConfig(Record):
    top_k: int | None
    filter_score: float | None


class Mcp(Record):
    name: str
    url: str
    headers: dict[str, str] | None
    query_params: dict[str, str] | None
    timeout_ms: int | None


class ModelRef(Record):
    """`model` is a name of Retell's list or `provider/model` of this installation."""

    model: str
    tier: Literal["standard", "fast", "ultrafast"] | None
    kick_in_timeout_ms: int | None
