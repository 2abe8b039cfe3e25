"""Joins the document, ``operations.py`` and ``forms.txt`` into what both languages write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from sdk.generate.document import Reader, answer_of, body_of
from sdk.generate.forms import add_forms, fields
from sdk.generate.model import Array, Choice, Field, Map, Model, Ref, Struct, Type, Union
from sdk.generate.operations import OPERATIONS, Operation

Kind = Literal["nothing", "one", "many", "page"]


@dataclass(frozen=True, slots=True)
class Method:
    """``path`` are (name in the path, name of the argument)."""

    operation: Operation
    path: tuple[tuple[str, str], ...]
    query: tuple[Field, ...]
    body: str | None
    kind: Kind
    answer: str


@dataclass(frozen=True, slots=True)
class Plan:
    model: Model
    methods: tuple[Method, ...]

    @property
    def resources(self) -> dict[str, list[Method]]:
        found: dict[str, list[Method]] = {}
        for method in self.methods:
            found.setdefault(method.operation.resource, []).append(method)
        return found

    @property
    def bodies(self) -> list[str]:
        return [method.body for method in self.methods if method.body]

    @property
    def answers(self) -> list[str]:
        return [method.answer for method in self.methods if method.answer]


def make_plan(document: dict[str, Any]) -> Plan:
    model = Reader(document).read()
    add_forms(model)
    renamed: dict[str, str] = {}
    methods: list[Method] = []
    for operation in OPERATIONS:
        described = document["paths"][operation.path][operation.verb.lower()]
        body = _body(operation, described)
        kind, answer = _answer(operation)
        if answer:
            renamed[_element(model, operation, answer_of(described))] = answer
        if body:
            renamed[body] = body_name(body)
        names = dict(operation.path_names)
        path = tuple((one, names.get(one, one)) for one in re.findall(r"{(\w+)}", operation.path))
        query = tuple(fields(operation.query))
        methods.append(
            Method(operation, path, query, body_name(body) if body else None, kind, answer)
        )
    return Plan(_rename(model, renamed), tuple(methods))


def body_name(name: str) -> str:
    """``Agent`` is what create-agent takes: ``AgentParams``."""
    stem = name.removesuffix("Patch")
    return f"{stem}UpdateParams" if stem != name else f"{name}Params"


def _body(operation: Operation, described: dict[str, Any]) -> str | None:
    if operation.form:
        return operation.body
    schema = body_of(described)
    return None if schema is None else str(schema["$ref"]).rsplit("/", 1)[1]


def _answer(operation: Operation) -> tuple[Kind, str]:
    """The kind, and our name of the type."""
    wanted = operation.answer
    if not wanted:
        return "nothing", ""
    kind: Kind = "page" if operation.paged else "many" if wanted.endswith("[]") else "one"
    return kind, wanted.removeprefix("Page ").removesuffix("[]")


def _element(model: Model, operation: Operation, schema: dict[str, Any] | None) -> str:
    """The document's name for what an answer, or an array or page of answers, consists of."""
    inner = (schema or {}).get("properties", {}).get("items", schema or {})
    inner = inner.get("items", inner)
    name = str(inner.get("$ref", "")).rsplit("/", 1)[-1]
    if name not in model.structs:
        raise ValueError(f"{operation.route}: the document does not name the answer's type")
    return name


def _rename(model: Model, names: dict[str, str]) -> Model:
    """Structs under their new names."""

    def change(type: Type) -> Type:
        match type:
            case Ref(name):
                return Ref(names.get(name, name))
            case Array(of):
                return Array(change(of))
            case Map(of):
                return Map(change(of))
            case Union(of):
                return Union(tuple(change(one) for one in of))
            case _:
                return type

    made = Model(aliases={name: change(type) for name, type in model.aliases.items()})
    for name, struct in model.structs.items():
        kept = [Field(one.name, change(one.type), one.required) for one in struct.fields]
        made.structs[names.get(name, name)] = Struct(names.get(name, name), struct.doc, kept)
    return made


def literal(choice: Choice) -> list[str]:
    """A choice's values, doubly quoted."""
    return [f'"{one}"' if isinstance(one, str) else str(one) for one in choice.values]
