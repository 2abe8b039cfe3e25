"""Tools: what a language model may call during a call (retell-api.md section 6.2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from uponai.wire.common import Texts, Version
from uponai.wire.validate import Wire

ToolName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
MAX_CODE_CHARS = 5_000
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


class HandoffPrompt(Wire):
    type: Literal["prompt"]
    prompt: str


class HandoffMessage(Wire):
    type: Literal["static_message"]
    message: str


Handoff = Annotated[HandoffPrompt | HandoffMessage, Field(discriminator="type")]
Music = Literal["none", "relaxing_sound", "uplifting_beats", "ringtone", "custom"]
RingMs = Annotated[int, Field(ge=5_000, le=300_000)]


class ColdTransfer(Wire):
    type: Literal["cold_transfer"]
    cold_transfer_mode: Literal["sip_refer", "sip_invite"] | None = None
    show_transferee_as_caller: bool | None = None
    transfer_ring_duration_ms: RingMs | None = None


class WarmTransfer(Wire):
    type: Literal["warm_transfer"]
    agent_detection_timeout_ms: Annotated[float, Field(ge=0)] | None = None
    on_hold_music: Music | None = None
    custom_on_hold_music_asset_id: str | None = None
    opt_out_human_detection: bool | None = None
    ivr_option: HandoffPrompt | None = None
    private_handoff_option: Handoff | None = None
    public_handoff_option: Handoff | None = None
    enable_bridge_audio_cue: bool | None = None
    show_transferee_as_caller: bool | None = None
    transfer_ring_duration_ms: RingMs | None = None


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
    on_hold_music: Music | None = None
    custom_on_hold_music_asset_id: str | None = None
    public_handoff_option: Handoff | None = None
    enable_bridge_audio_cue: bool | None = None
    show_transferee_as_caller: bool | None = None
    transfer_ring_duration_ms: RingMs | None = None


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


class SmsText(Wire):
    type: Literal["predefined"]
    text: str


class SmsPrompt(Wire):
    type: Literal["inferred"]
    prompt: str


class SmsTemplate(Wire):
    type: Literal["template"]
    template: Literal["info_collection"]


SmsContent = Annotated[SmsText | SmsPrompt | SmsTemplate, Field(discriminator="type")]


class SmsToCustomer(Wire):
    type: Literal["customer_number"]


class SmsToNumber(Wire):
    type: Literal["phone_number"]
    phone_number: str
    ignore_e164_validation: bool | None = None


SmsDestination = Annotated[SmsToCustomer | SmsToNumber, Field(discriminator="type")]


class SmsSender(Wire):
    type: Literal["current_number", "retell_long_code"]


class _BesideCall(_Tool):
    """Tools that may also run before or after the conversation."""

    depends_on: list[str] | None = None


class SendSmsTool(_BesideCall):
    type: Literal["send_sms"]
    sms_content: SmsContent
    sms_destination: SmsDestination | None = None
    sms_sender: SmsSender | None = None


class Parameters(Wire):
    """A JSON schema of an object."""

    type: Literal["object"]
    properties: dict[str, Any]
    required: list[str] | None = None


class CustomTool(_BesideCall):
    type: Literal["custom"]
    url: Annotated[str, Field(min_length=1)]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = None
    headers: Texts | None = None
    query_params: Texts | None = None
    parameters: Parameters | None = None
    args_at_root: bool | None = None
    parameter_type: Literal["json", "form"] | None = None
    timeout_ms: ToolTimeout | None = None
    max_retry: Annotated[int, Field(ge=0, le=5)] | None = None


class CodeTool(_BesideCall):
    type: Literal["code"]
    code: Annotated[str, Field(max_length=MAX_CODE_CHARS)]
    timeout_ms: ToolTimeout | None = None


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


class OutputSelection(Wire):
    mode: Literal["all", "subset"]
    fields: list[str] | None = None


class AppTool(_BesideCall):
    type: Literal["integration_app"]
    app_id: str
    provider: str
    app_tool_template_name: str
    parameters: list[Parameters] | None = None
    output_selection: OutputSelection | None = None


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
SessionTool = Annotated[CustomTool | CodeTool | AppTool, Field(discriminator="type")]
"""Tools that run before the conversation."""


class Equation(Wire):
    left: str
    operator: Literal[
        "==", "!=", ">", ">=", "<", "<=", "contains", "not_contains", "exists", "not_exist"
    ]
    right: str | None = None


class ToolCondition(Wire):
    type: Literal["equation"]
    equations: Annotated[list[Equation], Field(min_length=1)]
    operator: Literal["&&", "||"]


class _Conditional(Wire):
    condition: ToolCondition | None = None


class LaterCustomTool(CustomTool, _Conditional):
    """Runs after the analysis, if its condition holds."""


class LaterCodeTool(CodeTool, _Conditional):
    """Runs after the analysis, if its condition holds."""


class LaterAppTool(AppTool, _Conditional):
    """Runs after the analysis, if its condition holds."""


class LaterSmsTool(SendSmsTool, _Conditional):
    """Runs after the analysis, if its condition holds."""


LaterTool = Annotated[
    LaterCustomTool | LaterCodeTool | LaterAppTool | LaterSmsTool, Field(discriminator="type")
]
"""Tools that run after the conversation."""
