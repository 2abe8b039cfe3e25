"""The voice agent: its fields and ranges (retell-api.md section 6.1), and its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from uponai.domain.errors import InvalidField
from uponai.wire.common import Double, Milliseconds, Unit
from uponai.wire.speech import SttConfig, checked_stt_config
from uponai.wire.tags import Tags, shown_tags
from uponai.wire.tool import ChoiceVariable, LaterTool, SessionTool, TextVariable
from uponai.wire.validate import Json, Wire, as_object, check, patched, without_nulls
from uponai.wire.version import HIGHEST

LOCALES = frozenset(
    "en-US en-IN en-GB en-AU en-NZ de-DE es-ES es-419 hi-IN fr-FR fr-CA ja-JP pt-PT pt-BR zh-CN"
    " ru-RU it-IT ko-KR nl-NL nl-BE pl-PL tr-TR vi-VN ro-RO bg-BG ca-ES th-TH da-DK fi-FI el-GR"
    " hu-HU id-ID no-NO sk-SK sv-SE lt-LT lv-LV cs-CZ ms-MY af-ZA ar-SA az-AZ bs-BA cy-GB fa-IR"
    " fil-PH gl-ES he-IL hr-HR hy-AM is-IS kk-KZ kn-IN mk-MK mr-IN ne-NP sl-SI sr-RS sw-KE ta-IN"
    " ur-IN yue-CN uk-UA".split()
)
CallEvent = Literal[
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
"""Retell's eight, and ours: ``call_failed``."""
DEFAULT_EVENTS = ("call_started", "call_ended", "call_analyzed")
READ_ONLY = (
    "agent_id",
    "version",
    "base_version",
    "is_published",
    "last_modification_timestamp",
    "assigned_tags",
    "tags",
    "channel",
)


_LOCALE: Json = {"type": "string", "enum": [*sorted(LOCALES), "multi"]}
_LANGUAGE: Json = {
    "anyOf": [_LOCALE, {"type": "array", "items": _LOCALE, "minItems": 1}, {"type": "null"}]
}


def _language(value: Any) -> Any:
    if value is None:
        return value
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    if not listed or not all(isinstance(one, str) for one in listed):
        raise ValueError("must be a locale such as en-US, or an array of locales")
    unknown = [one for one in listed if one not in LOCALES and one != "multi"]
    if unknown:
        raise ValueError(f"must be a supported locale such as en-US, not {unknown[0]!r}")
    return cast("Any", value)


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("must be an IANA time zone such as America/Los_Angeles") from None
    return value


class RetellLlmEngine(Wire):
    type: Literal["retell-llm"]
    llm_id: str
    version: Annotated[int, Field(ge=0, le=HIGHEST)] | None = None


class FlowEngine(Wire):
    type: Literal["conversation-flow"]
    conversation_flow_id: str
    version: Annotated[int, Field(ge=0, le=HIGHEST)] | None = None


class CustomLlmEngine(Wire):
    type: Literal["custom-llm"]
    llm_websocket_url: str


ResponseEngine = Annotated[
    RetellLlmEngine | FlowEngine | CustomLlmEngine, Field(discriminator="type")
]


class SpokenAction(Wire):
    type: Literal["prompt", "static_text"]
    text: str


class SilentAction(Wire):
    type: Literal["hangup", "bridge_transfer"]


class VoicemailOption(Wire):
    action: Annotated[SpokenAction | SilentAction, Field(discriminator="type")]
    detection_prompt: str | None = None


class HangUp(Wire):
    type: Literal["hangup"]


class IvrOption(Wire):
    action: HangUp
    detection_prompt: str | None = None


class CallScreeningOption(Wire):
    agent_identity: str
    call_purpose: str


class UserDtmfOptions(Wire):
    digit_limit: Annotated[float, Field(ge=1, le=50)] | None = None
    termination_key: Annotated[str, Field(pattern=r"^[0-9#*]$")] | None = None
    timeout_ms: Annotated[int, Field(ge=1_000, le=15_000)] | None = None


class Pronunciation(Wire):
    word: str
    alphabet: Literal["ipa", "cmu", "pinyin", "jyutping"]
    phoneme: str


class PresetAnalysis(Wire):
    type: Literal["system-presets"]
    name: Literal["call_summary", "call_successful", "user_sentiment"]
    description: str | None = None
    required: bool | None = None
    conditional_prompt: str | None = None


