"""Phone numbers: import, update, and their JSON (retell-api.md section 3)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field

from uponai.domain.errors import InvalidField
from uponai.wire.common import Version
from uponai.wire.validate import Json, Wire, as_object, check, without_nulls

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
CODECS = ("PCMU", "PCMA", "G722")
_UNSHOWN = ("carrier_reference", "carrier_former")
WEIGHT_TOLERANCE = 1e-6
PERCENT = 100
AGENT_LISTS = ("inbound_agents", "outbound_agents", "inbound_sms_agents", "outbound_sms_agents")
_TRUNK_FIELDS = ("termination_uri", "auth_username", "transport", "codecs", "media_encryption")
_HOST = re.compile(
    r"(?:sips?:)?(?:[^@;?]+@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[;?].*)?",
    re.IGNORECASE,
)

_PASSWORD = re.compile(r"(?:sips?:)?[^@;?:]*:[^@;?]*@", re.IGNORECASE)
_SAID = re.compile(r";transport=([a-z]+)", re.IGNORECASE)


def is_e164(number: str) -> bool:
    """Whether ``number`` is written in E.164 (plus, country code, 7 to 15 digits)."""
    return E164.fullmatch(number) is not None


def check_e164(path: str, number: str) -> None:
    """Raises InvalidField."""
    if not is_e164(number):
        raise InvalidField(path, "must be an E.164 phone number such as +14155550123")


class WeightedAgent(Wire):
    """Weights of a list add up to 1, or to 100 (percent, as the dashboard writes them)."""

    agent_id: Annotated[str, Field(min_length=1)]
    weight: Annotated[float, Field(ge=0, le=PERCENT)]
    agent_version: Version = None


def _whole(agents: list[WeightedAgent]) -> list[WeightedAgent]:
    total = sum(agent.weight for agent in agents)
    if agents and not any(abs(total / whole - 1) <= WEIGHT_TOLERANCE for whole in (1, PERCENT)):
        raise ValueError(f"must have weights that add up to 1 (they add up to {total:g})")
    return agents


def _as_fractions(agents: list[Json]) -> list[Json]:
    """Percent as fractions of 1."""
    if sum(agent["weight"] for agent in agents) < PERCENT / 2:
        return agents
    return [{**agent, "weight": agent["weight"] / PERCENT} for agent in agents]


Agents = Annotated[list[WeightedAgent], AfterValidator(_whole)]


def _country(value: str) -> str:
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("must be an ISO 3166-1 alpha-2 country code such as US")
    return value


Countries = list[Annotated[str, AfterValidator(_country)]]


def _source(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError("must be an address or network such as 192.0.2.0/24") from None
    return value


Sources = list[Annotated[str, AfterValidator(_source)]]


def _transport(value: Any) -> Any:
    if value is not None and str(value).upper() not in ("TLS", "TCP", "UDP"):
        raise ValueError("must be equal to one of the allowed values: 'TLS', 'TCP', 'UDP'")
    return value


def _codec(value: str) -> str:
    if value.upper() not in CODECS:
        raise ValueError(f"must be equal to one of the allowed values: {', '.join(CODECS)}")
    return value


def _reachable(value: str) -> str:
    if trunk_target(value) is None:
        raise ValueError("must be a SIP host such as sip.example.com or sip:10.0.0.1:5060")
    if _PASSWORD.match(value.strip()):
        raise ValueError("must NOT hold a password: it is shown, and the trunk's has its own field")
    return value


Termination = Annotated[str, Field(min_length=1), AfterValidator(_reachable)]
Transport = Annotated[str | None, BeforeValidator(_transport)]
Codecs = list[Annotated[str, AfterValidator(_codec)]]
MediaEncryption = Literal["disable", "allow", "require"]


class _NumberFields(Wire):
    nickname: str | None = None
    inbound_agents: Agents | None = None
    outbound_agents: Agents | None = None
    inbound_webhook_url: str | None = None
    allowed_inbound_country_list: Countries | None = None
    allowed_inbound_source_list: Sources | None = None
    inbound_auth_required: bool | None = None
    allowed_outbound_country_list: Countries | None = None
    cps_limit: Annotated[int, Field(ge=1)] | None = None
    fallback_number: str | None = None
    transport: Transport = None
    codecs: Codecs | None = None
    inbound_agent_id: str | None = None
    outbound_agent_id: str | None = None
    inbound_agent_version: Version = None
    outbound_agent_version: Version = None


class NumberImport(_NumberFields):
    """Body of import-phone-number. ``ignore_e164_validation`` is true unless said (trap 27)."""

    phone_number: Annotated[str, Field(min_length=1)]
    termination_uri: Termination
    sip_trunk_auth_username: str | None = None
    sip_trunk_auth_password: str | None = None
    media_encryption: MediaEncryption | None = None
    ignore_e164_validation: bool | None = None


class NumberPurchase(_NumberFields):
    """Body of create-phone-number. ``adopt`` (ours): ``phone_number`` is in the account already,
    nothing is bought."""

    area_code: Annotated[int, Field(ge=200, le=999)] | None = None
    country_code: Literal["US", "CA"] | None = None
    number_provider: Literal["twilio", "telnyx"] | None = None
    phone_number: Annotated[str, Field(min_length=1)] | None = None
    toll_free: bool | None = None
    adopt: bool | None = None


class NumberPatch(_NumberFields):
    """Body of update-phone-number."""

    inbound_sms_agents: Agents | None = None
    outbound_sms_agents: Agents | None = None
    inbound_sms_webhook_url: str | None = None
    termination_uri: Termination | None = None
    auth_username: str | None = None
    auth_password: str | None = None
    media_encryption: MediaEncryption | None = None


def trunk_target(termination_uri: str, transport: str = "UDP") -> tuple[str, int] | None:
    """Host and port that a termination URI leads to; None when it is not one.

    What the URI says of the transport counts more than ``transport``, as where the call is made.
    """
    match = _HOST.fullmatch(termination_uri.strip())
    if match is None:
        return None
    port = int(match["port"] or (5061 if _is_tls(termination_uri, transport) else 5060))
    return (match["host"], port) if 0 < port < 65_536 else None


def _is_tls(termination_uri: str, transport: str) -> bool:
    said = _SAID.search(termination_uri)
    spoken = said[1] if said else transport
    return termination_uri.strip().lower().startswith("sips:") or spoken.upper() == "TLS"


def _check_encryption(trunk: Mapping[str, Any]) -> None:
    """The keys of secured audio stand in the SDP (RFC 4568 section 8.3). Raises InvalidField."""
    uri, transport = str(trunk.get("termination_uri") or ""), str(trunk.get("transport") or "TCP")
    if trunk.get("media_encryption") == "require" and not _is_tls(uri, transport):
        rule = "must NOT be 'require' unless transport is TLS: the keys would travel readable"
        raise InvalidField("media_encryption", rule)


def imported_number(body: Any) -> tuple[Json, str | None]:
    """The configuration of an imported number, and the trunk's password. Raises InvalidField."""
    given = without_nulls(check(NumberImport, without_nulls(as_object(body))))
    number = str(given["phone_number"])
    if given.get("ignore_e164_validation") is False:
        check_e164("phone_number", number)
    password = given.pop("sip_trunk_auth_password", None)
    trunk = {
        "termination_uri": given.pop("termination_uri"),
        "auth_username": given.pop("sip_trunk_auth_username", None),
        "transport": str(given.pop("transport", None) or "TCP").upper(),
        "codecs": given.pop("codecs", None) or None,
        "media_encryption": given.pop("media_encryption", None),
    }
    given.pop("ignore_e164_validation", None)
    check_fallback(given)
    _check_encryption(trunk)
    config: Json = {
        **_listed({}, given),
        "phone_number_type": "custom",
        "sip_outbound_trunk_config": without_nulls(trunk),
    }
    return config, password


