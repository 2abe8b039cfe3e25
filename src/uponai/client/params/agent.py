"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Required, TypedDict

from uponai.client.params.shared import (
    Condition,
    OutputSelection,
    Parameters,
    SmsPrompt,
    SmsSender,
    SmsTemplate,
    SmsText,
    SmsToCustomer,
    SmsToNumber,
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
