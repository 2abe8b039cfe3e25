from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uponai.flow.expr import OPERATORS, Equation, EquationCondition, Operator, holds

VALUES = {"age": "18", "city": "San Jose", "empty": "", "word": "ten"}


@pytest.mark.parametrize(
    ("left", "operator", "right", "expected"),
    [
        ("{{age}}", "==", "18", True),
        ("age", "==", "18", True),
        ("{{age}}", "==", "18.0", False),
        ("{{city}}", "==", '"San Jose"', True),
        ("{{city}}", "!=", "Berlin", True),
        ("{{missing}}", "!=", "Berlin", True),
        ("{{missing}}", "==", "Berlin", False),
        ("{{age}}", ">", "17.5", True),
        ("{{age}}", ">", "18", False),
        ("{{age}}", ">=", "18", True),
        ("{{age}}", "<", "18", False),
        ("{{age}}", "<", "100", True),
        ("{{age}}", "<=", "18", True),
        ("{{word}}", ">", "1", False),
        ("{{word}}", "<", "100", False),
        ("{{missing}}", "<=", "100", False),
        ("{{age}}", "<", "nan", False),
        ("{{city}}", "contains", "Jose", True),
        ("{{city}}", "contains", "jose", False),
        ("{{city}}", "not_contains", "jose", True),
        ("{{city}}", "not_contains", "San", False),
        ("{{city}}", "exists", "", True),
        ("city", "exists", "", True),
        ("{{empty}}", "exists", "", True),
        ("{{missing}}", "exists", "", False),
        ("{{missing}}", "not_exist", "", True),
        ("city", "not_exist", "", False),
        ("{{age}} in {{city}}", "==", "18 in San Jose", True),
    ],
)
def test_each_operator(left: str, operator: Operator, right: str, expected: bool) -> None:  # noqa: FBT001
    assert holds(EquationCondition((Equation(left, operator, right),)), VALUES) is expected


def test_all_or_any() -> None:
    true, false = Equation("age", "==", "18"), Equation("age", "==", "19")
    assert holds(EquationCondition((true, false), "||"), VALUES)
    assert not holds(EquationCondition((true, false), "&&"), VALUES)
    assert holds(EquationCondition((true, true), "&&"), VALUES)
    assert not holds(EquationCondition((), "&&"), VALUES)


@given(
    st.text(),
    st.sampled_from(OPERATORS),
    st.text(),
    st.dictionaries(st.text(), st.text()),
    st.sampled_from(["&&", "||"]),
)
def test_no_equation_raises(left, operator, right, values, joiner) -> None:
    condition = EquationCondition((Equation(left, operator, right),) * 2, joiner)
    assert holds(condition, values) in (True, False)


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text()))
def test_opposites_are_opposite(left, right, values) -> None:
    def one(operator: Operator) -> bool:
        return holds(EquationCondition((Equation(left, operator, right),)), values)

    assert one("==") != one("!=")
    assert one("contains") != one("not_contains")
    assert one("exists") != one("not_exist")
