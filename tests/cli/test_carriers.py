"""``uponai carriers`` on a fresh data directory, with a simulated carrier to be asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from tests.fakes.servers import serving
from tests.patience import PATIENCE_S
from typer.testing import CliRunner, Result

from uponai.cli.main import app
from uponai.sim.carriers.outside import HttpOutside
from uponai.sim.carriers.phone import Phone
from uponai.sim.carriers.twilio import TwilioSim
from uponai.sim.carriers.twilio_call import TwilioAccount
from uponai.sim.carriers.twilio_rest import TwilioRest, routes

KNOWN = TwilioAccount(token="simulated-4711")


def _run(data: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["carriers", *words, "--data", str(data)], input=typed)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    assert CliRunner().invoke(app, ["init", "--data", str(tmp_path)]).exit_code == 0
    return tmp_path


@pytest.fixture
def carrier(data: Path) -> Iterator[None]:
    """A simulated Twilio, which the data directory's configuration points to."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    done = asyncio.Event()

    async def serve() -> None:
        async with aiohttp.ClientSession() as session:
            sim = TwilioSim(KNOWN, lambda number: Phone(), HttpOutside(session))
            server = web.Application()
            server.add_routes(routes(TwilioRest(sim), KNOWN.sid))
            async with serving(server) as address:
                lines = f'[carriers.twilio]\nbase_url = "http://{address}"\n'
                (data / "uponai.toml").write_text(lines)
                ready.set()
                await done.wait()
            await sim.aclose()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(PATIENCE_S)
    yield
    loop.call_soon_threadsafe(done.set)
    thread.join()
    loop.close()


@pytest.mark.realtime
@pytest.mark.usefixtures("carrier")
def test_an_account_is_verified_kept_shown_and_removed(data: Path) -> None:
    wrong = _run(data, "set", "twilio", "--account", KNOWN.sid, typed="another\n")
    assert wrong.exit_code == 1
    assert "secret is not the Auth Token" in wrong.output and "another" not in wrong.output
    kept = _run(data, "set", "twilio", "--account", KNOWN.sid, typed=f"{KNOWN.token}\n")
    assert kept.exit_code == 0, kept.output
    assert "verified and kept (secret ...4711)" in kept.output
    shown = _run(data, "list").output
    assert "workspace" in shown and "...4711" in shown and "simulated" not in shown
    written = b"".join(path.read_bytes() for path in data.rglob("*.db*"))
    assert b"simulated-4711" not in written
    assert _run(data, "remove", "twilio").exit_code == 0
    assert "none" in _run(data, "list").output


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("set", "nobody"), "There is no carrier nobody"),
        (("set", "twilio"), "account must be given"),
        (("set", "telnyx", "--application", "1", "--public-key", "?"), "public_key must be"),
        (("set", "twilio", "--account", "../x"), "account must be an Account SID"),
        (("remove", "twilio"), "no account of its own"),
    ],
)
def test_what_cannot_be_done_says_why(data: Path, words: tuple[str, ...], text: str) -> None:
    refused = _run(data, *words, typed="secret-1\n")
    assert refused.exit_code == 1
    assert text in " ".join(refused.output.split())
    assert "secret-1" not in refused.output
