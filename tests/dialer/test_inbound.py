"""Weighted draw over a number's agents."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from uponai.dialer.inbound import draw, sip_variables

weights = st.lists(st.floats(0, 1, allow_nan=False), min_size=1, max_size=5)
points = st.floats(0, 1, exclude_max=True)


def test_custom_fields_and_those_that_say_who_calls_whom_become_variables() -> None:
    headers = {
        "X-Campaign": "spring",
        "Diversion": "<sip:a@pbx>",
        "History-Info": "<sip:b@pbx>;index=1",
        "User-To-User": "00c8",
        "P-Asserted-Identity": "<sip:c@pbx>",
        "From": "<sip:d@pbx>",
        "Call-ID": "e",
    }
    assert sip_variables(headers) == {
        "x-campaign": "spring",
        "diversion": "<sip:a@pbx>",
        "history-info": "<sip:b@pbx>;index=1",
        "user-to-user": "00c8",
        "p-asserted-identity": "<sip:c@pbx>",
    }


def test_nobody_is_drawn_from_nothing() -> None:
    assert draw([], 0.3) is None
    assert draw([{"agent_id": "a", "weight": 0}], 0.3) is None


def test_each_agent_has_its_share() -> None:
    bindings = [{"agent_id": "a", "weight": 0.25}, {"agent_id": "b", "weight": 0.75}]
    drawn = [draw(bindings, step / 1000) for step in range(1000)]
    assert sum(1 for binding in drawn if binding and binding["agent_id"] == "a") == 250


@given(weights, points)
def test_an_agent_without_weight_is_never_drawn(shares: list[float], at: float) -> None:
    drawn = draw([{"agent_id": i, "weight": share} for i, share in enumerate(shares)], at)
    assert drawn is None if sum(shares) == 0 else drawn is not None and drawn["weight"] > 0
