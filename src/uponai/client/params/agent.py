"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from uponai.client.params.shared import (
    AppTool,
    ChoiceVariable,
    CodeTool,
    Condition,
    CustomTool,
    SendSmsTool,
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
    language: Any
    timezone: str | None
    voice_model: str | None
    voice_speed: float | None
    voice_temperature: float | None
    volume: float | None
    enable_dynamic_voice_speed: bool | None
    fallback_voice_ids: Sequence[str] | None
    enable_expressive_mode: bool | None
    expressive_emotion_tags: Sequence[str] | None
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
    handbook_config: Mapping[str, bool] | None
    enable_dnc_detection: bool | None
    contact_memory_config: ContactMemoryConfig | None
    pre_session_tools: Sequence[CustomTool | CodeTool | AppTool | SendSmsTool] | None
    post_session_tools: Sequence[CustomTool | CodeTool | AppTool | SendSmsTool] | None


class AgentUpdateParams(TypedDict, total=False):
    """Body of create-agent; a PATCH is validated as the agent it would give."""

    response_engine: RetellLlmEngine | FlowEngine | CustomLlmEngine
    voice_id: str
    is_transfer_agent: bool | None
    agent_name: str | None
    version_title: str | None
    version_description: str | None
    language: Any
    timezone: str | None
    voice_model: str | None
    voice_speed: float | None
    voice_temperature: float | None
    volume: float | None
    enable_dynamic_voice_speed: bool | None
    fallback_voice_ids: Sequence[str] | None
    enable_expressive_mode: bool | None
    expressive_emotion_tags: Sequence[str] | None
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
    handbook_config: Mapping[str, bool] | None
    enable_dnc_detection: bool | None
    contact_memory_config: ContactMemoryConfig | None
    pre_session_tools: Sequence[CustomTool | CodeTool | AppTool | SendSmsTool] | None
    post_session_tools: Sequence[CustomTool | CodeTool | AppTool | SendSmsTool] | None


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


class SttConfig(TypedDict, total=False):
    provider: Required[Literal["azure", "deepgram", "soniox", "assemblyai", "muse"]]
    endpointing_ms: Required[int]


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


class ContactMemoryConfig(TypedDict, total=False):
    enable_read: bool | None
    enable_update: bool | None


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
