"""The tables of carriers: accounts of a workspace's own, news for lines that are elsewhere."""

from __future__ import annotations

import sqlalchemy as sa

from uponai.storage.schema_limits import metadata as metadata

_Ms = sa.BigInteger

# ``sealed`` is null once the account was removed: other hosts learn that by the row.
carrier_accounts = sa.Table(
    "carrier_accounts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, nullable=False),
    sa.Column("carrier", sa.Text, nullable=False),
    sa.Column("fields", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("tail", sa.Text, nullable=False),
    sa.Column("sealed", sa.Text),
    sa.Column("modified_ms", _Ms, nullable=False),
    sa.Index("ix_carrier_accounts_modified", "modified_ms"),
)

line_news = sa.Table(
    "line_news",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "call_id", sa.Text, sa.ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("news", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("told_ms", _Ms, nullable=False),
    sa.Index("ix_line_news_call", "call_id"),
)
