"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal

from uponai.client.record import Record
from uponai.client.results.shared import (
    AppTool,
    ChoiceVariable,
    CodeTool,
    CustomTool,
    OutputSelection,
    Parameters,
    SmsPrompt,
    SmsSender,
    SmsTemplate,
    SmsText,
    SmsToCustomer,
    SmsToNumber,
    SttConfig,
    TextVariable,
)


class AgentResponse(Record):
    response_engine: RetellLlmEngine | FlowEngine | CustomLlmEngine
    voice_id: str
    is_transfer_agent: bool | None
    agent_name: str | None
    version_title: str | None
    version_description: str | None
    language: (
        Literal[
            "af-ZA",
            "ar-SA",
            "az-AZ",
            "bg-BG",
            "bs-BA",
            "ca-ES",
            "cs-CZ",
            "cy-GB",
            "da-DK",
            "de-DE",
            "el-GR",
            "en-AU",
            "en-GB",
            "en-IN",
            "en-NZ",
            "en-US",
            "es-419",
            "es-ES",
            "fa-IR",
            "fi-FI",
            "fil-PH",
            "fr-CA",
            "fr-FR",
            "gl-ES",
            "he-IL",
            "hi-IN",
            "hr-HR",
            "hu-HU",
            "hy-AM",
            "id-ID",
            "is-IS",
            "it-IT",
            "ja-JP",
            "kk-KZ",
            "kn-IN",
            "ko-KR",
            "lt-LT",
            "lv-LV",
            "mk-MK",
            "mr-IN",
            "ms-MY",
            "ne-NP",
            "nl-BE",
            "nl-NL",
            "no-NO",
            "pl-PL",
            "pt-BR",
            "pt-PT",
            "ro-RO",
            "ru-RU",
            "sk-SK",
            "sl-SI",
            "sr-RS",
            "sv-SE",
            "sw-KE",
            "ta-IN",
            "th-TH",
            "tr-TR",
            "uk-UA",
            "ur-IN",
            "vi-VN",
            "yue-CN",
            "zh-CN",
            "multi",
        ]
        | list[
            Literal[
                "af-ZA",
                "ar-SA",
                "az-AZ",
                "bg-BG",
                "bs-BA",
                "ca-ES",
                "cs-CZ",
                "cy-GB",
                "da-DK",
                "de-DE",
                "el-GR",
                "en-AU",
                "en-GB",
                "en-IN",
                "en-NZ",
                "en-US",
                "es-419",
                "es-ES",
                "fa-IR",
                "fi-FI",
                "fil-PH",
                "fr-CA",
                "fr-FR",
                "gl-ES",
                "he-IL",
                "hi-IN",
                "hr-HR",
                "hu-HU",
                "hy-AM",
                "id-ID",
                "is-IS",
                "it-IT",
                "ja-JP",
                "kk-KZ",
                "kn-IN",
                "ko-KR",
                "lt-LT",
                "lv-LV",
                "mk-MK",
                "mr-IN",
                "ms-MY",
                "ne-NP",
                "nl-BE",
                "nl-NL",
                "no-NO",
                "pl-PL",
                "pt-BR",
                "pt-PT",
                "ro-RO",
                "ru-RU",
                "sk-SK",
                "sl-SI",
                "sr-RS",
                "sv-SE",
                "sw-KE",
                "ta-IN",
                "th-TH",
                "tr-TR",
                "uk-UA",
                "ur-IN",
                "vi-VN",
                "yue-CN",
                "zh-CN",
                "multi",
            ]
        ]
        | None
    )
    timezone: str | None
    voice_model: str | None
    voice_speed: float | None
    voice_temperature: float | None
    volume: float | None
    enable_dynamic_voice_speed: bool | None
    fallback_voice_ids: list[str] | None
    enable_expressive_mode: bool | None
    expressive_emotion_tags: (
        list[
            Literal[
                "empathetic",
                "excited",
                "happy",
                "curious",
                "surprised",
                "sigh",
                "clear throat",
                "pause",
                "long pause",
                "emphasis",
            ]
        ]
        | None
    )
    expressive_mode_prompt: str | None
    pronunciation_dictionary: list[Pronunciation] | None
    ambient_sound: (
        Literal[
            "coffee-shop",
            "convention-hall",
            "summer-outdoor",
            "mountain-outdoor",
            "static-noise",
            "call-center",
        ]
        | None
    )
    ambient_sound_volume: float | None
    responsiveness: float | None
    enable_dynamic_responsiveness: bool | None
    interruption_sensitivity: float | None
    enable_backchannel: bool | None
    backchannel_frequency: float | None
    backchannel_words: list[str] | None
    begin_message_delay_ms: int | None
    reminder_trigger_ms: float | None
    reminder_max_count: int | None
    end_call_after_silence_ms: int | None
    max_call_duration_ms: int | None
    ring_duration_ms: int | None
    voicemail_option: VoicemailOption | None
    ivr_option: IvrOption | None
    call_screening_option: CallScreeningOption | None
    allow_user_dtmf: bool | None
    allow_dtmf_interruption: bool | None
    user_dtmf_options: UserDtmfOptions | None
    stt_mode: Literal["fast", "accurate", "custom"] | None
    custom_stt_config: SttConfig | None
    vocab_specialization: Literal["general", "medical"] | None
    boosted_keywords: list[str] | None
    denoising_mode: (
        Literal["no-denoise", "noise-cancellation", "noise-and-background-speech-cancellation"]
        | None
    )
    denoising_enhancement_level: float | None
    webhook_url: str | None
    webhook_events: (
        list[
            Literal[
                "call_started",
                "call_ended",
                "call_analyzed",
                "transcript_updated",
                "transfer_started",
                "transfer_bridged",
                "transfer_cancelled",
                "transfer_ended",
                "call_failed",
            ]
        ]
        | None
    )
    webhook_timeout_ms: int | None
    post_call_analysis_data: list[TextVariable | ChoiceVariable | PresetAnalysis] | None
    post_call_analysis_model: str | None
    data_storage_setting: (
        Literal["everything", "everything_except_pii", "basic_attributes_only"] | None
    )
    data_storage_retention_days: int | None
    opt_in_signed_url: bool | None
    signed_url_expiration_ms: int | None
    pii_config: PiiConfig | None
    guardrail_config: GuardrailConfig | None
    handbook_config: HandbookConfig | None
    enable_dnc_detection: bool | None
    contact_memory_config: ContactMemoryConfig | None
    pre_session_tools: list[CustomTool | CodeTool | AppTool] | None
    post_session_tools: list[LaterCustomTool | LaterCodeTool | LaterAppTool | LaterSmsTool] | None
    agent_id: str
    version: int
    channel: Literal["voice"]
    is_published: bool
    last_modification_timestamp: int
    base_version: int | None
    assigned_tags: list[str] | None


