"""The limits of this installation: the carriers' ranges and the configured defaults."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from uponai.app.keys import opened_installation, workspace_named
from uponai.carriers import sip, telnyx, twilio
from uponai.config import Config
from uponai.dialer.admit import Installation, WorkspaceLimits, changed, limits_of
from uponai.domain.limits import InUse
from uponai.tasks import now_ms
from uponai.wire.limits import limits_patch

SPECS = (sip.SPEC, telnyx.SPEC, twilio.SPEC)


def installation_limits(config: Config) -> Installation:
    """What a workspace has that changed nothing, and what it may set."""
    return Installation(
        concurrency=config.concurrency_limit,
        cps=dataclasses.asdict(config.cps),
        ranges={spec.provider: spec.cps for spec in SPECS},
    )


async def change_limits(
    config: Config, change: Mapping[str, Any], workspace: str | None = None
) -> tuple[WorkspaceLimits, InUse]:
    """Apply a change of shape ``wire.limits.LimitsPatch``, if any; what holds then.

    Raises KeyProblem for a workspace that is not there, UserError for a limit that cannot be set.
    """
    installation, now = installation_limits(config), now_ms()
    wanted = limits_patch(dict(change))
    async with opened_installation(config) as storage:
        workspace_id = await workspace_named(storage, workspace)
        limits = storage.limits
        if wanted:
            stored = await limits.change_settings(
                workspace_id, lambda old: changed(old, wanted, installation, now), now
            )
        else:
            stored = await limits.settings(workspace_id)
        return limits_of(stored, installation, now), await limits.in_use(workspace_id)
