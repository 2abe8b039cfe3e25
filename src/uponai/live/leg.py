"""One call in the brain, from the link's ``start`` to the written ending.

Owns the call's tasks, its place on the link, and the keeping of its record. What happens in the
conversation is the engine's; what happens to the row is the storage's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from uponai.domain.call import Call, CallChange, Checkpoint
from uponai.domain.ending import REASONS, Ending
from uponai.domain.transcript import Entry
from uponai.domain.webhook import NewWebhook
from uponai.engine.commands import Finish
from uponai.engine.conversation import Conversation
from uponai.engine.events import (
    AnswererProposed,
    DigitPressed,
    EarlyMediaHeard,
    Event,
    LineClosed,
    LineOpened,
    TransferTold,
)
from uponai.engine.snapshot import entries_from_snapshot
from uponai.flow.graph import Json, as_object
from uponai.link.media import (
    LINK_RATE_HZ,
    Answerer,
    Cleared,
    Dtmf,
    Marked,
    Quality,
    Referred,
    Start,
    Stop,
)
from uponai.live.assembly import (
    build_mind,
    build_recognizer,
    build_voice,
    call_variables,
    custom_llm_url,
    scope,
    tools_of,
    voicemail_message,
)
from uponai.live.checkpoint import CheckpointWriter
from uponai.live.conversing import current_variables, open_conversation
from uponai.live.custom_mind import CustomContext, CustomMind, phone_tools
from uponai.live.driver import CallDriver, Organs
from uponai.live.ears import Ears
from uponai.live.handover import Handover
from uponai.live.line import Line, Outlet
from uponai.live.listener import Listener
from uponai.live.mind import Responder
from uponai.live.mouth import Mouth
from uponai.live.other_side import OtherSide
from uponai.live.report import Measurements, audio_quality, report_of
from uponai.live.second_leg import Means
from uponai.live.services import BrainServices, BrainTimers
from uponai.live.tools import ToolContext, Tools
from uponai.live.transfers import TransferContext, Transfers, WriteLater
from uponai.live.voice import SpeechCache
from uponai.log import get
from uponai.storage.base import StorageUnavailable
from uponai.tasks import TaskGroup, call_at, loop_s, now_ms

FIRST_PAUSE_S = 0.25
MAX_BROKEN_ENDINGS = 5

log = get("uponai.live.leg")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all legs of a brain share."""

    services: BrainServices
    timers: BrainTimers
    cache: SpeechCache
    homework: TaskGroup
    """Tasks that outlive a call: writing its ending."""
    gone: Callable[[Leg], None]
    """The leg is over and its ending written (or not its to write)."""