class AgentListItem(Record):
    """One agent of the paged list: not the whole agent."""

    agent_id: str
    agent_name: str
    channel: Literal["voice"]
    is_suspended: bool
    tags: dict[str, Tag]
    user_modified_timestamp: int
    is_transfer_agent: bool | None


class AgentVersionItem(Record):
    version: int
    is_published: bool
    last_modification_timestamp: int
    base_version: int | None
    version_title: str | None
    version_description: str | None


class RetellLlmEngine(Record):
    type: Literal["retell-llm"]
    llm_id: str
    version: int | None


class FlowEngine(Record):
    type: Literal["conversation-flow"]
    conversation_flow_id: str
    version: int | None


class CustomLlmEngine(Record):
    type: Literal["custom-llm"]
    llm_websocket_url: str


class Pronunciation(Record):
    word: str
    alphabet: Literal["ipa", "cmu", "pinyin", "jyutping"]
    phoneme: str


class VoicemailOption(Record):
    action: SpokenAction | SilentAction
    detection_prompt: str | None


class IvrOption(Record):
    action: HangUp
    detection_prompt: str | None


class CallScreeningOption(Record):
    agent_identity: str
    call_purpose: str


class UserDtmfOptions(Record):
    digit_limit: float | None
    termination_key: str | None
    timeout_ms: int | None


class PresetAnalysis(Record):
    type: Literal["system-presets"]
    name: Literal["call_summary", "call_successful", "user_sentiment"]
    description: str | None
    required: bool | None
    conditional_prompt: str | None


class PiiConfig(Record):
    mode: Literal["post_call"]
    categories: list[
        Literal[
            "person_name",
            "address",
            "email",
            "phone_number",
            "ssn",
            "passport",
            "driver_license",
            "credit_card",
            "bank_account",
            "password",
            "pin",
            "medical_id",
            "date_of_birth",
            "customer_account_number",
        ]
    ]


class GuardrailConfig(Record):
    output_topics: (
        list[
            Literal[
                "harassment",
                "self_harm",
                "sexual_exploitation",
                "violence",
                "defense_and_national_security",
                "illicit_and_harmful_activity",
                "gambling",
                "regulated_professional_advice",
                "child_safety_and_exploitation",
            ]
        ]
        | None
    )
    input_topics: list[Literal["platform_integrity_jailbreaking"]] | None


class HandbookConfig(Record):
    """Prompt presets, each on or off."""

    default_personality: bool | None
    conversational_personality: bool | None
    ai_disclosure: bool | None
    scope_boundaries: bool | None
    high_empathy: bool | None
    natural_filler_words: bool | None
    echo_verification: bool | None
    nato_phonetic_alphabet: bool | None
    smart_matching: bool | None
    speech_normalization: bool | None


class ContactMemoryConfig(Record):
    enable_read: bool | None
    enable_update: bool | None


class LaterCustomTool(Record):
    """Runs after the analysis, if its condition holds."""

    condition: ToolCondition | None
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


class LaterCodeTool(Record):
    """Runs after the analysis, if its condition holds."""

    condition: ToolCondition | None
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


class LaterAppTool(Record):
    """Runs after the analysis, if its condition holds."""

    condition: ToolCondition | None
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


class LaterSmsTool(Record):
    """Runs after the analysis, if its condition holds."""

    condition: ToolCondition | None
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


class Tag(Record):
    version: int | None
    dynamic_variables: dict[str, str] | None


class SpokenAction(Record):
    type: Literal["prompt", "static_text"]
    text: str


class SilentAction(Record):
    type: Literal["hangup", "bridge_transfer"]


class HangUp(Record):
    type: Literal["hangup"]


class ToolCondition(Record):
    type: Literal["equation"]
    equations: list[Equation]
    operator: Literal["&&", "||"]


class Equation(Record):
    left: str
    operator: Literal[
        "==", "!=", ">", ">=", "<", "<=", "contains", "not_contains", "exists", "not_exist"
    ]
    right: str | None
