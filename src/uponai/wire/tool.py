"""Tools: what a language model may call during a call (retell-api.md section 6.2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from uponai.wire.common import Milliseconds, Texts, Version
from uponai.wire.validate import Wire

ToolName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
ToolTimeout = Annotated[int, Field(ge=1_000, le=600_000)]


class _Tool(Wire):
    name: ToolName
    description: str | None = None
    speak_during_execution: bool | None = None
    speak_after_execution: bool | None = None
    execution_message_description: str | None = None
    execution_message_type: Literal["prompt", "static_text"] | None = None
    enable_typing_sound: bool | None = None
    response_variables: Texts | None = None


class EndCallTool(_Tool):
    type: Literal["end_call"]
    custom_sip_headers: Texts | None = None


class PredefinedDestination(Wire):
    type: Literal["predefined"]
    number: str
    extension: str | None = None


class InferredDestination(Wire):
    type: Literal["inferred"]
    prompt: str


Destination = Annotated[PredefinedDestination | InferredDestination, Field(discriminator="type")]


class ColdTransfer(Wire):
    type: Literal["cold_transfer"]
    cold_transfer_mode: Literal["sip_refer", "sip_invite"] | None = None
    show_transferee_as_caller: bool | None = None
    transfer_ring_duration_ms: Milliseconds | None = None


class WarmTransfer(Wire):
    type: Literal["warm_transfer"]
    agent_detection_timeout_ms: Annotated[float, Field(ge=0)] | None = None
    on_hold_music: (
        Literal["none", "relaxing_sound", "uplifting_beats", "ringtone", "custom"] | None
    ) = None
    transfer_ring_duration_ms: Milliseconds | None = None


class TransferAgent(Wire):
    agent_id: str
    agent_version: Version


class AgenticTransfer(Wire):
    transfer_agent: TransferAgent | None = None
    transfer_timeout_ms: Annotated[float, Field(ge=0)] | None = None
    action_on_timeout: Literal["bridge_transfer", "cancel_transfer"] | None = None


class AgenticWarmTransfer(Wire):
    type: Literal["agentic_warm_transfer"]
    agentic_transfer_config: AgenticTransfer
    transfer_ring_duration_ms: Milliseconds | None = None


TransferOption = Annotated[
    ColdTransfer | WarmTransfer | AgenticWarmTransfer, Field(discriminator="type")
]


class TransferCallTool(_Tool):
    type: Literal["transfer_call"]
    transfer_destination: Destination
    transfer_option: TransferOption
    custom_sip_headers: Texts | None = None
    ignore_e164_validation: bool | None = None


class TransferOutcomeTool(_Tool):
    type: Literal["bridge_transfer", "cancel_transfer"]


class AgentSwapTool(_Tool):
    type: Literal["agent_swap"]
    agent_id: str
    agent_version: Version = None
    post_call_analysis_setting: Literal["both_agents", "only_destination_agent"]
    webhook_setting: (
        Literal["both_agents", "only_destination_agent", "only_source_agent"] | None
    ) = None
    keep_current_voice: bool | None = None
    keep_current_language: bool | None = None
    use_swap_agent_max_duration: bool | None = None


class PressDigitTool(_Tool):
    type: Literal["press_digit"]
    delay_ms: Annotated[int, Field(ge=0, le=5_000)] | None = None


class SendSmsTool(_Tool):
    type: Literal["send_sms"]
    sms_content: dict[str, Any]


class CustomTool(_Tool):
    type: Literal["custom"]
    url: Annotated[str, Field(min_length=1)]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = None
    headers: Texts | None = None
    query_params: Texts | None = None
    parameters: dict[str, Any] | None = None
    args_at_root: bool | None = None
    parameter_type: Literal["json", "form"] | None = None
    timeout_ms: ToolTimeout | None = None
    max_retry: Annotated[int, Field(ge=0, le=5)] | None = None
    depends_on: list[str] | None = None


class CodeTool(_Tool):
    type: Literal["code"]
    code: Annotated[str, Field(max_length=5_000)]
    timeout_ms: ToolTimeout | None = None
    depends_on: list[str] | None = None


class TextVariable(Wire):
    type: Literal["string", "boolean", "number"]
    name: str
    description: str
    required: bool | None = None
    conditional_prompt: str | None = None
    examples: list[str] | None = None


class ChoiceVariable(Wire):
    type: Literal["enum"]
    name: str
    description: str
    choices: list[str]
    required: bool | None = None
    conditional_prompt: str | None = None


Variable = Annotated[TextVariable | ChoiceVariable, Field(discriminator="type")]


class ExtractTool(_Tool):
    type: Literal["extract_dynamic_variable"]
    variables: list[Variable]


class McpTool(_Tool):
    type: Literal["mcp"]
    mcp_id: str | None = None
    input_schema: Texts | None = None


class AppTool(_Tool):
    type: Literal["integration_app"]
    app_id: str
    provider: str
    app_tool_template_name: str


class CalendarTool(_Tool):
    """The older Cal.com tools."""

    type: Literal["check_availability_cal", "book_appointment_cal"]
    cal_api_key: str
    event_type_id: Annotated[float, Field(ge=0)]
    timezone: str | None = None


Tool = Annotated[
    EndCallTool
    | TransferCallTool
    | TransferOutcomeTool
    | AgentSwapTool
    | PressDigitTool
    | SendSmsTool
    | CustomTool
    | CodeTool
    | ExtractTool
    | McpTool
    | AppTool
    | CalendarTool,
    Field(discriminator="type"),
]
SessionTool = Annotated[CustomTool | CodeTool | AppTool | SendSmsTool, Field(discriminator="type")]
"""Tools that run before or after the conversation."""
