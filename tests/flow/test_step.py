"""Scripts: what a caller says, and what the flow makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.flow.parties import NOW_MS, Party
from tests.flow.test_check import edge, equation, prompt

from uponai.flow.graph import parse
from uponai.flow.state import (
    CallTool,
    EndCall,
    Extracted,
    FlowState,
    Judge,
    NeedArguments,
    NeedExtraction,
    Speak,
    Transition,
    WaitForUser,
)
from uponai.flow.step import FlowMachine
from uponai.flow.walk import MAX_HOPS


def way(name: str, condition: dict[str, Any], to: str) -> dict[str, Any]:
    return edge(id=name, transition_condition=condition, destination_node_id=to)


def only(literal: str, to: str) -> dict[str, Any]:
    return way(literal, prompt(literal), to)


def talk(name: str, text: str, *edges: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {"type": "static_text", "text": text}
    return {"id": name, "type": "conversation", "instruction": said, "edges": list(edges), **more}


def end(name: str = "end", text: str = "Bye.") -> dict[str, Any]:
    said = {"type": "static_text", "text": text}
    return {"id": name, "type": "end", "speak_during_execution": True, "instruction": said}


def flow(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"start_speaker": "agent", "start_node_id": nodes[0]["id"], "nodes": list(nodes), **more}


def is_set(name: str) -> dict[str, Any]:
    return equation({"left": "{{" + name + "}}", "operator": "exists"})


TOOL = {
    "type": "custom",
    "tool_id": "t1",
    "name": "look_up",
    "url": "{{base}}/look-up",
    "parameters": {
        "type": "object",
        "properties": {
            "people": {"type": "integer"},
            "day": {"type": "string"},
            "source": {"type": "string", "const": "phone of {{who}}"},
            "smoking": {"type": "boolean", "default": False},
        },
        "required": ["people", "day"],
    },
    "response_variables": {"table": "$.tables[0].name", "none": "$.nothing"},
}


def function(name: str = "call", **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "type": "function",
        "tool_id": "t1",
        "tool_type": "local",
        "wait_for_result": True,
        **more,
    }


def test_the_agent_greets_and_variables_are_filled_in() -> None:
    machine = FlowMachine(parse(flow(talk("a", "Hi {{who}}, {{what}}?"))))
    step = machine.begin({"who": "Anna"}, NOW_MS)
    assert step.outputs == (Speak("a", text="Hi Anna, {{what}}?"), WaitForUser("a"))


def test_where_the_caller_starts_the_agent_waits_and_may_be_told_to_begin() -> None:
    machine = FlowMachine(parse(flow(talk("a", "Hi."), start_speaker="user")))
    step = machine.begin({}, NOW_MS)
    assert step.outputs == (WaitForUser("a"),)
    assert machine.on_user_text(step.state, "Hello?", NOW_MS).outputs[0] == Speak("a", text="Hi.")
    assert machine.open_now(step.state, NOW_MS).outputs[0] == Speak("a", text="Hi.")


def test_equations_come_first_in_their_order_and_ask_nobody() -> None:
    start = talk(
        "a",
        "Hi.",
        way("worded", prompt("User says anything"), "b"),
        way("first", is_set("who"), "c"),
        way("second", is_set("who"), "b"),
    )
    machine = FlowMachine(parse(flow(start, end("b"), end("c", "See you."))))
    state = machine.begin({"who": "Anna"}, NOW_MS).state
    step = machine.on_user_text(state, "anything", NOW_MS)
    assert step.outputs == (
        Transition("a", "", "c", "", "normal"),
        Speak("c", text="See you."),
        EndCall("c"),
    )


def test_worded_conditions_are_judged_once_then_else() -> None:
    start = talk(
        "a",
        "Red or blue?",
        way("red", prompt("User wants {{first}}"), "r"),
        way("blue", prompt("User wants blue"), "b"),
        else_edge=only("Else", "other"),
    )
    machine = FlowMachine(
        parse(flow(start, end("r", "Red."), end("b", "Blue."), end("other", "Neither.")))
    )
    state = machine.begin({"first": "red"}, NOW_MS).state
    step = machine.on_user_text(state, "the red one", NOW_MS)
    (judge,) = step.outputs
    assert isinstance(judge, Judge)
    assert [(one.id, one.text) for one in judge.conditions] == [
        ("red", "User wants red"),
        ("blue", "User wants blue"),
    ]
    assert (judge.text, judge.asked) == ("the red one", "Red or blue?")
    assert machine.on_judgement(step.state, "blue", NOW_MS).outputs[1] == Speak("b", text="Blue.")
    assert machine.on_judgement(step.state, None, NOW_MS).outputs[1] == Speak(
        "other", text="Neither."
    )


def test_more_words_while_a_judgement_is_awaited_are_judged_with_the_rest() -> None:
    start = talk("a", "Yes?", way("x", prompt("User wants x"), "end"))
    machine = FlowMachine(parse(flow(start, end())))
    state = machine.on_user_text(machine.begin({}, NOW_MS).state, "I want", NOW_MS).state
    (judge,) = machine.on_user_text(state, "x", NOW_MS).outputs
    assert isinstance(judge, Judge)
    assert [said.text for said in judge.context] == ["Yes?", "I want", "x"]


def test_nothing_matched_is_asked_again_at_most_twice() -> None:
    agrees = way("yes", prompt("User agrees"), "end")
    party = Party(flow(talk("a", "I call about rent. Do you agree?", agrees), end()))
    party.begin()
    assert party.hears("purple") == "Sorry, I didn't catch that. Do you agree?"
    assert party.hears("orange") == "Sorry, I didn't catch that. Do you agree?"
    assert party.hears("green") == "Bye."
    assert party.ended == EndCall("end")


def test_with_a_model_the_conversation_stays_and_the_model_answers() -> None:
    agrees = way("yes", prompt("User agrees"), "end")
    machine = FlowMachine(parse(flow(talk("a", "Do you agree?", agrees), end())), has_llm=True)
    step = machine.on_user_text(machine.begin({}, NOW_MS).state, "who are you", NOW_MS)
    step = machine.on_judgement(step.state, None, NOW_MS)
    assert step.outputs == (Speak("a", prompt="Do you agree?"), WaitForUser("a"))
    assert machine.on_agent_said(step.state, "I'm Ava.").last("agent") == "I'm Ava."


def test_always_and_skip_response() -> None:
    first = talk("a", "Hello.", skip_response_edge=only("Skip response", "b"))
    second = talk("b", "Your name?", always_edge=only("Always", "end"))
    del first["edges"], second["edges"]
    party = Party(flow(first, second, end()))
    assert party.begin() == "Hello."
    assert party.finished_speaking() == "Your name?"
    assert party.finished_speaking() == ""
    assert party.hears("whatever") == "Bye."


def test_speaking_into_a_node_that_skips_the_response_moves_on_once() -> None:
    first = talk("a", "Hello.", skip_response_edge=only("Skip response", "b"))
    party = Party(flow(first, talk("b", "Your name?")))
    party.begin()
    assert party.hears("hm") == "Your name?"
    assert party.finished_speaking() == ""


def skipping(*others: dict[str, Any]) -> Party:
    first = talk("a", "Hello there, friend.", skip_response_edge=only("Skip response", "b"))
    del first["edges"]
    party = Party(flow(first, *others))
    party.begin()
    party.finished_speaking()
    return party


@pytest.mark.parametrize("heard", ["", "Hello", "hello there", "Hello there, friend."])
def test_who_interrupts_before_a_skipped_response_is_answered_by_the_next_node(heard: str) -> None:
    party = skipping(talk("b", "We are closed."))
    party.state = party.state.as_heard(heard)
    assert party.hears("Are you open?") == "We are closed."
    assert [said.text for said in party.state.said][1:] == ["Are you open?", "We are closed."]
    assert [one.new_node_id for one in party.outputs if isinstance(one, Transition)] == ["b"]


@pytest.mark.parametrize("loose", ["skip_response_edge", "always_edge"])
def test_where_such_an_edge_leads_nowhere_the_model_answers(loose: str) -> None:
    words = "Skip response" if loose == "skip_response_edge" else "Always"
    node = talk("a", "Hello.", **{loose: {"id": "s", "transition_condition": prompt(words)}})
    machine = FlowMachine(parse(flow(node)), has_llm=True)
    begun = machine.begin({}, NOW_MS).state
    state = machine.on_agent_finished(begun, NOW_MS).state
    step = machine.on_user_text(state, "And the parking?", NOW_MS)
    assert step.outputs == (Speak("a", prompt="Hello."), WaitForUser("a"))


def test_of_several_nodes_the_first_that_was_not_heard_goes_on() -> None:
    second = talk("b", "We are closed.", skip_response_edge=only("Skip response", "end"))
    party = skipping(second, end())
    assert party.finished_speaking() == "Bye."
    before = party.state
    party.state = before.as_heard("Hello there friend we are")
    assert party.hears("wait") == "Bye."
    party.state = before.as_heard("Hello there")
    assert party.hears("wait") + party.finished_speaking() == "We are closed.Bye."


def test_what_was_heard_or_has_no_words_is_not_gone_back_to() -> None:
    second = talk("b", "Tea?", only("User says yes", "end"))
    for heard in ("Hello there friend tea", "One moment.", "Hello there, friend. Tea? And more."):
        state = skipping(second, end()).state
        assert state.as_heard(heard) == state
    party = skipping(talk("b", "", only("User says yes", "end")), end())
    party.state = party.state.as_heard("Hello")
    assert party.hears("Yes") == "Bye."


def test_a_function_that_was_called_is_not_called_again_for_an_interruption() -> None:
    call = function("b", wait_for_result=False, else_edge=only("Else", "c"))
    first = talk("a", "Hello there, friend.", skip_response_edge=only("Skip response", "b"))
    party = Party(flow(first, call, talk("c", "Done."), tools=[TOOL]), results={"look_up": "{}"})
    party.begin()
    assert party.finished_speaking() == "Done."
    party.state = party.state.as_heard("Hello")
    party.hears("wait")
    assert len(party.calls) == 1


def test_where_a_response_was_skipped_is_kept_in_the_checkpoint() -> None:
    state = skipping(talk("b", "We are closed.")).state
    kept = FlowState.from_json(json.loads(json.dumps(state.to_json())))
    assert kept == state and kept.as_heard("Hello").waiting == "opening"


def test_a_branch_speaks_nothing_and_takes_its_else() -> None:
    branch = {
        "id": "fork",
        "type": "branch",
        "edges": [way("vip", equation({"left": "tier", "operator": "==", "right": "gold"}), "v")],
        "else_edge": only("Else", "end"),
    }
    start = talk("a", "Hi.", always_edge=only("Always", "fork"))
    del start["edges"]
    nodes = (start, branch, end(), end("v", "Welcome back."))
    for tier, words in (("gold", "Welcome back."), ("tin", "Bye.")):
        party = Party(flow(*nodes), variables={"tier": tier})
        party.begin()
        assert party.hears("hello") == words


def test_extraction_sets_what_was_said_and_leaves_the_rest_unset() -> None:
    wanted = [
        {"name": "day", "type": "string", "description": "day of the visit"},
        {"name": "guests", "type": "number", "description": "how many people"},
        {"name": "email", "type": "string", "description": "mail address"},
    ]
    extraction = {
        "id": "get",
        "type": "extract_dynamic_variables",
        "variables": wanted,
        "edges": [way("has", is_set("email"), "end")],
        "else_edge": only("Else", "mail"),
    }
    start = talk("a", "When, and how many?", always_edge=only("Always", "get"))
    del start["edges"]
    data = flow(start, extraction, end(), talk("mail", "For {{guests}}. Your mail?"))
    party = Party(data)
    party.begin()
    assert party.hears("tomorrow, for four people") == "For 4. Your mail?"
    assert Extracted({"day": "2026-11-23", "guests": "4"}, "get") in party.outputs
    assert party.state.collected == {"day": "2026-11-23", "guests": "4"}

    machine = FlowMachine(parse(data), has_llm=True)
    step = machine.on_user_text(machine.begin({}, NOW_MS).state, "tomorrow for four", NOW_MS)
    need = step.outputs[-1]
    assert isinstance(need, NeedExtraction)
    assert [variable.name for variable in need.variables] == ["email"]
    step = machine.on_extraction(step.state, {"email": "a@b.c", "other": "x"}, NOW_MS)
    assert step.outputs[0] == Extracted({"email": "a@b.c"}, "get")
    assert step.state.waiting == "ended"


def test_a_function_is_called_with_what_is_known_and_its_answer_sets_variables() -> None:
    start = talk("a", "How many, which day?", always_edge=only("Always", "call"))
    del start["edges"]
    call = function(
        edges=[way("free", is_set("table"), "end")],
        else_edge=only("Else", "sorry"),
        speak_during_execution=True,
        instruction={"type": "static_text", "text": "One moment."},
    )
    data = flow(start, call, end("end", "Table {{table}}."), end("sorry", "Full."), tools=[TOOL])
    answer = json.dumps({"tables": [{"name": "seven"}]})
    party = Party(data, variables={"base": "http://x", "who": "Anna"}, results={"look_up": answer})
    party.begin()
    assert party.hears("six people on friday") == "One moment. Table seven."
    (made,) = party.calls
    assert json.loads(made.arguments) == {
        "people": 6,
        "day": "2026-11-27",
        "source": "phone of Anna",
        "smoking": False,
    }
    assert made.tool["url"] == "http://x/look-up"
    assert Extracted({"table": "seven"}, "call", made.tool_call_id) in party.outputs

    party = Party(data, results={"look_up": "not json"})
    party.begin()
    assert party.hears("six people on friday") == "One moment. Full."


def test_a_failed_function_sets_nothing_and_is_judged_as_failed() -> None:
    call = function(
        edges=[way("ok", prompt("It succeeded"), "end"), way("bad", prompt("It failed"), "sorry")]
    )
    machine = FlowMachine(parse(flow(call, end(), end("sorry", "Sorry."), tools=[TOOL])))
    step = machine.begin({}, NOW_MS)
    (made,) = step.outputs
    assert isinstance(made, CallTool)
    assert machine.on_user_text(step.state, "hello?", NOW_MS).outputs == ()
    stale = machine.on_tool_result(step.state, "other", "{}", ok=True, now_ms=NOW_MS)
    assert stale.outputs == ()
    body = '{"tables": [{"name": "one"}]}'
    step = machine.on_tool_result(step.state, made.tool_call_id, body, ok=False, now_ms=NOW_MS)
    (judge,) = step.outputs
    assert isinstance(judge, Judge)
    assert judge.text.startswith("The function call failed.")
    assert "table" not in step.state.variables


def test_a_function_not_waited_for_goes_on_and_its_answer_counts_later() -> None:
    call = function(wait_for_result=False, else_edge=only("Else", "b"))
    machine = FlowMachine(parse(flow(call, talk("b", "Meanwhile."), tools=[TOOL])))
    step = machine.begin({}, NOW_MS)
    assert [type(output) for output in step.outputs] == [CallTool, Transition, Speak, WaitForUser]
    made = step.outputs[0]
    assert isinstance(made, CallTool)
    body = '{"tables": [{"name": "one"}]}'
    step = machine.on_tool_result(step.state, made.tool_call_id, body, ok=True, now_ms=NOW_MS)
    assert step.state.variables["table"] == "one"
    assert (step.state.node_id, step.state.waiting) == ("b", "user")


def test_a_model_fills_in_missing_arguments() -> None:
    call = function(else_edge=only("Else", "end"))
    machine = FlowMachine(parse(flow(call, end(), tools=[TOOL])), has_llm=True)
    step = machine.begin({"people": "3"}, NOW_MS)
    (need,) = step.outputs
    assert isinstance(need, NeedArguments)
    assert json.loads(need.known)["people"] == 3
    step = machine.on_arguments(step.state, '{"people": 3, "day": "today"}', NOW_MS)
    (made,) = step.outputs
    assert isinstance(made, CallTool)
    assert made.arguments == '{"people": 3, "day": "today"}'


def test_a_global_node_is_entered_from_anywhere_left_again_and_cools_down() -> None:
    helper = talk(
        "help",
        "We are open till six.",
        global_node_setting={
            "condition": "User asks about opening hours",
            "cool_down": 3,
            "go_back_conditions": [
                {"id": "back", "transition_condition": prompt("User says thank you or okay")}
            ],
        },
    )
    start = talk("a", "Shall I book?", way("yes", prompt("User agrees"), "end"))
    machine = FlowMachine(parse(flow(start, helper, end())))
    step = machine.on_user_text(machine.begin({}, NOW_MS).state, "when are you open", NOW_MS)
    (judge,) = step.outputs
    assert isinstance(judge, Judge)
    assert [one.id for one in judge.conditions] == ["yes", "global:help"]
    step = machine.on_judgement(step.state, "global:help", NOW_MS)
    assert step.outputs[0] == Transition("a", "", "help", "", "global")
    step = machine.on_user_text(step.state, "okay thank you", NOW_MS)
    (judge,) = step.outputs
    assert isinstance(judge, Judge)
    assert [one.id for one in judge.conditions] == ["back:back"]
    step = machine.on_judgement(step.state, "back:back", NOW_MS)
    assert step.outputs[0] == Transition("help", "", "a", "", "global_go_back")
    (judge,) = machine.on_user_text(step.state, "when are you open", NOW_MS).outputs
    assert isinstance(judge, Judge)
    assert [one.id for one in judge.conditions] == ["yes"]


def test_a_circle_without_the_caller_ends_the_call() -> None:
    def fork(name: str, to: str) -> dict[str, Any]:
        return {"id": name, "type": "branch", "edges": [], "else_edge": only("Else", to)}

    machine = FlowMachine(parse(flow(fork("a", "b"), fork("b", "a"))))
    step = machine.begin({}, NOW_MS)
    assert isinstance(step.outputs[-1], EndCall)
    assert str(MAX_HOPS) in (step.outputs[-1].error or "")


def test_a_node_not_played_here_ends_the_call_and_says_so() -> None:
    machine = FlowMachine(parse(flow({"id": "x", "type": "sms"})))
    (ended,) = machine.begin({}, NOW_MS).outputs
    assert ended == EndCall("x", "node 'x' is of type 'sms', not played here")


def test_an_unconnected_edge_waits() -> None:
    loose = way("loose", is_set("who"), "")
    machine = FlowMachine(parse(flow(talk("a", "Hi.", loose))))
    state = machine.begin({"who": "x"}, NOW_MS).state
    assert machine.on_user_text(state, "hello", NOW_MS).outputs == (WaitForUser("a"),)


def test_after_the_end_nothing_more_is_said_and_the_call_ends() -> None:
    party = Party(flow(end()))
    assert party.begin() == "Bye."
    party.ended = None
    assert party.hears("wait!") == ""
    assert party.ended == EndCall("end")


def test_prompts_are_rendered_without_a_model_and_handed_over_with_one() -> None:
    node = talk("a", "")
    node["instruction"] = {"type": "prompt", "text": "Ask the user for their date of birth."}
    graph = parse(flow(node))
    spoken = FlowMachine(graph).begin({}, NOW_MS).outputs[0]
    assert spoken == Speak("a", text="May I ask for your date of birth?")
    asked = FlowMachine(graph, has_llm=True).begin({}, NOW_MS).outputs[0]
    assert asked == Speak("a", prompt="Ask the user for their date of birth.")


def test_a_state_survives_its_checkpoint() -> None:
    call = function(else_edge=only("Else", "b"))
    machine = FlowMachine(parse(flow(call, talk("b", "Done {{table}}."), tools=[TOOL])))
    step = machine.begin({"who": "x"}, NOW_MS)
    restored = FlowState.from_json(json.loads(json.dumps(step.state.to_json())))
    assert restored == step.state
    body = '{"tables": [{"name": "one"}]}'
    step = machine.on_tool_result(restored, "tool_call_1", body, ok=True, now_ms=NOW_MS)
    assert Speak("b", text="Done one.") in step.outputs
