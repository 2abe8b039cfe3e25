"""The OpenAPI document: bodies are validated by ``wire``, so their schemas are put in by hand.

``takes`` names a route's body; ``described`` says the rest: answers, queries, errors, examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from uponai.api.described import OPERATIONS, QUERY, Described
from uponai.api.examples import EXAMPLES
from uponai.api.schemas import Error

_REF = "#/components/schemas/{model}"
_bodies: dict[str, type[BaseModel]] = {}
_partial: set[str] = set()
_VERBS = ("get", "post", "put", "patch", "delete")
_ABOUT = (
    "Self-hosted phone agents behind Retell AI's wire API: point `RETELL_BASE_URL` here and keep"
    " your code. Every error is one JSON object with `status`, `message`, `error_message` and"
    " `code`."
)
ERRORS = {
    "400": "A field breaks its rule, or the state of the object does not allow this.",
    "401": "The API key is missing or invalid.",
    "403": "The key is valid but may not do this.",
    "404": "Nothing under this path, or no such object.",
    "405": "The path does not take this method.",
    "413": "The body is larger than any object of this API.",
    "422": "No such object under this key, or a key used for something else.",
    "429": "Over a limit; Retry-After says when to come back.",
    "500": "A fault of the server.",
    "502": "A vendor or a carrier answered with an error.",
    "503": "The database does not answer; Retry-After says when to come back.",
}


def takes(model: type[BaseModel], *, partial: bool = False) -> dict[str, Any]:
    """A route's ``openapi_extra`` that names its body; ``partial``: nothing of it is required."""
    _bodies[model.__name__] = model
    name = model.__name__
    if partial:
        name = f"{name}Patch"
        _partial.add(model.__name__)
    required = not partial and any(field.is_required() for field in model.model_fields.values())
    return {"requestBody": _body(_ref(name), "application/json", required=required)}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": _REF.format(model=name)}


def _body(schema: dict[str, Any], media: str, *, required: bool) -> dict[str, Any]:
    return {"required": required, "content": {media: {"schema": schema}}}


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=_ABOUT, routes=app.routes
        )
        for key, operation in operations(made):
            _describe(operation, OPERATIONS.get(key, Described()))
        made["components"] = {
            "schemas": _schemas(),
            "securitySchemes": {"api_key": {"type": "http", "scheme": "bearer"}},
        }
        made["security"] = [{"api_key": []}]
        app.openapi_schema = made
    return app.openapi_schema


def operations(made: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation with its key in ``described``: verb and path, parameters unnamed."""
    for path, item in made["paths"].items():
        for verb in _VERBS:
            if verb in item:
                yield f"{verb.upper()} {re.sub(r'{[^}]*}', '{}', path)}", item[verb]


def _describe(operation: dict[str, Any], known: Described) -> None:
    if known.body is not None and "requestBody" not in operation:
        media = "multipart/form-data" if known.multipart else "application/json"
        schema = _ref(known.body.__name__)
        operation["requestBody"] = _body(schema, media, required=known.multipart)
    parameters = cast("list[dict[str, Any]]", operation.setdefault("parameters", []))
    named = {parameter["name"] for parameter in parameters}
    for name in known.query:
        if name not in named:
            parameters.append({"name": name, "in": "query", "schema": QUERY[name]})
    for parameter in parameters:
        if parameter["name"] == "version":
            parameter["schema"] = QUERY["version"]
        if parameter["in"] == "path":
            parameter["schema"] = {"type": "string", "minLength": 1}
    operation["responses"] = {**_success(operation, known), **_errors()}


def _success(operation: dict[str, Any], known: Described) -> dict[str, Any]:
    (status,) = [code for code in operation["responses"] if code.startswith("2")]
    answer: dict[str, Any] = {"description": "Done."}
    if known.answer is not None:
        name = known.answer.__name__
        schema, example = _shaped(known.shape, name)
        answer["content"] = {"application/json": {"schema": schema, "example": example}}
    if known.audio:
        answer["content"] = {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}
    return {status: answer}


def _shaped(shape: str, name: str) -> tuple[dict[str, Any], Any]:
    example = EXAMPLES.get(name)
    if shape == "one":
        return _ref(name), example
    items: dict[str, Any] = {"type": "array", "items": _ref(name)}
    if shape == "array":
        return items, [example]
    page = {
        "items": items,
        "has_more": {"type": "boolean"},
        "pagination_key": {"type": "string"},
        "total": {"type": "integer"},
    }
    schema = {"type": "object", "properties": page, "required": ["items", "has_more"]}
    return schema, {"items": [example], "has_more": False}


def _errors() -> dict[str, Any]:
    content = {"application/json": {"schema": _ref(Error.__name__)}}
    return {code: {"description": meaning, "content": content} for code, meaning in ERRORS.items()}


def _schemas() -> dict[str, Any]:
    models = {Error.__name__: Error, **_bodies}
    for known in OPERATIONS.values():
        models |= {model.__name__: model for model in (known.answer, known.body) if model}
    wanted = [(model, "validation") for model in models.values()]
    _, made = models_json_schema(wanted, ref_template=_REF)  # pyright: ignore[reportArgumentType]
    found: dict[str, Any] = made["$defs"]
    for name in _partial:
        found[f"{name}Patch"] = {
            key: value for key, value in found[name].items() if key != "required"
        }
    for name, example in EXAMPLES.items():
        if name in found:
            found[name] = {**found[name], "examples": [example]}
    return _alternatives(dict(sorted(found.items())))


def _alternatives(schema: Any) -> Any:
    """``oneOf`` that no property tells apart may fit twice: said as ``anyOf``."""
    if isinstance(schema, list):
        return [_alternatives(inner) for inner in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    given = cast("dict[str, Any]", schema)
    tagged = "discriminator" in given
    return {
        "anyOf" if name == "oneOf" and not tagged else name: _alternatives(inner)
        for name, inner in given.items()
    }
