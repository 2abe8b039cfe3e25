"""The Python client's typed files."""

from __future__ import annotations

import keyword
import re

from sdk.generate.model import Array, Choice, Map, Ref, Scalar, Struct, Type, Union
from sdk.generate.modules import Roots, homes_of, split, used
from sdk.generate.plan import Method, Plan, literal

SHADOWED = frozenset(name for name in dir(dict) if not name.startswith("_"))
"""Fields of these names are read as items only: ``figures["values"]``."""
_NOTE = "Made by ``python -m sdk.generate``."
MODULE_CHARS = 11_000
"""About 400 lines."""
_FUTURE = "from __future__ import annotations\n\n"


def python_files(plan: Plan) -> dict[str, str]:
    """Text by path under ``src/uponai/client``."""
    return {
        **_types(plan, "params", plan.bodies, "What methods take."),
        **_types(plan, "results", plan.answers, "What methods answer."),
        **_resources(plan),
    }


def render(plan: Plan, type: Type, *, result: bool = False) -> str:
    match plan.model.resolve(type):
        case Scalar(name):
            return name
        case Choice() as choice:
            return f"Literal[{', '.join(literal(choice))}]"
        case Array(of):
            outer = "list" if result else "Sequence"
            return f"{outer}[{render(plan, of, result=result)}]"
        case Map(of):
            outer = "dict" if result else "Mapping"
            return f"{outer}[str, {render(plan, of, result=result)}]"
        case Union(of):
            return " | ".join(render(plan, one, result=result) for one in of)
        case Ref(name):
            return name if name in plan.model.structs else "Any"


def _types(plan: Plan, package: str, roots: list[str], doc: str) -> dict[str, str]:
    result = package == "results"
    write = _result if result else _param
    texts = {name: write(plan, plan.model.structs[name]) for name in plan.model.reached(*roots)}
    kinds: list[Roots] = ["answer"] if result else ["body"]
    homes = split(plan, homes_of(plan, kinds), texts, MODULE_CHARS)
    files: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for module in sorted(set(homes.values())):
        mine = [name for name in texts if homes[name] == module]
        names[module] = sorted(mine)
        body = "\n\n".join(texts[name] for name in mine)
        head = f'"""{doc} {_NOTE}"""\n\n{_FUTURE}' + _imports(body, result=result)
        needed = {ref for name in mine for ref in used(plan, name)} - set(mine)
        for ref in sorted(needed):
            head += f"from uponai.client.{package}.{homes[ref]} import {ref}\n"
        files[f"{package}/{module}.py"] = head + "\n\n" + body
    files[f"{package}/__init__.py"] = _package(package, doc, names)
    return files


def _imports(body: str, *, result: bool) -> str:
    text = ""
    abc = [name for name in ("Mapping", "Sequence") if f"{name}[" in body]
    if abc:
        text += f"from collections.abc import {', '.join(abc)}\n"
    words = ["Any"] * ("Any" in body) + ["Literal"] * ("Literal[" in body)
    words += [] if result else ["Required"] * ("Required[" in body) + ["TypedDict"]
    if words:
        text += f"from typing import {', '.join(words)}\n\n"
    if result:
        text += "from uponai.client.record import Record\n"
    elif "File" in body:
        text += "from uponai.client.requests import File\n"
    return text


def _package(package: str, doc: str, names: dict[str, list[str]]) -> str:
    text = f'"""{doc} {_NOTE}"""\n\n'
    for module in sorted(names):
        text += f"from uponai.client.{package}.{module} import {', '.join(names[module])}\n"
    every = sorted(name for group in names.values() for name in group)
    return text + "\n__all__ = [" + ", ".join(f'"{name}"' for name in every) + ",]\n"


def _param(plan: Plan, struct: Struct) -> str:
    if any(keyword.iskeyword(one.name) or not one.name.isidentifier() for one in struct.fields):
        rows = ", ".join(
            f'"{one.name}": {_quoted(plan, one.type, required=one.required)}'
            for one in struct.fields
        )
        return f'{struct.name} = TypedDict("{struct.name}", {{{rows}}}, total=False)\n'
    rows = [f"class {struct.name}(TypedDict, total=False):"]
    if struct.doc:
        rows.append(f'    """{_clean(struct.doc)}"""\n')
    for one in struct.fields:
        text = render(plan, one.type)
        rows.append(f"    {one.name}: {f'Required[{text}]' if one.required else text}")
    return "\n".join(rows if struct.fields else [*rows, "    pass"]) + "\n"


def _quoted(plan: Plan, type: Type, *, required: bool) -> str:
    text = render(plan, type)
    return repr(f"Required[{text}]" if required else text)


def _result(plan: Plan, struct: Struct) -> str:
    rows = [f"class {struct.name}(Record):"]
    rows.append(f'    """{_clean(struct.doc)}"""\n' if struct.doc else "")
    shown = [
        one
        for one in struct.fields
        if one.name.isidentifier() and not keyword.iskeyword(one.name) and one.name not in SHADOWED
    ]
    for one in shown:
        text = render(plan, one.type, result=True)
        absent = not one.required and text != "Any" and not text.endswith("None")
        rows.append(f"    {one.name}: {text}{' | None' if absent else ''}")
    if not shown and not struct.doc:
        rows.append("    pass")
    return "\n".join(row for row in rows if row) + "\n"


