"""The brain's end of the media link: sockets of line holders in, conversations behind them.

One socket carries any number of calls. Nothing on the way of an audio frame awaits, makes a task or
reads JSON; the voice activity of all calls in a frame is judged at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import assert_never

from uponai.engine.events import StopRequested
from uponai.link.media import (
    LINK_RATE_HZ,
    Answerer,
    Cleared,
    Dtmf,
    LinkError,
    Listen,
    Marked,
    Quality,
    Referred,
    Start,
    Stop,
    decode_from_line,
    unpack_audio,
)
from uponai.live.early_leg import EarlyLeg
from uponai.live.ears import Ears
from uponai.live.hearing import Hearing
from uponai.live.leg import Leg, Surroundings
from uponai.live.line import Outlet, Socket, refuse
from uponai.live.second_leg import SecondLeg
from uponai.live.services import BrainServices, BrainTimers
from uponai.live.voice import SpeechCache
from uponai.log import get
from uponai.storage.base import StorageUnavailable
from uponai.tasks import TaskGroup, now_ms

log = get("uponai.live.brain")


class _Link:
    """One socket and the legs that its channels carry."""

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self.legs: dict[int, Leg | EarlyLeg | SecondLeg] = {}


class Brain:
    """Holds conversations. ``holder`` names this host in leases."""

    def __init__(
        self, holder: str, services: BrainServices, timers: BrainTimers | None = None
    ) -> None:
        self._holder = holder
        self._services = services
        self._timers = timers or BrainTimers()
        self._hearing = Hearing(services.providers.voice_activity)
        self._legs: dict[str, Leg] = {}
        self._early: dict[str, EarlyLeg] = {}
        self._tasks = TaskGroup()
        self._homework = TaskGroup()
        self._around = Surroundings(
            services, self._timers, SpeechCache(), self._homework, self._forget
        )
        self._draining = False
        self._renewing: asyncio.Task[None] | None = None

    @property
    def call_ids(self) -> frozenset[str]:
        """The calls that are held here, their endings not yet written included."""
        return frozenset(self._legs)

    def request_stop(self, call_id: str) -> bool:
        """Somebody with the right to do so wants the call over. False when it is not here."""
        leg = self._legs.get(call_id)
        if leg is None:
            return False
        leg.feed(StopRequested())
        return True

    def drain(self) -> None:
        """Take no new calls; those that are here go on."""
        self._draining = True

    async def aclose(self) -> None:
        """Stop now. Calls that are not over stay in storage as of their last checkpoint."""
        self._draining = True
        await self._tasks.aclose()
        await asyncio.gather(*(leg.keep() for leg in self._legs.values()))
        if self._homework.tasks:
            await asyncio.wait(list(self._homework.tasks), timeout=self._timers.flush_s)
        await asyncio.gather(*(leg.aclose() for leg in self._legs.values()))
        await self._homework.aclose()
        self._hearing.aclose()
        self._legs.clear()

    async def serve_socket(self, socket: Socket) -> None:
        """Serve one line holder until its socket is closed."""
        outlet = Outlet(socket)
        link = _Link(outlet)
        writer = self._tasks.spawn(self._write(outlet), name="link writer")
        try:
            while (frame := await socket.receive()) is not None:
                try:
                    if isinstance(frame, str):
                        self._on_text(link, frame)
                    else:
                        self._on_audio(link, frame)
                except LinkError as error:
                    log.warning("bad frame on the media link", error=str(error))
        finally:
            writer.cancel()
            for leg in link.legs.values():
                leg.lost(outlet)

    async def _write(self, outlet: Outlet) -> None:
        try:
            await outlet.run()
        except (OSError, RuntimeError) as error:
            # The reader notices the same loss and detaches the calls.
            log.info("media link lost while writing", error=repr(error))

    def _on_audio(self, link: _Link, frame: bytes) -> None:
        due: list[Ears] = []
        for channel, first_sample, pcm in unpack_audio(frame):
            leg = link.legs.get(channel)
            if leg is None:
                continue
            ears = leg.ears
            ears.push(first_sample, pcm)
            if ears.due:
                due.append(ears)
            mouth = leg.mouth
            if mouth is not None:
                mouth.tick(ears.heard_sample)
        if due:
            self._hearing.hear(due, len(self._legs))

    def _on_text(self, link: _Link, text: str) -> None:
        message = decode_from_line(text)
        match message:
            case Listen():
                self._on_listen(link, message)
            case Start():
                self._on_start(link, message)
            case Stop():
                leg = link.legs.pop(message.channel, None)
                if leg is not None:
                    leg.on_line(message)
            case Dtmf() | Marked() | Cleared() | Referred() | Answerer() | Quality():
                leg = link.legs.get(message.channel)
                if leg is not None:
                    leg.on_line(message)
            case _:
                assert_never(message)

    def _on_listen(self, link: _Link, listen: Listen) -> None:
        if listen.rate_hz != LINK_RATE_HZ or self._draining or listen.call_id in self._legs:
            refuse(link.outlet, listen.channel, "not to be listened to here")
            return
        ears = self._hearing.open(listen.line_sample, beeps=False)
        leg = EarlyLeg(listen, ears, link.outlet, self._forget_early)
        self._early[listen.call_id] = link.legs[listen.channel] = leg
        self._tasks.spawn(self._open_early(leg), name=f"listen {listen.call_id}")

    async def _open_early(self, leg: EarlyLeg) -> None:
        """Nothing is lost where it fails: the call is answered, or not, all the same."""
        try:
            call = await self._services.calls.get(leg.call_id)
            if call is not None and call.fence == leg.fence:
                leg.open(call, self._services.providers, self._tasks)
        except Exception:
            log.exception("early media not heard", call_id=leg.call_id)

    def _forget_early(self, leg: EarlyLeg) -> None:
        if self._early.get(leg.call_id) is leg:
            del self._early[leg.call_id]

    def _on_start(self, link: _Link, start: Start) -> None:
        early = self._early.pop(start.call_id, None)
        link.legs.pop(start.channel, None)
        if start.rate_hz != LINK_RATE_HZ:
            refuse(link.outlet, start.channel, f"only {LINK_RATE_HZ} Hz is spoken here")
            return
        if start.of:
            self._on_second(link, start)
            return
        known = self._legs.get(start.call_id)
        if known is not None:
            if known.finished or known.fence != start.fence:
                refuse(link.outlet, start.channel, "the call is over here")
                return
            self._move(known, link, start)
            return
        if self._draining:
            refuse(link.outlet, start.channel, "draining")
            return
        if early is None:
            ears = self._hearing.open(start.line_sample, beeps=True)
        else:
            start, ears = replace(start, heard=early.text), early.ears_after()
        leg = Leg(start, ears, self._around)
        self._legs[start.call_id] = leg
        self._move(leg, link, start)
        if early is not None:
            early.answered(leg.feed)
        self._tasks.spawn(self._open(leg, link, start), name=f"open {start.call_id}")
        if self._renewing is None:
            self._renewing = self._tasks.spawn(self._renew(), name="renew leases")

    def _on_second(self, link: _Link, start: Start) -> None:
        """Whoever is called for a caller who is here."""
        first = self._legs.get(start.of)
        if first is None or first.finished or first.fence != start.fence:
            refuse(link.outlet, start.channel, "the call is not here")
            return
        ears = self._hearing.open(start.line_sample, beeps=True)
        second = SecondLeg(start, ears, self._homework)
        second.attach(link.outlet)
        link.legs[start.channel] = second
        first.handover.reached(second)

    def _move(self, leg: Leg, link: _Link, start: Start) -> None:
        link.legs[start.channel] = leg
        leg.attach(link.outlet, start)

    async def _open(self, leg: Leg, link: _Link, start: Start) -> None:
        services = self._services
        try:
            call = await services.calls.take_over(
                start.call_id, self._holder, start.fence, now_ms(), self._timers.lease_ms
            )
            if call is None:
                self._refuse(leg, link, start, "unknown call or stale fence")
                return
            checkpoint = await services.checkpoints.last(start.call_id) if start.resumed else None
            key = await services.signing_key(call.workspace_id)
        except (StorageUnavailable, OSError) as error:
            log.warning("call not loaded", call_id=start.call_id, error=repr(error))
            self._refuse(leg, link, start, "storage does not answer")
            return
        except Exception:
            log.exception("call cannot be loaded", call_id=start.call_id)
            self._refuse(leg, link, start, "internal error")
            return
        try:
            leg.open(call, checkpoint, key)
        except Exception as error:
            log.exception("call cannot be talked", call_id=start.call_id)
            leg.fail(call, f"{type(error).__name__}: {error}")

    def _refuse(self, leg: Leg, link: _Link, start: Start, reason: str) -> None:
        refuse(link.outlet, start.channel, reason)
        link.legs.pop(start.channel, None)
        self._forget(leg)

    def _forget(self, leg: Leg) -> None:
        if self._legs.get(leg.call_id) is leg:
            del self._legs[leg.call_id]

    async def _renew(self) -> None:
        """Keep the leases of all calls here; leave those that somebody else has taken."""
        while True:
            await asyncio.sleep(self._timers.lease_ms / 3000)
            ours = [leg for leg in self._legs.values() if leg.is_ours]
            if not ours:
                continue
            try:
                held = await self._services.calls.renew(
                    [leg.call_id for leg in ours], self._holder, now_ms(), self._timers.lease_ms
                )
            except (StorageUnavailable, OSError) as error:
                # Calls in progress outlive an outage of the database.
                log.warning("leases not renewed", error=repr(error))
                continue
            except Exception:
                log.exception("leases cannot be renewed")
                continue
            for leg in ours:
                if leg.call_id not in held and leg.is_open:
                    log.warning("lease lost", call_id=leg.call_id)
                    leg.abandon()
