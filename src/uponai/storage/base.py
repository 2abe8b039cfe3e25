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
from uponai.domain.limits import Admission
from uponai.domain.webhook import NewWebhook as NewWebhook
from uponai.storage.base_batches import Batch as Batch
from uponai.storage.base_batches import Batches, BatchWork
from uponai.storage.base_carriers import CarrierAccount as CarrierAccount
from uponai.storage.base_carriers import CarrierAccounts as CarrierAccounts
from uponai.storage.base_carriers import LeftNews as LeftNews
from uponai.storage.base_carriers import LineNews as LineNews
from uponai.storage.base_limits import Limits


class StorageUnavailable(Exception):
    """The database does not answer; nothing was written (or nobody knows), try again later."""


class KeySpent(Exception):
    """An idempotency key, used within the hour, whose call was deleted since."""


Tell = Callable[[Call], Sequence[NewWebhook]]


def tell_nobody(call: Call) -> Sequence[NewWebhook]:
    """For changes that no webhook speaks of."""
    del call
    return ()


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls, latest start first; a call that never started stands at its creation.

    ``before`` is an exclusive cursor, the ``listed_at`` of a call.
    """

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
    listed_ms_from: int | None = None
    listed_ms_to: int | None = None
    call_ids: tuple[str, ...] = ()
    batch_call_id: str | None = None


def listed_at(call: Call) -> tuple[int, str]:
    """Where a call stands in the lists: (ms of its start, else of its creation; call_id)."""
    return (call.created_ms if call.answered_ms is None else call.answered_ms), call.call_id


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

    async def add(
        self,
        call: Call,
        *,
        idempotency_key: str | None = None,
        admission: Admission | None = None,
    ) -> Call:
        """Write a new call; with a key used within the hour, the call it made then.

        With ``admission`` it takes the slots that this asks for in the same transaction. Raises
        OverLimit, and KeySpent when the key's call was deleted; then nothing is written, not
        even the key.
        """
        ...

    async def find(self, query: CallQuery) -> list[Call]: ...

    async def count(self, query: CallQuery) -> int: ...

    async def lease_due(self, holder: str, now_ms: int, lease_ms: int, limit: int) -> list[Call]:
        """Take queued outbound calls whose ``due_ms`` has come: state LEASED, fence + 1."""
        ...

    async def note_line(self, call_id: str, line: Mapping[str, Any]) -> None:
        """Keep what the line holder said of the line's end, without touching the state."""
        ...

    async def unheard(self, carrier: str, from_number: str, to_number: str) -> list[Call]:
        """Calls between these numbers that are dialled and of which nothing was heard yet."""
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


class Leases(Protocol):
    """What only the reaper does."""

    async def seize(self, call_id: str, holder: str, now_ms: int, lease_ms: int) -> Call | None:
        """Take a live call whose lease has expired: fence + 1, so its former holder can write
        no more. None when it ended, or its lease was renewed or seized by another meanwhile."""
        ...

    async def forget_keys(self, now_ms: int, limit: int) -> int:
        """Drop idempotency keys that have expired; how many."""
        ...


class Repeats(Protocol):
    """What was created already by a request that comes again."""

    async def keyed(self, workspace_id: str, idempotency_key: str, now_ms: int) -> Call | None:
        """The call that was made with this key within the hour. Raises KeySpent."""
        ...

    async def note_unheard(
        self, workspace_id: str, fingerprint: str, made_id: str, now_ms: int
    ) -> None:
        """The client of this request was gone before it could hear of what it made."""
        ...

    async def take_unheard(self, workspace_id: str, fingerprint: str, now_ms: int) -> str | None:
        """The id of something unheard of that such a request made lately, each given out once."""
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

    async def ask_again(self, call_id: str) -> None:
        """Owe an ended call its analysis once more; the one it has stays until then."""
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


