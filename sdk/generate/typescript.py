"""The JavaScript client's typed files."""

from __future__ import annotations

from sdk.generate.model import Array, Choice, Map, Ref, Scalar, Struct, Type, Union
from sdk.generate.modules import homes_of, split, used
from sdk.generate.plan import Method, Plan, literal

MODULE_CHARS = 14_000
"""About 400 lines."""
_NOTE = "// Made by `python -m sdk.generate`; not edited by hand.\n"
_SCALARS = {
    "str": "string",
    "int": "number",
    "float": "number",
    "bool": "boolean",
    "None": "null",
    "Any": "unknown",
    "File": "Blob",
}
_FREE = ("metadata", "custom_analysis_data")


def typescript_files(plan: Plan) -> dict[str, str]:
    """Text by path under ``sdk/js/src``."""
    return {**_types(plan), "resources.ts": _resources(plan)}


def _types(plan: Plan) -> dict[str, str]:
    """``types/{resource}.ts``, and ``types.ts`` that gives them all."""
    roots = list(dict.fromkeys([*plan.bodies, *plan.answers]))
    names = plan.model.reached(*roots)
    texts = {name: _interface(plan, plan.model.structs[name]) for name in names}
    homes = split(plan, homes_of(plan, ("body", "answer")), texts, MODULE_CHARS)
    modules = sorted(set(homes.values()))
    every = "".join(f"export type * from './types/{module}.js';\n" for module in modules)
    files = {"types.ts": f"{_NOTE}\n{every}"}
    for module in modules:
        mine = [name for name in texts if homes[name] == module]
        needed = {ref for name in mine for ref in used(plan, name)} - set(mine)
        imports = "".join(
            f"import type {{ {', '.join(sorted(group))} }} from './{home}.js';\n"
            for home in modules
            if (group := [ref for ref in needed if homes[ref] == home])
        )
        body = "\n".join(texts[name] for name in mine)
        files[f"types/{module}.ts"] = "\n".join(part for part in (_NOTE, imports, body) if part)
    return files


def camel(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)


def render(plan: Plan, type: Type) -> str:
    match plan.model.resolve(type):
        case Scalar(name):
            return _SCALARS[name]
        case Choice() as choice:
            return " | ".join(_spelled(one) for one in literal(choice))
        case Array(of):
            inner = render(plan, of)
            return f"Array<{inner}>" if " " in inner else f"{inner}[]"
        case Map(of):
            return f"Record<string, {render(plan, of)}>"
        case Union(of):
            return " | ".join(dict.fromkeys(render(plan, one) for one in of))
        case Ref(name):
            return name if name in plan.model.structs else "unknown"


def _spelled(value: str) -> str:
    return {"True": "true", "False": "false"}.get(value, value.replace('"', "'"))


def _interface(plan: Plan, struct: Struct) -> str:
    doc = f"/** {struct.doc.replace('``', '`').replace('*/', '')} */\n" if struct.doc else ""
    rows = []
    for one in struct.fields:
        name = one.name if one.name.isidentifier() else f"'{one.name}'"
        text = render(plan, one.type)
        if "unknown" in text and one.name in _FREE:
            text = text.replace("unknown", "any")
        rows.append(f"  {name}{'' if one.required else '?'}: {text};\n")
    return f"{doc}export interface {struct.name} {{\n{''.join(rows)}}}\n"


def _resources(plan: Plan) -> str:
    names = sorted({*plan.bodies, *plan.answers})
    text = _NOTE
    text += "\nimport { type Options, type Pages, Resource, pathOf } from './sending.js';\n"
    text += "import type {\n" + "".join(f"  {name},\n" for name in names) + "} from './types.js';\n"
    for resource, methods in plan.resources.items():
        text += f"\n/** `client.{camel(resource)}` */\n"
        text += f"export class {_class(resource)} extends Resource {{\n"
        text += "\n".join(_method(plan, method) for method in methods) + "}\n"
    text += "\n/** Every resource of the client. */\nexport abstract class Resources {\n"
    for resource in plan.resources:
        text += f"  readonly {camel(resource)}: {_class(resource)};\n"
    text += "\n  constructor(sender: ConstructorParameters<typeof Resource>[0]) {\n"
    for resource in plan.resources:
        text += f"    this.{camel(resource)} = new {_class(resource)}(sender);\n"
    return text + "  }\n}\n"


def _class(resource: str) -> str:
    name = camel(resource)
    return name[0].upper() + name[1:] + "s" if not name.endswith("y") else _plural(name)


def _plural(name: str) -> str:
    return name[0].upper() + name[1:-1] + "ies"


def _method(plan: Plan, method: Method) -> str:
    op = method.operation
    path = list(reversed(method.path))
    arguments = [f"{here}: string" for _, here in path[:1]]
    given = _given(plan, method)
    if given:
        needed = _needs_parameters(plan, method)
        arguments.append(f"params: {given}" if needed else f"params: {given} = {{}}")
    arguments.append("options?: Options")
    answer = _returned(method)
    text = f"  /** {op.doc} */\n"
    text += f"  {camel(op.name)}({', '.join(arguments)}): {answer} {{\n"
    call = f"this.{method.kind}({_request(method, given=bool(given))}, options)"
    return text + f"    return {call};\n  }}\n"


def _given(plan: Plan, method: Method) -> str:
    """The type of the one object that body, query and further path names come in."""
    parts = [method.body] if method.body else []
    rows = [f"{here}: string" for _, here in list(reversed(method.path))[1:]]
    rows += [
        f"{one.name}{'' if one.required else '?'}: {render(plan, one.type)}" for one in method.query
    ]
    if rows:
        parts.append("{ " + "; ".join(rows) + " }")
    return " & ".join(parts)


def _needs_parameters(plan: Plan, method: Method) -> bool:
    fields = [*method.query, *(plan.model.structs[method.body].fields if method.body else ())]
    return len(method.path) > 1 or any(one.required for one in fields)


def _returned(method: Method) -> str:
    match method.kind:
        case "nothing":
            return "Promise<void>"
        case "one":
            return f"Promise<{method.answer}>"
        case "many":
            return f"Promise<{method.answer}[]>"
        case "page":
            return f"Pages<{method.answer}>"


def _request(method: Method, *, given: bool) -> str:
    op = method.operation
    first, *others = [name for name, _ in reversed(method.path)] or [""]
    path = f"'{op.path}'"
    if method.path:
        here = dict(method.path)
        values = [first if here[first] == first else f"{first}: {here[first]}"]
        values += [f"{name}: params.{here[name]}" for name in others]
        path = f"pathOf({path}, {{ {', '.join(values)} }})"
    parts = [f"method: '{op.verb}'", f"path: {path}"]
    taken = [one.name for one in method.query] + [dict(method.path)[name] for name in others]
    if given and method.body:
        parts.append("body: params")
    if taken and given:
        listed = ", ".join(f"'{one.name}'" for one in method.query)
        if listed:
            parts.append(f"query: [params, [{listed}]]")
    if op.timeout_s != 60:
        parts.append(f"timeoutMs: {op.timeout_s}_000")
    parts += [f"{word}: true" for word in ("once", "keyed", "form") if getattr(op, word)]
    return f"{{ {', '.join(parts)} }}"
