"""The tasks of a batch as CSV: a header, then a call per line. Pure.

``phone number`` (or ``to number``) is wanted; ``override agent id``, ``override agent version``,
``metadata``, ``custom sip headers`` (JSON objects), ``ignore e164 validation`` and ``honor internal
dnc`` (true or false) may be there; every other column is a dynamic variable of its name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, Protocol

from uponai.domain.errors import InvalidField
from uponai.wire.batch import BatchSettings
from uponai.wire.create_call import CallTask
from uponai.wire.validate import Json, check, parse_json, without_nulls

MAX_LINES = 1_000_000
PLACE = "lines"
_NUMBER = ("phone_number", "to_number")
_OBJECTS = ("metadata", "custom_sip_headers")
_FLAGS = ("ignore_e164_validation", "honor_internal_dnc")
_PLAIN = ("override_agent_id", "override_agent_version")
_QUOTED = re.compile(r'"[^"]*("|$)')
_VARIABLES = "retell_llm_dynamic_variables"
_JSON_SETTINGS = (
    "trigger_timestamp",
    "reserved_concurrency",
    "call_time_window",
    "redial_policy",
)


class _Reader(Protocol):
    """``csv.reader``: records, and how many lines they took so far."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> list[str]: ...


def batch_settings(fields: Mapping[str, str]) -> Json:
    """The settings of a form or a query: numbers and objects are JSON texts. Raises
    InvalidField."""
    given: Json = {}
    for name in fields:
        # Misspelt, it would be no setting, and the calls would begin at once.
        if name not in BatchSettings.model_fields:
            raise InvalidField(name, "must be a setting of a batch, or left out")
    for name, text in fields.items():
        given[name] = _json(name, text) if name in _JSON_SETTINGS else text
    return check(BatchSettings, without_nulls(given))


def read_tasks(lines: Iterable[str]) -> Iterator[tuple[int, Json]]:
    """Every task with the number of its line; one at a time. Raises InvalidField."""
    rest, first = iter(lines), ""
    with _told(0):
        first = next(rest, "")
    reader = csv.reader(chain((first,), rest), delimiter=_delimiter(first), strict=True)
    header = _row(reader) or []
    columns = _columns(header)
    while (begun := reader.line_num + 1) and (row := _row(reader)) is not None:
        if any(cell.strip() for cell in row):
            yield begun, _task(columns, row, begun)


def _delimiter(header: str) -> str:
    """Spreadsheets write what their country does; what stands in quotes is no delimiter."""
    bare = _QUOTED.sub("", header)
    return max(",;\t", key=bare.count)


def _row(reader: _Reader) -> list[str] | None:
    with _told(reader.line_num):
        return next(reader, None)


@contextmanager
def _told(before: int) -> Generator[None]:
    """What is wrong with the record after line ``before``."""
    try:
        yield
    except csv.Error as error:
        raise InvalidField(f"{PLACE}/{before + 1}", f"must be CSV ({error})") from None
    except UnicodeDecodeError:
        raise InvalidField(f"{PLACE}/{before + 1}", "must be UTF-8") from None


def _columns(header: Sequence[str]) -> list[str]:
    """What each column means: a field of a task, or a dynamic variable as it is written."""
    known = {*_NUMBER, *_OBJECTS, *_FLAGS, *_PLAIN}
    columns: list[str] = []
    for cell in header:
        plain = "_".join(cell.lower().replace("_", " ").split())
        columns.append(plain if plain in known else cell.strip())
    numbers = [name for name in columns if name in _NUMBER]
    if len(numbers) != 1:
        raise InvalidField(f"{PLACE}/1", "must name one column phone number")
    named = [name for name in columns if name]
    doubled = sorted({name for name in named if named.count(name) > 1})
    if doubled:
        raise InvalidField(f"{PLACE}/1", f"must NOT name the column {doubled[0]} twice")
    return columns


def _task(columns: Sequence[str], row: Sequence[str], line: int) -> Json:
    if any(cell.strip() for cell in row[len(columns) :]):
        rule = f"must NOT have more cells ({len(row)}) than the header ({len(columns)})"
        raise InvalidField(f"{PLACE}/{line}", rule)
    within = f"{PLACE}/{line}"
    task: Json = {}
    variables: dict[str, str] = {}
    for name, cell in zip(columns, row, strict=False):
        text = cell.strip()
        if not name or not text:
            continue
        match name:
            case "phone_number" | "to_number":
                task["to_number"] = text
            case "metadata" | "custom_sip_headers":
                task[name] = _json(f"{within}/{name}", text)
            case "ignore_e164_validation" | "honor_internal_dnc":
                task[name] = _flag(f"{within}/{name}", text)
            case "override_agent_version":
                task[name] = int(text[:20]) if text.isascii() and text.isdigit() else text
            case "override_agent_id":
                task[name] = text
            case _:
                variables[name] = text
    if variables:
        task[_VARIABLES] = variables
    return check(CallTask, task, within=within)


def _json(path: str, text: str) -> Any:
    try:
        return parse_json(text.encode())
    except ValueError:
        raise InvalidField(path, "must be JSON") from None


def _flag(path: str, text: str) -> bool:
    word = text.lower()
    if word not in ("true", "false"):
        raise InvalidField(path, "must be true or false")
    return word == "true"
