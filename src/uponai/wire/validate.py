"""Validation: Pydantic says what is wrong, one table here says it the way Retell's API does.

Messages read ``request/body/voice_speed must be <= 2``. Nothing is coerced: a number is not a
string and ``"true"`` is not a boolean. What validates is returned exactly as it was given.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from uponai.domain.errors import InvalidField, UserError

Json = dict[str, Any]

_SAFE_INTEGER = 2**53
_MOST_SHOWN = 80
_SECRET = ("password", "key", "token", "secret", "header")
MAX_DEPTH = 100


class Wire(BaseModel):
    """Base of every validated object. Unknown fields are kept, since Retell adds new ones often."""

    model_config = ConfigDict(strict=True, extra="allow", protected_namespaces=())


class Closed(BaseModel):
    """An object that may hold nothing but its fields."""

    model_config = ConfigDict(strict=True, extra="forbid", protected_namespaces=())


def _plain_float(text: str) -> int | float:
    """``1.0`` is the integer 1 in JSON; kept so, signed bodies survive re-serialising."""
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    if number.is_integer() and abs(number) < _SAFE_INTEGER:
        return int(number)
    return number


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def parse_json(raw: bytes) -> Any:
    """JSON that can be kept, shown and signed again. Raises ValueError."""
    try:
        read = json.loads(raw, parse_float=_plain_float, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError(f"nested more than {MAX_DEPTH} levels deep") from None
    _check_depth(read)
    if b"\\u" in raw:
        _check_text(read)
    return read


def parse_body(raw: bytes) -> Any:
    """JSON of a request; nothing at all counts as ``{}`` (SDKs send that, trap 7)."""
    if not raw.strip():
        return {}
    try:
        return parse_json(raw)
    except ValueError as error:
        raise UserError(
            f"Invalid request format: request/body must be valid JSON ({error})",
            code="invalid_json",
        ) from None


def _check_depth(value: Any) -> None:
    """What is kept must be read, shown and signed again, each of which costs stack per level."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise ValueError(f"nested more than {MAX_DEPTH} levels deep")


def _inside(value: Any) -> list[Any]:
    match value:
        case dict():
            return list(cast("dict[str, Any]", value).values())
        case list():
            return cast("list[Any]", value)
        case _:
            return []


def _check_text(value: Any) -> None:
    """Refuse what no database and no UTF-8 can hold: NUL and halves of surrogate pairs."""
    match value:
        case str():
            value.encode()
            if "\x00" in value:
                raise ValueError("NUL characters are not allowed")
        case dict():
            for key, inner in cast("dict[str, Any]", value).items():
                _check_text(key)
                _check_text(inner)
        case list():
            for inner in cast("list[Any]", value):
                _check_text(inner)
        case _:
            pass