AnalysisItem = Annotated[
    TextVariable | ChoiceVariable | PresetAnalysis, Field(discriminator="type")
]


class PiiConfig(Wire):
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


class GuardrailConfig(Wire):
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
    ) = None
    input_topics: list[Literal["platform_integrity_jailbreaking"]] | None = None


class ContactMemoryConfig(Wire):
    enable_read: bool | None = None
    enable_update: bool | None = None


EmotionTag = Literal[
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


class HandbookConfig(Wire):
    """Prompt presets, each on or off."""

    default_personality: bool | None = None
    conversational_personality: bool | None = None
    ai_disclosure: bool | None = None
    scope_boundaries: bool | None = None
    high_empathy: bool | None = None
    natural_filler_words: bool | None = None
    echo_verification: bool | None = None
    nato_phonetic_alphabet: bool | None = None
    smart_matching: bool | None = None
    speech_normalization: bool | None = None


class Agent(Wire):
    """Body of create-agent; a PATCH is validated as the agent it would give."""

    response_engine: ResponseEngine
    voice_id: Annotated[str, Field(min_length=1)]
    is_transfer_agent: bool | None = None
    agent_name: str | None = None
    version_title: str | None = None
    version_description: str | None = None
    language: Annotated[Any, BeforeValidator(_language), WithJsonSchema(_LANGUAGE)] = None
    timezone: Annotated[str, AfterValidator(_timezone)] | None = None
    voice_model: str | None = None
    voice_speed: Annotated[float, Field(ge=0.5, le=2)] | None = None
    voice_temperature: Double | None = None
    volume: Double | None = None
    enable_dynamic_voice_speed: bool | None = None
    fallback_voice_ids: list[str] | None = None
    enable_expressive_mode: bool | None = None
    expressive_emotion_tags: list[EmotionTag] | None = None
    expressive_mode_prompt: str | None = None
    pronunciation_dictionary: list[Pronunciation] | None = None
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
    ) = None
    ambient_sound_volume: Double | None = None
    responsiveness: Unit | None = None
    enable_dynamic_responsiveness: bool | None = None
    interruption_sensitivity: Unit | None = None
    enable_backchannel: bool | None = None
    backchannel_frequency: Unit | None = None
    backchannel_words: list[str] | None = None
    begin_message_delay_ms: Annotated[int, Field(ge=0, le=5_000)] | None = None
    reminder_trigger_ms: Annotated[float, Field(gt=0)] | None = None
    reminder_max_count: Annotated[int, Field(ge=0)] | None = None
    end_call_after_silence_ms: Annotated[int, Field(ge=10_000)] | None = None
    max_call_duration_ms: Annotated[int, Field(ge=60_000, le=7_200_000)] | None = None
    ring_duration_ms: Annotated[int, Field(ge=5_000, le=300_000)] | None = None
    voicemail_option: VoicemailOption | None = None
    ivr_option: IvrOption | None = None
    call_screening_option: CallScreeningOption | None = None
    allow_user_dtmf: bool | None = None
    allow_dtmf_interruption: bool | None = None
    user_dtmf_options: UserDtmfOptions | None = None
    stt_mode: Literal["fast", "accurate", "custom"] | None = None
    custom_stt_config: Annotated[SttConfig, AfterValidator(checked_stt_config)] | None = None
    vocab_specialization: Literal["general", "medical"] | None = None
    boosted_keywords: Annotated[list[str], Field(max_length=100)] | None = None
    denoising_mode: (
        Literal["no-denoise", "noise-cancellation", "noise-and-background-speech-cancellation"]
        | None
    ) = None
    denoising_enhancement_level: Unit | None = None
    webhook_url: str | None = None
    webhook_events: list[CallEvent] | None = None
    webhook_timeout_ms: Annotated[int, Field(gt=0)] | None = None
    post_call_analysis_data: list[AnalysisItem] | None = None
    post_call_analysis_model: str | None = None
    data_storage_setting: (
        Literal["everything", "everything_except_pii", "basic_attributes_only"] | None
    ) = None
    data_storage_retention_days: Annotated[int, Field(ge=1, le=730)] | None = None
    opt_in_signed_url: bool | None = None
    signed_url_expiration_ms: Milliseconds | None = None
    pii_config: PiiConfig | None = None
    guardrail_config: GuardrailConfig | None = None
    handbook_config: HandbookConfig | None = None
    enable_dnc_detection: bool | None = None
    contact_memory_config: ContactMemoryConfig | None = None
    pre_session_tools: list[SessionTool] | None = None
    post_session_tools: list[LaterTool] | None = None


