"""What methods answer. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import Literal

from uponai.client.record import Record


class CarrierAccountResponse(Record):
    """Whose account with a carrier numbers are bought through; the secret but for its end ..."""

    carrier: str
    source: Literal["workspace", "installation", "none"]
    account: str | None
    public_key: str | None
    application: str | None
    secret_last4: str | None
    last_modification_timestamp: int | None
