"""The table of docs/reference/compatibility.md, made from the contract tests.

``python -m tests.contract.compatibility`` writes it; a test holds that the file is equal.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

from tests.contract.sdk import METHODS, Method
from tests.contract.test_node_sdk import BESIDE, FAMILIES

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "docs" / "reference" / "compatibility.md"

STORED_ONLY = {
    "knowledge_base.create": "sources are stored; conversations do not look into them yet",
    "knowledge_base.add_sources": "sources are stored; conversations do not look into them yet",
    "call.create_web_call": "the call is registered; there is no browser audio to join it yet",
}
_LIBRARY = "with a speech vendor set up that has a voice library"
NEEDS = {
    "phone_number.create": (
        "needs an account with a carrier that sells numbers (Twilio, Telnyx); else 400"
    ),
    "voice.add_resource": _LIBRARY,
    "voice.clone": _LIBRARY,
    "voice.search": _LIBRARY,
}
NOT_YET = {
    "app": "connections to CRMs and calendars are not built",
    "asset": "own hold music is not built",
    "call.listen_live": "listening to live calls is not built",
    "call.take_over_live": "taking over live calls is not built",
    "call.update_live": "changing live calls is not built",
    "chat": "text chat is not built",
    "chat_agent": "text chat is not built",
    "contact": "contacts are not built",
    "crm": "connections to CRMs are not built",
    "export_request": "exports are not built",
    "playground": "trying agents by text is not built",
    "tests": "simulated tests by API are not built",
}
_HEAD = """# Compatibility with the Retell SDKs

Which methods of the official SDKs work against this server. Generated from the contract tests,
which drive the unmodified packages `retell-sdk` 6.2.13 (Python, response validation on) and 5.66.1
(Node) against a running server: a tick means that a test calls the method with that SDK and checks
what comes back. So are the SDKs' error classes, from 400 to 500; only 402 never comes, since
nothing is billed here. Agents run on a Retell LLM, a conversation flow, or a server of your own
(`custom-llm`, docs/howto/custom-llm.md). Do not edit by hand:
`python -m tests.contract.compatibility` writes this file.

"""


def proven_by_python() -> frozenset[str]:
    """Every method that some test of this folder ``proves``."""
    found: set[str] = set()
    for file in sorted(HERE.glob("test_*.py")):
        module = importlib.import_module(f"tests.contract.{file.stem}")
        for test in vars(module).values():
            found.update(getattr(test, "proves", ()))
    return frozenset(found)


def proven_by_node() -> frozenset[str]:
    return frozenset(BESIDE).union(*FAMILIES.values())


def table() -> str:
    python, node = proven_by_python(), proven_by_node()
    works = [method for method in METHODS.values() if method.name in python]
    stored = [method for method in works if method.name in STORED_ONLY]
    counts = (
        f"{len(METHODS)} methods: {len(works) - len(stored)} work, {len(stored)} are stored only,"
        f" {len(METHODS) - len(works)} are not there yet.\n\n"
    )
    return _HEAD + counts + "\n".join([*_rows(python, node), ""])


def _rows(python: frozenset[str], node: frozenset[str]) -> Iterator[str]:
    yield "| Method | Request | State | Python | Node | Note |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, method in METHODS.items():
        ticks = ["✓" if name in proven else "" for proven in (python, node)]
        state, note = _state(method, python)
        request = f"`{method.verb} {method.path}`"
        yield f"| `{name}` | {request} | {state} | {' | '.join(ticks)} | {note} |"


def _state(method: Method, python: frozenset[str]) -> tuple[str, str]:
    name = method.name
    if name not in python:
        return "not yet", NOT_YET.get(name) or NOT_YET[name.split(".")[0]]
    if name in STORED_ONLY:
        return "stored only", STORED_ONLY[name]
    return "works", NEEDS.get(name, "")


if __name__ == "__main__":
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(table())
