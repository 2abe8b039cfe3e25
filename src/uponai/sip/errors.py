"""What can be wrong with a message or an offer."""

from __future__ import annotations


class SipParseError(ValueError):
    """The bytes are not a SIP message, header, URI or SDP body that can be used."""


class SdpMismatchError(ValueError):
    """An offer or answer is well-formed but shares no usable audio with us (answered with 488)."""


class SipStateError(RuntimeError):
    """A machine was given an event that its table does not list for its state."""
