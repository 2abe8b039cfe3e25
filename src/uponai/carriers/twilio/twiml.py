"""What Twilio is told to do with a call (TwiML). Pure.

``<Connect><Stream>`` holds the call until the socket is closed; the ``<Redirect>`` behind it then
asks for another socket, so that a lost brain is replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

REJECT_BUSY = '<Response><Reject reason="busy"/></Response>'
REJECT = "<Response><Reject/></Response>"
HANG_UP = "<Response><Hangup/></Response>"


def stream(media_url: str, ticket: str, resume_url: str, *, first: str = "") -> str:
    """The call talks to a brain; ``first`` are verbs to carry out before."""
    return (
        f"<Response>{first}<Connect><Stream url={quoteattr(media_url)}>"
        f'<Parameter name="ticket" value={quoteattr(ticket)}/></Stream></Connect>'
        f'<Redirect method="POST">{escape(resume_url)}</Redirect></Response>'
    )


def digits(keys: str) -> str:
    """The verb that presses keys; ``w`` waits half a second."""
    return f"<Play digits={quoteattr(keys)}/>"


def ring(seconds: int, again_url: str) -> str:
    """Let an arrived call ring on: a ``<Pause>`` before anything else does not answer it."""
    return (
        f'<Response><Pause length="{seconds}"/>'
        f'<Redirect method="POST">{escape(again_url)}</Redirect></Response>'
    )


def dial(
    target: str,
    *,
    timeout_s: int,
    caller_id: str = "",
    action: str = "",
    told: str = "",
    keys: str = "",
) -> str:
    """Hand the caller to ``target`` (a number or ``sip:`` URI); ``action`` is asked afterwards,
    ``told`` hears of the answer. ``keys`` are pressed for a number that answers, not for a URI."""
    attributes = f' timeout="{timeout_s}"'
    if caller_id:
        attributes += f" callerId={quoteattr(caller_id)}"
    if action:
        attributes += f" action={quoteattr(action)}"
    noun = "Sip" if target.startswith("sip:") else "Number"
    watched = f" sendDigits={quoteattr(keys)}" if keys else ""
    if told:
        watched += f' statusCallbackEvent="answered" statusCallback={quoteattr(told)}'
    return (
        f"<Response><Dial{attributes}><{noun}{watched}>{escape(target)}</{noun}></Dial></Response>"
    )


def sip_target(uri: str, headers: Mapping[str, str]) -> str:
    """A ``sip:`` URI with headers for its INVITE."""
    if not headers or not uri.startswith("sip:"):
        return uri
    words = "&".join(f"{quote(name)}={quote(value)}" for name, value in headers.items())
    return f"{uri}{'&' if '?' in uri else '?'}{words}"
