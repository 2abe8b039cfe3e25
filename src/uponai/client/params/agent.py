"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Required, TypedDict

from uponai.client.params.shared import (
    AppTool,
    ChoiceVariable,
    CodeTool,
    Condition,
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


class AgentParams(TypedDict, total=False):
    """Body of create-agent; a PATCH is validated as the agent it would give."""

    response_engine: Required[RetellLlmEngine | FlowEngine | CustomLlmEngine]
    voice_id: Required[str]
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
        | Sequence[
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
    fallback_voice_ids: Sequence[str] | None
    enable_expressive_mode: bool | None
    expressive_emotion_tags: (
        Sequence[
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
    pronunciation_dictionary: Sequence[Pronunciation] | None
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
    backchannel_words: Sequence[str] | None
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
    boosted_keywords: Sequence[str] | None
    denoising_mode: (
        Literal["no-denoise", "noise-cancellation", "noise-and-background-speech-cancellation"]
        | None
    )
    denoising_enhancement_level: float | None
    webhook_url: str | None
    webhook_events: (
        Sequence[
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
    post_call_analysis_data: Sequence[TextVariable | ChoiceVariable | PresetAnalysis] | None
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
    pre_session_tools: Sequence[CustomTool | CodeTool | AppTool] | None
    post_session_tools: (
        Sequence[LaterCustomTool | LaterCodeTool | LaterAppTool | LaterSmsTool] | None
    )


class AgentUpdateParams(TypedDict, total=False):
    """Body of create-agent; a PATCH is validated as the agent it would give."""

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
        | Sequence[
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
    fallback_voice_ids: Sequence[str] | None
    enable_expressive_mode: bool | None
    expressive_emotion_tags: (
        Sequence[
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
    pronunciation_dictionary: Sequence[Pronunciation] | None
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
    backchannel_words: Sequence[str] | None
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
    boosted_keywords: Sequence[str] | None
    denoising_mode: (
        Literal["no-denoise", "noise-cancellation", "noise-and-background-speech-cancellation"]
        | None
    )
    denoising_enhancement_level: float | None
    webhook_url: str | None
    webhook_events: (
        Sequence[
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
    post_call_analysis_data: Sequence[TextVariable | ChoiceVariable | PresetAnalysis] | None
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
    pre_session_tools: Sequence[CustomTool | CodeTool | AppTool] | None
    post_session_tools: (
        Sequence[LaterCustomTool | LaterCodeTool | LaterAppTool | LaterSmsTool] | None
    )


class ListAgentsParams(TypedDict, total=False):
    filter_criteria: AgentFilters | None


class NewVersionParams(TypedDict, total=False):
    """Body of create-agent-version."""

    base_version: Required[int]


class PublicationParams(TypedDict, total=False):
    """Body of publish-agent-version."""

    version: Required[int]
    version_title: str | None
    version_description: str | None


class RetellLlmEngine(TypedDict, total=False):
    type: Required[Literal["retell-llm"]]
    llm_id: Required[str]
    version: int | None


class FlowEngine(TypedDict, total=False):
    type: Required[Literal["conversation-flow"]]
    conversation_flow_id: Required[str]
    version: int | None


class CustomLlmEngine(TypedDict, total=False):
    type: Required[Literal["custom-llm"]]
    llm_websocket_url: Required[str]


class Pronunciation(TypedDict, total=False):
    word: Required[str]
    alphabet: Required[Literal["ipa", "cmu", "pinyin", "jyutping"]]
    phoneme: Required[str]


class VoicemailOption(TypedDict, total=False):
    action: Required[SpokenAction | SilentAction]
    detection_prompt: str | None


class IvrOption(TypedDict, total=False):
    action: Required[HangUp]
    detection_prompt: str | None


class CallScreeningOption(TypedDict, total=False):
    agent_identity: Required[str]
    call_purpose: Required[str]


class UserDtmfOptions(TypedDict, total=False):
    digit_limit: float | None
    termination_key: str | None
    timeout_ms: int | None


class PresetAnalysis(TypedDict, total=False):
    type: Required[Literal["system-presets"]]
    name: Required[Literal["call_summary", "call_successful", "user_sentiment"]]
    description: str | None
    required: bool | None
    conditional_prompt: str | None


class PiiConfig(TypedDict, total=False):
    mode: Required[Literal["post_call"]]
    categories: Required[
        Sequence[
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
    ]


class GuardrailConfig(TypedDict, total=False):
    output_topics: (
        Sequence[
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
    input_topics: Sequence[Literal["platform_integrity_jailbreaking"]] | None


class HandbookConfig(TypedDict, total=False):
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


class ContactMemoryConfig(TypedDict, total=False):
    enable_read: bool | None
    enable_update: bool | None


class LaterCustomTool(TypedDict, total=False):
    """Runs after the analysis, if its condition holds."""

    condition: ToolCondition | None
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


class LaterCodeTool(TypedDict, total=False):
    """Runs after the analysis, if its condition holds."""

    condition: ToolCondition | None
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


class LaterAppTool(TypedDict, total=False):
    """Runs after the analysis, if its condition holds."""

    condition: ToolCondition | None
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    depends_on: Sequence[str] | None
    type: Required[Literal["integration_app"]]
    app_id: Required[str]
    provider: Required[str]
    app_tool_template_name: Required[str]
    parameters: Sequence[Parameters] | None
    output_selection: OutputSelection | None


class LaterSmsTool(TypedDict, total=False):
    """Runs after the analysis, if its condition holds."""

    condition: ToolCondition | None
    name: Required[str]
    description: str | None
    speak_during_execution: bool | None
    speak_after_execution: bool | None
    execution_message_description: str | None
    execution_message_type: Literal["prompt", "static_text"] | None
    enable_typing_sound: bool | None
    response_variables: Mapping[str, str] | None
    depends_on: Sequence[str] | None
    type: Required[Literal["send_sms"]]
    sms_content: Required[SmsText | SmsPrompt | SmsTemplate]
    sms_destination: SmsToCustomer | SmsToNumber | None
    sms_sender: SmsSender | None


class AgentFilters(TypedDict, total=False):
    channel: Condition | None
    is_transfer_agent: Condition | None
    query: str | None


class SpokenAction(TypedDict, total=False):
    type: Required[Literal["prompt", "static_text"]]
    text: Required[str]


class SilentAction(TypedDict, total=False):
    type: Required[Literal["hangup", "bridge_transfer"]]


class HangUp(TypedDict, total=False):
    type: Required[Literal["hangup"]]


class ToolCondition(TypedDict, total=False):
    type: Required[Literal["equation"]]
    equations: Required[Sequence[Equation]]
    operator: Required[Literal["&&", "||"]]


class Equation(TypedDict, total=False):
    left: Required[str]
    operator: Required[
        Literal["==", "!=", ">", ">=", "<", "<=", "contains", "not_contains", "exists", "not_exist"]
    ]
    right: str | None
