"""What the API answers, as its OpenAPI document says it. Bodies of requests are in ``wire``.

These models are documentation and the contract tests' yardstick: answers are not built from them.
Every object may hold further fields, since additive fields are safe for the SDKs (trap 25).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from uponai.wire.agent import Agent
from uponai.wire.common import Texts
from uponai.wire.flow import Flow
from uponai.wire.llm import Llm
from uponai.wire.validate import Wire

TimestampMs = Annotated[int, Field(description="Milliseconds since the Unix epoch.")]
Order = Literal["ascending", "descending"]
PageLimit = Annotated[int, Field(ge=1, le=1000)]
Status = Literal["registered", "ongoing", "ended", "not_connected", "error"]
Setting = Literal["everything", "everything_except_pii", "basic_attributes_only"]


class Error(Wire):
    """Every error. ``code`` is a stable word; ``message`` names the field, its rule, its value."""

    status: Literal["error"]
    message: str
    error_message: str
    code: str
    field: str | None = None
    rule: str | None = None
    value: str | None = None


class AgentAnswer(Agent):
    agent_id: str
    version: int
    channel: Literal["voice"]
    is_published: bool
    last_modification_timestamp: TimestampMs
    base_version: int | None = None
    assigned_tags: list[str] | None = None


class Tag(Wire):
    version: int | None = None
    dynamic_variables: Texts | None = None


class AgentItem(Wire):
    """One agent of the paged list: not the whole agent."""

    agent_id: str
    agent_name: str
    channel: Literal["voice"]
    is_suspended: bool
    tags: dict[str, Tag]
    user_modified_timestamp: TimestampMs
    is_transfer_agent: bool | None = None


class AgentVersionItem(Wire):
    version: int
    is_published: bool
    last_modification_timestamp: TimestampMs
    base_version: int | None = None
    version_title: str | None = None
    version_description: str | None = None


class LlmAnswer(Llm):
    llm_id: str
    version: int
    is_published: bool
    last_modification_timestamp: TimestampMs


class FlowAnswer(Flow):
    conversation_flow_id: str
    version: int
    is_published: bool | None = None
    last_modification_timestamp: TimestampMs | None = None


class ComponentAnswer(Wire):
    conversation_flow_component_id: str
    name: str
    nodes: list[dict[str, Any]]
    user_modified_timestamp: TimestampMs
    linked_conversation_flow_ids: list[str] | None = None


class BoundAgent(Wire):
    agent_id: str
    weight: float
    agent_version: int | str | None = None


class Trunk(Wire):
    """The trunk of an imported number; its password is never returned."""

    termination_uri: str | None = None
    auth_username: str | None = None
    transport: str | None = None
    codecs: list[str] | None = None
    media_encryption: Literal["disable", "allow", "require"] | None = None


class NumberAnswer(Wire):
    phone_number: str
    phone_number_type: Literal["retell-twilio", "retell-telnyx", "custom"]
    phone_number_pretty: str | None = None
    area_code: int | None = None
    nickname: str | None = None
    inbound_agents: list[BoundAgent] | None = None
    outbound_agents: list[BoundAgent] | None = None
    inbound_agent_id: str | None = None
    inbound_agent_version: int | str | None = None
    outbound_agent_id: str | None = None
    outbound_agent_version: int | str | None = None
    inbound_webhook_url: str | None = None
    allowed_inbound_country_list: list[str] | None = None
    allowed_inbound_source_list: list[str] | None = None
    inbound_auth_required: bool | None = None
    allowed_outbound_country_list: list[str] | None = None
    fallback_number: str | None = None
    cps_limit: int | None = None
    sip_outbound_trunk_config: Trunk | None = None
    adopted: bool | None = None
    last_modification_timestamp: TimestampMs


class Analysis(Wire):
    call_summary: str | None = None
    in_voicemail: bool | None = None
    user_sentiment: Literal["Negative", "Positive", "Neutral", "Unknown"] | None = None
    call_successful: bool | None = None
    custom_analysis_data: dict[str, Any] | None = None


class ProductCost(Wire):
    """``cost`` in cents, ``unit_price`` in cents a second."""

    product: str
    cost: float
    unit_price: float | None = None
    is_transfer_leg_cost: bool | None = None


class Cost(Wire):
    """Cents."""

    combined_cost: float
    total_duration_seconds: float
    total_duration_unit_price: float
    product_costs: list[ProductCost]


class Figures(Wire):
    """One latency in milliseconds over a call."""

    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None
    max: float | None = None
    min: float | None = None
    num: float | None = None
    values: list[float] | None = None


class Latency(Wire):
    """Those that apply; ``e2e`` is from the caller's last word to the agent's first."""

    e2e: Figures | None = None
    asr: Figures | None = None
    llm: Figures | None = None
    llm_websocket_network_rtt: Figures | None = None
    tts: Figures | None = None
    knowledge_base: Figures | None = None
    s2s: Figures | None = None


class TokenUsage(Wire):
    average: float
    num_requests: float
    values: list[float]


class AudioQuality(Wire):
    """How the caller's line fared; ``remote_`` is what the far side reports of the agent's audio.

    ``mos`` is the worse of both ways, from 1 to 4.41 (E-model).
    """

    packets_received: int
    packets_lost: int
    loss_percent: float
    jitter_ms: float
    remote_loss_percent: float | None = None
    remote_jitter_ms: float | None = None
    round_trip_ms: float | None = None
    mos: float


class TelephonyIdentifier(Wire):
    twilio_call_sid: str | None = None


class CallItem(Wire):
    """A call as the paged list has it: without transcripts."""

    call_id: str
    call_type: Literal["phone_call", "web_call"]
    agent_id: str
    agent_version: int
    call_status: Status
    agent_name: str | None = None
    agent_tag: str | None = None
    direction: Literal["inbound", "outbound"] | None = None
    from_number: str | None = None
    to_number: str | None = None
    metadata: dict[str, Any] | None = None
    retell_llm_dynamic_variables: Texts | None = None
    collected_dynamic_variables: Texts | None = None
    custom_sip_headers: Texts | None = None
    custom_attributes: dict[str, str | float | bool] | None = None
    data_storage_setting: Setting | None = None
    opt_in_signed_url: bool | None = None
    start_timestamp: TimestampMs | None = None
    end_timestamp: TimestampMs | None = None
    transfer_end_timestamp: TimestampMs | None = None
    duration_ms: int | None = None
    recording_url: str | None = None
    recording_multi_channel_url: str | None = None
    recording_missing_ms: int | None = None
    scrubbed_recording_url: str | None = None
    scrubbed_recording_multi_channel_url: str | None = None
    public_log_url: str | None = None
    knowledge_base_retrieved_contents_url: str | None = None
    latency: Latency | None = None
    llm_token_usage: TokenUsage | None = None
    audio_quality: AudioQuality | None = None
    transfer_destination: str | None = None
    telephony_identifier: TelephonyIdentifier | None = None
    disconnection_reason: str | None = None
    disconnection_detail: str | None = None
    inbound_webhook_error: str | None = None
    sip_status_code: int | None = None
    batch_call_id: str | None = None
    call_cost: Cost | None = None
    call_analysis: Analysis | None = None


class Word(Wire):
    """Seconds from the start of the call, approximate."""

    word: str | None = None
    start: float | None = None
    end: float | None = None


class Utterance(Wire):
    """One entry of a transcript; ``role`` says which of the fields it has."""

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
    content: str | None = None
    words: list[Word] | None = None
    metadata: dict[str, Any] | None = None
    tool_call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    type: str | None = None
    successful: bool | None = None
    former_node_id: str | None = None
    former_node_name: str | None = None
    new_node_id: str | None = None
    new_node_name: str | None = None
    transition_type: str | None = None
    digit: str | None = None
    time_sec: float | None = None


class CallAnswer(CallItem):
    access_token: str | None = None
    transcript: str | None = None
    transcript_object: list[Utterance] | None = None
    transcript_with_tool_calls: list[Utterance] | None = None
    scrubbed_transcript_with_tool_calls: list[Utterance] | None = None
    pre_session_transcript_with_tool_calls: list[Utterance] | None = None
    post_session_transcript_with_tool_calls: list[Utterance] | None = None


class IceServer(Wire):
    urls: list[str] | str
    username: str | None = None
    credential: str | None = None


class WebCallAnswer(Wire):
    """What a browser needs to join."""

    call_id: str
    access_token: str
    transport: str
    ice_servers: list[IceServer]
    expires_at: TimestampMs


class KnowledgeSource(Wire):
    type: Literal["document", "text", "url"]
    source_id: str
    title: str | None = None
    content_url: str | None = None
    filename: str | None = None
    file_size: float | None = None
    file_url: str | None = None
    url: str | None = None


class KnowledgeBaseAnswer(Wire):
    knowledge_base_id: str
    knowledge_base_name: str
    status: Literal["in_progress", "complete", "error", "refreshing_in_progress"]
    knowledge_base_sources: list[KnowledgeSource] | None = None
    enable_auto_refresh: bool | None = None
    last_refreshed_timestamp: TimestampMs | None = None
    max_chunk_size: int | None = None
    min_chunk_size: int | None = None


class VoiceAnswer(Wire):
    voice_id: str
    voice_name: str
    provider: str
    gender: Literal["male", "female"]
    accent: str | None = None
    age: str | None = None
    avatar_url: str | None = None
    preview_audio_url: str | None = None


class VoiceMatch(Wire):
    name: str | None = None
    description: str | None = None
    provider_voice_id: str | None = None
    public_user_id: str | None = None


class VoiceMatches(Wire):
    voices: list[VoiceMatch]


class McpToolAnswer(Wire):
    name: str
    description: str | None = None
    inputSchema: dict[str, Any] | None = None


class ConcurrencyAnswer(Wire):
    current_concurrency: int
    concurrency_limit: int
    base_concurrency: int
    purchased_concurrency: int
    concurrency_purchase_limit: int
    remaining_purchase_limit: int
    concurrency_burst_enabled: bool
    concurrency_burst_limit: int
    reserved_inbound_concurrency: int


class IdentityAnswer(Wire):
    org_id: str
    org_name: str
    api_key_name: str | None = None


class Condition(Wire):
    """One filter: which operators and values fit depends on ``type``."""

    type: Literal["string", "number", "range", "boolean", "enum", "present"]
    op: Literal[
        "eq", "ne", "sw", "ew", "co", "gt", "ge", "lt", "le", "bt", "in", "pr", "np"
    ]  # fmt: skip
    value: Any = None


class KeyedCondition(Condition):
    key: str


class AgentChoice(Wire):
    agent_id: str
    version: list[int] | None = None


class CallFilters(Wire):
    """All given filters must fit; the agents are alternatives."""

    agent: list[AgentChoice] | None = None
    agent_tag: Condition | None = None
    batch_call_id: Condition | None = None
    call_id: Condition | None = None
    call_status: Condition | None = None
    call_successful: Condition | None = None
    call_type: Condition | None = None
    combined_cost: Condition | None = None
    data_storage_setting: Condition | None = None
    direction: Condition | None = None
    disconnection_reason: Condition | None = None
    duration_ms: Condition | None = None
    e2e_latency_p50: Condition | None = None
    end_timestamp: Condition | None = None
    from_number: Condition | None = None
    in_voicemail: Condition | None = None
    start_timestamp: Condition | None = None
    to_number: Condition | None = None
    user_sentiment: Condition | None = None
    custom_analysis_data: list[KeyedCondition] | None = None
    custom_attributes: list[KeyedCondition] | None = None
    dynamic_variables: list[KeyedCondition] | None = None
    metadata: list[KeyedCondition] | None = None
    tool_calls: list[dict[str, Any]] | None = None


class ListCalls(Wire):
    """Body of the paged list of calls."""

    filter_criteria: CallFilters | None = None
    limit: PageLimit | None = None
    pagination_key: str | None = None
    skip: Annotated[int, Field(ge=0)] | None = None
    sort_order: Order | None = None
    include_total: bool | None = None


class Thresholds(Wire):
    lower_threshold: float | None = None
    upper_threshold: float | None = None


class OldCallFilters(Wire):
    agent_id: list[str] | None = None
    batch_call_id: list[str] | None = None
    call_id: list[str] | None = None
    call_status: list[Status] | None = None
    call_successful: list[bool] | None = None
    call_type: list[str] | None = None
    direction: list[str] | None = None
    disconnection_reason: list[str] | None = None
    from_number: list[str] | None = None
    in_voicemail: list[bool] | None = None
    to_number: list[str] | None = None
    user_sentiment: list[str] | None = None
    version: list[int] | None = None
    duration_ms: Thresholds | None = None
    e2e_latency_p50: Thresholds | None = None
    end_timestamp: Thresholds | None = None
    start_timestamp: Thresholds | None = None


class ListCallsOld(Wire):
    """Body of the older list of calls; ``pagination_key`` is the last call's id."""

    filter_criteria: OldCallFilters | None = None
    limit: PageLimit | None = None
    pagination_key: str | None = None
    sort_order: Order | None = None


