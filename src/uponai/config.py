"""The only reader of environment and files: one frozen ``Config``.

A setting comes from, later ones winning: its default here, the configuration file (TOML:
``--config`` or ``UPONAI_CONFIG``, else ``DATA/uponai.toml`` where present), the environment, what
the command line gave. ``[edge] sip_port = 5070`` in the file is ``UPONAI_EDGE_SIP_PORT=5070`` in
the environment.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import ipaddress
import os
import secrets
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

SECRET_KEY_BYTES = 32
MIN_OPTIONS_S, MAX_OPTIONS_S = 5, 3_600
_PREFIX = "UPONAI_"


class ConfigError(Exception):
    """A setting that cannot be used; the text names it, where it stands, and what is expected."""


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """The line holder. Port 0 takes a free one; an empty token is made at start."""

    sip_host: str = "0.0.0.0"
    sip_port: int = 5060
    public_host: str | None = None
    rtp_first: int = 20_000
    rtp_last: int = 29_998
    control_host: str = "127.0.0.1"
    control_port: int = 0
    control_token: str = field(default="", repr=False)
    max_lines: int = 1_000
    record: bool = True
    tls_port: int = 5061
    tls_cert: str | None = None
    tls_key: str | None = None
    tls_ca: str | None = None
    dns_servers: tuple[str, ...] = ()
    trusted_sources: tuple[str, ...] = ()
    only_trusted: bool = False
    registrations: tuple[str, ...] = field(default=(), repr=False)
    options_trunks: tuple[str, ...] = ()
    options_interval_s: int = 25


@dataclass(frozen=True, slots=True)
class Timers:
    """Every waiting time of the platform, so that a test may run short.

    A process that has sent its supervisor no heartbeat for ``stuck_ms`` is killed and started
    again; 0 never does (for a debugger).
    """

    ring_ms: int = 30_000
    lease_ms: int = 15_000
    renew_ms: int = 5_000
    reaper_ms: int = 5_000
    heartbeat_ms: int = 1_000
    stuck_ms: int = 15_000
    unknown_limit_ms: int = 180_000
    dialer_poll_ms: int = 1_000
    outbox_poll_ms: int = 1_000
    webhook_retry_ms: tuple[int, ...] = (5_000, 30_000, 120_000)
    post_call_poll_ms: int = 1_000
    post_call_lease_ms: int = 60_000
    brain_grace_ms: int = 5_000
    company_limit_ms: int = 30_000
    media_timeout_ms: int = 30_000
    accept_timeout_ms: int = 10_000
    inbound_wait_ms: int = 40_000
    put_back_ms: int = 1_000


@dataclass(frozen=True, slots=True)
class Models:
    """Which model serves where an agent names none: ``provider/model``; None: the embedded one.

    ``preload``: the embedded ones are loaded at the start, not when the first call needs them.
    """

    stt: str | None = None
    tts: str | None = None
    llm: str | None = None
    preload: bool = True


@dataclass(frozen=True, slots=True)
class CpsDefaults:
    """Calls per second of a workspace that set none, by whose numbers make them.

    ``custom`` (trunks of one's own) counts up to a twentieth of the concurrency limit.
    """

    custom: int = 1
    twilio: int = 1
    telnyx: int = 1


@dataclass(frozen=True, slots=True)
class ProviderAccess:
    """How to reach one vendor."""

    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class CarrierAccess:
    """An account with a carrier that sells numbers. What each word means is the carrier's.

    ``account`` and ``secret`` open its REST API; ``public_key`` checks its webhooks where the
    secret does not; ``application`` is what calls are made through; ``base_url`` where it is not
    the carrier's own (a simulator); ``machine_detection`` ``off`` never orders the carrier's
    answering-machine detection, for any account with it.
    """

    account: str | None = None
    secret: str | None = field(default=None, repr=False)
    public_key: str | None = None
    application: str | None = None
    base_url: str | None = None
    machine_detection: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the installation is told."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    database_url: str = field(default="", repr=False)
    log_level: str = "info"
    log_format: str = "console"
    log_personal_data: bool = False
    api_key: str | None = field(default=None, repr=False)
    webhook_url: str | None = None
    concurrency_limit: int = 20
    cors_origins: tuple[str, ...] = ()
    allow_private_targets: tuple[str, ...] = ()
    edge: EdgeSettings = EdgeSettings()
    timers: Timers = Timers()
    models: Models = Models()
    cps: CpsDefaults = CpsDefaults()
    providers: Mapping[str, ProviderAccess] = field(default_factory=dict[str, ProviderAccess])
    carriers: Mapping[str, CarrierAccess] = field(default_factory=dict[str, CarrierAccess])

    def carrier(self, name: str) -> CarrierAccess:
        """The account with a carrier; empty where there is none."""
        return self.carriers.get(name, CarrierAccess())

    def provider(self, name: str) -> ProviderAccess:
        """Access to a vendor; empty where nothing is configured."""
        return self.providers.get(name, ProviderAccess())

    @property
    def tape_dir(self) -> Path:
        return self.data_dir / "tape"

    @property
    def recordings_dir(self) -> Path:
        return self.data_dir / "recordings"

    @property
    def knowledge_dir(self) -> Path:
        return self.data_dir / "knowledge"

    @property
    def spool_dir(self) -> Path:
        """Where checkpoints wait for a database that is away."""
        return self.data_dir / "spool"


_SECTIONS = {"edge": EdgeSettings, "timers": Timers, "models": Models, "cps": CpsDefaults}
_SPECIAL = {"DATABASE_URL": "database_url"}
_VENDOR_SUFFIXES = {"_API_KEY": "api_key", "_BASE_URL": "base_url"}
_VENDORS = ("openai", "deepgram", "cartesia", "elevenlabs", "anthropic", "assemblyai")
_CARRIER_VARIABLES = {
    "TWILIO_ACCOUNT_SID": ("twilio", "account"),
    "TWILIO_AUTH_TOKEN": ("twilio", "secret"),
    "TWILIO_BASE_URL": ("twilio", "base_url"),
    "TWILIO_MACHINE_DETECTION": ("twilio", "machine_detection"),
    "TELNYX_API_KEY": ("telnyx", "secret"),
    "TELNYX_PUBLIC_KEY": ("telnyx", "public_key"),
    "TELNYX_CONNECTION_ID": ("telnyx", "application"),
    "TELNYX_BASE_URL": ("telnyx", "base_url"),
    "TELNYX_MACHINE_DETECTION": ("telnyx", "machine_detection"),
}
"""The carriers' own names of them; with ``UPONAI_`` before them they win."""
_CARRIER_NEEDS = {"twilio": ("account",), "telnyx": ("public_key", "application")}
"""What an account cannot do without, beside its secret."""
_LEVELS = ("debug", "info", "warning", "error", "critical")
_PORTS = ("sip_port", "tls_port", "control_port", "rtp_first", "rtp_last")
_LAST_PORT = 65_535
_FORMATS = ("console", "json")


def load(
    overrides: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Config:
    """Read all sources. ``overrides`` are dotted names (``edge.sip_port``). Raises ConfigError."""
    environ = os.environ if environment is None else environment
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    data_dir = Path(str(given.get("data_dir") or environ.get("UPONAI_DATA_DIR") or "./data"))
    values = _from_file(file or _config_file(environ, data_dir))
    values.update(_from_environment(environ))
    values.update({name: (value, f"option {name}") for name, value in given.items()})
    values["data_dir"] = (str(data_dir), "data directory")
    config = _build(values, _vendors(environ, values), _carriers(environ, values))
    return _completed(config)


def _config_file(environ: Mapping[str, str], data_dir: Path) -> Path | None:
    named = environ.get("UPONAI_CONFIG")
    if named:
        return Path(named)
    usual = data_dir / "uponai.toml"
    return usual if usual.is_file() else None


Found = dict[str, tuple[Any, str]]
"""Dotted name to (raw value, where it stands)."""


def _from_file(file: Path | None) -> Found:
    if file is None:
        return {}
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"configuration file {file}: {error}") from error
    found: Found = {}
    for name, value in read.items():
        if isinstance(value, dict):
            section = cast("dict[str, Any]", value)
            found.update(
                {f"{name}.{key}": (inner, f"[{name}] {key}") for key, inner in section.items()}
            )
        else:
            found[name] = (value, name)
    for name, (_, where) in found.items():
        if name not in _KINDS and not name.startswith(("providers.", "carriers.")):
            raise ConfigError(f"configuration file {file}: unknown setting {where}")
    return found


def _from_environment(environ: Mapping[str, str]) -> Found:
    found: Found = {}
    for variable, name in _SPECIAL.items():
        if environ.get(variable):
            found[name] = (environ[variable], variable)
    for name in _KINDS:
        variable = _PREFIX + name.replace(".", "_").upper()
        if environ.get(variable):
            found[name] = (environ[variable], variable)
    return found


def _vendors(environ: Mapping[str, str], values: Found) -> dict[str, ProviderAccess]:
    """``OPENAI_API_KEY``, ``UPONAI_GROQ_BASE_URL``, or ``[providers] groq = {api_key = ...}``."""
    found: dict[str, dict[str, str]] = {}
    for name in [name for name in values if name.startswith("providers.")]:
        entry, where = values.pop(name)
        if not isinstance(entry, dict):
            raise ConfigError(f"{where} must be a table with api_key and base_url")
        table = cast("dict[str, Any]", entry)
        found[name.removeprefix("providers.")] = {key: str(value) for key, value in table.items()}
    for variable, value in environ.items():
        vendor, key = _vendor_variable(variable)
        if vendor and key and value:
            found.setdefault(vendor, {})[key] = value
    access: dict[str, ProviderAccess] = {}
    for vendor, keys in found.items():
        unknown = set(keys) - {"api_key", "base_url"}
        if unknown:
            raise ConfigError(f"[providers.{vendor}] unknown setting {sorted(unknown)[0]}")
        access[vendor] = ProviderAccess(keys.get("api_key"), keys.get("base_url"))
    return access


def _carriers(environ: Mapping[str, str], values: Found) -> dict[str, CarrierAccess]:
    """``TWILIO_AUTH_TOKEN``, or ``[carriers] twilio = {account = ..., secret = ...}``."""
    found: dict[str, dict[str, str]] = {}
    known = {f.name for f in dataclasses.fields(CarrierAccess)}
    for name in [name for name in values if name.startswith("carriers.")]:
        entry, where = values.pop(name)
        if not isinstance(entry, dict) or not cast("dict[str, Any]", entry).keys() <= known:
            raise ConfigError(f"{where} must be a table of {', '.join(sorted(known))}")
        table = cast("dict[str, Any]", entry)
        found[name.removeprefix("carriers.")] = {key: str(value) for key, value in table.items()}
    for prefix in ("", _PREFIX):
        for variable, (carrier, key) in _CARRIER_VARIABLES.items():
            if environ.get(prefix + variable):
                found.setdefault(carrier, {})[key] = environ[prefix + variable]
    for name, fields in found.items():
        _check_carrier(name, fields)
    return {name: CarrierAccess(**fields) for name, fields in found.items()}


def _check_carrier(name: str, fields: Mapping[str, str]) -> None:
    words = {key: word for word, (carrier, key) in _CARRIER_VARIABLES.items() if carrier == name}
    for key in _CARRIER_NEEDS.get(name, ()):
        if fields.get("secret") and not fields.get(key):
            needed = f"[carriers.{name}] {key} (or {words[key]}) is needed"
            raise ConfigError(f"{needed} with {words['secret']}")
    if fields.get("machine_detection", "on") not in ("on", "off"):
        raise ConfigError(f'[carriers.{name}] machine_detection must be "on" or "off"')
    try:
        right = len(base64.b64decode(fields.get("public_key", ""), validate=True)) in (0, 32)
    except binascii.Error:
        right = False
    if not right:
        raise ConfigError(f"[carriers.{name}] public_key must be an Ed25519 key in base64")


def _vendor_variable(variable: str) -> tuple[str, str]:
    for suffix, key in _VENDOR_SUFFIXES.items():
        if not variable.endswith(suffix):
            continue
        vendor = variable.removesuffix(suffix)
        if vendor.startswith(_PREFIX):
            return vendor.removeprefix(_PREFIX).lower(), key
        if vendor.lower() in _VENDORS:
            return vendor.lower(), key
    return "", ""


def _kinds(kind: type[Any], prefix: str = "") -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {
        prefix + f.name: hints[f.name]
        for f in dataclasses.fields(kind)
        if f.name not in _SECTIONS and f.name not in ("providers", "carriers")
    }


_KINDS: dict[str, Any] = _kinds(Config) | {
    name: kind
    for section, cls in _SECTIONS.items()
    for name, kind in _kinds(cls, f"{section}.").items()
}
"""Every setting by dotted name, with its type."""


def _build(
    values: Found,
    providers: Mapping[str, ProviderAccess],
    carriers: Mapping[str, CarrierAccess],
) -> Config:
    parts: dict[str, dict[str, Any]] = {section: {} for section in ("", *_SECTIONS)}
    for name, (raw, where) in values.items():
        if name not in _KINDS:
            raise ConfigError(f"unknown setting {name}")
        section, _, key = name.rpartition(".")
        parts[section][key] = _converted(raw, _KINDS[name], where)
    sections: dict[str, Any] = {name: cls(**parts[name]) for name, cls in _SECTIONS.items()}
    return Config(**parts[""], **sections, providers=dict(providers), carriers=dict(carriers))


def _converted(raw: Any, kind: Any, where: str) -> Any:
    """``raw`` (TOML value or text) as ``kind``. Raises ConfigError naming ``where``."""
    if isinstance(kind, types.UnionType):
        kind = next(option for option in typing.get_args(kind) if option is not type(None))
    if typing.get_origin(kind) is tuple:
        items = cast("list[Any]", raw) if isinstance(raw, (list, tuple)) else str(raw).split(",")
        inner = typing.get_args(kind)[0]
        return tuple(_converted(_stripped(item), inner, where) for item in items if item != "")
    if kind is bool:
        return _boolean(raw, where)
    if kind is int:
        return _whole(raw, where)
    return kind(str(raw))


def _stripped(item: Any) -> Any:
    return item.strip() if isinstance(item, str) else item


def _boolean(raw: Any, where: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    known = raw if isinstance(raw, bool) else words.get(str(raw).lower())
    if known is None:
        raise ConfigError(f"{where} must be true or false, not {raw!r}")
    return known


def _whole(raw: Any, where: str) -> int:
    try:
        if isinstance(raw, (bool, float)):
            raise ValueError
        number = int(str(raw).replace("_", ""))
    except ValueError:
        raise ConfigError(f"{where} must be a whole number, not {raw!r}") from None
    if number < 0:
        raise ConfigError(f"{where} must not be negative")
    return number


def _completed(config: Config) -> Config:
    if config.log_level.lower() not in _LEVELS:
        raise ConfigError(f"log_level must be one of {', '.join(_LEVELS)}")
    if config.log_format not in _FORMATS:
        raise ConfigError(f"log_format must be one of {', '.join(_FORMATS)}")
    ports = {
        "port": config.port,
        **{name: getattr(config.edge, name) for name in _PORTS},
    }
    for name, port in ports.items():
        if port > _LAST_PORT:
            raise ConfigError(f"{name} must not be above {_LAST_PORT}")
    if config.edge.rtp_last < config.edge.rtp_first:
        raise ConfigError("edge.rtp_last must not be below edge.rtp_first")
    _check_addresses(config)
    data_dir = config.data_dir.expanduser().resolve()
    host = "127.0.0.1" if config.host in ("0.0.0.0", "::") else config.host
    return dataclasses.replace(
        config,
        data_dir=data_dir,
        public_url=(config.public_url or f"http://{host}:{config.port}").rstrip("/"),
        database_url=config.database_url or f"sqlite:///{data_dir / 'uponai.db'}",
    )


def _check_addresses(config: Config) -> None:
    _check_edge(config.edge)
    for entry in config.allow_private_targets:
        if not entry.rpartition(":")[2].isdigit():
            raise ConfigError(f"allow_private_targets must name host:port, not {entry!r}")
    if config.public_url and not _is_base_url(config.public_url):
        raise ConfigError(
            "public_url must be a URL such as https://phone.example.com, "
            f"without query or fragment, not {config.public_url!r}"
        )


def _is_base_url(text: str) -> bool:
    try:
        url = urlsplit(text)
        return (
            url.scheme in ("http", "https")
            and bool(url.hostname)
            and not (url.query or url.fragment)
        )
    except ValueError:
        return False


def unknown_variables(environment: Mapping[str, str] | None = None) -> list[str]:
    """Variables that begin as ours and that nobody reads: misspelt, most likely."""
    environ = os.environ if environment is None else environment
    known = {_PREFIX + name.replace(".", "_").upper() for name in _KINDS}
    known |= {_PREFIX + name for name in ("CONFIG", *_CARRIER_VARIABLES)}
    return sorted(
        name
        for name in environ
        if name.startswith(_PREFIX)
        and name not in known
        and not name.endswith(tuple(_VENDOR_SUFFIXES))
    )


def _check_edge(edge: EdgeSettings) -> None:
    for entry in edge.dns_servers:
        if not entry.rpartition(":")[2].isdigit():
            raise ConfigError(f"edge.dns_servers must name host:port, not {entry!r}")
    for entry in edge.trusted_sources:
        try:
            ipaddress.ip_network(entry, strict=False)
        except ValueError:
            raise ConfigError(
                f"edge.trusted_sources must name addresses or networks, not {entry!r}"
            ) from None
    for name in ("tls_cert", "tls_key", "tls_ca"):
        file = getattr(edge, name)
        if file is not None and not Path(file).expanduser().is_file():
            raise ConfigError(f"edge.{name}: there is no file {file}")
    for account in edge.registrations:
        if not account.lower().startswith(("sip:", "sips:")) or "@" not in account:
            # An account holds a password, so it is not repeated.
            raise ConfigError("edge.registrations must name sip:user:password@host")
    _check_options(edge)


def _check_options(edge: EdgeSettings) -> None:
    for trunk in edge.options_trunks:
        if not trunk.lower().startswith(("sip:", "sips:")):
            raise ConfigError(f"edge.options_trunks must name sip:host, not {trunk}")
    if not MIN_OPTIONS_S <= edge.options_interval_s <= MAX_OPTIONS_S:
        rule = f"must be {MIN_OPTIONS_S} to {MAX_OPTIONS_S} (seconds)"
        raise ConfigError(f"edge.options_interval_s {rule}, not {edge.options_interval_s}")


def load_secret_key(data_dir: Path) -> bytes:
    """The installation's key, ``DATA/secret.key`` (hex, mode 0600); made at the first start.

    Losing it makes sealed trunk passwords and recording links useless. Raises ConfigError.
    """
    path = data_dir / "secret.key"
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_bytes(SECRET_KEY_BYTES).hex())
        file.flush()
        os.fsync(file.fileno())
    return _read_key(path)


def _read_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} does not hold a key: {error}") from error
    if len(key) != SECRET_KEY_BYTES:
        raise ConfigError(f"{path} must hold {SECRET_KEY_BYTES} bytes in hex")
    return key


def forbid_telemetry() -> None:
    """Keep embedded packages from reporting to their makers. To be called before they are imported.

    onnxruntime 1.29 and later sends events and keeps a device id in ~/.cache; this variable, read
    as it is loaded, is its only complete opt-out (its Privacy.md).
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def child_environment(settings: Mapping[str, str | int]) -> dict[str, str]:
    """This process's environment with ``settings`` (dotted names) laid over it."""
    laid = {
        _PREFIX + name.replace(".", "_").upper(): str(value) for name, value in settings.items()
    }
    return {**os.environ, **laid}
