"""Reads ``forms.txt`` and ``query`` texts: Python's own words for types, one field a line."""

from __future__ import annotations

import ast
from pathlib import Path

from sdk.generate import model as types
from sdk.generate.model import ANY, NONE, Array, Choice, Field, Map, Model, Ref, Scalar, Struct

TEXT = Path(__file__).with_name("forms.txt")


def add_forms(model: Model) -> None:
    """Puts the types of ``forms.txt`` into ``model``."""
    struct = Struct("", "")
    for line in TEXT.read_text().splitlines():
        if line.startswith(" "):
            struct.fields.append(field(line.strip()))
        elif line and not line.startswith("#"):
            struct = model.structs[line] = Struct(line, "")


def field(text: str) -> Field:
    name, _, rest = text.partition(": ")
    return Field(name.rstrip("?"), _type(ast.parse(rest, mode="eval").body), name[-1] != "?")


def fields(text: str) -> list[Field]:
    """``a: int; b?: str``."""
    return [field(one.strip()) for one in text.split(";") if one.strip()]


def _type(node: ast.expr) -> types.Type:
    match node:
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choices):
            return _choice(choices)
        case ast.Name(id=name):
            return _named(name)
        case ast.Constant(value=None):
            return NONE
        case ast.BinOp(left=left, right=right):
            return types.union(_type(left), _type(right))
        case ast.Subscript(value=ast.Name(id="list"), slice=inner):
            return Array(_type(inner))
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, inner])):
            return Map(_type(inner))
        case _:
            raise ValueError(ast.unparse(node))


def _named(name: str) -> types.Type:
    if name == "Any":
        return ANY
    return Scalar(name) if name in ("str", "int", "float", "bool", "File") else Ref(name)


def _choice(node: ast.expr) -> Choice:
    values = node.elts if isinstance(node, ast.Tuple) else [node]
    return Choice(tuple(ast.literal_eval(one) for one in values))