class AgentFilters(Wire):
    channel: Condition | None = None
    is_transfer_agent: Condition | None = None
    query: str | None = None


class ListAgents(Wire):
    filter_criteria: AgentFilters | None = None


class KnowledgeForm(Wire):
    """Multipart: the arrays come as one JSON text each, files as parts of their own (trap 13)."""

    knowledge_base_name: Annotated[str, Field(max_length=39)]
    knowledge_base_texts: str | None = None
    knowledge_base_urls: str | None = None
    knowledge_base_files: list[bytes] | None = None
    enable_auto_refresh: bool | None = None
    max_chunk_size: int | None = None
    min_chunk_size: int | None = None


class SourcesForm(Wire):
    knowledge_base_texts: str | None = None
    knowledge_base_urls: str | None = None
    knowledge_base_files: list[bytes] | None = None


class CloneForm(Wire):
    voice_name: str
    voice_provider: str
    files: list[bytes]


class DialectCall(Wire):
    """A call in UponAI's own dialect: ISO times, seconds."""

    callId: str
    callType: Literal["phone_call", "web_call"]
    status: Status
    agentId: str
    agentVersion: int
    optOutSensitiveDataStorage: bool
    fromNumber: str | None = None
    toNumber: str | None = None
    metadata: dict[str, Any] | None = None
    uponai_dynamic_variables: Texts | None = None
    startedAt: str | None = None
    endedAt: str | None = None
    duration: int | None = None


class DialectOne(Wire):
    """One call, wrapped."""

    success: Literal[True]
    call: DialectCall


class DialectInitiated(Wire):
    """A call that was just created, wrapped twice."""

    success: Literal[True]
    call_sid: str
    call: DialectOne


class DialectPage(Wire):
    """A numbered page of calls."""

    success: Literal[True]
    calls: list[DialectCall]
    pagination: dict[str, int]
