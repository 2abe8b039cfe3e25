"""What the rest of the platform asks of storage: a small protocol per aggregate.

Every change of a call is compare-and-set in one transaction; a webhook that tells of the change is
a row of the same transaction (``tell`` computes it from the call as it is after the change).
Times are ms since the epoch and come from the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from uponai.domain.call import Call, CallChange, Checkpoint
from uponai.domain.ending import Ending
from uponai.domain.webhook import NewWebhook as NewWebhook


class StorageUnavailable(Exception):
    """The database does not answer; nothing was written (or nobody knows), try again later."""


Tell = Callable[[Call], Sequence[NewWebhook]]


def tell_nobody(call: Call) -> Sequence[NewWebhook]:
    """For changes that no webhook speaks of."""
    del call
    return ()


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls, newest first. ``before`` is an exclusive cursor (created_ms, call_id)."""

    workspace_id: str
    limit: int = 50
    ascending: bool = False
    before: tuple[int, str] | None = None
    skip: int = 0
    statuses: tuple[str, ...] = ()
    agent_ids: tuple[str, ...] = ()
    from_number: str | None = None
    to_number: str | None = None
    direction: str | None = None
    start_ms_from: int | None = None
    start_ms_to: int | None = None


class LiveCalls(Protocol):
    """The calls, as far as who converses needs them."""

    async def get(self, call_id: str, workspace_id: str | None = None) -> Call | None: ...

    async def take_over(
        self, call_id: str, holder: str, fence: int, now_ms: int, lease_ms: int
    ) -> Call | None:
        """Become the holder with the same fence (brain at link start). None: stale or ended."""
        ...

    async def renew(
        self, call_ids: Sequence[str], holder: str, now_ms: int, lease_ms: int
    ) -> set[str]:
        """Prolong leases; the ids still held."""
        ...

    async def end(
        self,
        call_id: str,
        fence: int | None,
        ending: Ending,
        fields: Mapping[str, Any],
        tell: Tell = tell_nobody,
    ) -> Call | None:
        """Write the ending (``ended_ms`` and the like in ``fields``) and the post-call row.

        The first one wins; later ones get None. ``fence`` None skips the fence check (reaper).
        """
        ...


class Calls(LiveCalls, Protocol):
    """The calls."""

    async def add(self, call: Call, *, idempotency_key: str | None = None) -> Call:
        """Write a new call; with a key used within the hour, the call it made then."""
        ...

    async def find(self, query: CallQuery) -> list[Call]: ...

    async def count(self, query: CallQuery) -> int: ...

    async def lease_due(self, holder: str, now_ms: int, lease_ms: int, limit: int) -> list[Call]:
        """Take queued outbound calls whose ``due_ms`` has come: state LEASED, fence + 1."""
        ...

    async def change(
        self,
        call_id: str,
        fence: int,
        change: CallChange,
        fields: Mapping[str, Any],
        tell: Tell = tell_nobody,
    ) -> Call | None:
        """Apply ``change`` and set ``fields`` (names of Call) if state and fence allow it.

        The call after it, or None when the table or the fence refuses (nothing written).
        """
        ...

    async def note_line(self, call_id: str, line: Mapping[str, Any]) -> None:
        """Keep what the line holder said of the line's end, without touching the state."""
        ...

    async def abandoned(self, now_ms: int, limit: int) -> list[Call]:
        """Calls that are not ended, past QUEUED, and whose lease has expired."""
        ...

    async def update_details(
        self, workspace_id: str, call_id: str, fields: Mapping[str, Any]
    ) -> Call | None:
        """Set ``request``/``agent``-level details that are no change of state (update-call)."""
        ...

    async def delete(self, workspace_id: str, call_id: str) -> bool: ...

    async def active_count(self, workspace_id: str) -> int: ...


class Leases(Protocol):
    """What only the reaper does."""

    async def seize(self, call_id: str, holder: str, now_ms: int, lease_ms: int) -> Call | None:
        """Take a live call whose lease has expired: fence + 1, so its former holder can write
        no more. None when it ended, or its lease was renewed or seized by another meanwhile."""
        ...

    async def forget_keys(self, now_ms: int, limit: int) -> int:
        """Drop idempotency keys that have expired; how many."""
        ...


class Checkpoints(Protocol):
    """Where live conversations stand: one row per call, the newest turn wins."""

    async def save(self, checkpoint: Checkpoint) -> bool:
        """False when the fence is stale or the call has ended (nothing written)."""
        ...

    async def last(self, call_id: str) -> Checkpoint | None: ...


@dataclass(frozen=True, slots=True)
class PostCall:
    """Work owed to an ended call. ``attempts`` counts the one that this claim begins."""

    call_id: str
    attempts: int