Family = Literal[
    "agent",
    "retell_llm",
    "conversation_flow",
    "conversation_flow_component",
    "agent_root",
    "voice",
]
"""``agent_root``: what belongs to an agent as a whole (its tags); ``voice``: an added voice. Both,
and components, have the one version 0."""


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

    async def many(
        self, family: Family, workspace_id: str, ids: Collection[str]
    ) -> dict[str, Versioned]:
        """The highest version of each that exists, by id."""
        ...

    async def mentioning(self, family: Family, workspace_id: str, text: str) -> list[Versioned]:
        """Every version whose config holds ``text`` anywhere, as written in JSON."""
        ...

    async def update(
        self,
        family: Family,
        item: Versioned,
        *,
        seen_ms: int | None = None,
        even_published: bool = False,
    ) -> bool:
        """Replace config and flags of an existing version; a published one is left alone.

        With ``seen_ms`` only if nobody has changed it since it was read with that ``modified_ms``.
        """
        ...

    async def delete(self, family: Family, workspace_id: str, id: str) -> bool:
        """All versions."""
        ...

    async def delete_version(
        self, family: Family, workspace_id: str, id: str, version: int
    ) -> bool: ...


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
    """An API key as stored: only a hash, and the sealed text for the one that signs webhooks.

    ``origins`` are the web origins (``https://example.com``) that a public key may be used from.
    """

    key_id: str
    workspace_id: str
    hash: str
    role: Literal["full", "read_only", "public"] = "full"
    webhook_badge: bool = False
    sealed: str | None = None
    name: str = ""
    created_ms: int = 0
    revoked_ms: int | None = None
    origins: Sequence[str] = ()


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

    async def allows_origin(self, origin: str) -> bool:
        """Whether some valid public key may be used from there."""
        ...


@dataclass(frozen=True, slots=True)
class KnowledgeSource:
    """One source: ``details`` is {filename, file_size, media_type}, {title} or {url} by kind."""

    source_id: str
    kind: Literal["document", "text", "url"]
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """A named set of sources. ``settings`` holds chunk sizes and ``enable_auto_refresh``."""

    knowledge_base_id: str
    workspace_id: str
    name: str
    status: Literal["in_progress", "complete", "error", "refreshing_in_progress"] = "complete"
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    created_ms: int = 0
    modified_ms: int = 0
    sources: Sequence[KnowledgeSource] = ()


class KnowledgeBases(Protocol):
    """Knowledge bases; their files lie outside the database."""

    async def add(self, base: KnowledgeBase) -> None: ...

    async def get(self, knowledge_base_id: str, workspace_id: str) -> KnowledgeBase | None: ...

    async def all(self, workspace_id: str) -> list[KnowledgeBase]:
        """Newest first."""
        ...

    async def add_sources(
        self,
        base: KnowledgeBase,
        sources: Sequence[KnowledgeSource],
        now_ms: int,
        limits: Mapping[str, int],
    ) -> KnowledgeBase | None:
        """The base with them; None when it was deleted meanwhile.

        Raises ValueError (nothing written) naming a kind of which there would be more than
        ``limits`` allows.
        """
        ...

    async def delete_source(
        self, base: KnowledgeBase, source_id: str, now_ms: int
    ) -> KnowledgeBase | None:
        """The base without it; None when it has no such source."""
        ...

    async def delete(self, knowledge_base_id: str, workspace_id: str) -> bool: ...


class Opened(Protocol):
    """A database that was opened."""

    async def ping(self) -> None:
        """Raises when the database does not answer."""
        ...

    async def aclose(self) -> None: ...


class Storage(Opened, Protocol):
    """One opened database."""

    @property
    def calls(self) -> Calls: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def repeats(self) -> Repeats: ...
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
    @property
    def batches(self) -> Batches: ...
    @property
    def batch_work(self) -> BatchWork: ...
    @property
    def knowledge(self) -> KnowledgeBases: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def carrier_accounts(self) -> CarrierAccounts: ...
    @property
    def line_news(self) -> LineNews: ...
