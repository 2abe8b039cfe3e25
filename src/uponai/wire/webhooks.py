"""Which webhooks a change of a call owes, and their exact bodies (retell-api.md section 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote

from uponai.domain.call import Call
from uponai.domain.webhook import NewWebhook
from uponai.wire.agent import DEFAULT_EVENTS
from uponai.wire.call import CallView, call_json
from uponai.wire.validate import compact

Tell = Callable[[Call], Sequence[NewWebhook]]

FAILED = ("not_connected", "error")
DEFAULT_TIMEOUT_MS = 10_000


def tell_started(view: CallView) -> Tell:
    """``call_started``: the call was answered."""
    return lambda call: _events(call, view, ("call_started",), with_analysis=False)


def tell_ended(view: CallView) -> Tell:
    """``call_ended``, without analysis (trap 22), and ``call_failed`` beside it where listed.

    Also for calls that never connected (trap 21).
    """

    def tell(call: Call) -> Sequence[NewWebhook]:
        names = ("call_ended", "call_failed") if call.status in FAILED else ("call_ended",)
        return _events(call, view, names, with_analysis=False)

    return tell


def tell_analyzed(view: CallView) -> Tell:
    """``call_analyzed``: the analysis is there."""
    return lambda call: _events(call, view, ("call_analyzed",), with_analysis=True)


def tell_transfer(view: CallView, event: str, details: Mapping[str, Any]) -> Tell:
    """An event of a transfer; ``transfer_destination`` and ``transfer_option`` stand beside the
    call, the option's keys in camelCase as everywhere in this event.
    """
    beside = {**details, "transfer_option": camel(details.get("transfer_option"))}
    return lambda call: _events(call, view, (event,), with_analysis=False, beside=beside)


def camel(value: Any) -> Any:
    """JSON with the keys of its objects in camelCase."""
    if isinstance(value, Mapping):
        data = cast("Mapping[str, Any]", value)
        return {_camel_key(name): camel(item) for name, item in data.items()}
    return value


def _camel_key(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.title() for part in others)


def _events(
    call: Call,
    view: CallView,
    names: Sequence[str],
    *,
    with_analysis: bool,
    beside: Mapping[str, Any] | None = None,
) -> Sequence[NewWebhook]:
    url = webhook_url(call)
    wanted = cast("Sequence[str] | None", call.agent.get("webhook_events"))
    listened = DEFAULT_EVENTS if wanted is None else wanted
    due = [name for name in names if name in listened]
    if not url or not due:
        return ()
    record = call_json(call, view, with_analysis=with_analysis)
    timeout_ms = int(call.agent.get("webhook_timeout_ms") or DEFAULT_TIMEOUT_MS)
    return [
        NewWebhook(
            name, url, compact({"event": name, "call": record, **(beside or {})}), timeout_ms
        )
        for name in due
    ]


def webhook_url(call: Call) -> str | None:
    """The agent's address, dynamic variables put in; the snapshot has the workspace's else."""
    url = call.agent.get("webhook_url")
    if not isinstance(url, str) or not url:
        return None
    for name, value in _variables(call).items():
        url = url.replace("{{" + name + "}}", quote(value, safe=""))
        url = url.replace("{{ " + name + " }}", quote(value, safe=""))
    return url


def _variables(call: Call) -> dict[str, str]:
    system = {
        "call_id": call.call_id,
        "call_type": call.call_type,
        "direction": call.direction,
        "agent_number": call.from_number if call.direction == "outbound" else call.to_number,
        "user_number": call.to_number if call.direction == "outbound" else call.from_number,
    }
    defaults = cast("Mapping[str, Any]", call.engine.get("default_dynamic_variables") or {})
    given = cast("Mapping[str, Any]", call.request.get("retell_llm_dynamic_variables") or {})
    return {name: str(value) for name, value in {**system, **defaults, **given}.items()}
