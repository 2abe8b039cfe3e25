"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Required, TypedDict

from uponai.client.params.agent import (
    CallScreeningOption,
    ContactMemoryConfig,
    CustomLlmEngine,
    FlowEngine,
    GuardrailConfig,
    HandbookConfig,
    IvrOption,
    LaterAppTool,
    LaterCodeTool,
    LaterCustomTool,
    LaterSmsTool,
    PiiConfig,
    PresetAnalysis,
    Pronunciation,
    RetellLlmEngine,
    UserDtmfOptions,
    VoicemailOption,
)
from uponai.client.params.shared import (
    ChoiceVariable,
    CodeTool,
    CustomTool,
    SttConfig,
    TextVariable,
)
from uponai.client.params.shared_2 import AppTool


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
