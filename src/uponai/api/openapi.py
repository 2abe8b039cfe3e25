"""The OpenAPI document: bodies are validated by ``wire``, so their schemas are put in by hand."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

_REF = "#/components/schemas/{model}"
_bodies: dict[str, type[BaseModel]] = {}


def takes(model: type[BaseModel], *, partial: bool = False) -> dict[str, Any]:
    """A route's ``openapi_extra`` that names its body; ``partial``: nothing of it is required."""
    _bodies[model.__name__] = model
    name = f"{model.__name__}Patch" if partial else model.__name__
    schema = {"$ref": _REF.format(model=name)}
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": not partial, "content": content}}


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, routes=app.routes)
        wanted = [(model, "validation") for model in _bodies.values()]
        _, schemas = models_json_schema(wanted, ref_template=_REF)  # pyright: ignore[reportArgumentType]
        found: dict[str, Any] = schemas.get("$defs", {})
        patches = {
            f"{name}Patch": {key: value for key, value in found[name].items() if key != "required"}
            for name in _bodies
        }
        components = made.setdefault("components", {})
        components.setdefault("schemas", {}).update({**found, **patches})
        components["securitySchemes"] = {"api_key": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"api_key": []}]
        app.openapi_schema = made
    return app.openapi_schema
