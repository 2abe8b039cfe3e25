"""Calls are listed by their start, those that never started by their creation. Revision 0005.

The indexes by creation go at once, not a release later: no statement needs them to be right.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_LISTED_MS = "coalesce(answered_ms, created_ms)"


def upgrade() -> None:
    in_batch = sa.text("batch_call_id IS NOT NULL")
    op.create_index(
        "ix_calls_listed", "calls", ["workspace_id", sa.text(_LISTED_MS), "call_id"], unique=False
    )
    op.create_index(
        "ix_calls_of_batch",
        "calls",
        ["batch_call_id", sa.text(_LISTED_MS), "call_id"],
        sqlite_where=in_batch,
        postgresql_where=in_batch,
    )
    op.drop_index("ix_calls_newest", "calls")
    op.drop_index("ix_calls_batch", "calls")
