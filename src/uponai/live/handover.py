"""A call's transfers, from before its conversation is loaded until its ending is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uponai.domain.call import Checkpoint
from uponai.flow.graph import as_object
from uponai.live.second_leg import SecondLeg
from uponai.live.transfers import Transfers


class Handover:
    """``transfers`` is there once the conversation is."""

    def __init__(self) -> None:
        self._transfers: Transfers | None = None
        self._early: SecondLeg | None = None

    def load(self, transfers: Transfers, checkpoint: Checkpoint | None) -> Transfers:
        """The conversation is made; with what a former brain has kept of it."""
        self._transfers = transfers
        state: Mapping[str, Any] = {} if checkpoint is None else checkpoint.state
        under_way = as_object(as_object(state.get("engine")).get("transfer"))
        if under_way:
            transfers.resume(as_object(under_way.get("tool")))
        handed_over = state.get("handed_over")
        if handed_over is not None:
            sample, at_ms = handed_over
            transfers.handed_over = int(sample), int(at_ms)
        return transfers

    def reached(self, second: SecondLeg) -> None:
        """Whoever is called for the caller is on a line of their own."""
        if self._transfers is None:
            self._early = second
        else:
            self._transfers.reached(second)

    def opened(self) -> None:
        """The conversation goes on, and can be told."""
        if self._early is not None and self._transfers is not None:
            self._transfers.reached(self._early)
        self._early = None

    def kept(self) -> dict[str, Any]:
        """What the checkpoint holds of it, beside what the engine keeps."""
        moved = self._transfers.handed_over if self._transfers is not None else None
        return {} if moved is None else {"handed_over": list(moved)}

    @property
    def agent_left(self) -> tuple[int, int] | None:
        """Where the agent's part of the call ended: line sample and wall time in ms."""
        return self._transfers.handed_over if self._transfers is not None else None

    def report(self) -> dict[str, Any]:
        """What the record says of it."""
        ended_ms = self._transfers.ended_ms if self._transfers is not None else None
        return {} if ended_ms is None else {"transfer_end_timestamp": ended_ms}

    def close(self) -> None:
        """Talk with nobody any more."""
        for one in (self._early, self._transfers):
            if one is not None:
                one.close()

    async def flush(self) -> None:
        """Wait for what is still to be told."""
        if self._transfers is not None:
            await self._transfers.flush()
