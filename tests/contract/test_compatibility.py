"""The published table says what the tests show, and nothing served is left unshown."""

from __future__ import annotations

from tests.api.world import world
from tests.contract.compatibility import (
    NOT_YET,
    STORED_ONLY,
    TABLE,
    proven_by_node,
    proven_by_python,
    table,
)
from tests.contract.sdk import METHODS

from uponai.api.openapi import operations

NODE_LACKS = frozenset[str]()


def test_the_published_table_is_the_one_the_tests_make() -> None:
    assert TABLE.read_text() == table(), "run: python -m tests.contract.compatibility"


def test_both_sdks_show_the_same_methods() -> None:
    assert proven_by_python() - proven_by_node() == NODE_LACKS
    assert not proven_by_node() - proven_by_python()


async def test_every_method_that_is_served_is_shown() -> None:
    async with world() as w:
        served = {key for key, _ in operations(w.app().openapi())}
    there = {name for name, method in METHODS.items() if method.key in served}
    chat = {name for name in there if name.startswith("chat_agent.")}
    assert there - chat == proven_by_python()


def test_reasons_name_methods() -> None:
    resources = {name.split(".")[0] for name in METHODS}
    assert not STORED_ONLY.keys() - METHODS.keys()
    assert not NOT_YET.keys() - METHODS.keys() - resources