_WISHED = ("area_code", "country_code", "number_provider", "phone_number", "toll_free", "adopt")


def wished_number(body: Any) -> tuple[Json, Json]:
    """What number to buy, and how it is to be configured. Raises InvalidField."""
    given = without_nulls(check(NumberPurchase, without_nulls(as_object(body))))
    wish = {name: given.pop(name) for name in _WISHED if name in given}
    if "phone_number" in wish:
        check_e164("phone_number", str(wish["phone_number"]))
    elif wish.get("adopt"):
        raise InvalidField("phone_number", "must be given with adopt")
    wish["transport"] = str(given.pop("transport", None) or "TCP").upper()
    check_fallback({**given, "phone_number": wish.get("phone_number")})
    return wish, _listed({}, given)


def updated_number(stored: Mapping[str, Any], body: Any) -> tuple[Json, str | None]:
    """The configuration after a PATCH, and a new trunk password. Raises InvalidField."""
    change = dict(check(NumberPatch, body))
    change.pop("phone_number", None)
    password = change.pop("auth_password", None)
    trunk_change = {name: change.pop(name) for name in _TRUNK_FIELDS if name in change}
    if trunk_change.get("transport"):
        trunk_change["transport"] = str(trunk_change["transport"]).upper()
    before = cast("Mapping[str, Any]", stored.get("sip_outbound_trunk_config") or {})
    config = _listed(stored, change)
    if trunk_change:
        trunk = without_nulls({**before, **without_nulls(trunk_change)})
        config["sip_outbound_trunk_config"] = trunk
        _check_encryption(trunk)
    check_fallback({**config, "phone_number": stored.get("phone_number")})
    return config, password


