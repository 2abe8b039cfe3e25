"""What a log line holds, and what it never holds."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from uponai import log


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def _lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_every_line_of_a_call_bears_its_id() -> None:
    stream = io.StringIO()
    log.configure("info", form="json", stream=stream)
    with log.for_call("call_1"):
        log.get("uponai.x").info("line lost", attempts=2)
        logging.getLogger("uponai.y").warning("disk slow", extra={"free": 3})
    log.get("uponai.x").debug("not shown")
    ours, theirs = _lines(stream)
    assert ours["event"] == "line lost" and ours["attempts"] == 2
    assert ours["call_id"] == theirs["call_id"] == "call_1"
    assert theirs["free"] == 3 and theirs["logger"] == "uponai.y"


def test_personal_data_only_when_asked_for_and_secrets_never() -> None:
    for personal in (False, True):
        stream = io.StringIO()
        log.configure("info", form="json", personal_data=personal, stream=stream)
        fields = {"pii.to_number": "+1415", "api_key": "key_x", "auth_password": "hunter2"}
        log.get("uponai.x").info("call placed", **fields)
        (line,) = _lines(stream)
        assert ("pii.to_number" in line) is personal
        assert "key_x" not in str(line) and "hunter2" not in str(line)


def test_an_exception_is_shown_with_its_trace() -> None:
    stream = io.StringIO()
    log.configure("info", form="json", stream=stream)
    try:
        raise ValueError("broken")
    except ValueError as error:
        log.get("uponai.x").error("request failed", exc_info=error)
    (line,) = _lines(stream)
    assert "ValueError: broken" in line["exception"]


def test_a_trace_never_shows_what_the_variables_held() -> None:
    for form in ("json", "console"):
        stream = io.StringIO()
        log.configure("info", form=form, stream=stream)  # type: ignore[arg-type]
        try:
            trunk_password = "".join(["hunter", "2"])
            raise ValueError(f"broken {len(trunk_password)}")
        except ValueError as error:
            log.get("uponai.x").error("request failed", exc_info=error)
        written = stream.getvalue()
        assert "ValueError: broken 7" in written
        assert "hunter2" not in written


def test_addresses_of_websockets_are_not_logged() -> None:
    stream = io.StringIO()
    log.configure("info", form="json", stream=stream)
    server = logging.getLogger("uvicorn.error")
    server.info('%s - "WebSocket %s" [accepted]', "127.0.0.1:9", "/media/x?ticket=v1.secret")
    server.info("Application startup complete.")
    assert [line["event"] for line in _lines(stream)] == ["Application startup complete."]
