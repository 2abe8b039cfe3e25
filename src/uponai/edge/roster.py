"""Every call of an edge that is not over, by the key that SIP knows it by."""

from __future__ import annotations

from uponai.edge.call import Call


class Roster:
    """See the module. A call that is sent on or handed on changes its key."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def all(self) -> list[Call]:
        """The calls as of now."""
        return list(self._calls.values())

    def find(self, key: str) -> Call | None:
        """The call that SIP knows by this key."""
        return self._calls.get(key)

    def add(self, call: Call) -> None:
        """A call begins."""
        self._calls[call.key] = call

    def rename(self, call: Call, key: str) -> None:
        """SIP knows the call by another key from now on."""
        del self._calls[call.key]
        call.key = key
        self._calls[key] = call

    def remove(self, call: Call) -> bool:
        """A call is over; false where it was so before."""
        return self._calls.pop(call.key, None) is not None
