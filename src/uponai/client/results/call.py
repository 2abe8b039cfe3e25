"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any, Literal

from uponai.client.record import Record


class PhoneCallResponse(Record):
    call_id: str
    call_type: Literal["phone_call", "web_call"]
    call_status: Literal["registered", "not_connected", "ongoing", "ended", "error"]
    agent_id: str
    agent_version: int
    agent_name: str | None
    agent_tag: str | None
    batch_call_id: str | None
    metadata: dict[str, Any] | None
    retell_llm_dynamic_variables: dict[str, str] | None
    collected_dynamic_variables: dict[str, str] | None
    custom_sip_headers: dict[str, str] | None
    custom_attributes: dict[str, str | float | bool] | None
    data_storage_setting: (
        Literal["everything", "everything_except_pii", "basic_attributes_only"] | None
    )
    opt_in_signed_url: bool | None
    start_timestamp: int | None
    end_timestamp: int | None
    transfer_end_timestamp: int | None
    duration_ms: int | None
    transcript: str | None
    transcript_object: list[TranscriptItem] | None
    transcript_with_tool_calls: list[TranscriptItem] | None
    scrubbed_transcript_with_tool_calls: list[TranscriptItem] | None
    pre_session_transcript_with_tool_calls: list[TranscriptItem] | None
    post_session_transcript_with_tool_calls: list[TranscriptItem] | None
    recording_url: str | None
    recording_multi_channel_url: str | None
    scrubbed_recording_url: str | None
    scrubbed_recording_multi_channel_url: str | None
    public_log_url: str | None
    knowledge_base_retrieved_contents_url: str | None
    latency: Latency | None
    llm_token_usage: TokenUsage | None
    call_cost: CallCost | None
    call_analysis: CallAnalysis | None
    disconnection_reason: str | None
    disconnection_detail: str | None
    sip_status_code: int | None
    transfer_destination: str | None
    telephony_identifier: TelephonyIdentifier | None
    access_token: str | None
    direction: Literal["inbound", "outbound"]
    from_number: str
    to_number: str


class CreateWebCallResponse(Record):
    """What a browser needs to join."""

    call_id: str
    access_token: str
    transport: str
    ice_servers: list[dict[str, Any]]
    expires_at: int


class CallResponse(Record):
    call_id: str
    call_type: Literal["phone_call", "web_call"]
    agent_id: str
    agent_version: int
    call_status: Literal["registered", "ongoing", "ended", "not_connected", "error"]
    agent_name: str | None
    agent_tag: str | None
    direction: Literal["inbound", "outbound"] | None
    from_number: str | None
    to_number: str | None
    metadata: dict[str, Any] | None
    retell_llm_dynamic_variables: dict[str, str] | None
    collected_dynamic_variables: dict[str, str] | None
    custom_sip_headers: dict[str, str] | None
    custom_attributes: dict[str, str | float | bool] | None
    data_storage_setting: (
        Literal["everything", "everything_except_pii", "basic_attributes_only"] | None
    )
    opt_in_signed_url: bool | None
    start_timestamp: int | None
    end_timestamp: int | None
    duration_ms: int | None
    recording_url: str | None
    recording_multi_channel_url: str | None
    latency: dict[str, Figures] | None
    disconnection_reason: str | None
    disconnection_detail: str | None
    sip_status_code: int | None
    batch_call_id: str | None
    call_cost: Cost | None
    call_analysis: Analysis | None
    access_token: str | None
    transcript: str | None
    transcript_object: list[Utterance] | None
    transcript_with_tool_calls: list[Utterance] | None


class TranscriptItem(Record):
    role: Literal[
        "agent",
        "user",
        "transfer_target",
        "tool_call_invocation",
        "tool_call_result",
        "node_transition",
        "dtmf",
        "sms",
        "injected",
    ]
    content: str | None
    words: list[Word] | None
    metadata: dict[str, Any] | None
    tool_call_id: str | None
    name: str | None
    arguments: str | None
    type: str | None
    successful: bool | None
    former_node_id: str | None
    former_node_name: str | None
    new_node_id: str | None
    new_node_name: str | None
    transition_type: str | None
    digit: str | None
    time_sec: float | None


class Latency(Record):
    e2e: LatencyFigures | None
    asr: LatencyFigures | None
    llm: LatencyFigures | None
    llm_websocket_network_rtt: LatencyFigures | None
    tts: LatencyFigures | None
    knowledge_base: LatencyFigures | None
    s2s: LatencyFigures | None


class TokenUsage(Record):
    average: float
    num_requests: int


class CallCost(Record):
    product_costs: list[ProductCost]
    total_duration_seconds: float
    total_duration_unit_price: float
    combined_cost: float


class CallAnalysis(Record):
    call_summary: str | None
    in_voicemail: bool | None
    user_sentiment: Literal["Negative", "Positive", "Neutral", "Unknown"] | None
    call_successful: bool | None
    custom_analysis_data: dict[str, Any] | None


class TelephonyIdentifier(Record):
    twilio_call_sid: str | None


class Figures(Record):
    """One latency in milliseconds over a call."""

    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None
    min: float | None
    num: float | None


class Cost(Record):
    """Cents."""

    combined_cost: float
    total_duration_seconds: float
    total_duration_unit_price: float
    product_costs: list[dict[str, Any]]


class Analysis(Record):
    call_summary: str | None
    in_voicemail: bool | None
    user_sentiment: Literal["Negative", "Positive", "Neutral", "Unknown"] | None
    call_successful: bool | None
    custom_analysis_data: dict[str, Any] | None


class Utterance(Record):
    role: str
    content: str | None


class Word(Record):
    word: str | None
    start: float | None
    end: float | None


class LatencyFigures(Record):
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None
    min: float | None
    num: int | None


class ProductCost(Record):
    product: str
    cost: float
    unit_price: float | None
    is_transfer_leg_cost: bool | None
