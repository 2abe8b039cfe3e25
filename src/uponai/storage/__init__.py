"""Everything durable: one small protocol per aggregate (``base``), SQL for SQLite and PostgreSQL.

Knows tables and transactions, never HTTP, calls in progress or vendors. Others see ``base`` only;
``app`` opens the concrete one.
"""