class PostCalls(Protocol):
    """The queue of ended calls whose recording and analysis are not finished."""

    async def claim(
        self, holder: str, now_ms: int, lease_ms: int, limit: int
    ) -> list[PostCall]: ...

    async def finish(
        self, call_id: str, analysis: Mapping[str, Any], fields: Mapping[str, Any], tell: Tell
    ) -> Call | None:
        """Write the analysis (once) and its webhook; removes the row."""
        ...

    async def put_back(self, call_id: str, due_ms: int, error: str) -> None: ...


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One webhook that is due. ``attempts`` counts the one that this claim begins; ``endpoint`` is
    scheme, host and port of the URL."""

    id: int
    workspace_id: str
    call_id: str
    event: str
    url: str
    body: str
    timeout_ms: int
    attempts: int
    endpoint: str = ""


class Outbox(Protocol):
    """Webhooks to deliver: claimed by workers, at least once, gone when delivered or given up."""

    async def claim(
        self,
        holder: str,
        now_ms: int,
        lease_ms: int,
        limit: int,
        *,
        busy: Collection[str] = (),
    ) -> list[OutboxRow]:
        """Rows that are due, in order, for ``lease_ms`` on top of their own time-out; none whose
        endpoint is ``busy``."""
        ...

    async def delivered(self, row_id: int, now_ms: int, status: int) -> None: ...

    async def put_back(self, row_id: int, due_ms: int, error: str) -> None: ...

    async def give_up(self, row_id: int, now_ms: int, error: str) -> None: ...

    async def next_due_ms(self) -> int | None: ...


Family = Literal["agent", "retell_llm", "conversation_flow"]


@dataclass(frozen=True, slots=True)
class Versioned:
    """One version of an agent, LLM or flow; ``config`` is the wire object without id/version."""

    id: str
    workspace_id: str
    version: int
    config: Mapping[str, Any]
    is_published: bool = False
    base_version: int | None = None
    created_ms: int = 0
    modified_ms: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Configs(Protocol):
    """Agents, Retell LLMs and conversation flows: versioned JSON objects."""

    async def add(self, family: Family, item: Versioned) -> None: ...

    async def get(
        self, family: Family, workspace_id: str, id: str, version: int | None = None
    ) -> Versioned | None:
        """That version, or the highest."""
        ...

    async def versions(self, family: Family, workspace_id: str, id: str) -> list[Versioned]:
        """All versions, highest first."""
        ...

    async def latest(
        self,
        family: Family,
        workspace_id: str,
        limit: int,
        *,
        ascending: bool = False,
        after: tuple[int, str] | None = None,
    ) -> list[Versioned]:
        """The highest version of each object, by (modified_ms, id), newest first; exclusive."""
        ...

    async def update(self, family: Family, item: Versioned) -> bool:
        """Replace config and flags of an existing version."""
        ...

    async def delete(self, family: Family, workspace_id: str, id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number of a workspace. ``config`` is the wire object; ``trunk_password`` is sealed."""

    phone_number: str
    workspace_id: str
    carrier: str
    config: Mapping[str, Any]
    trunk_password: str | None = None
    modified_ms: int = 0


class Numbers(Protocol):
    """Phone numbers; unique over the whole installation."""

    async def add(self, number: PhoneNumber) -> bool:
        """False when the number exists already."""
        ...

    async def get(
        self, phone_number: str, workspace_id: str | None = None
    ) -> PhoneNumber | None: ...

    async def page(
        self,
        workspace_id: str,
        limit: int,
        *,
        ascending: bool = False,
        after: tuple[int, str] | None = None,
    ) -> list[PhoneNumber]: ...

    async def update(self, number: PhoneNumber) -> bool: ...

    async def delete(self, workspace_id: str, phone_number: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Workspace:
    """A tenant. ``webhook_url`` is the account-level one; ``settings`` limits and the like."""

    workspace_id: str
    name: str
    webhook_url: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key as stored: only a hash, and the sealed text for the one that signs webhooks."""

    key_id: str
    workspace_id: str
    hash: str
    role: Literal["full", "read_only", "public"] = "full"
    webhook_badge: bool = False
    sealed: str | None = None
    name: str = ""
    created_ms: int = 0
    revoked_ms: int | None = None


class Accounts(Protocol):
    """Workspaces and their keys."""

    async def add_workspace(self, workspace: Workspace) -> None: ...

    async def workspace(self, workspace_id: str) -> Workspace | None: ...

    async def workspaces(self) -> list[Workspace]: ...

    async def update_workspace(self, workspace: Workspace) -> bool: ...

    async def add_key(self, key: ApiKey) -> None: ...

    async def key_by_hash(self, hash: str) -> ApiKey | None: ...

    async def keys(self, workspace_id: str) -> list[ApiKey]: ...

    async def signing_key(self, workspace_id: str) -> ApiKey | None:
        """The key with the webhook badge."""
        ...

    async def revoke_key(self, workspace_id: str, key_id: str, now_ms: int) -> bool: ...


class Storage(Protocol):
    """One opened database."""

    @property
    def calls(self) -> Calls: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def checkpoints(self) -> Checkpoints: ...
    @property
    def post_calls(self) -> PostCalls: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def configs(self) -> Configs: ...
    @property
    def numbers(self) -> Numbers: ...
    @property
    def accounts(self) -> Accounts: ...

    async def ping(self) -> None:
        """Raises when the database does not answer."""
        ...

    async def aclose(self) -> None: ...
