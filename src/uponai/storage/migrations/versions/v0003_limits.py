"""Limits, slots that are taken, drawn variants, numbers not to be called.

Revision 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "limits",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("modified_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_limits")),
    )
    op.create_table(
        "concurrency",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("outbound", sa.Integer(), nullable=False),
        sa.Column("inbound", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_concurrency")),
    )
    op.create_table(
        "concurrency_slots",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_concurrency_slots")),
    )
    op.create_table(
        "pace_slots",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "n", name=op.f("pk_pace_slots")),
    )
    op.create_table(
        "pace_slowdowns",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pace_slowdowns")),
    )
    op.create_table(
        "call_variants",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("phone_number", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("agent_version", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.call_id"],
            name=op.f("fk_call_variants_call_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_variants")),
    )
    op.create_index("ix_call_variants_number", "call_variants", ["workspace_id", "phone_number"])
    op.create_table(
        "do_not_call",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("phone_number", sa.Text(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "phone_number", name=op.f("pk_do_not_call")),
    )
    _live_calls_hold_slots()


def _live_calls_hold_slots() -> None:
    """Calls in progress while the schema moves count against their workspace's limit."""
    op.execute(
        "INSERT INTO concurrency_slots (call_id, workspace_id, direction)"
        " SELECT call_id, workspace_id, direction FROM calls WHERE state <> 'ended'"
    )
    op.execute(
        "INSERT INTO concurrency (workspace_id, outbound, inbound)"
        " SELECT workspace_id,"
        " SUM(CASE WHEN direction = 'outbound' THEN 1 ELSE 0 END),"
        " SUM(CASE WHEN direction = 'outbound' THEN 0 ELSE 1 END)"
        " FROM concurrency_slots GROUP BY workspace_id"
    )
