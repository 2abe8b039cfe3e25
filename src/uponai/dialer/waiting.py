"""Calls that wait to be joined and are never dialled. Pure.

They stand in the queue with the time by which somebody must have come as their due time; the
dialer, taking one then, writes its ending instead of dialling.
"""

from __future__ import annotations

from uponai.domain.call import Call
from uponai.domain.ending import Ending

WEB = "web"
REGISTERED = "registered"
"""What stands as the call's carrier."""

_ENDINGS = {
    WEB: Ending("error_user_not_joined", "nobody joined the web call in time"),
    REGISTERED: Ending("registered_call_timeout", "the registered call was not dialled in time"),
}


def never_joined(call: Call) -> Ending | None:
    """The ending of a due call that nobody joined; None for a call that is to be dialled."""
    return _ENDINGS.get(call.carrier)
