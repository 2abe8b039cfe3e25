"""What methods take. Made by ``python -m sdk.generate``."""

from __future__ import annotations

from typing import TypedDict


class CarrierAccountPutParams(TypedDict, total=False):
    """What opens a workspace's own account; which of the words it needs is the carrier's."""

    account: str | None
    secret: str | None
    public_key: str | None
    application: str | None
