"""Batches and their tasks, knowledge bases and their sources, origins of keys, unheard answers.

Revision 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("origins", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "batch_calls",
        sa.Column("batch_call_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("from_number", sa.Text(), nullable=False),
        sa.Column("trigger_ms", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("task_count", sa.Integer(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("batch_call_id", name=op.f("pk_batch_calls")),
    )
    op.create_index(
        "ix_batch_calls_newest", "batch_calls", ["workspace_id", "created_ms", "batch_call_id"]
    )
    op.create_table(
        "batch_tasks",
        sa.Column("batch_call_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("request", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_call_id"],
            ["batch_calls.batch_call_id"],
            name=op.f("fk_batch_tasks_batch_call_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_call_id", "position", name=op.f("pk_batch_tasks")),
    )
    op.create_table(
        "knowledge_bases",
        sa.Column("knowledge_base_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("modified_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("knowledge_base_id", name=op.f("pk_knowledge_bases")),
    )
    op.create_index(
        "ix_knowledge_bases_newest",
        "knowledge_bases",
        ["workspace_id", "created_ms", "knowledge_base_id"],
    )
    op.create_table(
        "knowledge_sources",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("knowledge_base_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["knowledge_base_id"],
            ["knowledge_bases.knowledge_base_id"],
            name=op.f("fk_knowledge_sources_knowledge_base_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_knowledge_sources")),
    )
    op.create_index(
        "ix_knowledge_sources_of", "knowledge_sources", ["knowledge_base_id", "position"]
    )
    op.create_table(
        "unheard",
        sa.Column("made_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("made_id", name=op.f("pk_unheard")),
    )
    op.create_index(
        "ix_unheard_fingerprint", "unheard", ["workspace_id", "fingerprint", "created_ms"]
    )
