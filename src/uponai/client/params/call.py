"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from uponai.client.params.shared import Condition
from uponai.client.params.shared_2 import AgentOverride


class PhoneCallParams(TypedDict, total=False):
    """Body of create-phone-call."""

    agent_override: AgentOverride | None
    metadata: Mapping[str, Any] | None
    retell_llm_dynamic_variables: Mapping[str, str] | None
    to_number: Required[str]
    override_agent_id: str | None
    override_agent_version: int | str
    custom_sip_headers: Mapping[str, str] | None
    ignore_e164_validation: bool | None
    honor_internal_dnc: bool | None
    from_number: Required[str]
    idempotency_key: str | None


class WebCallParams(TypedDict, total=False):
    """Body of create-web-call. A node or state is where the conversation starts."""

    agent_override: AgentOverride | None
    metadata: Mapping[str, Any] | None
    retell_llm_dynamic_variables: Mapping[str, str] | None
    agent_id: Required[str]
    agent_version: int | str
    current_node_id: str | None
    current_state: str | None


class RegisteredCallParams(TypedDict, total=False):
    """Body of register-phone-call. Numbers and direction are only kept."""

    agent_override: AgentOverride | None
    metadata: Mapping[str, Any] | None
    retell_llm_dynamic_variables: Mapping[str, str] | None
    agent_id: Required[str]
    agent_version: int | str
    direction: Literal["inbound", "outbound"] | None
    from_number: str | None
    to_number: str | None


class ListCallsParams(TypedDict, total=False):
    """Body of the paged list of calls."""

    filter_criteria: CallFilters | None
    limit: int | None
    pagination_key: str | None
    skip: int | None
    sort_order: Literal["ascending", "descending"] | None
    include_total: bool | None


class CallUpdateParams(TypedDict, total=False):
    """Body of update-call. `opt_out_sensitive_data_storage` is the older way to say"""

    metadata: Mapping[str, Any] | None
    data_storage_setting: (
        Literal["everything", "everything_except_pii", "basic_attributes_only"] | None
    )
    custom_attributes: Mapping[str, str | float | bool] | None
    opt_out_sensitive_data_storage: bool | None


class CallFilters(TypedDict, total=False):
    """All given filters must fit; the agents are alternatives."""

    agent: Sequence[AgentChoice] | None
    agent_tag: Condition | None
    batch_call_id: Condition | None
    call_id: Condition | None
    call_status: Condition | None
    call_successful: Condition | None
    call_type: Condition | None
    combined_cost: Condition | None
    data_storage_setting: Condition | None
    direction: Condition | None
    disconnection_reason: Condition | None
    duration_ms: Condition | None
    e2e_latency_p50: Condition | None
    end_timestamp: Condition | None
    from_number: Condition | None
    in_voicemail: Condition | None
    start_timestamp: Condition | None
    to_number: Condition | None
    user_sentiment: Condition | None
    custom_analysis_data: Sequence[KeyedCondition] | None
    custom_attributes: Sequence[KeyedCondition] | None
    dynamic_variables: Sequence[KeyedCondition] | None
    metadata: Sequence[KeyedCondition] | None
    tool_calls: Sequence[Mapping[str, Any]] | None


class AgentChoice(TypedDict, total=False):
    agent_id: Required[str]
    version: Sequence[int] | None


class KeyedCondition(TypedDict, total=False):
    type: Required[Literal["string", "number", "range", "boolean", "enum", "present"]]
    op: Required[
        Literal["eq", "ne", "sw", "ew", "co", "gt", "ge", "lt", "le", "bt", "in", "pr", "np"]
    ]
    value: Any
    key: Required[str]
