"""The limits of this installation: the carriers' ranges and the configured defaults."""

from __future__ import annotations

import dataclasses

from uponai.carriers import sip, telnyx, twilio
from uponai.config import Config
from uponai.dialer.admit import Installation

SPECS = (sip.SPEC, telnyx.SPEC, twilio.SPEC)


def installation_limits(config: Config) -> Installation:
    """What a workspace has that changed nothing, and what it may set."""
    return Installation(
        concurrency=config.concurrency_limit,
        cps=dataclasses.asdict(config.cps),
        ranges={spec.provider: spec.cps for spec in SPECS},
    )
