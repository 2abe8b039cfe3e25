"""Bodies of create-phone-call and update-call (retell-api.md section 2.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from uponai.domain.errors import InvalidField
from uponai.wire.common import Texts, Version
from uponai.wire.number import check_e164
from uponai.wire.override import AgentOverride
from uponai.wire.validate import Json, Wire, as_object, check, compact, without_nulls

METADATA_LIMIT_BYTES = 50_000
KEPT = (
    "metadata",
    "retell_llm_dynamic_variables",
    "custom_sip_headers",
    "agent_override",
    "ignore_e164_validation",
)
"""What a call keeps of the request as it was given."""


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(value)) > METADATA_LIMIT_BYTES:
        raise ValueError(f"must NOT be larger than {METADATA_LIMIT_BYTES} bytes")
    return value


def _sip_headers(headers: Texts) -> Texts:
    for name, value in headers.items():
        if not name.lower().startswith("x-") and name.lower() != "user-to-user":
            raise ValueError(f"must have names that start with X- ({name!r} does not)")
        if not all(char.isascii() and (char.isalnum() or char in "-_.!%*+`'~") for char in name):
            raise ValueError(f"must have names without special characters ({name!r})")
        if any(char in value for char in "\r\n\0"):
            raise ValueError(f"must NOT have line breaks in the value of {name!r}")
    return headers


Metadata = Annotated[dict[str, Any], AfterValidator(_small)]


class PhoneCall(Wire):
    from_number: Annotated[str, Field(min_length=1)]
    to_number: Annotated[str, Field(min_length=1)]
    override_agent_id: str | None = None
    override_agent_version: Version = None
    agent_override: AgentOverride | None = None
    metadata: Metadata | None = None
    retell_llm_dynamic_variables: Texts | None = None
    custom_sip_headers: Annotated[Texts, AfterValidator(_sip_headers)] | None = None
    ignore_e164_validation: bool | None = None
    honor_internal_dnc: bool | None = None
    idempotency_key: Annotated[str, Field(min_length=1, max_length=256)] | None = None


class CallPatch(Wire):
    metadata: Metadata | None = None
    data_storage_setting: (
        Literal["everything", "everything_except_pii", "basic_attributes_only"] | None
    ) = None
    custom_attributes: dict[str, str | float | bool] | None = None


def phone_call(body: Any) -> Json:
    """The validated request. Raises InvalidField."""
    given = without_nulls(as_object(body))
    return check(PhoneCall, given)


def check_numbers(request: Mapping[str, Any], *, custom_telephony: bool) -> None:
    """E.164 on both ends, unless the caller waives it on its own trunk. Raises InvalidField."""
    if request.get("ignore_e164_validation") and custom_telephony:
        return
    check_e164("from_number", str(request["from_number"]))
    check_e164("to_number", str(request["to_number"]))


def kept(request: Mapping[str, Any]) -> Json:
    """The part of the request that the call's record keeps."""
    return {name: request[name] for name in KEPT if name in request}


def same_request(request: Mapping[str, Any]) -> str:
    """One text for equal requests, whatever the order of their fields."""
    return compact({name: request[name] for name in sorted(request)})


def updated_request(stored: Mapping[str, Any], body: Any) -> Json:
    """The call's request fields after update-call. Raises InvalidField."""
    change = check(CallPatch, as_object(body))
    if not change:
        raise InvalidField("", "must NOT be empty")
    known = {name: change[name] for name in CallPatch.model_fields if name in change}
    return without_nulls({**stored, **known})
