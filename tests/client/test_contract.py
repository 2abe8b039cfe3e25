"""The clients follow the OpenAPI document: their typed files are made from it, every method has a
route, every route a method, and what the document and the method table both say agrees.
"""

from __future__ import annotations

from typing import Any

import pytest
from sdk.generate.document import body_of
from sdk.generate.forms import fields
from sdk.generate.operations import OPERATIONS, Operation
from sdk.generate.plan import make_plan
from sdk.generate.write import document, made_files, stale

LEFT_OUT = ("/recordings/", "/api/", "/uponai/")
"""Files, UponAI's own REST dialect, which is for those who have code for it, and what an owner
of the installation sets."""


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document()


def test_the_typed_files_are_made_from_the_document(described: dict[str, Any]) -> None:
    assert [path.name for path in stale(made_files(described))] == [], "python -m sdk.generate"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: f"{op.resource}.{op.name}")
def test_every_method_is_a_route_as_the_document_says(
    described: dict[str, Any], operation: Operation
) -> None:
    route = described["paths"][operation.path][operation.verb.lower()]
    given = [one for one in route.get("parameters", []) if one["in"] == "query"]
    assert {one["name"] for one in given} <= {one.name for one in fields(operation.query)}
    statuses = [status for status in route["responses"] if status.startswith("2")]
    assert (operation.answer == "") is all(
        "content" not in route["responses"][status] for status in statuses
    )


@pytest.mark.parametrize(
    "operation", [op for op in OPERATIONS if op.form], ids=lambda op: f"{op.resource}.{op.name}"
)
def test_a_form_has_the_documents_parts(described: dict[str, Any], operation: Operation) -> None:
    route = described["paths"][operation.path][operation.verb.lower()]
    schema = body_of(route)
    assert schema is not None
    name = schema["$ref"].rsplit("/", 1)[1]
    body = make_plan(described).model.structs[f"{operation.body}Params"]
    parts = described["components"]["schemas"][name]["properties"]
    assert {one.name for one in body.fields} == set(parts)


def test_every_route_has_a_method(described: dict[str, Any]) -> None:
    routes = {
        f"{verb.upper()} {path}"
        for path, verbs in described["paths"].items()
        for verb, route in verbs.items()
        if not route.get("deprecated") and not path.startswith(LEFT_OUT)
    }
    assert routes - {operation.route for operation in OPERATIONS} == set()


def test_a_resource_is_called_alike_in_both_languages() -> None:
    names = [(operation.resource, operation.name) for operation in OPERATIONS]
    assert len(set(names)) == len(names)
