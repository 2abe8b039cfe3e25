"""What a person sees of the demo: the conversation as it happens, then a summary."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, cast

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from uponai.sim.play import Played, Watch
from uponai.sim.scenario import Scenario
from uponai.sim.stage import Stage
from uponai.sim.unfold import Line

_LOOK = {
    "agent": ("Agent ", "bold cyan"),
    "user": ("Person", "bold green"),
    "function": ("  call", "yellow"),
    "result": ("result", "yellow"),
    "digit": ("  digit", "magenta"),
}
_STATUS = {
    "registered": "registered, the phone is being dialled",
    "ongoing": "answered",
}
_METRICS = (
    ("e2e", "end of speech to reply"),
    ("asr", "recognition"),
    ("llm", "reply decided"),
    ("tts", "first audio"),
)


class Show:
    """Writes to one console; with ``as_json`` each call's record goes to standard output."""

    def __init__(self, console: Console, *, calls: int, as_json: bool) -> None:
        self._console = console
        self._calls = calls
        self._as_json = as_json

    def progress(self, text: str) -> None:
        self._console.print(escape(text), style="dim")

    def opened(self, stage: Stage) -> None:
        self.progress(f"platform at {stage.url}, phoning sip:{stage.target}")

    def scene(self, scenario: Scenario) -> None:
        self._console.rule(f"scenario: {scenario.value}")

    def watch(self, number: int) -> Watch:
        mark = f"{number} " if self._calls > 1 else ""

        def status(word: str) -> None:
            self.progress(f"{mark}call {_STATUS.get(word, word)}")

        def line(said: Line) -> None:
            name, style = _LOOK[said.who]
            note = "[dim](corrected)[/dim] " if said.corrected else ""
            text = f"[dim]{mark}[/dim][{style}]{name}[/{style}]  {note}{escape(said.text)}"
            self._console.print(text, soft_wrap=True)

        return Watch(status, line)

    def played(self, played: Played) -> None:
        """The summary of one call."""
        record, console = played.record, self._console
        console.print()
        console.print(f"[bold]{record['call_id']}[/bold]: {_outcome(record)}", soft_wrap=True)
        summary = _summary(record)
        if summary:
            console.print(escape(summary), style="dim", soft_wrap=True)
        latency = cast(Mapping[str, Mapping[str, Any]], record.get("latency") or {})
        if latency:
            console.print(_latencies(latency))
        for line in _functions(record):
            console.print(escape(line), soft_wrap=True)
        if played.webhooks:
            verified = all(hook.verified for hook in played.webhooks)
            word = "signatures verified" if verified else "A SIGNATURE IS WRONG"
            names = ", ".join(hook.event for hook in played.webhooks)
            console.print(f"webhooks: {names} ({word})")
        for name, file in played.recordings.items():
            kind = "recording, agent left, person right" if "multi" in name else "recording"
            console.print(f"{kind}: {escape(str(file))}", soft_wrap=True)
        for problem in played.problems:
            console.print(escape(problem), style="bold red", soft_wrap=True)
        if self._as_json:
            sys.stdout.write(json.dumps(dict(record), ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def kept(self, stage: Stage, agent_id: str) -> None:
        """How to use what stays up."""
        for line in (
            "",
            "The server stays up, and so does the person; Ctrl-C ends them. Try:",
            f"  export UPONAI_BASE_URL={stage.url} UPONAI_API_KEY={stage.api_key}",
            f"  agent: {agent_id}",
            f"  data:  {stage.data}",
        ):
            self._console.print(escape(line), soft_wrap=True)


def _outcome(record: Mapping[str, Any]) -> str:
    words = [f"{record['call_status']}, {record.get('disconnection_reason', 'no reason')}"]
    if record.get("duration_ms"):
        words.append(f"{record['duration_ms'] / 1000:.1f} s")
    if record.get("sip_status_code"):
        words.append(f"SIP {record['sip_status_code']}")
    return escape("; ".join(words))


def _summary(record: Mapping[str, Any]) -> str:
    analysis = cast(Mapping[str, Any], record.get("call_analysis") or {})
    return str(analysis.get("call_summary") or "")


def _latencies(latency: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table("latency", "", "p50 ms", "p90 ms", "n", box=None, pad_edge=False)
    for name, meaning in _METRICS:
        figures = latency.get(name)
        if figures:
            p50, p90 = f"{figures['p50']:.0f}", f"{figures['p90']:.0f}"
            table.add_row(name, meaning, p50, p90, str(figures["num"]))
    return table


def _functions(record: Mapping[str, Any]) -> Sequence[str]:
    items = cast(list[Mapping[str, Any]], record.get("transcript_with_tool_calls") or [])
    results = {i.get("tool_call_id"): i for i in items if i.get("role") == "tool_call_result"}
    lines: list[str] = []
    for item in items:
        if item.get("role") == "tool_call_invocation":
            result = results.get(item.get("tool_call_id"), {})
            word = "ok" if result.get("successful") else "failed"
            said = result.get("content", "no result")
            lines.append(f"function {item['name']}({item['arguments']}): {word}, {said}")
    return lines