def _clean(doc: str) -> str:
    doc = re.sub(r" \(trap[^)]*\)", "", doc).replace("``", "`")
    doc = doc.replace("\\", "\\\\").replace('"', "'")
    return doc if len(doc) < 90 else doc[:86].rsplit(" ", 1)[0] + " ..."


def _resources(plan: Plan) -> dict[str, str]:
    files: dict[str, str] = {}
    names: dict[str, str] = {}
    for resource, methods in plan.resources.items():
        name = "".join(part.capitalize() for part in resource.split("_"))
        names[resource] = name
        bodies = sorted({method.body for method in methods if method.body})
        answers = sorted({method.answer for method in methods if method.answer})
        text = ""
        for prefix in ("", "Async"):
            text += f"\n\nclass {prefix}{name}({prefix}Resource):\n"
            text += f'    """``client.{resource}``{", to be awaited" * bool(prefix)}."""\n'
            text += "".join(_method(plan, method, awaited=prefix == "Async") for method in methods)
        head = f'"""The {resource.replace("_", " ")} methods. {_NOTE}"""\n\n{_FUTURE}'
        if "builtins." in text:
            head += "import builtins\n"
        abc = [word for word in ("Mapping", "Sequence") if f"{word}[" in text]
        head += f"from collections.abc import {', '.join(abc)}\n" if abc else ""
        words = [w for w in ("Any", "Literal", "Unpack") if f"{w}[" in text or f" {w}" in text]
        head += f"from typing import {', '.join(words)}\n\n" if words else "\n"
        pages = any(method.kind == "page" for method in methods)
        head += "from uponai.client.paging import AsyncPages, Page\n" if pages else ""
        head += f"from uponai.client.params import {', '.join(bodies)}\n" if bodies else ""
        head += "from uponai.client.requests import Request, path_of\n"
        head += f"from uponai.client.results import {', '.join(answers)}\n" if answers else ""
        head += "from uponai.client.sending import AsyncResource, Resource\n"
        files[f"resources/{resource}.py"] = head + text
    files["resources/__init__.py"] = _resource_package(names)
    return files


def _resource_package(names: dict[str, str]) -> str:
    text = f'"""The API\'s resources, each in two forms. {_NOTE}"""\n\n{_FUTURE}'
    for resource, name in sorted(names.items()):
        text += f"from uponai.client.resources.{resource} import Async{name}, {name}\n"
    text += "from uponai.client.sending import AsyncSender, Sender\n"
    for prefix in ("", "Async"):
        doc = "Every resource of the client" + (", to be awaited." if prefix else ".")
        text += f'\n\nclass {prefix}Resources:\n    """{doc}"""\n\n'
        text += f"    def __init__(self, sender: {prefix}Sender) -> None:\n"
        for resource, name in names.items():
            text += f"        self.{resource} = {prefix}{name}(sender)\n"
    return text


def _method(plan: Plan, method: Method, *, awaited: bool) -> str:
    op = method.operation
    arguments = [f"{name}: str" for _, name in reversed(method.path)]
    keywords: list[str] = []
    for one in sorted(method.query, key=lambda field: not field.required):
        text = render(plan, one.type)
        keywords.append(f"{one.name}: {text}{'' if one.required else ' | None = None'}")
    if len(method.path) > 1:
        keywords = [*arguments[1:], *keywords]
        arguments = arguments[:1]
    star = ["*", *keywords] if keywords else []
    unpacked = [f"**body: Unpack[{method.body}]"] if method.body else []
    signature = ", ".join(["self", *arguments, *star, *unpacked])
    page = method.kind == "page"
    shown = f"{'async ' if awaited and not page else ''}def {op.name}"
    text = f"\n    {shown}({signature}) -> {_returned(method, awaited=awaited)}:\n"
    text += f'        """{op.doc}"""\n'
    answer = f", {method.answer}" if method.answer else ""
    call = f"self._{method.kind}({_request(method)}{answer})"
    return text + f"        return {'await ' if awaited and not page else ''}{call}\n"


def _returned(method: Method, *, awaited: bool) -> str:
    match method.kind:
        case "nothing":
            return "None"
        case "one":
            return method.answer
        case "many":
            return f"builtins.list[{method.answer}]"
        case "page":
            return f"AsyncPages[{method.answer}]" if awaited else f"Page[{method.answer}]"


def _request(method: Method) -> str:
    op = method.operation
    path = f'"{op.path}"'
    if method.path:
        values = ", ".join(f"{there}={here}" for there, here in method.path)
        path = f'path_of("{op.path}", {values})'
    parts = [f'"{op.verb}"', path]
    if method.body:
        parts.append("body=body")
    elif op.verb in ("POST", "PUT", "PATCH") and method.kind == "page":
        parts.append("body={}")
    if method.query:
        rows = ", ".join(f'"{one.name}": {one.name}' for one in method.query)
        parts.append(f"query={{{rows}}}")
    if op.timeout_s != 60:
        parts.append(f"timeout_s={float(op.timeout_s)}")
    parts += [f"{word}=True" for word in ("once", "keyed", "form") if getattr(op, word)]
    return f"Request({', '.join(parts)})"
