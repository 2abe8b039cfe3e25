"""Bodies that create calls or change ended ones (retell-api.md sections 1.1 and 2.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, Field

from uponai.domain.errors import InvalidField
from uponai.wire.common import Texts, Version
from uponai.wire.number import check_e164
from uponai.wire.override import AgentOverride
from uponai.wire.validate import Json, Wire, as_object, check, compact, without_nulls

METADATA_LIMIT_BYTES = 50_000
HEADER_LIMIT_CHARS = 1_000
HEADERS_LIMIT_BYTES = 16_000
KEPT = (
    "metadata",
    "retell_llm_dynamic_variables",
    "custom_sip_headers",
    "agent_override",
    "override_agent_id",
    "override_agent_version",
    "ignore_e164_validation",
    "current_node_id",
    "current_state",
    "trunk_name",
    "customer_name",
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
        if any(ord(char) < 32 and char != "\t" or ord(char) == 127 for char in value):
            raise ValueError(f"must NOT have line breaks or control characters ({name!r})")
    _fits_a_datagram(headers)
    return headers


def _fits_a_datagram(headers: Texts) -> None:
    """An INVITE must fit one UDP datagram beside its own headers and SDP (RFC 3261 section 18)."""
    for name, value in headers.items():
        if len(name) + len(value) > HEADER_LIMIT_CHARS:
            raise ValueError(f"must NOT be longer than {HEADER_LIMIT_CHARS} characters ({name!r})")
    if sum(len(f"{name}: {value}\r\n".encode()) for name, value in headers.items()) > (
        HEADERS_LIMIT_BYTES
    ):
        raise ValueError(f"must NOT be larger than {HEADERS_LIMIT_BYTES} bytes together")


Metadata = Annotated[dict[str, Any], AfterValidator(_small)]


class _AnyCall(Wire):
    agent_override: AgentOverride | None = None
    metadata: Metadata | None = None
    retell_llm_dynamic_variables: Texts | None = None


class CallTask(_AnyCall):
    """What one outbound call of a batch has of its own."""

    to_number: Annotated[str, Field(min_length=1)]
    override_agent_id: str | None = None
    override_agent_version: Version = None
    custom_sip_headers: Annotated[Texts, AfterValidator(_sip_headers)] | None = None
    ignore_e164_validation: bool | None = None
    honor_internal_dnc: bool | None = None


class PhoneCall(CallTask):
    """Body of create-phone-call."""

    from_number: Annotated[str, Field(min_length=1)]
    idempotency_key: Annotated[str, Field(min_length=1, max_length=256)] | None = None


class WebCall(_AnyCall):
    """Body of create-web-call. A node or state is where the conversation starts."""

    agent_id: Annotated[str, Field(min_length=1)]
    agent_version: Version = None
    current_node_id: str | None = None
    current_state: str | None = None


class RegisteredCall(_AnyCall):
    """Body of register-phone-call. Numbers and direction are only kept."""

    agent_id: Annotated[str, Field(min_length=1)]
    agent_version: Version = None
    direction: Literal["inbound", "outbound"] | None = None
    from_number: str | None = None
    to_number: str | None = None


class CallPatch(Wire):
    """Body of update-call. ``opt_out_sensitive_data_storage`` is the older way to say
    ``basic_attributes_only``."""

    metadata: Metadata | None = None
    data_storage_setting: (
        Literal["everything", "everything_except_pii", "basic_attributes_only"] | None
    ) = None
    custom_attributes: dict[str, str | float | bool] | None = None
    opt_out_sensitive_data_storage: bool | None = None


def phone_call(body: Any) -> Json:
    """The validated request. Raises InvalidField."""
    given = without_nulls(as_object(body))
    return check(PhoneCall, given)


def web_call(body: Any) -> Json:
    """The validated request of create-web-call. Raises InvalidField."""
    return check(WebCall, without_nulls(as_object(body)))


def registered_call(body: Any) -> Json:
    """The validated request of register-phone-call. Raises InvalidField."""
    return check(RegisteredCall, without_nulls(as_object(body)))


def check_start(request: Mapping[str, Any], engine: Mapping[str, Any]) -> None:
    """A start named for the agent's kind of engine must exist there. Raises InvalidField."""
    for field, parts, key in (
        ("current_node_id", "nodes", "id"),
        ("current_state", "states", "name"),
    ):
        wanted = request.get(field)
        known = engine.get(parts)
        if wanted is None or known is None:
            continue
        if wanted not in [part.get(key) for part in cast("list[Json]", known)]:
            raise InvalidField(field, f"must be the {key} of one of the agent's {parts}")


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
    opt_out = known.pop("opt_out_sensitive_data_storage", None)
    if opt_out is not None and "data_storage_setting" not in known:
        known["data_storage_setting"] = "basic_attributes_only" if opt_out else "everything"
    return without_nulls({**stored, **known})