def check_auth(config: Mapping[str, Any], *, has_password: bool) -> None:
    """Calls cannot be asked for a password that the number does not have. Raises InvalidField."""
    trunk = cast("Mapping[str, Any]", config.get("sip_outbound_trunk_config") or {})
    if config.get("inbound_auth_required") and not (has_password and trunk.get("auth_username")):
        rule = "must NOT be true without the trunk's user name and password"
        raise InvalidField("inbound_auth_required", rule)


def check_fallback(config: Mapping[str, Any]) -> None:
    """Whether calls over the limit may go on to ``fallback_number``. Raises InvalidField."""
    fallback = config.get("fallback_number")
    if fallback is None:
        return
    check_e164("fallback_number", str(fallback))
    if fallback == config.get("phone_number"):
        raise InvalidField("fallback_number", "must NOT be the number itself")


def _listed(stored: Mapping[str, Any], change: Mapping[str, Any]) -> Json:
    """Merge, with the older single-agent fields turned into weighted lists (section 1.4)."""
    _check_passwords("", change)
    merged = dict(change)
    for name in AGENT_LISTS:
        if merged.get(name):
            merged[name] = _as_fractions(merged[name])
    for direction in ("inbound", "outbound"):
        id_given = f"{direction}_agent_id" in merged
        agent_id = merged.pop(f"{direction}_agent_id", None)
        version = merged.pop(f"{direction}_agent_version", None)
        if not id_given or f"{direction}_agents" in merged:
            continue
        single = {"agent_id": agent_id, "weight": 1, "agent_version": version}
        merged[f"{direction}_agents"] = [without_nulls(single)] if agent_id else None
    return without_nulls({**stored, **merged})


def _check_passwords(path: str, value: Any) -> None:
    """Unknown fields are kept and shown; a password under a wrong name must not be. Raises
    InvalidField."""
    fields = cast("Json", value) if isinstance(value, dict) else {}
    for name, inner in fields.items():
        at = f"{path}/{name}" if path else name
        if "password" in name.lower() and inner is not None:
            rule = "must NOT be here: sip_trunk_auth_password (import) or auth_password (update)"
            raise InvalidField(at, f"{rule} is the trunk's password")
        _check_passwords(at, inner)


def bound_agents(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every agent a number names, with the path of the name."""
    found: list[tuple[str, str]] = []
    for name in AGENT_LISTS:
        agents = cast("list[Mapping[str, Any]]", config.get(name) or [])
        found.extend((f"{name}/{at}/agent_id", str(a["agent_id"])) for at, a in enumerate(agents))
    return found


def number_json(phone_number: str, config: Mapping[str, Any], modified_ms: int) -> Json:
    """A number as the API returns it; the trunk's password never is (trap 28)."""
    head: Json = {"phone_number": phone_number, "phone_number_type": "custom"}
    head.update(_spelled(phone_number))
    single: Json = {}
    for direction in ("inbound", "outbound"):
        agents = cast("list[Mapping[str, Any]]", config.get(f"{direction}_agents") or [])
        if len(agents) == 1:
            single[f"{direction}_agent_id"] = agents[0]["agent_id"]
            single[f"{direction}_agent_version"] = agents[0].get("agent_version")
    lists: Json = {"inbound_agents": [], "outbound_agents": []}
    return {
        **head,
        **lists,
        **{name: value for name, value in config.items() if name not in _UNSHOWN},
        **without_nulls(single),
        "last_modification_timestamp": modified_ms,
    }


def _spelled(phone_number: str) -> Json:
    try:
        parsed = phonenumbers.parse(phone_number)
    except phonenumbers.NumberParseException:
        return {"phone_number_pretty": phone_number}
    national = str(parsed.national_number or "")
    if parsed.country_code == 1 and len(national) == 10:
        area, office, line = national[:3], national[3:6], national[6:]
        return {"phone_number_pretty": f"+1 ({area}) {office}-{line}", "area_code": int(area)}
    shape = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return {"phone_number_pretty": phonenumbers.format_number(parsed, shape)}
