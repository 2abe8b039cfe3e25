"""The tables of limits: what is allowed, what is taken, which variant was drawn."""

from __future__ import annotations

import sqlalchemy as sa

from uponai.storage.schema import metadata as metadata

_Ms = sa.BigInteger

limits = sa.Table(
    "limits",
    metadata,
    sa.Column("workspace_id", sa.Text, primary_key=True),
    sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("modified_ms", _Ms, nullable=False),
)

# ``batch`` of the outbound calls are of batches. Until ``wanted_until_ms`` those leave the slots to
# a single call that was refused.
concurrency = sa.Table(
    "concurrency",
    metadata,
    sa.Column("workspace_id", sa.Text, primary_key=True),
    sa.Column("outbound", sa.Integer, nullable=False),
    sa.Column("inbound", sa.Integer, nullable=False),
    sa.Column("batch", sa.Integer, nullable=False, server_default="0"),
    sa.Column("wanted_until_ms", _Ms, nullable=False, server_default="0"),
)

# Who holds a slot. Not a foreign key: deleting a call must count its slot back, not just lose it.
concurrency_slots = sa.Table(
    "concurrency_slots",
    metadata,
    sa.Column("call_id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("batch", sa.Boolean, nullable=False, server_default=sa.false()),
)

# A rate of ``n`` calls in a window is ``n`` slots, each taken at most once in any window.
pace_slots = sa.Table(
    "pace_slots",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("taken_ms", _Ms, nullable=False),
)

pace_slowdowns = sa.Table(
    "pace_slowdowns",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("since_ms", _Ms, nullable=False),
)

call_variants = sa.Table(
    "call_variants",
    metadata,
    sa.Column(
        "call_id",
        sa.Text,
        sa.ForeignKey("calls.call_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("workspace_id", sa.Text, nullable=False),
    sa.Column("phone_number", sa.Text, nullable=False),
    sa.Column("agent_id", sa.Text, nullable=False),
    sa.Column("agent_version", sa.Integer, nullable=False),
    sa.Column("weight", sa.Float, nullable=False),
    sa.Index("ix_call_variants_number", "workspace_id", "phone_number"),
)

do_not_call = sa.Table(
    "do_not_call",
    metadata,
    sa.Column("workspace_id", sa.Text, primary_key=True),
    sa.Column("phone_number", sa.Text, primary_key=True),
    sa.Column("since_ms", _Ms, nullable=False),
)
