"""The command line: ``uponai init | keys | limits | batch | serve | demo | call | ...``."""

from __future__ import annotations

import typer

from uponai.cli import (
    batch,
    call,
    callee,
    carrier_sim,
    demo,
    init,
    keys,
    limits,
    serve,
    trunk_line,
)

app = typer.Typer(
    name="uponai",
    help="Self-hosted AI phone agents behind Retell AI's wire API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command("init")(init.init)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("call")(call.call)
app.command("callee")(callee.callee)
app.command("carrier-sim")(carrier_sim.carrier_sim)
app.command("trunk-line", hidden=True)(trunk_line.trunk_line)
app.add_typer(keys.app, name="keys")
app.add_typer(batch.app, name="batch")
app.command("limits")(limits.limits)
