"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal

from uponai.client.record import Record


class PhoneNumberResponse(Record):
    phone_number: str
    phone_number_type: Literal["retell-twilio", "retell-telnyx", "custom"]
    phone_number_pretty: str | None
    area_code: int | None
    nickname: str | None
    inbound_agents: list[BoundAgent] | None
    outbound_agents: list[BoundAgent] | None
    inbound_agent_id: str | None
    inbound_agent_version: int | str | None
    outbound_agent_id: str | None
    outbound_agent_version: int | str | None
    inbound_webhook_url: str | None
    allowed_inbound_country_list: list[str] | None
    allowed_inbound_source_list: list[str] | None
    inbound_auth_required: bool | None
    allowed_outbound_country_list: list[str] | None
    fallback_number: str | None
    cps_limit: int | None
    sip_outbound_trunk_config: Trunk | None
    adopted: bool | None
    last_modification_timestamp: int


class VariantsResponse(Record):
    phone_number: str
    variants: list[VariantAnswer]


class BoundAgent(Record):
    agent_id: str
    weight: float
    agent_version: int | str | None


class Trunk(Record):
    """The trunk of an imported number; its password is never returned."""

    termination_uri: str | None
    auth_username: str | None
    transport: str | None
    codecs: list[str] | None
    media_encryption: Literal["disable", "allow", "require"] | None


class VariantAnswer(Record):
    agent_id: str
    agent_version: int
    weight: float
    calls: int
    pick_up_rate: EstimateAnswer
    success_rate: EstimateAnswer
    duration_ms: EstimateAnswer


class EstimateAnswer(Record):
    """`low` to `high` is the 95 % confidence interval; null: too few to say."""

    count: int
    value: float | None
    low: float | None
    high: float | None
