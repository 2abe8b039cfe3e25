"""What an agent's configuration wants of a transfer (retell-api.md section 6.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from uponai.flow.graph import Json, as_object
from uponai.flow.phone import NUMBER
from uponai.live.tools import as_texts

RING_MS: Final = 30_000
DETECTION_MS: Final = 30_000
AGENT_MS: Final = 30_000
TELLING_S: Final = 60.0
_KINDS: Final = ("cold_transfer", "warm_transfer", "agentic_warm_transfer")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_DIALLABLE = re.compile(r"[+0-9*#]{2,32}")
_KEYS = re.compile(r"[0-9*#w]{1,32}")
_COMMA: Final = "wwww"  # two seconds, as a modem waits at a comma


@dataclass(frozen=True, slots=True)
class Handoff:
    """What somebody is told: ``text`` as it stands, or as a task for the language model."""

    text: str
    is_prompt: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """How whoever answers is talked with, alone, before they are joined with the caller.

    ``private`` is for them, ``public`` for both once they are joined; ``menu_prompt`` says what to
    press in a phone menu. With ``agent_id`` that agent talks, and decides.
    """

    limit_s: float = TELLING_S
    detects_person: bool = False
    private: Handoff | None = None
    public: Handoff | None = None
    menu_prompt: str = ""
    agent_id: str = ""
    agent_version: int | str | None = None
    joins_late: bool = False


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """Where a caller is to go. ``option`` is the agent's own ``transfer_option``; ``mode``,
    ``music`` and ``cue`` as in ``link.media.Refer``; ``digits`` dial the ``extension``. Without
    ``talk`` who answers is joined with the caller at once.
    """

    number: str
    extension: str = ""
    digits: str = ""
    ring_timeout_ms: int = RING_MS
    shows_caller: bool = False
    mode: Literal["refer", "invite", "either"] = "either"
    music: str = ""
    cue: bool = False
    talk: Talk | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    option: Json = field(default_factory=dict[str, Any])

    def told(self) -> dict[str, Any]:
        """What webhooks say of it beside the call (retell-api.md section 4.2)."""
        destination = {"number": self.number}
        if self.extension:
            destination["extension"] = self.extension
        return {"transfer_destination": destination, "transfer_option": dict(self.option)}


def order_of(tool: Json, arguments: Mapping[str, Any], agent: Json | None = None) -> TransferOrder:
    """What a ``transfer_call`` tool or node of ``agent`` wants. Raises ValueError, saying what is
    wrong.
    """
    option = as_object(tool.get("transfer_option"))
    kind = str(option.get("type") or _KINDS[0])
    if kind not in _KINDS:
        raise ValueError(f"transfer_option.type: must be one of {', '.join(_KINDS)}")
    wanted = as_object(tool.get("transfer_destination"))
    inferred = wanted.get("type") == "inferred"
    number = str((arguments.get(NUMBER) if inferred else wanted.get("number")) or "").strip()
    extension = str(wanted.get("extension") or "").strip()
    usual_ms = _ms(agent or {}, "ring_duration_ms", RING_MS)
    return TransferOrder(
        number=_diallable(number, loose=tool.get("ignore_e164_validation") is True),
        extension=extension,
        digits=_digits(extension),
        ring_timeout_ms=int(_ms(option, "transfer_ring_duration_ms", usual_ms)),
        shows_caller=option.get("show_transferee_as_caller") is True,
        mode=_mode(option, kind, extension),
        music=str(option.get("on_hold_music") or ""),
        cue=kind != "cold_transfer" and option.get("enable_bridge_audio_cue") is not False,
        talk=_talk(option, kind),
        headers=as_texts(as_object(tool.get("custom_sip_headers"))),
        option=option,
    )


def _mode(option: Json, kind: str, extension: str) -> Literal["refer", "invite", "either"]:
    wanted = option.get("cold_transfer_mode")
    if kind != "cold_transfer" or wanted == "sip_invite":
        return "invite"
    if wanted == "sip_refer" and extension:
        rule = "can only be dialled with cold_transfer_mode sip_invite"
        raise ValueError(f"transfer_destination.extension: {rule}")
    if wanted == "sip_refer":
        return "refer"
    return "invite" if extension else "either"


def _talk(option: Json, kind: str) -> Talk | None:
    public = _handoff(option, "public_handoff_option")
    if kind == "agentic_warm_transfer":
        return _agents_talk(option, public)
    private = _handoff(option, "private_handoff_option")
    detects = option.get("opt_out_human_detection") is not True
    if kind == "cold_transfer" or not (detects or private or public):
        return None
    limit_s = _ms(option, "agent_detection_timeout_ms", DETECTION_MS) / 1000
    return Talk(
        limit_s=limit_s if detects else TELLING_S,
        detects_person=detects,
        private=private,
        public=public,
        menu_prompt=str(as_object(option.get("ivr_option")).get("prompt") or ""),
    )


def _agents_talk(option: Json, public: Handoff | None) -> Talk:
    config = as_object(option.get("agentic_transfer_config"))
    agent = as_object(config.get("transfer_agent"))
    if not agent.get("agent_id"):
        raise ValueError("agentic_transfer_config.transfer_agent: names no agent")
    return Talk(
        limit_s=_ms(config, "transfer_timeout_ms", AGENT_MS) / 1000,
        public=public,
        agent_id=str(agent["agent_id"]),
        agent_version=agent.get("agent_version"),
        joins_late=config.get("action_on_timeout") == "bridge_transfer",
    )


def _handoff(option: Json, field_name: str) -> Handoff | None:
    handoff = as_object(option.get(field_name))
    if handoff.get("type") == "prompt":
        text = str(handoff.get("prompt") or "")
    else:
        text = str(handoff.get("message") or "")
    return Handoff(text, handoff.get("type") == "prompt") if text.strip() else None


def _ms(config: Json, name: str, default: float) -> float:
    value = config.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else default


def _digits(extension: str) -> str:
    keys = re.sub(r"[\s-]", "", extension).replace(",", _COMMA)
    if keys and not _KEYS.fullmatch(keys):
        raise ValueError("transfer_destination.extension: must be some of 0-9 * # w and commas")
    return keys


def _diallable(number: str, *, loose: bool) -> str:
    if number.lower().startswith(("sip:", "sips:")):
        return number
    bare = re.sub(r"[\s().-]", "", number)
    if _E164.fullmatch(bare) or (loose and _DIALLABLE.fullmatch(bare)):
        return bare
    shown = f", got {number[:40]!r}" if number else ""
    raise ValueError(f"transfer_destination.number: must be in E.164 form or a SIP URI{shown}")