def new_agent(body: Any) -> Json:
    """The configuration of a new agent. Raises InvalidField."""
    given = _writable(without_nulls(as_object(body)))
    memory = without_nulls(check(Agent, given).get("contact_memory_config") or {})
    config = {
        **given,
        "contact_memory_config": {"enable_read": True, "enable_update": False, **memory},
    }
    _check_together(config, "")
    return config


def updated_agent(stored: Mapping[str, Any], body: Any, within: str = "") -> Json:
    """The configuration after a PATCH. Raises InvalidField."""
    change = _writable(as_object(body, within))
    kept = bool(stored.get("is_transfer_agent"))
    if bool(change.get("is_transfer_agent", kept)) != kept:
        path = f"{within}/is_transfer_agent".lstrip("/")
        raise InvalidField(path, "can only be set when the agent is created")
    memory = change.pop("contact_memory_config", None)
    changed = patched(stored, change)
    if isinstance(memory, Mapping):
        # Flags merge, and the configuration cannot be cleared (trap 24).
        before = cast("Mapping[str, Any]", stored.get("contact_memory_config") or {})
        flags = without_nulls(cast("Mapping[str, Any]", memory))
        changed["contact_memory_config"] = {**before, **flags}
    check(Agent, changed, within=within)
    _check_together(changed, within)
    return changed


def _writable(given: Mapping[str, Any]) -> Json:
    return {name: value for name, value in given.items() if name not in READ_ONLY}


def _check_together(config: Mapping[str, Any], within: str) -> None:
    """Rules across fields."""
    if config.get("stt_mode") == "custom" and not config.get("custom_stt_config"):
        raise InvalidField(
            within, "must have required property 'custom_stt_config' when stt_mode is custom"
        )
    vendor = _vendor(str(config["voice_id"]))
    for at, fallback in enumerate(cast("list[str]", config.get("fallback_voice_ids") or [])):
        if vendor is not None and _vendor(fallback) == vendor:
            raise InvalidField(
                f"{within}/fallback_voice_ids/{at}".lstrip("/"),
                "must be a voice of another provider: Cannot have main voice and fallback voices"
                " from the same provider.",
            )
    engine = cast("Mapping[str, Any]", config["response_engine"])
    if config.get("is_transfer_agent") and engine.get("type") == "custom-llm":
        path = f"{within}/is_transfer_agent".lstrip("/")
        raise InvalidField(path, "must be false for a custom-llm agent")


def _vendor(voice_id: str) -> str | None:
    """Voice ids begin with their vendor's name."""
    vendor, dash, _ = voice_id.partition("-")
    return vendor if dash else None


def agent_json(
    agent_id: str,
    version: int,
    config: Mapping[str, Any],
    *,
    is_published: bool,
    base_version: int | None,
    modified_ms: int,
) -> Json:
    """An agent as the API returns it, but for its ``assigned_tags``."""
    head: Json = {"agent_id": agent_id, "channel": "voice", "version": version}
    if base_version is not None:
        head["base_version"] = base_version
    tail = {"is_published": is_published, "last_modification_timestamp": modified_ms}
    return {**head, "language": "en-US", **config, **tail}


def agent_list_item(
    agent_id: str, config: Mapping[str, Any], modified_ms: int, tags: Tags | None = None
) -> Json:
    """The slim item of ``/v2/list-agents``."""
    item: Json = {
        "agent_id": agent_id,
        "agent_name": config.get("agent_name") or "",
        "channel": "voice",
        "is_suspended": False,
        "tags": shown_tags(tags or {}),
        "user_modified_timestamp": modified_ms,
    }
    if config.get("is_transfer_agent"):
        item["is_transfer_agent"] = True
    return item


def agent_version_item(
    version: int,
    config: Mapping[str, Any],
    *,
    is_published: bool,
    base_version: int | None,
    modified_ms: int,
) -> Json:
    """One row of ``/list-agent-versions``."""
    return without_nulls(
        {
            "version": version,
            "is_published": is_published,
            "base_version": base_version,
            "last_modification_timestamp": modified_ms,
            "version_title": config.get("version_title"),
            "version_description": config.get("version_description"),
        }
    )
