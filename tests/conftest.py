"""Shared fixtures: coroutine tests without a plugin, leak counting, one place for deadlines."""

from __future__ import annotations

import asyncio
import inspect
import signal

import hypothesis
import pytest
import structlog

from uponai.config import forbid_telemetry

forbid_telemetry()  # a test module may import a model's package before the product does
# The default draws every variable of every frame, which takes seconds; the product never does.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)


# The same examples in every run, and no limit of time for one: a change is not refused for an
# example that it has nothing to do with, nor for a busy machine. `./dev soak` looks for new ones.
hypothesis.settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("repeatable")


def _interrupted(*_: object) -> None:
    """As Ctrl-C, so that what tests have started is taken down. A second signal changes nothing."""
    signal.signal(signal.SIGTERM, lambda *_: None)
    raise KeyboardInterrupt


def pytest_runtest_setup() -> None:
    """TERM ends `./dev test`; an event loop that has listened for it leaves the default action."""
    signal.signal(signal.SIGTERM, _interrupted)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """An ``async def`` test runs on its own event loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in wanted}
    asyncio.run(pyfuncitem.obj(**arguments))
    return True
