"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict


class SttConfig(TypedDict, total=False):
    provider: Required[Literal["azure", "deepgram", "soniox", "assemblyai", "muse"]]
    endpointing_ms: Required[int]


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
    depends_on: Sequence[str] | None
    type: Required[Literal["custom"]]
    url: Required[str]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None
    headers: Mapping[str, str] | None
    query_params: Mapping[str, str] | None
    parameters: Parameters | None
    args_at_root: bool | None
    parameter_type: Literal["json", "form"] | None
    timeout_ms: int | None
    max_retry: int | None


class CodeTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    depends_on: Sequence[str] | None
    type: Required[Literal["code"]]
    code: Required[str]
    timeout_ms: int | None


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


class EndCallTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["end_call"]]
    custom_sip_headers: Mapping[str, str] | None


class TransferOutcomeTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["bridge_transfer", "cancel_transfer"]]


class AgentSwapTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["agent_swap"]]
    agent_id: Required[str]
    agent_version: int | str
    post_call_analysis_setting: Required[Literal["both_agents", "only_destination_agent"]]
    webhook_setting: Literal["both_agents", "only_destination_agent", "only_source_agent"] | None
    keep_current_voice: bool | None
    keep_current_language: bool | None
    use_swap_agent_max_duration: bool | None


class PressDigitTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["press_digit"]]
    delay_ms: int | None


class McpTool(TypedDict, total=False):
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["mcp"]]
    mcp_id: str | None
    input_schema: Mapping[str, str] | None


class CalendarTool(TypedDict, total=False):
    """The older Cal.com tools."""

    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    type: Required[Literal["check_availability_cal", "book_appointment_cal"]]
    cal_api_key: Required[str]
    event_type_id: Required[float]
    timezone: str | None


class FlowCustomTool(TypedDict, total=False):
    """A function that nodes name by `tool_id`."""

    tool_id: str | None
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    depends_on: Sequence[str] | None
    type: Required[Literal["custom"]]
    url: Required[str]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None
    headers: Mapping[str, str] | None
    query_params: Mapping[str, str] | None
    parameters: Parameters | None
    args_at_root: bool | None
    parameter_type: Literal["json", "form"] | None
    timeout_ms: int | None
    max_retry: int | None


class ModelChoice(TypedDict, total=False):
    """The older form of a flow's model."""

    type: Required[Literal["cascading", "s2s"]]
    model: Required[str]
    high_priority: bool | None


class Position(TypedDict, total=False):
    x: Required[float]
    y: Required[float]


class Condition(TypedDict, total=False):
    """One filter: which operators and values fit depends on `type`."""

    type: Required[Literal["string", "number", "range", "boolean", "enum", "present"]]
    op: Required[
        Literal["eq", "ne", "sw", "ew", "co", "gt", "ge", "lt", "le", "bt", "in", "pr", "np"]
    ]
    value: Any


class TimeWindow(TypedDict, total=False):
    """Minutes since local midnight, the end excluded."""

    start: Required[float]
    end: Required[float]


class Parameters(TypedDict, total=False):
    """A JSON schema of an object."""

    type: Required[Literal["object"]]
    properties: Required[Mapping[str, Any]]
    required: Sequence[str] | None


class OutputSelection(TypedDict, total=False):
    mode: Required[Literal["all", "subset"]]
    fields: Sequence[str] | None


class SmsText(TypedDict, total=False):
    type: Required[Literal["predefined"]]
    text: Required[str]


class SmsPrompt(TypedDict, total=False):
    type: Required[Literal["inferred"]]
    prompt: Required[str]


class SmsTemplate(TypedDict, total=False):
    type: Required[Literal["template"]]
    template: Required[Literal["info_collection"]]


class SmsToCustomer(TypedDict, total=False):
    type: Required[Literal["customer_number"]]


class SmsToNumber(TypedDict, total=False):
    type: Required[Literal["phone_number"]]
    phone_number: Required[str]
    ignore_e164_validation: bool | None


class SmsSender(TypedDict, total=False):
    type: Required[Literal["current_number", "retell_long_code"]]


class ModelRef(TypedDict, total=False):
    """`model` is a name of Retell's list or `provider/model` of this installation."""

    model: Required[str]
    tier: Literal["standard", "fast", "ultrafast"] | None
    kick_in_timeout_ms: int | None


class PredefinedDestination(TypedDict, total=False):
    type: Required[Literal["predefined"]]
    number: Required[str]
    extension: str | None


class InferredDestination(TypedDict, total=False):
    type: Required[Literal["inferred"]]
    prompt: Required[str]


class ColdTransfer(TypedDict, total=False):
    type: Required[Literal["cold_transfer"]]
    cold_transfer_mode: Literal["sip_refer", "sip_invite"] | None
    show_transferee_as_caller: bool | None
    transfer_ring_duration_ms: int | None


class GlobalSetting(TypedDict, total=False):
    condition: Required[Any]
    cool_down: float | None
    go_back_conditions: Sequence[Edge] | None
    positive_finetune_examples: Sequence[Mapping[str, Any]] | None
    negative_finetune_examples: Sequence[Mapping[str, Any]] | None


class NodeModel(TypedDict, total=False):
    """`model_config` of a node: its model only."""

    primary: ModelRef | None


class Edge(TypedDict, total=False):
    """`transition_condition` is a prompt or an equation."""

    id: Required[str]
    transition_condition: Required[Mapping[str, Any]]
    destination_node_id: str | None


class Instruction(TypedDict, total=False):
    type: Required[Literal["prompt", "static_text"]]
    text: Required[str]


class PromptInstruction(TypedDict, total=False):
    type: Required[Literal["prompt"]]
    text: Required[str]


class Size(TypedDict, total=False):
    width: Required[float]
    height: Required[float]


class HandoffPrompt(TypedDict, total=False):
    type: Required[Literal["prompt"]]
    prompt: Required[str]


class HandoffMessage(TypedDict, total=False):
    type: Required[Literal["static_message"]]
    message: Required[str]


class AgenticTransfer(TypedDict, total=False):
    transfer_agent: TransferAgent | None
    transfer_timeout_ms: float | None
    action_on_timeout: Literal["bridge_transfer", "cancel_transfer"] | None


class TransferAgent(TypedDict, total=False):
    agent_id: Required[str]
    agent_version: Required[int | str]
