"""``/docs``: the OpenAPI document as one page, without scripts and without other hosts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from uponai.api.openapi import operations

router = APIRouter(include_in_schema=False)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
nav a { margin-right: 1rem } code, pre { font: 13px/1.45 ui-monospace, monospace }
pre { overflow: auto; max-height: 28rem; padding: .7rem; border: 1px solid #8886 }
details { border: 1px solid #8886; border-radius: 4px; margin: .4rem 0; padding: .4rem .7rem }
summary { cursor: pointer } summary b { display: inline-block; min-width: 4.5rem }
table { border-collapse: collapse } td { padding: .1rem 1rem .1rem 0; vertical-align: top }
.old { text-decoration: line-through }
"""
_RULES = (
    "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minLength", "maxLength", "minItems", "maxItems", "pattern", "default",
)  # fmt: skip
_MOST_SHOWN = 90
Json = Mapping[str, Any]


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Needs no key, like the document that it shows."""
    page = reference(request.app.openapi())
    return HTMLResponse(page, headers={"content-security-policy": _POLICY})


def reference(document: dict[str, Any]) -> str:
    """The whole page."""
    by_tag: dict[str, list[str]] = {}
    for key, operation in operations(document):
        tag = str((operation.get("tags") or ["Other"])[0])
        by_tag.setdefault(tag, []).append(_operation(key, operation, document))
    title = escape(str(document["info"]["title"]))
    links = "".join(f'<a href="#{escape(tag)}">{escape(tag)}</a> ' for tag in by_tag)
    parts = [f'<h2 id="{escape(tag)}">{escape(tag)}</h2>{"".join(by_tag[tag])}' for tag in by_tag]
    models = document["components"]["schemas"]
    shown = "".join(_model(name, models[name]) for name in models)
    about = escape(str(document["info"].get("description", "")))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f'<h1>{title} API</h1><p>{about}</p><p>As a document: <a href="./openapi.json">'
        f"<code>/openapi.json</code></a>. Every request bears"
        f" <code>Authorization: Bearer &lt;key&gt;</code>.</p>"
        f'<nav>{links}<a href="#objects">Objects</a></nav>'
        f'{"".join(parts)}<h2 id="objects">Objects</h2>{shown}</html>'
    )


def _operation(key: str, operation: Json, document: Json) -> str:
    verb, _, _ = key.partition(" ")
    path = _path_of(operation, document)
    old = ' class="old"' if operation.get("deprecated") else ""
    about = escape(str(operation.get("description") or operation.get("summary") or ""))
    lines = [f"<p>{about}</p>", _parameters(operation.get("parameters") or ())]
    body = operation.get("requestBody")
    if body is not None:
        lines.append(f"<h4>Body</h4>{_content(body['content'])}")
    for status, answer in cast("Mapping[str, Json]", operation["responses"]).items():
        if status.startswith("2"):
            lines.append(f"<h4>Answer {status}</h4>{_content(answer.get('content') or {})}")
    failures = [status for status in operation["responses"] if not status.startswith("2")]
    lines.append(f"<p>Errors: {', '.join(failures)}, each an {_link('Error')}.</p>")
    head = f"<summary><b>{verb}</b> <code{old}>{escape(path)}</code></summary>"
    name = escape(str(operation["operationId"]))
    return f'<details id="{name}">{head}{"".join(lines)}</details>'


def _path_of(operation: Json, document: Json) -> str:
    """With the names of its parameters."""
    paths = cast("Mapping[str, Json]", document["paths"])
    return next(path for path, item in paths.items() if operation in item.values())


def _parameters(parameters: Sequence[Json]) -> str:
    rows = [
        f"<tr><td><code>{escape(str(one['name']))}</code><td>{one['in']}"
        f"<td>{_type(one.get('schema') or {})}"
        for one in parameters
        if one["in"] in ("path", "query")
    ]
    return f"<h4>Parameters</h4><table>{''.join(rows)}</table>" if rows else ""


def _content(content: Mapping[str, Json]) -> str:
    if not content:
        return "<p>Empty.</p>"
    return "".join(
        f"<p>{escape(media)}: {_type(one.get('schema') or {})}</p>{_example(one.get('example'))}"
        for media, one in content.items()
    )


def _model(name: str, schema: Json) -> str:
    fields = cast("Mapping[str, Json]", schema.get("properties") or {})
    required = schema.get("required") or ()
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code>{' *' if field in required else ''}"
        f"<td>{_type(inner)}<td>{escape(' '.join(_rules(inner)))}"
        for field, inner in fields.items()
    )
    table = f"<table>{rows}</table>" if rows else f"<p>{_type(schema)}</p>"
    about = escape(str(schema.get("description", "")))
    example = _example(next(iter(schema.get("examples") or ()), None))
    head = f"<summary><code>{escape(name)}</code></summary>"
    return f'<details id="{escape(name)}">{head}<p>{about}</p>{table}{example}</details>'


def _type(schema: Json) -> str:
    if "$ref" in schema:
        return _link(str(schema["$ref"]).rsplit("/", 1)[-1])
    for name in ("anyOf", "oneOf", "allOf"):
        if name in schema:
            kinds = [_type(one) for one in cast("Sequence[Json]", schema[name])]
            return " or ".join(dict.fromkeys(kinds))
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items') or {})}"
    return escape(str(schema.get("type", "any")))


def _rules(schema: Json) -> Iterator[str]:
    for one in (schema, *cast("Sequence[Json]", schema.get("anyOf") or ())):
        for rule in _RULES:
            if one.get(rule) is not None:
                text = f"{rule} {json.dumps(one[rule], ensure_ascii=False)}"
                yield text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def _link(name: str) -> str:
    return f'<a href="#{escape(name)}">{escape(name)}</a>'


def _example(example: Any) -> str:
    if example is None:
        return ""
    return f"<pre>{escape(json.dumps(example, indent=2, ensure_ascii=False))}</pre>"
