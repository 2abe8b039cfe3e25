"""Reads the schemas of an OpenAPI document into a Model."""

from __future__ import annotations

from typing import Any

from sdk.generate.model import (
    ANY,
    NONE,
    Array,
    Choice,
    Field,
    Map,
    Model,
    Ref,
    Scalar,
    Struct,
    Type,
    union,
)

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


class Reader:
    """Objects without a name are named by where they stand."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.schemas: dict[str, Any] = document["components"]["schemas"]
        self.model = Model()

    def read(self) -> Model:
        for name, schema in self.schemas.items():
            if name not in self.model.structs:
                self._component(name, schema)
        return self.model

    def _component(self, name: str, schema: dict[str, Any]) -> None:
        if "properties" in schema or "allOf" in schema:
            self._struct(name, schema)
        else:
            self.model.aliases[name] = self.type(schema, name)

    def _struct(self, name: str, schema: dict[str, Any]) -> Struct:
        doc = str(schema.get("description", "")).strip().split("\n")[0]
        struct = self.model.structs[name] = Struct(name, doc)
        fields = {one.name: one for part in schema.get("allOf", []) for one in self._part(part)}
        required = schema.get("required", [])
        for key, value in schema.get("properties", {}).items():
            inner = self.type(value, name + _camel(key))
            fields[key] = Field(key, inner, key in required)
        struct.fields = list(fields.values())
        return struct

    def _part(self, schema: dict[str, Any]) -> list[Field]:
        if "$ref" in schema:
            name = _name(schema["$ref"])
            known = self.model.structs.get(name) or self._struct(name, self.schemas[name])
            return known.fields
        made = self._struct("_part", schema)
        del self.model.structs["_part"]
        return made.fields

    def type(self, schema: Any, place: str) -> Type:
        if not isinstance(schema, dict):
            return ANY
        if "$ref" in schema:
            return Ref(_name(schema["$ref"]))
        if "const" in schema:
            return Choice((schema["const"],))
        if "enum" in schema:
            values = tuple(one for one in schema["enum"] if one is not None)
            return union(Choice(values), NONE) if None in schema["enum"] else Choice(values)
        for word in ("anyOf", "oneOf"):
            if word in schema:
                return union(*[self.type(one, place) for one in schema[word]])
        return self._by_kind(schema, place)

    def _by_kind(self, schema: dict[str, Any], place: str) -> Type:
        kind = schema.get("type")
        if isinstance(kind, list):
            return union(*[self.type({**schema, "type": one}, place) for one in kind])
        if kind in _SCALARS:
            binary = schema.get("format") == "binary" or "contentMediaType" in schema
            return Scalar("File" if binary else _SCALARS[kind])
        if kind == "array":
            return Array(self.type(schema.get("items"), place))
        if "properties" in schema or "allOf" in schema:
            self._struct(place, schema)
            return Ref(place)
        return (
            Map(self.type(schema.get("additionalProperties"), place)) if kind == "object" else ANY
        )


def body_of(operation: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of a request's body, whatever its content type."""
    content = operation.get("requestBody", {}).get("content", {})
    for media in content.values():
        if media.get("schema"):
            return media["schema"]
    return None


def answer_of(operation: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of the good answer, where the document has one."""
    for status, response in operation.get("responses", {}).items():
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        if status.startswith("2") and schema:
            return schema
    return None


def _name(ref: str) -> str:
    return ref.rsplit("/", 1)[1]


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
