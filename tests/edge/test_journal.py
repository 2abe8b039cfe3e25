"""The journal under load: what waits is written together, and nobody is told too early."""

import asyncio
import json

import pytest

from uponai.edge.journal import Entry, Journal
from uponai.tasks import spawn


def stored(folder):
    return {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}


async def test_whoever_waits_finds_the_entry_or_a_later_one_on_disk(tmp_path):
    journal = Journal(tmp_path)
    waits = [journal.keep(Entry(f"call_{n % 20}", 1, {"at": n})) for n in range(200)]
    await asyncio.gather(*waits)
    found = stored(tmp_path)
    assert {name: entry["dialog"]["at"] for name, entry in found.items()} == {
        f"call_{n}.1.json": 180 + n for n in range(20)
    }
    for n in range(20):
        journal.forget(f"call_{n}", 1)
    await journal.keep(Entry("last", 1, {}))
    assert set(stored(tmp_path)) == {"last.1.json"}
    await journal.aclose()


async def test_an_entry_that_cannot_be_written_is_told_and_costs_no_other(tmp_path):
    journal = Journal(tmp_path)
    (tmp_path / "call_1.1.json").mkdir()
    outcomes = await asyncio.gather(
        journal.keep(Entry("call_1", 1, {})),
        journal.keep(Entry("call_2", 1, {"when": object()})),
        journal.keep(Entry("call_3", 1, {})),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes[1:]] == [TypeError, type(None)]
    assert isinstance(outcomes[0], OSError)
    assert (tmp_path / "call_3.1.json").is_file()
    await journal.aclose()


async def test_giving_up_on_an_entry_stops_nothing(tmp_path):
    journal = Journal(tmp_path)
    impatient = spawn(journal.keep(Entry("call_1", 1, {})), name="impatient")
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    await journal.keep(Entry("call_2", 1, {}))
    assert "call_2.1.json" in stored(tmp_path)
    await journal.aclose()