def compact(value: Any) -> str:
    """JSON as it is sent and signed: no spaces, raw UTF-8, integers as integers (trap 18)."""
    return json.dumps(_integral(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _integral(value: Any) -> Any:
    match value:
        case float() if value.is_integer() and abs(value) < _SAFE_INTEGER:
            return int(value)
        case Mapping():
            items = cast("Mapping[str, Any]", value)
            return {key: _integral(inner) for key, inner in items.items()}
        case list() | tuple():
            return [_integral(inner) for inner in cast("list[Any]", value)]
        case _:
            return value


def check(model: type[BaseModel], data: Any, *, where: str = "body", within: str = "") -> Json:
    """``data`` unchanged when it fits ``model``. Raises InvalidField for the first misfit.

    ``within`` is the path of ``data`` inside the request, where it is not the whole of it.
    """
    try:
        model.model_validate(data)
    except ValidationError as error:
        raise _invalid(error, data, where, within) from None
    return cast("Json", data)


def _invalid(error: ValidationError, data: Any, where: str, within: str) -> InvalidField:
    found = min(error.errors(), key=_weight)
    kind = found["type"]
    location = found["loc"]
    if kind == "missing" and location:
        path = _path(location, data, within)
        return InvalidField(path, f"must have required property '{location[-1]}'", where=where)
    if kind == "extra_forbidden" and location:
        path = _path(location[:-1], data, within)
        rule = f"must NOT have additional properties ('{location[-1]}')"
        return InvalidField(path, rule, where=where)
    context = cast("Mapping[str, Any]", found.get("ctx") or {})
    say = _RULES.get(kind)
    rule = say(context) if say is not None else found["msg"]
    path = _path(location, data, within)
    return InvalidField(path, rule, where=where, value=_shown(path, found.get("input")))


def _shown(path: str, value: Any) -> str | None:
    """The value found, cut short; never one that may be a secret."""
    if any(word in path.lower() for word in _SECRET):
        return None
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def _weight(found: Mapping[str, Any]) -> int:
    """Missing fields are told last: a present but wrong one is the nearer mistake."""
    return 1 if found["type"] == "missing" else 0


def _path(location: tuple[int | str, ...], data: Any, within: str) -> str:
    """The location without the union tags that Pydantic puts into it."""
    steps = [within] if within else []
    here = data
    tagged = False
    for at, step in enumerate(location):
        if _is_tag(here, step) and at + 1 < len(location) and not tagged:
            tagged = True
            continue
        tagged = False
        if isinstance(here, Mapping) and step in here:
            here = cast("Mapping[Any, Any]", here)[step]
        elif isinstance(here, list) and isinstance(step, int):
            items = cast("list[Any]", here)
            here = items[step] if step < len(items) else None
        else:
            continue
        steps.append(str(step))
    return "/".join(steps)


def _is_tag(here: Any, step: int | str) -> bool:
    """Whether ``step`` is the type of the object ``here``, and so perhaps no field of it."""
    return isinstance(here, Mapping) and cast("Mapping[Any, Any]", here).get("type") == step


def _count(context: Mapping[str, Any], name: str) -> str:
    return f"{context.get(name)}"


def _of_length(fewer_or_more: str, limit: str, kind: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: f"must NOT have {fewer_or_more} than {_count(context, limit)} {kind}"


def _fixed(rule: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: rule


def _bound(sign: str, name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: f"must be {sign} {_integral(context.get(name))}"


def _choices(context: Mapping[str, Any]) -> str:
    listed = str(context.get("expected")).replace(" or ", ", ")
    return f"must be equal to one of the allowed values: {listed}"


def _tags(context: Mapping[str, Any]) -> str:
    named = str(context.get("discriminator")).strip("'")
    return f"must have property '{named}' equal to one of: {context.get('expected_tags')}"


def _tag_missing(context: Mapping[str, Any]) -> str:
    named = str(context.get("discriminator")).strip("'")
    return f"must have required property '{named}'"


def _own_words(context: Mapping[str, Any]) -> str:
    return str(context.get("error"))


_RULES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": _fixed("must be string"),
    "int_type": _fixed("must be integer"),
    "int_from_float": _fixed("must be integer"),
    "float_type": _fixed("must be number"),
    "bool_type": _fixed("must be boolean"),
    "dict_type": _fixed("must be object"),
    "mapping_type": _fixed("must be object"),
    "model_type": _fixed("must be object"),
    "model_attributes_type": _fixed("must be object"),
    "list_type": _fixed("must be array"),
    "finite_number": _fixed("must be a finite number"),
    "greater_than_equal": _bound(">=", "ge"),
    "less_than_equal": _bound("<=", "le"),
    "greater_than": _bound(">", "gt"),
    "less_than": _bound("<", "lt"),
    "string_too_short": _of_length("fewer", "min_length", "characters"),
    "string_too_long": _of_length("more", "max_length", "characters"),
    "too_short": _of_length("fewer", "min_length", "items"),
    "too_long": _of_length("more", "max_length", "items"),
    "string_pattern_mismatch": lambda context: f'must match pattern "{context.get("pattern")}"',
    "literal_error": _choices,
    "union_tag_invalid": _tags,
    "union_tag_not_found": _tag_missing,
    "value_error": _own_words,
}


def as_object(data: Any, within: str = "") -> Json:
    """``data`` as an object. Raises InvalidField when it is something else."""
    if not isinstance(data, dict):
        raise InvalidField(within, "must be object")
    return cast("Json", data)


def without_nulls(data: Mapping[str, Any]) -> Json:
    """Top-level nulls mean "not set"."""
    return {name: value for name, value in data.items() if value is not None}


def patched(stored: Mapping[str, Any], patch: Mapping[str, Any]) -> Json:
    """PATCH: null clears, absent keeps (trap 24)."""
    return without_nulls({**stored, **patch})
