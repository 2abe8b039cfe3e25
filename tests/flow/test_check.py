from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.flow.parties import demo_flow

from uponai.flow.check import check, errors
from uponai.flow.graph import FlowError, parse


def flow(**changes: Any) -> dict[str, Any]:
    talk = {
        "id": "a",
        "type": "conversation",
        "instruction": {"type": "static_text", "text": "Hi"},
        "edges": [
            {
                "id": "e1",
                "transition_condition": {"type": "prompt", "prompt": "User says bye"},
                "destination_node_id": "b",
            }
        ],
    }
    return {
        "start_speaker": "agent",
        "start_node_id": "a",
        "nodes": [talk, {"id": "b", "type": "end"}],
        **changes,
    }


def with_node(**changes: Any) -> dict[str, Any]:
    """The flow with its first node changed."""
    data = flow()
    data["nodes"][0] |= changes
    return data


def edge(**changes: Any) -> dict[str, Any]:
    return {
        "id": "x",
        "transition_condition": {"type": "prompt", "prompt": "Else"},
        "destination_node_id": "b",
        **changes,
    }


def prompt(text: str) -> dict[str, Any]:
    return {"type": "prompt", "prompt": text}


def equation(*equations: dict[str, Any], operator: str = "&&") -> dict[str, Any]:
    return {"type": "equation", "equations": list(equations), "operator": operator}


@pytest.mark.parametrize("name", ["booking_agent", "callee"])
def test_the_demos_flows_are_clean(name: str) -> None:
    assert check(demo_flow(name)) == ()


@pytest.mark.parametrize(
    ("data", "path", "found"),
    [
        (flow(start_speaker="me"), "start_speaker", "'me'"),
        (flow(nodes=[]), "nodes", "[]"),
        (flow(start_node_id="z"), "start_node_id", "'z'"),
        (
            flow(default_dynamic_variables={"a": 1}),
            "default_dynamic_variables.a",
            "1",
        ),
        (with_node(id="b"), "nodes[1].id", "'b'"),
        (with_node(type="poem"), "nodes[0].type", "'poem'"),
        (with_node(instruction=None), "nodes[0].instruction", "nothing"),
        (
            with_node(instruction={"type": "song", "text": ""}),
            "nodes[0].instruction.type",
            "'song'",
        ),
        (
            with_node(edges=[edge(destination_node_id="gone")]),
            "nodes[0].edges[0].destination_node_id",
            "'gone'",
        ),
        (
            with_node(edges=[edge(), edge()]),
            "nodes[0].edges[1].id",
            "'x'",
        ),
        (
            with_node(edges=[edge(transition_condition=prompt(" "))]),
            "nodes[0].edges[0].transition_condition.prompt",
            "' '",
        ),
        (
            with_node(else_edge=edge(transition_condition=prompt("else"))),
            "nodes[0].else_edge.transition_condition.prompt",
            "'else'",
        ),
        (
            with_node(edges=[], always_edge=edge(transition_condition=prompt("Else"))),
            "nodes[0].always_edge.transition_condition.prompt",
            "'Else'",
        ),
        (
            with_node(skip_response_edge=edge(transition_condition=prompt("Skip response"))),
            "nodes[0].skip_response_edge",
            "['edges']",
        ),
        (
            with_node(edges=[edge(transition_condition=equation({"left": "a", "operator": "~"}))]),
            "nodes[0].edges[0].transition_condition.equations[0].operator",
            "'~'",
        ),
        (
            with_node(edges=[edge(transition_condition=equation({"left": "a", "operator": "=="}))]),
            "nodes[0].edges[0].transition_condition.equations[0].right",
            "None",
        ),
        (
            with_node(global_node_setting={"condition": ""}),
            "nodes[0].global_node_setting.condition",
            "''",
        ),
        (with_node(type="branch"), "nodes[0].else_edge", "nothing"),
        (
            with_node(type="function", tool_id="t", tool_type="local", wait_for_result=True),
            "nodes[0].tool_id",
            "'t'",
        ),
        (
            with_node(type="extract_dynamic_variables", variables=[]),
            "nodes[0].variables",
            "[]",
        ),
        (
            with_node(
                type="extract_dynamic_variables",
                variables=[{"name": "c", "type": "enum", "description": ""}],
            ),
            "nodes[0].variables[0].choices",
            "None",
        ),
    ],
)
def test_every_error_names_path_rule_and_value(data: dict[str, Any], path: str, found: str) -> None:
    problems = {problem.path: problem for problem in errors(data)}
    assert path in problems, list(map(str, check(data)))
    assert problems[path].value == found
    assert problems[path].rule


def test_a_type_not_played_here_names_node_and_type() -> None:
    assert errors(with_node(type="sms")) == ()
    problem = check(with_node(type="sms"))[0]
    assert problem.severity == "warning"
    assert str(problem) == (
        "nodes[0].type: node 'a': nodes of type 'sms' are not played by this version (found 'sms')"
    )
    assert parse(with_node(type="sms")).nodes["a"].type == "unsupported"


def test_an_unreachable_node_is_a_warning_only() -> None:
    data = flow()
    data["nodes"].append({"id": "island", "type": "end"})
    assert errors(data) == ()
    assert [str(problem) for problem in check(data)] == [
        "nodes[2]: no edge leads to this node (found 'island')"
    ]


def test_what_is_no_flow_is_refused() -> None:
    for data in ({}, {"nodes": []}, {"nodes": [{"type": "end"}]}, flow(start_node_id="z")):
        with pytest.raises(FlowError):
            parse(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "nodes", "edges", "instruction", "transition_condition"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values, json_values)
def test_checking_never_raises(nodes: Any, edges: Any) -> None:
    check(flow(nodes=nodes))
    check(with_node(edges=edges))
    check(with_node(else_edge=edges, global_node_setting=edges, instruction=edges))
