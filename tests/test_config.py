"""Where settings come from, and what is said about bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from uponai.config import ConfigError, load, load_secret_key, unknown_variables
from uponai.seal import Seal, SealBroken, derive


def test_defaults(tmp_path: Path) -> None:
    config = load({"data_dir": tmp_path}, environment={})
    assert config.public_url == "http://127.0.0.1:8080"
    assert config.database_url == f"sqlite:///{tmp_path}/uponai.db"
    assert config.recordings_dir == tmp_path / "recordings"
    assert config.provider("openai").api_key is None


def test_later_sources_win(tmp_path: Path) -> None:
    file = tmp_path / "uponai.toml"
    file.write_text(
        'port = 1\nlog_format = "json"\nallow_private_targets = ["127.0.0.1:9"]\n'
        "[edge]\nsip_port = 2\nrtp_first = 10000\n"
        "[timers]\nwebhook_retry_ms = [1, 2]\n"
        '[providers]\ngroq = { api_key = "file", base_url = "https://g.example" }\n'
    )
    environment = {
        "UPONAI_DATA_DIR": str(tmp_path),
        "UPONAI_EDGE_SIP_PORT": "3",
        "UPONAI_RECORD": "ignored",
        "DATABASE_URL": "postgresql://u:p@h/d",
        "UPONAI_GROQ_API_KEY": "environment",
        "OPENAI_BASE_URL": "http://127.0.0.1:11434/v1",
        "UPONAI_API_KEY": "key_mine",
    }
    config = load({"port": 4}, environment=environment)
    assert (config.port, config.edge.sip_port, config.edge.rtp_first) == (4, 3, 10_000)
    assert config.timers.webhook_retry_ms == (1, 2)
    assert config.log_format == "json"
    assert config.allow_private_targets == ("127.0.0.1:9",)
    assert config.database_url == "postgresql://u:p@h/d"
    assert config.provider("groq").api_key == "environment"
    assert config.provider("groq").base_url == "https://g.example"
    assert config.provider("openai").base_url == "http://127.0.0.1:11434/v1"
    assert config.api_key == "key_mine"


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    config = load(
        {"data_dir": tmp_path, "edge.control_token": "tok-en"},
        environment={"UPONAI_API_KEY": "key_s3", "OPENAI_API_KEY": "sk-s3"},
    )
    for secret in ("key_s3", "sk-s3", "tok-en"):
        assert secret not in repr(config)


@pytest.mark.parametrize(
    ("environment", "text"),
    [
        ({"UPONAI_PORT": "eighty"}, "UPONAI_PORT must be a whole number, not 'eighty'"),
        ({"UPONAI_PORT": "-1"}, "UPONAI_PORT must not be negative"),
        ({"UPONAI_LOG_PERSONAL_DATA": "maybe"}, "must be true or false"),
        ({"UPONAI_LOG_LEVEL": "loud"}, "log_level must be one of"),
        ({"UPONAI_ALLOW_PRIVATE_TARGETS": "localhost"}, "must name host:port"),
        ({"UPONAI_PUBLIC_URL": "phone.example.com"}, "public_url must be a URL such as"),
        ({"UPONAI_PUBLIC_URL": "https://x.example/?a=1"}, "without query"),
        ({"UPONAI_CONFIG": "/nowhere.toml"}, "configuration file /nowhere.toml"),
    ],
)
def test_bad_settings_are_named(environment: dict[str, str], text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=text):
        load({"data_dir": tmp_path}, environment=environment)


def test_misspelt_variables_are_found() -> None:
    environment = {
        "UPONAI_PORT": "1",
        "UPONAI_CONFIG": "c",
        "UPONAI_TIMERS_LEASE_MS": "1",
        "UPONAI_GROQ_API_KEY": "k",
        "UPONAI_BASE_URL": "https://x.example",
        "UPONAI_TWILIO_AUTH_TOKEN": "t",
        "UPONAI_TIMER_LEASE_MS": "1",
        "OTHER": "x",
    }
    assert unknown_variables(environment) == ["UPONAI_TIMER_LEASE_MS"]


@pytest.mark.parametrize("content", ["colour = 1", "[edge]\nsip_prot = 1", "= x"])
def test_bad_files_are_named(content: str, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(content)
    with pytest.raises(ConfigError, match=r"c\.toml"):
        load({"data_dir": tmp_path}, environment={}, file=file)


def test_the_secret_key_is_made_once_and_readable_by_us_only(tmp_path: Path) -> None:
    key = load_secret_key(tmp_path / "new")
    path = tmp_path / "new" / "secret.key"
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert load_secret_key(tmp_path / "new") == key
    path.write_text("abc")
    with pytest.raises(ConfigError, match=r"secret\.key"):
        load_secret_key(tmp_path / "new")


def test_sealed_text_opens_with_its_key_and_purpose_only() -> None:
    seal = Seal(b"k" * 32, "trunk")
    sealed = seal.seal("pässword")
    assert "ssword" not in sealed
    assert seal.unseal(sealed) == "pässword"
    assert seal.seal("pässword") != sealed
    others = [Seal(b"j" * 32, "trunk"), Seal(b"k" * 32, "webhook key")]
    for other, text in [*((other, sealed) for other in others), (seal, "x"), (seal, "v1.AA")]:
        with pytest.raises(SealBroken):
            other.unseal(text)
    assert derive(b"k" * 32, "a") != derive(b"k" * 32, "b")


def test_accounts_with_carriers_come_from_their_own_names_or_the_file(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[carriers]\ntwilio = {account = "AC0", secret = "s0"}\n')
    environment = {"TWILIO_AUTH_TOKEN": "s1", "UPONAI_TWILIO_BASE_URL": "http://sim"}
    found = load({"data_dir": tmp_path}, environment=environment, file=file).carrier("twilio")
    assert (found.account, found.secret, found.base_url) == ("AC0", "s1", "http://sim")
    assert "s1" not in repr(found)
    assert load({"data_dir": tmp_path}, environment={}).carrier("twilio").secret is None
    never = load({"data_dir": tmp_path}, environment={"TWILIO_MACHINE_DETECTION": "off"})
    assert never.carrier("twilio").machine_detection == "off"
    file.write_text("[carriers]\ntwilio = {sid = 1}\n")
    with pytest.raises(ConfigError, match="must be a table of account, application"):
        load({"data_dir": tmp_path}, environment={}, file=file)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"TELNYX_API_KEY": "k"}, r"\[carriers.telnyx\] public_key \(or TELNYX_PUBLIC_KEY\)"),
        ({"TELNYX_API_KEY": "k", "TELNYX_PUBLIC_KEY": "A" * 43 + "="}, "TELNYX_CONNECTION_ID"),
        ({"TELNYX_PUBLIC_KEY": "no key"}, "public_key must be an Ed25519 key in base64"),
        ({"TELNYX_PUBLIC_KEY": "QUJD"}, "public_key must be an Ed25519 key in base64"),
        ({"TWILIO_AUTH_TOKEN": "t"}, "TWILIO_ACCOUNT_SID"),
        ({"TWILIO_MACHINE_DETECTION": "no"}, r'machine_detection must be "on" or "off"'),
    ],
)
def test_what_an_account_with_a_carrier_lacks_is_named(
    given: dict[str, str], missing: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=missing):
        load({"data_dir": tmp_path}, environment=given)


@pytest.mark.parametrize("name", ["port", "edge.sip_port", "edge.rtp_last"])
def test_a_port_that_cannot_be_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=name.rpartition(".")[2] + " must not be above 65535"):
        load({"data_dir": tmp_path, name: 70_000}, environment={})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TLS_CERT", "/nowhere/cert.pem", "edge.tls_cert"),
        ("TRUSTED_SOURCES", "192.0.2.0/24,here", "'here'"),
        ("DNS_SERVERS", "192.0.2.53", "edge.dns_servers"),
        ("REGISTRATIONS", "alice:secret", "edge.registrations"),
        ("OPTIONS_TRUNKS", "trunk.example", "edge.options_trunks"),
        ("OPTIONS_INTERVAL_S", "1", "edge.options_interval_s"),
    ],
)
def test_what_the_edge_cannot_use_is_refused_before_it_starts(tmp_path, name, value, said):
    with pytest.raises(ConfigError, match=said) as refused:
        load({"data_dir": str(tmp_path)}, environment={f"UPONAI_EDGE_{name}": value})
    assert "secret" not in str(refused.value)
