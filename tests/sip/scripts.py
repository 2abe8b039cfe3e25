"""How far sides behave, and what is asked of a finished call."""

from __future__ import annotations

from tests.sip.network import BOB_MEDIA, Network

from uponai.sip.commands import (
    Failed,
    HungUp,
    IncomingCall,
    Lost,
    RemoteHungUp,
)
from uponai.sip.events import (
    Answer,
    Reject,
    Ring,
)

LAST_WORDS = (Failed, RemoteHungUp, HungUp, Lost)


def kinds(network: Network, where) -> list[str]:
    return [type(item).__name__ for item in network.told(where)]


def last_words(network: Network, where) -> list:
    return [item for item in network.told(where) if isinstance(item, LAST_WORDS)]


def answering(after_s: float = 2.0, ring: bool = True):
    def react(network: Network, where, call) -> None:
        if ring:
            network.order(where, Ring(call.call_key))
        network.order(where, Answer(call.call_key, BOB_MEDIA), after_s)

    return {IncomingCall: react}


def rejecting(code: int, headers=()):
    def react(network: Network, where, call) -> None:
        network.order(where, Reject(call.call_key, code, headers=headers))

    return {IncomingCall: react}


def ringing():
    return {IncomingCall: lambda network, where, call: network.order(where, Ring(call.call_key))}


def at_rest(network: Network) -> None:
    """Nothing may be left once every call is over."""
    for end in network.ends.values():
        assert end.call_keys == []
        assert end.transaction_count == 0
        assert end.deadline() is None
