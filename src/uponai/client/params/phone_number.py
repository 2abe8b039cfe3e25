"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Required, TypedDict


class NumberPurchaseParams(TypedDict, total=False):
    phone_number: str
    area_code: int
    country_code: Literal["US", "CA"]
    number_provider: str
    toll_free: bool
    transport: str | None
    nickname: str
    inbound_agents: Sequence[WeightedAgent] | None
    outbound_agents: Sequence[WeightedAgent] | None
    inbound_webhook_url: str | None
    allowed_inbound_country_list: Sequence[str] | None
    allowed_outbound_country_list: Sequence[str] | None
    fallback_number: str | None


class NumberImportParams(TypedDict, total=False):
    """Body of import-phone-number. `ignore_e164_validation` is true unless said."""

    nickname: str | None
    inbound_agents: Sequence[WeightedAgent] | None
    outbound_agents: Sequence[WeightedAgent] | None
    inbound_webhook_url: str | None
    allowed_inbound_country_list: Sequence[str] | None
    allowed_outbound_country_list: Sequence[str] | None
    transport: str | None
    codecs: Sequence[str] | None
    inbound_agent_id: str | None
    outbound_agent_id: str | None
    inbound_agent_version: Any
    outbound_agent_version: Any
    phone_number: Required[str]
    termination_uri: Required[str]
    sip_trunk_auth_username: str | None
    sip_trunk_auth_password: str | None
    ignore_e164_validation: bool | None


class NumberUpdateParams(TypedDict, total=False):
    """Body of update-phone-number."""

    nickname: str | None
    inbound_agents: Sequence[WeightedAgent] | None
    outbound_agents: Sequence[WeightedAgent] | None
    inbound_webhook_url: str | None
    allowed_inbound_country_list: Sequence[str] | None
    allowed_outbound_country_list: Sequence[str] | None
    transport: str | None
    codecs: Sequence[str] | None
    inbound_agent_id: str | None
    outbound_agent_id: str | None
    inbound_agent_version: Any
    outbound_agent_version: Any
    fallback_number: str | None
    inbound_sms_agents: Sequence[WeightedAgent] | None
    outbound_sms_agents: Sequence[WeightedAgent] | None
    inbound_sms_webhook_url: str | None
    termination_uri: str | None
    auth_username: str | None
    auth_password: str | None


class WeightedAgent(TypedDict, total=False):
    agent_id: Required[str]
    weight: Required[float]
    agent_version: Any
