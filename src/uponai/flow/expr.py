"""Equation conditions of a flow edge: exact comparisons of dynamic variables.

Retell's rules: numeric operators are false when either side is not a number; ``==``, ``!=`` and
``contains`` compare strings; ``exists`` asks whether the variable is set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from uponai.flow.variables import substitute, unresolved

Operator = Literal[
    "==", "!=", ">", ">=", "<", "<=", "contains", "not_contains", "exists", "not_exist"
]
OPERATORS: tuple[Operator, ...] = (
    "==",
    "!=",
    ">",
    ">=",
    "<",
    "<=",
    "contains",
    "not_contains",
    "exists",
    "not_exist",
)
UNARY: tuple[Operator, ...] = ("exists", "not_exist")
Joiner = Literal["&&", "||"]


@dataclass(frozen=True, slots=True)
class Equation:
    """``left`` is a variable's name, with or without braces, or a text with ``{{names}}`` in it."""

    left: str
    operator: Operator
    right: str = ""


@dataclass(frozen=True, slots=True)
class EquationCondition:
    """All (``&&``) or any (``||``) of the equations."""

    equations: tuple[Equation, ...]
    operator: Joiner = "&&"


def holds(condition: EquationCondition, variables: Mapping[str, str]) -> bool:
    """Whether the condition is true now. A condition without equations never is. Never raises."""
    results = (equation_holds(equation, variables) for equation in condition.equations)
    if not condition.equations:
        return False
    return all(results) if condition.operator == "&&" else any(results)


def equation_holds(equation: Equation, variables: Mapping[str, str]) -> bool:
    """Whether one equation is true now. Never raises."""
    operator = equation.operator
    if operator == "exists" or operator == "not_exist":
        return _exists(equation.left, variables) == (operator == "exists")
    left = _value(equation.left, variables)
    right = _unquoted(substitute(equation.right, variables))
    match operator:
        case "==" | "!=":
            return (left == right) == (operator == "==")
        case "contains" | "not_contains":
            return (right in left) == (operator == "contains")
        case ">" | ">=" | "<" | "<=":
            return _compare(operator, left, right)
        case _:
            assert_never(operator)


def _value(side: str, variables: Mapping[str, str]) -> str:
    bare = variables.get(side.strip())
    return substitute(side, variables).strip() if bare is None else bare


def _exists(side: str, variables: Mapping[str, str]) -> bool:
    name = side.strip()
    if "{{" in name:
        return not unresolved(name, variables)
    return name in variables


def _unquoted(side: str) -> str:
    """Flow authors write both ``booked`` and ``"booked"``."""
    side = side.strip()
    if len(side) >= 2 and side[0] == side[-1] and side[0] in "\"'":
        return side[1:-1]
    return side


def _compare(operator: Literal[">", ">=", "<", "<="], left: str, right: str) -> bool:
    a, b = _number(left), _number(right)
    if a is None or b is None:
        return False
    match operator:
        case ">":
            return a > b
        case ">=":
            return a >= b
        case "<":
            return a < b
        case "<=":
            return a <= b


def _number(side: str) -> float | None:
    try:
        value = float(side.strip())
    except ValueError:
        return None
    return value if math.isfinite(value) else None
