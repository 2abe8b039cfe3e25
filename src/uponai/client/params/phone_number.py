"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Required, TypedDict


class NumberPurchaseParams(TypedDict, total=False):
    """Body of create-phone-number. `adopt` (ours): `phone_number` is in the account already,"""

    nickname: str | None
    inbound_agents: Sequence[WeightedAgent] | None
    outbound_agents: Sequence[WeightedAgent] | None
    inbound_webhook_url: str | None
    allowed_inbound_country_list: Sequence[str] | None
    allowed_inbound_source_list: Sequence[str] | None
    inbound_auth_required: bool | None
    allowed_outbound_country_list: Sequence[str] | None
    cps_limit: int | None
    fallback_number: str | None
    transport: str | None
    codecs: Sequence[str] | None
    inbound_agent_id: str | None
    outbound_agent_id: str | None
    inbound_agent_version: int | str
    outbound_agent_version: int | str
    area_code: int | None
    country_code: Literal["US", "CA"] | None
    number_provider: Literal["twilio", "telnyx"] | None
    phone_number: str | None
    toll_free: bool | None
    adopt: bool | None


class NumberImportParams(TypedDict, total=False):
    """Body of import-phone-number. `ignore_e164_validation` is true unless said."""

    nickname: str | None
    inbound_agents: Sequence[WeightedAgent] | None
    outbound_agents: Sequence[WeightedAgent] | None
    inbound_webhook_url: str | None
    allowed_inbound_country_list: Sequence[str] | None
    allowed_inbound_source_list: Sequence[str] | None
    inbound_auth_required: bool | None
    allowed_outbound_country_list: Sequence[str] | None
    cps_limit: int | None
    fallback_number: str | None
    transport: str | None
    codecs: Sequence[str] | None
    inbound_agent_id: str | None
    outbound_agent_id: str | None
    inbound_agent_version: int | str
    outbound_agent_version: int | str
    phone_number: Required[str]
    termination_uri: Required[str]
    sip_trunk_auth_username: str | None
    sip_trunk_auth_password: str | None
    media_encryption: Literal["disable", "allow", "require"] | None
    ignore_e164_validation: bool | None


class NumberUpdateParams(TypedDict, total=False):
    """Body of update-phone-number."""

    nickname: str | None
    inbound_agents: Sequence[WeightedAgent] | None
    outbound_agents: Sequence[WeightedAgent] | None
    inbound_webhook_url: str | None
    allowed_inbound_country_list: Sequence[str] | None
    allowed_inbound_source_list: Sequence[str] | None
    inbound_auth_required: bool | None
    allowed_outbound_country_list: Sequence[str] | None
    cps_limit: int | None
    fallback_number: str | None
    transport: str | None
    codecs: Sequence[str] | None
    inbound_agent_id: str | None
    outbound_agent_id: str | None
    inbound_agent_version: int | str
    outbound_agent_version: int | str
    inbound_sms_agents: Sequence[WeightedAgent] | None
    outbound_sms_agents: Sequence[WeightedAgent] | None
    inbound_sms_webhook_url: str | None
    termination_uri: str | None
    auth_username: str | None
    auth_password: str | None
    media_encryption: Literal["disable", "allow", "require"] | None


class WeightedAgent(TypedDict, total=False):
    """Weights of a list add up to 1, or to 100 (percent, as the dashboard writes them)."""

    agent_id: Required[str]
    weight: Required[float]
    agent_version: int | str
