"""What an account with a carrier is called: by the carrier's name where it is the installation's,
else by carrier and workspace. Calls and numbers name their account so."""

from __future__ import annotations

_BETWEEN = "-"


def own_account(carrier: str, workspace_id: str) -> str:
    """The workspace's own account with ``carrier``."""
    return f"{carrier}{_BETWEEN}{workspace_id}"


def carrier_of(account: str) -> str:
    """The carrier of an account."""
    return account.partition(_BETWEEN)[0]
