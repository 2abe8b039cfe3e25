"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any, Literal

from uponai.client.record import Record


class SttConfig(Record):
    provider: Literal["azure", "deepgram", "soniox", "assemblyai", "muse"]
    endpointing_ms: int


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
    depends_on: list[str] | None
    type: Literal["custom"]
    url: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None
    headers: dict[str, str] | None
    query_params: dict[str, str] | None
    parameters: Parameters | None
    args_at_root: bool | None
    parameter_type: Literal["json", "form"] | None
    timeout_ms: int | None
    max_retry: int | None


class CodeTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    depends_on: list[str] | None
    type: Literal["code"]
    code: str
    timeout_ms: int | None


class AppTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    depends_on: list[str] | None
    type: Literal["integration_app"]
    app_id: str
    provider: str
    app_tool_template_name: str
    parameters: list[Parameters] | None
    output_selection: OutputSelection | None


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


class EndCallTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["end_call"]
    custom_sip_headers: dict[str, str] | None


class TransferCallTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["transfer_call"]
    transfer_destination: PredefinedDestination | InferredDestination
    transfer_option: ColdTransfer | WarmTransfer | AgenticWarmTransfer
    custom_sip_headers: dict[str, str] | None
    ignore_e164_validation: bool | None


class TransferOutcomeTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["bridge_transfer", "cancel_transfer"]


class AgentSwapTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["agent_swap"]
    agent_id: str
    agent_version: int | str | None
    post_call_analysis_setting: Literal["both_agents", "only_destination_agent"]
    webhook_setting: Literal["both_agents", "only_destination_agent", "only_source_agent"] | None
    keep_current_voice: bool | None
    keep_current_language: bool | None
    use_swap_agent_max_duration: bool | None


class PressDigitTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["press_digit"]
    delay_ms: int | None


class SendSmsTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    depends_on: list[str] | None
    type: Literal["send_sms"]
    sms_content: SmsText | SmsPrompt | SmsTemplate
    sms_destination: SmsToCustomer | SmsToNumber | None
    sms_sender: SmsSender | None


class ExtractTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["extract_dynamic_variable"]
    variables: list[TextVariable | ChoiceVariable]


class McpTool(Record):
    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["mcp"]
    mcp_id: str | None
    input_schema: dict[str, str] | None


class CalendarTool(Record):
    """The older Cal.com tools."""

    name: str
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: dict[str, str] | None
    type: Literal["check_availability_cal", "book_appointment_cal"]
    cal_api_key: str
    event_type_id: float
    timezone: str | None


class Parameters(Record):
    """A JSON schema of an object."""

    type: Literal["object"]
    properties: dict[str, Any]
    required: list[str] | None


class OutputSelection(Record):
    mode: Literal["all", "subset"]
    fields: list[str] | None


class SmsText(Record):
    type: Literal["predefined"]
    text: str


class SmsPrompt(Record):
    type: Literal["inferred"]
    prompt: str


class SmsTemplate(Record):
    type: Literal["template"]
    template: Literal["info_collection"]


class SmsToCustomer(Record):
    type: Literal["customer_number"]


class SmsToNumber(Record):
    type: Literal["phone_number"]
    phone_number: str
    ignore_e164_validation: bool | None


class SmsSender(Record):
    type: Literal["current_number", "retell_long_code"]


class ModelRef(Record):
    """`model` is a name of Retell's list or `provider/model` of this installation."""

    model: str
    tier: Literal["standard", "fast", "ultrafast"] | None
    kick_in_timeout_ms: int | None


class PredefinedDestination(Record):
    type: Literal["predefined"]
    number: str
    extension: str | None


class InferredDestination(Record):
    type: Literal["inferred"]
    prompt: str


class ColdTransfer(Record):
    type: Literal["cold_transfer"]
    cold_transfer_mode: Literal["sip_refer", "sip_invite"] | None
    show_transferee_as_caller: bool | None
    transfer_ring_duration_ms: int | None


class WarmTransfer(Record):
    type: Literal["warm_transfer"]
    agent_detection_timeout_ms: float | None
    on_hold_music: Literal["none", "relaxing_sound", "uplifting_beats", "ringtone", "custom"] | None
    custom_on_hold_music_asset_id: str | None
    opt_out_human_detection: bool | None
    ivr_option: HandoffPrompt | None
    private_handoff_option: HandoffPrompt | HandoffMessage | None
    public_handoff_option: HandoffPrompt | HandoffMessage | None
    enable_bridge_audio_cue: bool | None
    show_transferee_as_caller: bool | None
    transfer_ring_duration_ms: int | None


class AgenticWarmTransfer(Record):
    type: Literal["agentic_warm_transfer"]
    agentic_transfer_config: AgenticTransfer
    on_hold_music: Literal["none", "relaxing_sound", "uplifting_beats", "ringtone", "custom"] | None
    custom_on_hold_music_asset_id: str | None
    public_handoff_option: HandoffPrompt | HandoffMessage | None
    enable_bridge_audio_cue: bool | None
    show_transferee_as_caller: bool | None
    transfer_ring_duration_ms: int | None


class HandoffPrompt(Record):
    type: Literal["prompt"]
    prompt: str


class HandoffMessage(Record):
    type: Literal["static_message"]
    message: str


class AgenticTransfer(Record):
    transfer_agent: TransferAgent | None
    transfer_timeout_ms: float | None
    action_on_timeout: Literal["bridge_transfer", "cancel_transfer"] | None


class TransferAgent(Record):
    agent_id: str
    agent_version: int | str
