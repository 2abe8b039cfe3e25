"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Any, Literal

from uponai.client.record import Record


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
    transfer_end_timestamp: int | None
    duration_ms: int | None
    recording_url: str | None
    recording_multi_channel_url: str | None
    recording_missing_ms: int | None
    scrubbed_recording_url: str | None
    scrubbed_recording_multi_channel_url: str | None
    public_log_url: str | None
    knowledge_base_retrieved_contents_url: str | None
    latency: Latency | None
    llm_token_usage: TokenUsage | None
    audio_quality: AudioQuality | None
    transfer_destination: str | None
    telephony_identifier: TelephonyIdentifier | None
    disconnection_reason: str | None
    disconnection_detail: str | None
    inbound_webhook_error: str | None
    sip_status_code: int | None
    batch_call_id: str | None
    call_cost: Cost | None
    call_analysis: Analysis | None
    access_token: str | None
    transcript: str | None
    transcript_object: list[Utterance] | None
    transcript_with_tool_calls: list[Utterance] | None
    scrubbed_transcript_with_tool_calls: list[Utterance] | None
    pre_session_transcript_with_tool_calls: list[Utterance] | None
    post_session_transcript_with_tool_calls: list[Utterance] | None


class CreateWebCallResponse(Record):
    """What a browser needs to join."""

    call_id: str
    access_token: str
    transport: str
    ice_servers: list[IceServer]
    expires_at: int


class CallItem(Record):
    """A call as the paged list has it: without transcripts."""

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
    transfer_end_timestamp: int | None
    duration_ms: int | None
    recording_url: str | None
    recording_multi_channel_url: str | None
    recording_missing_ms: int | None
    scrubbed_recording_url: str | None
    scrubbed_recording_multi_channel_url: str | None
    public_log_url: str | None
    knowledge_base_retrieved_contents_url: str | None
    latency: Latency | None
    llm_token_usage: TokenUsage | None
    audio_quality: AudioQuality | None
    transfer_destination: str | None
    telephony_identifier: TelephonyIdentifier | None
    disconnection_reason: str | None
    disconnection_detail: str | None
    inbound_webhook_error: str | None
    sip_status_code: int | None
    batch_call_id: str | None
    call_cost: Cost | None
    call_analysis: Analysis | None


class Latency(Record):
    """Those that apply; `e2e` is from the caller's last word to the agent's first."""

    e2e: Figures | None
    asr: Figures | None
    llm: Figures | None
    llm_websocket_network_rtt: Figures | None
    tts: Figures | None
    knowledge_base: Figures | None
    s2s: Figures | None


class TokenUsage(Record):
    average: float
    num_requests: float


class AudioQuality(Record):
    """How the caller's line fared; `remote_` is what the far side reports of the agent's audio."""

    packets_received: int
    packets_lost: int
    loss_percent: float
    jitter_ms: float
    remote_loss_percent: float | None
    remote_jitter_ms: float | None
    round_trip_ms: float | None
    mos: float


class TelephonyIdentifier(Record):
    twilio_call_sid: str | None


class Cost(Record):
    """Cents."""

    combined_cost: float
    total_duration_seconds: float
    total_duration_unit_price: float
    product_costs: list[ProductCost]


class Analysis(Record):
    call_summary: str | None
    in_voicemail: bool | None
    user_sentiment: Literal["Negative", "Positive", "Neutral", "Unknown"] | None
    call_successful: bool | None
    custom_analysis_data: dict[str, Any] | None


class Utterance(Record):
    """One entry of a transcript; `role` says which of the fields it has."""

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


class IceServer(Record):
    urls: list[str] | str
    username: str | None
    credential: str | None


class Figures(Record):
    """One latency in milliseconds over a call."""

    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    max: float | None
    min: float | None
    num: float | None


class ProductCost(Record):
    """`cost` in cents, `unit_price` in cents a second."""

    product: str
    cost: float
    unit_price: float | None
    is_transfer_leg_cost: bool | None


class Word(Record):
    """Seconds from the start of the call, approximate."""

    word: str | None
    start: float | None
    end: float | None
