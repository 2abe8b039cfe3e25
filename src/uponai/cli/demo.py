"""``uponai demo``: a talking agent phones a talking person over SIP on this machine."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from uponai.cli.perform import perform
from uponai.sim.demo import DemoPlan
from uponai.sim.scenario import Scenario
from uponai.sim.verdict import EXPECTED


class Choice(StrEnum):
    """A scenario, or all of them."""

    ANSWER = "answer"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    VOICEMAIL = "voicemail"
    BARGE_IN = "barge-in"
    ALL = "all"


def demo(  # noqa: PLR0913 - one parameter per option of the command
    scenario: Annotated[Choice, typer.Option(help="What the person phoned does.")] = Choice.ANSWER,
    listen: Annotated[
        bool, typer.Option("--listen", help="Play the recording afterwards.")
    ] = False,  # noqa: FBT002
    keep: Annotated[bool, typer.Option("--keep", help="Leave the server up until Ctrl-C.")] = False,  # noqa: FBT002
    as_json: Annotated[
        bool, typer.Option("--json", help="Last line of standard output: the Get Call object.")
    ] = False,  # noqa: FBT002
    prompt: Annotated[
        bool, typer.Option("--prompt", help="A prompt agent; needs a language model.")
    ] = False,  # noqa: FBT002
    output: Annotated[Path, typer.Option(help="Where the recordings go.")] = Path("./recordings"),
    calls: Annotated[int, typer.Option(min=1, max=20, hidden=True)] = 1,
) -> None:
    """Make a real phone call between a talking agent and a talking person on this machine."""
    chosen = tuple(EXPECTED) if scenario is Choice.ALL else (Scenario(scenario.value),)
    plan = DemoPlan(
        output=output.resolve(), scenarios=chosen, calls=calls, keep=keep, prompt=prompt
    )
    perform(plan, as_json=as_json, aloud=listen)
