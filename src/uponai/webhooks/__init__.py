"""Delivery of webhooks from the outbox: when to try (``schedule``), and the trying (``worker``).

Knows no call and no event by name: bodies were built by whoever changed the call.
"""
