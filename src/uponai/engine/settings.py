"""What an agent's configuration means for turn-taking (retell-api.md sections 2.5, 6.1, 6.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

Speaker = Literal["agent", "user"]
Direction = Literal["inbound", "outbound"]
VoicemailAction = Literal["hangup", "static_text", "prompt"]


@dataclass(frozen=True, slots=True)
class Lines:
    """What is said when nobody else has words."""

    repeat: str = "Sorry, could you say that again?"
    not_caught: str = "Sorry, I didn't catch that."
    moment: str = "One moment, please."
    still_there: str = "Are you still there?"
    hello: str = "Hello, can you hear me?"
    trouble: str = "I'm sorry, I'm having technical difficulties. Please call again later. Goodbye."


@dataclass(frozen=True, slots=True)
class Timing:
    """Waits and limits, in seconds.

    ``agree_s`` to ``unfinished_denied_s`` are the silences that end a turn, by what the words and
    the end-of-turn model say; they come from measurements on telephone audio, where no detector
    alone could be trusted.
    """

    agree_s: float = 0.5
    text_only_s: float = 0.7
    doubt_s: float = 1.0
    deny_s: float = 1.2
    unfinished_s: float = 1.4
    unfinished_denied_s: float = 1.6
    text_wait_s: float = 3.0
    barge_in_s: float = 0.25
    greeting_barge_in_s: float = 0.8
    filler_s: float = 4.0
    reply_s: float = 12.0
    tool_filler_s: float = 6.0
    tool_s: float = 150.0
    speech_start_s: float = 10.0
    speech_slack_s: float = 6.0
    stop_s: float = 1.0
    leave_s: float = 3.0
    transfer_watch_s: float = 95.0
    last_words_s: float = 5.0


@dataclass(frozen=True, slots=True)
class DigitOptions:
    """When pressed digits become a turn."""

    digit_limit: int | None = None
    termination_key: str | None = None
    timeout_ms: int = 2_500


@dataclass(frozen=True, slots=True)
class VoicemailOption:
    """What to do about an answering machine; ``text`` is the message or the prompt for it."""

    action: VoicemailAction
    text: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the engine wants to know about an agent. Build it with ``from_config``."""

    direction: Direction = "outbound"
    start_speaker: Speaker = "agent"
    begin_message: str | None = None
    begin_message_delay_ms: int = 0
    begin_after_user_silence_ms: int | None = None
    responsiveness: float = 1.0
    interruption_sensitivity: float = 1.0
    enable_backchannel: bool = False
    backchannel_frequency: float = 0.8
    backchannel_words: tuple[str, ...] = ()
    reminder_trigger_ms: int = 10_000
    reminder_max_count: int = 1
    end_call_after_silence_ms: int = 600_000
    max_call_duration_ms: int = 3_600_000
    voicemail: VoicemailOption | None = None
    ivr_hangup: bool = False
    allow_user_dtmf: bool = True
    allow_dtmf_interruption: bool = False
    digits: DigitOptions = field(default_factory=DigitOptions)
    max_failures: int = 3
    lines: Lines = field(default_factory=Lines)
    timing: Timing = field(default_factory=Timing)


def _unchanged(text: str) -> str:
    return text


def from_config(
    agent: Mapping[str, Any],
    engine: Mapping[str, Any],
    *,
    direction: Direction = "outbound",
    substitute: Callable[[str], str] = _unchanged,
) -> Settings:
    """Settings from the wire's agent and response-engine objects (overrides applied already).

    Absent and null fields take the documented default. ``substitute`` fills dynamic variables
    into texts that are spoken. Values are taken as validated; a wrong type falls to the default.
    """
    begin = engine.get("begin_message")
    return Settings(
        direction=direction,
        start_speaker="user" if engine.get("start_speaker") == "user" else "agent",
        begin_message=substitute(begin) if isinstance(begin, str) else None,
        begin_message_delay_ms=_int(agent, "begin_message_delay_ms", 0),
        begin_after_user_silence_ms=_maybe_int(engine, "begin_after_user_silence_ms"),
        responsiveness=_unit(agent, "responsiveness", 1.0),
        interruption_sensitivity=_unit(agent, "interruption_sensitivity", 1.0),
        enable_backchannel=agent.get("enable_backchannel") is True,
        backchannel_frequency=_unit(agent, "backchannel_frequency", 0.8),
        backchannel_words=_texts(agent.get("backchannel_words")),
        reminder_trigger_ms=_int(agent, "reminder_trigger_ms", 10_000),
        reminder_max_count=_int(agent, "reminder_max_count", 1),
        end_call_after_silence_ms=_int(agent, "end_call_after_silence_ms", 600_000),
        max_call_duration_ms=_int(agent, "max_call_duration_ms", 3_600_000),
        voicemail=_voicemail(agent.get("voicemail_option"), substitute),
        ivr_hangup=_action(agent.get("ivr_option")).get("type") == "hangup",
        allow_user_dtmf=agent.get("allow_user_dtmf") is not False,
        allow_dtmf_interruption=agent.get("allow_dtmf_interruption") is True,
        digits=_digits(agent.get("user_dtmf_options")),
    )


def tuned(settings: Settings, change: Mapping[str, Any]) -> Settings:
    """With what may change in mid-call (section 6.4 ``update_agent``); the rest stays."""
    return replace(
        settings,
        responsiveness=_unit(change, "responsiveness", settings.responsiveness),
        interruption_sensitivity=_unit(
            change, "interruption_sensitivity", settings.interruption_sensitivity
        ),
        reminder_trigger_ms=_int(change, "reminder_trigger_ms", settings.reminder_trigger_ms),
        reminder_max_count=_int(change, "reminder_max_count", settings.reminder_max_count),
    )


def _maybe_int(config: Mapping[str, Any], key: str) -> int | None:
    value = config.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value)


def _int(config: Mapping[str, Any], key: str, default: int) -> int:
    value = _maybe_int(config, key)
    return default if value is None or value < 0 else value


def _unit(config: Mapping[str, Any], key: str, default: float) -> float:
    value = config.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return min(1.0, max(0.0, float(value)))


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(text for text in cast(list[Any], value) if isinstance(text, str))


def _object(value: Any) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}


def _action(option: Any) -> Mapping[str, Any]:
    return _object(_object(option).get("action"))


def _voicemail(option: Any, substitute: Callable[[str], str]) -> VoicemailOption | None:
    action = _action(option)
    text = action.get("text")
    spoken = substitute(text) if isinstance(text, str) else ""
    match action.get("type"):
        case "hangup" | "bridge_transfer":
            return VoicemailOption("hangup")
        case "static_text" if spoken.strip():
            return VoicemailOption("static_text", spoken)
        case "prompt":
            return VoicemailOption("prompt", spoken)
        case _:
            return VoicemailOption("hangup") if action else None


def _digits(option: Any) -> DigitOptions:
    config = _object(option)
    key = config.get("termination_key")
    limit = _maybe_int(config, "digit_limit")
    return DigitOptions(
        digit_limit=limit if limit is not None and limit > 0 else None,
        termination_key=key if isinstance(key, str) and len(key) == 1 else None,
        timeout_ms=_int(config, "timeout_ms", DigitOptions().timeout_ms),
    )
