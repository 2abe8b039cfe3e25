"""What the brain is given by ``app``: storage, models, the outgoing HTTP client, timers, hooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from uponai.domain.call import Call
from uponai.domain.errors import UserError
from uponai.domain.transcript import Entry
from uponai.flow.graph import Json
from uponai.live.assembly import Providers
from uponai.live.llm_socket import OpenSocket, no_sockets
from uponai.live.tools import FunctionCaller, McpCaller, NoMcp
from uponai.storage.base import Checkpoints, LiveCalls, Tell, tell_nobody


def nobody_watches(call_id: str, entry: Entry) -> None:
    """For brains whose conversations nobody follows as they happen."""
    del call_id, entry


async def no_signing_key(workspace_id: str) -> str | None:
    """For brains whose function calls go out unsigned."""
    del workspace_id
    return None


async def no_agents(
    workspace_id: str, agent_id: str, version: int | str | None
) -> tuple[Json, Json]:
    """For brains that know no agents but those of their calls."""
    del workspace_id, version
    raise UserError(f"there is no agent {agent_id}")


def no_transfer_told(event: str, details: Mapping[str, Any]) -> Tell:
    """For brains that deliver no webhooks."""
    del event, details
    return tell_nobody


def bare_call(call: Call) -> Mapping[str, Any]:
    """The least that a function may know of its call."""
    return {"call_id": call.call_id, "call_type": call.call_type, **call.report}


FindAgent = Callable[[str, str, int | str | None], Awaitable[tuple[Json, Json]]]
"""An agent's configuration and its response engine's by workspace, agent id and version. Raises
UserError for one that is not there, StorageUnavailable.
"""


@dataclass(frozen=True, slots=True)
class BrainServices:
    """``describe`` gives the wire's call object, ``tell_started`` and ``tell_ended`` the
    webhooks of a call's answer and end, ``tell_transfer`` those of an event of a transfer.

    ``on_entry`` hears each entry of each conversation once it is settled. ``signing_key`` is asked
    once per call for the key that signs function calls of a workspace.
    """

    calls: LiveCalls
    checkpoints: Checkpoints
    providers: Providers
    functions: FunctionCaller
    mcp: McpCaller = field(default_factory=NoMcp)
    open_socket: OpenSocket = no_sockets
    describe: Callable[[Call], Mapping[str, Any]] = bare_call
    tell_started: Tell = tell_nobody
    tell_ended: Tell = tell_nobody
    tell_transfer: Callable[[str, Mapping[str, Any]], Tell] = no_transfer_told
    signing_key: Callable[[str], Awaitable[str | None]] = no_signing_key
    find_agent: FindAgent = no_agents
    on_entry: Callable[[str, Entry], None] = nobody_watches


@dataclass(frozen=True, slots=True)
class BrainTimers:
    """``grace_s``: how long a call waits for its line after the link was lost.

    ``lease_ms`` is renewed three times within itself; ``flush_s`` bounds the wait for the last
    checkpoint; ``leave_s`` how long a refusal or hang-up may take to get out at the end.
    """

    grace_s: float = 20.0
    lease_ms: int = 15_000
    flush_s: float = 2.0
    longest_pause_s: float = 10.0
