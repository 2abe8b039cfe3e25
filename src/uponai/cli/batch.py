"""``uponai batch``: create batches of calls from CSV, follow them, pause, resume, cancel.

Speaks to a running server over its API, as any client does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import typer
from rich.table import Table

from uponai.cli.shared import err, out
from uponai.client import UponAI, UponAIError
from uponai.client.results import BatchResponse

T = TypeVar("T")

app = typer.Typer(
    help="Batches of calls, over the API of a server.", no_args_is_help=True, add_completion=False
)

Url = Annotated[
    str | None,
    typer.Option(
        help="Where the server is.", envvar="UPONAI_BASE_URL", show_default="http://127.0.0.1:8080"
    ),
]
Key = Annotated[str | None, typer.Option(help="An API key.", envvar="UPONAI_API_KEY")]
Id = Annotated[str, typer.Argument(help="batch_call_...")]


class Reason(StrEnum):
    """After which ending somebody is called again."""

    BUSY = "dial_busy"
    NO_ANSWER = "dial_no_answer"


@app.command("create")
def create(  # noqa: PLR0913 - one parameter per option of the command
    file: Annotated[
        Path, typer.Argument(help="CSV with a column phone number.", exists=True, dir_okay=False)
    ],
    from_number: Annotated[str, typer.Option("--from", help="The number that calls.")],
    name: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    at: Annotated[
        datetime | None, typer.Option(help="When to begin; without a zone: UTC. Default: now.")
    ] = None,
    reserved: Annotated[int | None, typer.Option(help="Places kept for other calls.")] = None,
    window: Annotated[
        str | None,
        typer.Option(help='JSON: {"windows": [{"start": 540, "end": 1020}], "timezone": "UTC"}'),
    ] = None,
    attempts: Annotated[int, typer.Option(min=1, help="Calls in all to who is not reached.")] = 1,
    wait_min: Annotated[int, typer.Option(min=0, help="Minutes between them.")] = 30,
    redial_on: Annotated[
        list[Reason] | None, typer.Option(help="After which ending; default: both.")
    ] = None,
    url: Url = None,
    key: Key = None,
) -> None:
    """Place the calls of a CSV file; prints the batch's id."""
    settings: dict[str, Any] = {
        "name": name,
        "trigger_timestamp": None if at is None else _ms(at),
        "reserved_concurrency": reserved,
        "call_time_window": None if window is None else _object(window),
    }
    if attempts > 1:
        policy: dict[str, Any] = {"max_attempts": attempts, "wait_ms": wait_min * 60_000}
        if redial_on:
            policy["reasons"] = [reason.value for reason in redial_on]
        settings["redial_policy"] = policy
    given = {name: value for name, value in settings.items() if value is not None}

    def make(client: UponAI) -> BatchResponse:
        with file.open("rb") as content:
            files = [(file.name, content)]
            return client.batch_call.create_from_csv(from_number=from_number, files=files, **given)

    made = _asked(url, key, make)
    out.print(made.batch_call_id)
    err.print(f"{made.total_task_count} tasks, {made.status}")


@app.command("list")
def show_all(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    url: Url = None,
    key: Key = None,
) -> None:
    """The newest batches."""
    page = _asked(url, key, lambda client: client.batch_call.list(limit=limit))
    table = Table("batch", "name", "status", "tasks", "from", "begins (UTC)")
    for batch in page.items:
        begins = datetime.fromtimestamp(batch.scheduled_timestamp / 1000, UTC)
        table.add_row(
            batch.batch_call_id,
            batch.name,
            batch.status,
            str(batch.total_task_count),
            batch.from_number,
            f"{begins:%Y-%m-%d %H:%M}",
        )
    out.print(table)


@app.command("show")
def show(batch_call_id: Id, url: Url = None, key: Key = None) -> None:
    """How far a batch is, and what came of its calls."""
    _show(_asked(url, key, lambda client: client.batch_call.retrieve(batch_call_id)))


@app.command("pause")
def pause(batch_call_id: Id, url: Url = None, key: Key = None) -> None:
    """Begin no further calls until it is resumed."""
    _show(_asked(url, key, lambda client: client.batch_call.pause(batch_call_id)))


@app.command("resume")
def resume(batch_call_id: Id, url: Url = None, key: Key = None) -> None:
    """Go on with a paused batch."""
    _show(_asked(url, key, lambda client: client.batch_call.resume(batch_call_id)))


@app.command("cancel")
def cancel(batch_call_id: Id, url: Url = None, key: Key = None) -> None:
    """Begin no further calls, for good."""
    _show(_asked(url, key, lambda client: client.batch_call.cancel(batch_call_id)))


def _asked(url: str | None, key: str | None, ask: Callable[[UponAI], T]) -> T:
    try:
        with UponAI(api_key=key, base_url=url) as client:
            return ask(client)
    except UponAIError as error:
        text = str(error).replace("request/body/", "")
        err.print(f"uponai: {text}", style="red", markup=False)
        raise typer.Exit(1) from None


def _object(text: str) -> dict[str, Any]:
    try:
        read: Any = json.loads(text)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        err.print("uponai: --window must be a JSON object", style="red")
        raise typer.Exit(2)
    return cast("dict[str, Any]", read)


def _ms(at: datetime) -> int:
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _show(batch: BatchResponse) -> None:
    now = batch.progress
    out.print(f"{batch.batch_call_id} ({batch.name}): {batch.status}", markup=False)
    out.print(
        f"{batch.total_task_count} tasks: {now.waiting} waiting, {now.calling} calling,"
        f" {now.done} done, {now.cancelled} cancelled. {now.calls} calls,"
        f" {now.answered} tasks answered."
    )
    for outcome, count in sorted(now.outcomes.items(), key=lambda item: -item[1]):
        out.print(f"  {outcome}: {count}", markup=False)
