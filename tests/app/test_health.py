"""Readiness says what is missing; liveness is about the process alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.virtual_time import run

from uponai.app.health import Readiness, add_health
from uponai.storage.base import StorageUnavailable

Ping = Callable[[], Awaitable[None]]


async def answers() -> None:
    pass


async def away() -> None:
    raise StorageUnavailable("connection refused by db.internal")


async def silent() -> None:
    await asyncio.Event().wait()


def asked(path: str, *, started: bool, connected: bool, ping: Ping) -> tuple[int, dict[str, Any]]:
    app = FastAPI()
    add_health(app, Readiness(lambda: started, lambda: connected, ping))
    answer = TestClient(app).get(path)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("started", "connected", "ping", "status", "reason"),
    [
        (False, True, answers, "starting", "models"),
        (True, False, answers, "starting", "edge"),
        (True, True, away, "unavailable", "database"),
    ],
)
def test_it_is_not_ready_and_says_why(
    started: bool, connected: bool, ping: Ping, status: str, reason: str
) -> None:
    code, said = asked("/health", started=started, connected=connected, ping=ping)
    assert (code, said["status"]) == (503, status)
    assert reason in said["reason"] and "db.internal" not in said["reason"]
    assert asked("/livez", started=started, connected=connected, ping=ping)[0] == 200


def test_it_is_ready() -> None:
    assert asked("/health", started=True, connected=True, ping=answers) == (200, {"status": "ok"})


def test_a_database_that_is_silent_is_not_waited_for() -> None:
    lacks = run(Readiness(lambda: True, lambda: True, silent).lacks())
    assert lacks is not None and lacks[0] == "unavailable"


def test_servers_of_trunks_that_are_silent_are_told_and_stop_nothing() -> None:
    app = FastAPI()
    add_health(app, Readiness(lambda: True, lambda: True, answers, lambda: 2))
    answer = TestClient(app).get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "trunks_down": 2})
