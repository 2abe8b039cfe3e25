"""What of a conversation outlives its brain: taken as JSON, and put back into a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from uponai.domain.transcript import ToolInvocation, ToolResult, Utterance
from uponai.engine.agent import Agent
from uponai.engine.caller import Caller
from uponai.engine.machine import Machine
from uponai.engine.record import CallerTurn, Record
from uponai.engine.snapshot import entries_from_snapshot, entry_to_json
from uponai.engine.tools import LOST
from uponai.engine.transfer import Transfer
from uponai.engine.voicemail import Answerer

SNAPSHOT_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a conversation that remember something."""

    record: Record
    agent: Agent
    caller: Caller
    machine: Machine
    transfer: Transfer


def taken(parts: Parts, *, begun: bool) -> dict[str, Any]:
    """All that another brain needs to go on, as JSON."""
    record, agent, caller = parts.record, parts.agent, parts.caller
    voicemail = parts.machine.voicemail
    entries = [entry_to_json(entry) for entry in record.entries()]
    turns = [*([record.pending] if record.pending else []), *caller.waiting]
    spoken = [turn for turn in turns if not turn.from_digits]
    entries += [entry_to_json(Utterance("user", turn.text, turn.words)) for turn in spoken]
    return {
        "version": SNAPSHOT_VERSION,
        "entries": entries,
        "unanswered": [[turn.text, turn.from_digits] for turn in turns],
        "variables": dict(record.variables),
        "collected": dict(record.collected),
        "mind": dict(record.mind),
        "tokens": list(record.tokens),
        "successful": record.successful,
        "transfer_to": record.transfer_to,
        "before_answer": record.before_answer,
        "transfer": parts.transfer.kept(),
        "turns": record.turns,
        "caller_turns": record.caller_turns,
        "begun": begun,
        "asks": agent.asks,
        "speeches": agent.ledger.next_speech,
        "utterances": caller.endpoint.utterance,
        "tools_seen": sorted(agent.tools.seen),
        "owed": list(agent.tools.owed),
        "voicemail": voicemail.found.value,
        "evidence": list(voicemail.evidence),
    }


def put_back(snapshot: Mapping[str, Any], parts: Parts) -> None:
    """Into parts that are new but for the variables and the responder's mind."""
    record, agent, caller = parts.record, parts.agent, parts.caller
    voicemail = parts.machine.voicemail
    unanswered = cast("list[list[Any]]", snapshot.get("unanswered") or [])
    entries = list(entries_from_snapshot(snapshot))
    spoken = sum(1 for _, digits in unanswered if not digits)
    for entry in entries[: len(entries) - spoken]:
        record.add(entry)
    caller.waiting = [CallerTurn(text, from_digits=bool(d)) for text, d in unanswered]
    record.collected = dict(snapshot.get("collected") or {})
    record.tokens = list(snapshot.get("tokens") or [])
    record.successful = snapshot.get("successful")
    record.transfer_to = str(snapshot.get("transfer_to") or "")
    record.before_answer = str(snapshot.get("before_answer") or "")
    record.turns = int(snapshot.get("turns") or 0)
    record.caller_turns = int(snapshot.get("caller_turns") or 0)
    agent.asks = int(snapshot.get("asks") or 0)
    agent.ledger.next_speech = int(snapshot.get("speeches") or 1)
    caller.endpoint.utterance = int(snapshot.get("utterances") or 0)
    agent.tools.seen = set(snapshot.get("tools_seen") or ())
    agent.tools.owed = list(snapshot.get("owed") or ())
    voicemail.found = Answerer(snapshot.get("voicemail") or "person")
    voicemail.evidence = list(snapshot.get("evidence") or [])
    kept = snapshot.get("transfer")
    if kept is not None:
        parts.transfer.put_back(kept)
    _give_up_lost_calls(record, agent)


def _give_up_lost_calls(record: Record, agent: Agent) -> None:
    """Functions that ran when the former brain died: never run twice, and but for a transfer never
    waited for.
    """
    entries = record.entries()
    answered = {entry.tool_call_id for entry in entries if isinstance(entry, ToolResult)}
    for entry in entries:
        if not isinstance(entry, ToolInvocation) or entry.tool_call_id in agent.tools.running:
            continue
        if entry.tool_call_id not in answered:
            record.add(ToolResult(entry.tool_call_id, LOST, successful=False))
            agent.tools.owed.append(entry.tool_call_id)
