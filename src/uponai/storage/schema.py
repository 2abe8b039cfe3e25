"""The tables, one schema for SQLite and PostgreSQL.

Times are ms since the epoch. JSON is kept as text (``json`` on PostgreSQL, not ``jsonb``), so that
objects come back with their keys in the order in which they were given. The conditions of the
partial indexes are shared with the queries that must use them.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

_Json = sa.JSON(none_as_null=True)
_Ms = sa.BigInteger

# SQLite numbers rows by itself only for a column declared INTEGER.
_Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Written out, never bound: a planner uses a partial index only when it can see the condition.
IS_QUEUED = "state = 'queued'"
IS_LIVE = "state NOT IN ('queued', 'ended')"
IS_PENDING = "done_ms IS NULL"
IS_WAITING = "state = 'waiting'"
IS_CALLING = "state = 'calling'"
IS_OVER = "state = 'over'"
IS_OPEN = "closed_ms IS NULL"
IN_BATCH = "batch_call_id IS NOT NULL"
# The place of a call in its lists: by its start, or by its creation while it has none.
LISTED_MS = "coalesce(answered_ms, created_ms)"
IS_BADGE = "webhook_badge AND revoked_ms IS NULL"


def _partial(
    name: str, *columns: str | sa.TextClause, where: str, unique: bool = False
) -> sa.Index:
    condition = sa.text(where)
    return sa.Index(
        name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )


workspaces = sa.Table(
    "workspaces",
    metadata,
    sa.Column("workspace_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("webhook_url", sa.Text),
    sa.Column("settings", _Json, nullable=False),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column(
        "workspace_id",
        sa.Text,
        sa.ForeignKey("workspaces.workspace_id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("webhook_badge", sa.Boolean, nullable=False),
    sa.Column("sealed", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_ms", _Ms, nullable=False),
    sa.Column("revoked_ms", _Ms),
    sa.Column("origins", _Json),
    sa.Index("ix_api_keys_workspace_id", "workspace_id"),
    _partial("uq_api_keys_badge", "workspace_id", where=IS_BADGE, unique=True),
)

configs = sa.Table(
    "configs",
    metadata,
    sa.Column("family", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("workspace_id", sa.Text, nullable=False),
    sa.Column("config", _Json, nullable=False),
    sa.Column("is_published", sa.Boolean, nullable=False),
    sa.Column("base_version", sa.Integer),
    sa.Column("created_ms", _Ms, nullable=False),
    sa.Column("modified_ms", _Ms, nullable=False),
    sa.Column("extra", _Json, nullable=False),
    sa.Index("ix_configs_newest", "workspace_id", "family", "modified_ms", "id"),
)

phone_numbers = sa.Table(
    "phone_numbers",
    metadata,
    sa.Column("phone_number", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, nullable=False),
    sa.Column("carrier", sa.Text, nullable=False),
    sa.Column("config", _Json, nullable=False),
    sa.Column("trunk_password", sa.Text),
    sa.Column("modified_ms", _Ms, nullable=False),
    sa.Index("ix_phone_numbers_newest", "workspace_id", "modified_ms", "phone_number"),
)

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("call_id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("from_number", sa.Text, nullable=False),
    sa.Column("to_number", sa.Text, nullable=False),
    sa.Column("agent_id", sa.Text, nullable=False),
    sa.Column("agent_version", sa.Integer, nullable=False),
    sa.Column("created_ms", _Ms, nullable=False),
    sa.Column("call_type", sa.Text, nullable=False),
    sa.Column("carrier", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("fence", _Ms, nullable=False),
    sa.Column("lease_holder", sa.Text),
    sa.Column("lease_until_ms", _Ms, nullable=False),
    sa.Column("due_ms", _Ms, nullable=False),
    sa.Column("answered_ms", _Ms),
    sa.Column("ended_ms", _Ms),
    sa.Column("duration_ms", _Ms),
    sa.Column("ending_reason", sa.Text),
    sa.Column("ending_detail", sa.Text),
    sa.Column("ending_sip_code", sa.Integer),
    sa.Column("request", _Json, nullable=False),
    sa.Column("agent", _Json, nullable=False),
    sa.Column("engine", _Json, nullable=False),
    sa.Column("report", _Json, nullable=False),
    sa.Column("analysis", _Json),
    sa.Column("line", _Json, nullable=False),
    sa.Column("batch_call_id", sa.Text),
    sa.Column("batch_task", sa.Integer),
    sa.Index("ix_calls_listed", "workspace_id", sa.text(LISTED_MS), "call_id"),
    _partial("ix_calls_due", "due_ms", "created_ms", where=IS_QUEUED),
    _partial("ix_calls_lease", "lease_until_ms", where=IS_LIVE),
    _partial("ix_calls_live", "workspace_id", where=IS_LIVE),
    _partial("ix_calls_of_batch", "batch_call_id", sa.text(LISTED_MS), "call_id", where=IN_BATCH),
)


def _call_id(*, primary_key: bool = False) -> sa.Column[str]:
    reference = sa.ForeignKey("calls.call_id", ondelete="CASCADE")
    return sa.Column("call_id", sa.Text, reference, primary_key=primary_key, nullable=False)


idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("workspace_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("call_id", sa.Text, nullable=False),
    sa.Column("created_ms", _Ms, nullable=False),
    sa.Index("ix_idempotency_keys_created_ms", "created_ms"),
)

unheard = sa.Table(
    "unheard",
    metadata,
    sa.Column("made_id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("created_ms", _Ms, nullable=False),
    sa.Index("ix_unheard_fingerprint", "workspace_id", "fingerprint", "created_ms"),
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    _call_id(primary_key=True),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("fence", _Ms, nullable=False),
    sa.Column("at_ms", _Ms, nullable=False),
    sa.Column("state", _Json, nullable=False),
)

# In both queues ``due_ms`` is also the lease: a claim moves it to when the claim runs out, so a
# row whose worker died comes back by itself.
post_calls = sa.Table(
    "post_calls",
    metadata,
    _call_id(primary_key=True),
    sa.Column("due_ms", _Ms, nullable=False),
    sa.Column("holder", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.Index("ix_post_calls_due_ms", "due_ms"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("workspace_id", sa.Text, nullable=False),
    _call_id(),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("endpoint", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("timeout_ms", sa.Integer, nullable=False),
    sa.Column("due_ms", _Ms, nullable=False),
    sa.Column("holder", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("http_status", sa.Integer),
    sa.Column("error", sa.Text),
    sa.Column("done_ms", _Ms),
    sa.Index("ix_outbox_call_id", "call_id"),
    _partial("ix_outbox_due", "due_ms", "id", where=IS_PENDING),
    # An id is never used again: a worker may report on a row that is gone.
    sqlite_autoincrement=True,
)

batch_calls = sa.Table(
    "batch_calls",
    metadata,
    sa.Column("batch_call_id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("from_number", sa.Text, nullable=False),
    sa.Column("trigger_ms", _Ms, nullable=False),
    sa.Column("settings", _Json, nullable=False),
    sa.Column("task_count", sa.Integer, nullable=False),
    sa.Column("created_ms", _Ms, nullable=False),
    sa.Column("opened_ms", _Ms),
    sa.Column("paused_ms", _Ms),
    sa.Column("cancelled_ms", _Ms),
    sa.Column("closed_ms", _Ms),
    sa.Index("ix_batch_calls_newest", "workspace_id", "created_ms", "batch_call_id"),
    _partial("ix_batch_calls_open", "created_ms", "batch_call_id", where=IS_OPEN),
)

batch_tasks = sa.Table(
    "batch_tasks",
    metadata,
    sa.Column(
        "batch_call_id",
        sa.Text,
        sa.ForeignKey("batch_calls.batch_call_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("request", _Json, nullable=False),
    sa.Column("call_id", sa.Text),
    sa.Column("state", sa.Text, nullable=False, server_default="done"),
    sa.Column("due_ms", _Ms, nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reason", sa.Text),
    sa.Column("answered", sa.Boolean, nullable=False, server_default=sa.false()),
    _partial("ix_batch_tasks_due", "batch_call_id", "due_ms", "position", where=IS_WAITING),
    _partial("ix_batch_tasks_calling", "batch_call_id", where=IS_CALLING),
    _partial("ix_batch_tasks_over", "batch_call_id", "position", where=IS_OVER),
)

knowledge_bases = sa.Table(
    "knowledge_bases",
    metadata,
    sa.Column("knowledge_base_id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("settings", _Json, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("created_ms", _Ms, nullable=False),
    sa.Column("modified_ms", _Ms, nullable=False),
    sa.Index("ix_knowledge_bases_newest", "workspace_id", "created_ms", "knowledge_base_id"),
)

knowledge_sources = sa.Table(
    "knowledge_sources",
    metadata,
    sa.Column("source_id", sa.Text, primary_key=True),
    sa.Column(
        "knowledge_base_id",
        sa.Text,
        sa.ForeignKey("knowledge_bases.knowledge_base_id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("details", _Json, nullable=False),
    sa.Index("ix_knowledge_sources_of", "knowledge_base_id", "position"),
)
