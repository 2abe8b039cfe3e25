"""Every option of the lists of calls, by both official SDKs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import retell
from retell import Retell
from tests.api.server import Server, serving
from tests.contract.listed import BY_START, FILTERS, OLD_FILTERS, five_calls
from tests.contract.sdk import Recorder, strict_client
from tests.contract.test_configs import paged
from tests.contract.test_node_sdk import NODE, ran
from tests.fakes.node import node_packages


@pytest.fixture(scope="module")
def listing() -> Iterator[Server]:
    """A server that has the five calls."""
    with serving() as running:

        async def fill(world: Any) -> None:
            for call in five_calls():
                await world.storage.calls.add(call)

        running.run(fill)
        yield running


@pytest.fixture
def sdk(listing: Server) -> Iterator[Retell]:
    with strict_client(listing.base_url, Recorder("/prefix")) as client:
        yield client


def names(calls: Any) -> str:
    return "".join(call.call_id for call in calls)


def old(sdk: Retell, **body: Any) -> str:
    """The older list, which the SDK can ask for by its path only."""
    found: Any = sdk.post("/v2/list-calls", cast_to=object, body=body)
    assert all("access_token" in call or "from_number" in call for call in found)
    return "".join(call["call_id"] for call in found)


def test_every_filter_finds_its_calls(sdk: Retell) -> None:
    for criteria, expected in FILTERS:
        page = sdk.call.list(filter_criteria=criteria, include_total=True)
        assert (names(page.items), page.total) == (expected, len(expected)), criteria


def test_every_older_filter_finds_its_calls(sdk: Retell) -> None:
    for criteria, expected in OLD_FILTERS:
        assert old(sdk, filter_criteria=criteria) == expected, criteria


def test_both_orders_skips_and_totals(sdk: Retell) -> None:
    assert names(paged(sdk.call.list, sort_order="descending")) == BY_START
    assert names(paged(sdk.call.list, sort_order="ascending")) == BY_START[::-1]
    first = sdk.call.list(limit=2, skip=1, include_total=True)
    assert names(first.items) == BY_START[1:3] and first.total == 5 and first.has_more
    key = first.pagination_key
    then = sdk.call.list(limit=2, skip=1, pagination_key=key, include_total=True)
    assert names(then.items) == BY_START[4:] and then.total == 5 and not then.has_more
    assert sdk.call.list(skip=9).items == [] and sdk.call.list(limit=1).total is None
    for wrong in ({"include_total": "yes"}, {"sort_order": "up"}, {"limit": 0}, {"skip": -1}):
        with pytest.raises(retell.BadRequestError, match=next(iter(wrong))):
            sdk.call.list(**wrong)


def test_the_older_list_goes_on_after_a_call(sdk: Retell) -> None:
    assert old(sdk, limit=2) == BY_START[:2]
    assert old(sdk, limit=2, pagination_key=BY_START[1]) == BY_START[2:4]
    assert old(sdk, limit=2, pagination_key=BY_START[3]) == BY_START[4:]
    assert old(sdk, pagination_key=BY_START[-1]) == ""
    assert old(sdk, sort_order="ascending", pagination_key="c") == "da"


def test_a_call_that_comes_between_two_pages_moves_none(sdk: Retell, listing: Server) -> None:
    first = sdk.call.list(limit=2)
    for at, name in (
        (first.items[0].start_timestamp + 5, "new"),
        (five_calls()[3].created_ms, "f"),
    ):
        call = replace(five_calls()[4], call_id=name, created_ms=at)
        listing.run(lambda world, call=call: world.storage.calls.add(call))
    try:
        rest = sdk.call.list(pagination_key=first.pagination_key)
        assert [call.call_id for call in (*first.items, *rest.items)] == [*"adcfeb"]
    finally:
        for name in ("new", "f"):
            listing.run(lambda world, name=name: world.storage.calls.delete("org_1", name))


def test_the_node_sdk_finds_the_same(listing: Server) -> None:
    node_packages(NODE)
    cases = {"BY_START": BY_START, "FILTERS": FILTERS, "OLD_FILTERS": OLD_FILTERS}
    assert "call.list" in ran("lists", listing.base_url, sent=cases)
