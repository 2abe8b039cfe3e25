"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from uponai.client.record import Record


class IdentityResponse(Record):
    org_id: str
    org_name: str
    api_key_name: str | None