class Leg:
    """A call's line, and once its row is loaded, its conversation."""

    def __init__(self, start: Start, ears: Ears, around: Surroundings) -> None:
        self.call_id = start.call_id
        self.fence = start.fence
        self.line = Line()
        self.ears = ears
        self.mouth: Mouth | None = None
        self._around = around
        self._start = start
        self._tasks = TaskGroup()
        self._measured = Measurements()
        self._early: list[Dtmf | Stop] = []
        self._unfed: list[Event] = []
        self._call: Call | None = None
        self._talk: Conversation | None = None
        self._driver: CallDriver | None = None
        self._checkpoints: CheckpointWriter | None = None
        self._outlet: Outlet | None = None
        self._grace: asyncio.TimerHandle | None = None
        self._closed_sample: int | None = None
        self.handover = Handover()
        self._custom: CustomMind | None = None
        self._told = 0
        self._left = False
        self.finished = False

    @property
    def is_open(self) -> bool:
        """Whether the conversation goes on."""
        return self._driver is not None and not self.finished

    @property
    def is_ours(self) -> bool:
        """Whether nobody else may write the call: it goes on, or its ending waits for storage."""
        return self._call is not None and not self._left

    # The line

    def attach(self, outlet: Outlet, start: Start) -> None:
        """The line is reached through ``outlet`` from now on."""
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None
        self._outlet = outlet
        self.line.attach(outlet, start.channel)
        self._start = start
        if self.mouth is not None:
            self.mouth.open(start)

    def lost(self, outlet: Outlet) -> None:
        """The link through ``outlet`` is gone; the line may come back on another one."""
        if self._outlet is not outlet:
            return
        self._outlet = None
        self.line.detach()
        if not self.finished and self._closed_sample is None:
            due_s = loop_s() + self._around.timers.grace_s
            self._grace = call_at(due_s, self._give_up)

    def _give_up(self) -> None:
        self._close("lost", self.ears.heard_sample)

    def on_line(
        self, message: Dtmf | Marked | Cleared | Referred | Answerer | Quality | Stop
    ) -> None:
        """A report of the line holder."""
        match message:
            case Marked():
                if self.mouth is not None:
                    self.mouth.marked(message)
            case Cleared():
                if self.mouth is not None:
                    self.mouth.cleared(message)
            case Dtmf() | Stop() if self._driver is None:
                self._early.append(message)
            case Dtmf() | Referred() | Answerer():
                self.feed(_event_of(message))
            case Quality():
                self._measured.audio = audio_quality(message)
            case Stop():
                self._close(message.reason, message.line_sample)

    def _close(self, cause: str, line_sample: int) -> None:
        self._closed_sample = max(line_sample, self.ears.heard_sample)
        self.line.detach()
        self.feed(LineClosed(cause, line_sample))

    def feed(self, event: Event) -> None:
        """Tell the conversation; one that is still being loaded hears it when it begins."""
        if self._driver is not None:
            self._driver.feed(event)
        elif not self.finished:
            self._unfed.append(event)

    # The conversation

    def open(self, call: Call, checkpoint: Checkpoint | None, key: str | None) -> None:
        """Begin (or go on with) the conversation. Raises when the call cannot be talked."""
        self._call = call
        if call.direction == "inbound":
            self.ears.expect_no_beep()
        services = self._around.services
        variables = call_variables(call)
        talk = open_conversation(call, variables, checkpoint)
        if checkpoint is not None:
            self._measured = Measurements.from_json(as_object(checkpoint.state.get("measured")))
            self._told = talk.state.settled
        self._talk = talk
        mouth = Mouth(
            build_voice(call, services.providers, self._around.cache),
            self.line,
            self._tasks,
            self.feed,
        )
        listener = Listener(
            self.ears,
            build_recognizer(call, services.providers, variables),
            services.providers.end_of_turn,
            self._tasks,
            self.feed,
        )
        context = ToolContext(self._describe, self._variables, key, self.line.press, services.mcp)
        known = phone_tools() if custom_llm_url(call) else tools_of(call.engine)
        tools = Tools(known, services.functions, context, self._tasks)
        transfers = self.handover.load(self._transfers_of(call, known, context), checkpoint)
        mind = self._mind_of(call)
        self._checkpoints = CheckpointWriter(services.checkpoints, self._tasks, self.abandon)
        organs = Organs(listener, mouth, mind, tools, transfers, self.line, self, self._measured)
        self._driver = CallDriver(self.call_id, talk, organs, self._tasks)
        self.mouth = mouth
        mouth.open(self._start)
        self.ears.tell = self.feed
        if self._start.heard or self.ears.begins_early:
            self.feed(EarlyMediaHeard(self._start.heard))
        self.feed(LineOpened(self._start.line_sample, self._start.resumed))
        for message in self._early:
            self.on_line(message)
        self._early.clear()
        for event in self._unfed:
            self.feed(event)
        self._unfed.clear()
        self.handover.opened()

    def _mind_of(self, call: Call) -> Responder:
        services = self._around.services
        url = custom_llm_url(call)
        if url is None:
            return build_mind(call, services.providers)
        context = CustomContext(
            call_id=call.call_id,
            open_socket=services.open_socket,
            describe=self._describe,
            feed=self.feed,
            rtt_ms=lambda rtt: self._measured.add("llm_websocket_network_rtt", rtt),
            voicemail_message=voicemail_message(call),
        )
        self._custom = CustomMind(url, context, self._tasks)
        return self._custom

    def fail(self, call: Call, error: str) -> None:
        """The call cannot be talked, here or elsewhere: end it."""
        self._call = call
        self.line.hang_up("error_retell")
        self.finish(Finish("error_retell", error))

    def _transfers_of(self, call: Call, tools: Mapping[str, Json], own: ToolContext) -> Transfers:
        services = self._around.services
        other_side = OtherSide(call, services, self._around.cache, self._entries, self._variables)
        context = TransferContext(
            feed=self.feed,
            caller_number=call.from_number if call.direction == "inbound" else call.to_number,
            write=self._tell_transfer,
            heard_sample=lambda: self.ears.heard_sample,
            other_side=other_side,
            means=Means(services.functions, services.providers.end_of_turn, own),
            tasks=self._tasks,
            homework=self._around.homework,
        )
        return Transfers(tools, self.line, context)

    def _entries(self) -> Sequence[Entry]:
        return () if self._talk is None else self._talk.state.entries

    def _tell_transfer(self, event: str, details: Mapping[str, Any]) -> WriteLater:
        """With the record as it is when it happens, however late it is written."""
        services, report = self._around.services, self.report()

        def tell(call: Call) -> Sequence[NewWebhook]:
            return services.tell_transfer(event, details)(replace(call, report=report))

        change = CallChange.TRANSFER
        return lambda: services.calls.change(self.call_id, self.fence, change, {}, tell)

    def _variables(self) -> Mapping[str, str]:
        if self._call is None or self._talk is None:
            return {}
        return scope(self._call, current_variables(self._talk))

    def _describe(self) -> Mapping[str, Any]:
        if self._call is None:
            return {"call_id": self.call_id}
        return self._around.services.describe(replace(self._call, report=self.report()))

    def report(self) -> dict[str, Any]:
        """The record as of now."""
        if self._talk is None:
            return {}
        return report_of(self._talk.snapshot(), self._measured)

    # The record (``driver.Keeper``)

    def save(self, turn: int, state: Mapping[str, Any]) -> None:
        """Write a checkpoint behind the call's back; tell who watches what was said."""
        if self._checkpoints is not None:
            self._checkpoints.put(self._checkpoint(turn, state))
        self._tell_entries(over=False)
        if self._custom is not None:
            self._custom.update(entries_from_snapshot(state))

    def _checkpoint(self, turn: int, state: Mapping[str, Any]) -> Checkpoint:
        kept = {"engine": dict(state), "measured": self._measured.to_json()}
        kept |= self.handover.kept()
        return Checkpoint(self.call_id, turn, self.fence, now_ms(), kept)

    def _tell_entries(self, *, over: bool) -> None:
        if self._talk is None:
            return
        state = self._talk.state
        settled = len(state.entries) if over else state.settled
        for entry in state.entries[self._told : settled]:
            self._around.services.on_entry(self.call_id, entry)
        self._told = max(self._told, settled)

    def finish(self, ending: Finish) -> None:
        """The conversation is over: write the ending, however long storage takes."""
        if self.finished:
            return
        self.finished = True
        self._fall_silent()
        if self._grace is not None:
            self._grace.cancel()
        self._tell_entries(over=True)
        if self._closed_sample is None:
            self.line.hang_up(ending.reason)
        self._around.homework.spawn(self._write_ending(ending), name=f"end {self.call_id}")

    def abandon(self) -> None:
        """Somebody else owns the call: stop without a word, write nothing."""
        if self.finished:
            return
        self.finished = True
        self._left = True
        self._fall_silent()
        if self._driver is not None:
            self._driver.close()
        self.line.detach()
        self._around.homework.spawn(self._leave(), name=f"leave {self.call_id}")

    def _fall_silent(self) -> None:
        self.ears.tell = None
        self.handover.close()

    async def keep(self) -> None:
        """Give the last checkpoint a chance to be written."""
        if self._checkpoints is not None:
            await self._checkpoints.flush(self._around.timers.flush_s)

    async def aclose(self) -> None:
        """End the call's tasks."""
        self.finished = True
        self._fall_silent()
        if self._grace is not None:
            self._grace.cancel()
        if self._driver is not None:
            self._driver.close()
        await self._tasks.aclose()

    async def _leave(self) -> None:
        await self.aclose()
        self._around.gone(self)

    async def _write_ending(self, ending: Finish) -> None:
        await self.keep()
        await self.aclose()
        await self.handover.flush()
        reason = ending.reason if ending.reason in REASONS else "error_unknown"
        final = Ending(reason, ending.detail)
        fields = self._last_fields()
        pause_s = FIRST_PAUSE_S
        broken = 0
        while broken < MAX_BROKEN_ENDINGS:
            try:
                await self._end(final, fields)
                break
            except (StorageUnavailable, OSError) as error:
                log.warning("ending not written, kept", call_id=self.call_id, error=repr(error))
                await self._keep_ending(final, fields)
            except Exception:
                # Not an outage: after a few tries the reaper writes it from the last checkpoint.
                log.exception("ending cannot be written", call_id=self.call_id, reason=reason)
                broken += 1
            await asyncio.sleep(pause_s)
            pause_s = min(self._around.timers.longest_pause_s, pause_s * 2)
        else:
            self._left = True
            await self._keep_ending(final, fields)
        self._around.gone(self)

    async def _keep_ending(self, ending: Ending, fields: Mapping[str, Any]) -> None:
        """Keep the conversation to its last word, and how it ended, for whoever writes it."""
        if self._talk is None:
            return
        kept = self._checkpoint(self._talk.state.turns, self._talk.snapshot())
        try:
            await self._around.services.checkpoints.save(kept.ended(ending, fields))
        except (StorageUnavailable, OSError) as error:
            log.info("last words wait for the database", call_id=self.call_id, error=repr(error))
        except Exception:
            log.exception("last words not kept", call_id=self.call_id)

    def _last_fields(self) -> dict[str, Any]:
        samples = self.ears.heard_sample if self._closed_sample is None else self._closed_sample
        ended_ms = now_ms()
        if self.handover.agent_left is not None:
            # The agent's part of the call; what follows is watched and not talked.
            samples, ended_ms = self.handover.agent_left
        report = self.report() | self.handover.report()
        return {
            "ended_ms": ended_ms,
            "duration_ms": samples * 1000 // LINK_RATE_HZ,
            "report": report,
        }

    async def _end(self, ending: Ending, fields: dict[str, Any]) -> None:
        services = self._around.services
        call = await services.calls.get(self.call_id)
        if call is not None and call.answered_ms is None:
            # The line outran the news of its answer.
            answered = {"answered_ms": fields["ended_ms"] - fields["duration_ms"]}
            await services.calls.change(
                self.call_id, self.fence, CallChange.ANSWER, answered, services.tell_started
            )
        written = await services.calls.end(
            self.call_id, self.fence, ending, fields, services.tell_ended
        )
        if written is None:
            log.info("call was ended elsewhere", call_id=self.call_id, reason=ending.reason)


def _event_of(message: Dtmf | Referred | Answerer) -> Event:
    match message:
        case Dtmf():
            return DigitPressed(message.digit, message.line_sample)
        case Referred():
            return TransferTold(message.state, message.code, message.text, here=message.here)
        case Answerer():
            return AnswererProposed(message.is_machine, message.beep, message.line_sample)
