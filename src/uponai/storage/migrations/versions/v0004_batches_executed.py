"""Batches are executed: states of tasks, times of batches, a call's batch, slots of batches.

Batches that an earlier release stored and never called are cancelled: nobody expects those calls
any more. Revision 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("batch_call_id", sa.Text(), nullable=True))
    op.add_column("calls", sa.Column("batch_task", sa.Integer(), nullable=True))
    _index(
        "ix_calls_batch",
        "calls",
        ["batch_call_id", "created_ms", "call_id"],
        "batch_call_id IS NOT NULL",
    )
    for name in ("opened_ms", "paused_ms", "cancelled_ms", "closed_ms"):
        op.add_column("batch_calls", sa.Column(name, sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE batch_calls SET opened_ms = created_ms, cancelled_ms = created_ms,"
        " closed_ms = created_ms"
    )
    _index(
        "ix_batch_calls_open", "batch_calls", ["created_ms", "batch_call_id"], "closed_ms IS NULL"
    )
    for column in (
        sa.Column("state", sa.Text(), nullable=False, server_default="done"),
        sa.Column("due_ms", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("batch_tasks", column)
    due = ["batch_call_id", "due_ms", "position"]
    _index("ix_batch_tasks_due", "batch_tasks", due, "state = 'waiting'")
    _index("ix_batch_tasks_calling", "batch_tasks", ["batch_call_id"], "state = 'calling'")
    _index("ix_batch_tasks_over", "batch_tasks", ["batch_call_id", "position"], "state = 'over'")
    for column in (
        sa.Column("batch", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("wanted_until_ms", sa.BigInteger(), nullable=False, server_default="0"),
    ):
        op.add_column("concurrency", column)
    of_batch = sa.Column("batch", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("concurrency_slots", of_batch)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
