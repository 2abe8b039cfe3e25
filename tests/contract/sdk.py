"""The official SDKs as objects of proof: what methods they have, and which a test has shown.

``METHODS`` is read from the installed Python package. ``proves`` says which methods a test shows;
the ``sdk`` fixture fails the test unless each of them got a good answer in it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import retell
from retell import Retell
from tests.api.world import KEY

Test = TypeVar("Test", bound=Callable[..., Any])
_REQUEST = re.compile(r'self\._(get|post|put|patch|delete)\(\s*(?:path_template\(\s*)?"([^"]+)"')
_RESOURCES = Path(retell.__file__).parent / "resources"


@dataclass(frozen=True, slots=True)
class Method:
    """``name`` is ``resource.method`` as Python spells it."""

    name: str
    verb: str
    path: str

    @property
    def key(self) -> str:
        """As in ``uponai.api.described``."""
        return f"{self.verb} {re.sub(r'{[^}]*}', '{}', self.path)}"

    @property
    def node_name(self) -> str:
        """The same method in the Node SDK."""
        return ".".join(camel(part.rstrip("_")) for part in self.name.split("."))

    def fits(self, verb: str, path: str) -> bool:
        pattern = re.sub(r"\\{[^}]*\\}", ".+", re.escape(self.path))
        return verb == self.verb and re.fullmatch(pattern, path) is not None


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _methods() -> Iterator[Method]:
    for file in sorted(_RESOURCES.glob("*.py")):
        source = file.read_text()
        for part in ast.parse(source).body:
            if isinstance(part, ast.ClassDef) and re.fullmatch(r"(?!Async)\w+Resource", part.name):
                yield from _methods_of(file.stem, part, source)


def _methods_of(resource: str, part: ast.ClassDef, source: str) -> Iterator[Method]:
    for function in part.body:
        if not isinstance(function, ast.FunctionDef) or function.name.startswith(("_", "with_")):
            continue
        found = _REQUEST.search(ast.get_source_segment(source, function) or "")
        if found:
            yield Method(f"{resource}.{function.name}", found[1].upper(), found[2])


METHODS: Mapping[str, Method] = {method.name: method for method in _methods()}


def proves(*names: str) -> Callable[[Test], Test]:
    """This test shows that these methods of the Python SDK work."""
    unknown = set(names) - METHODS.keys()
    assert not unknown, unknown

    def mark(test: Test) -> Test:
        test.proves = names  # type: ignore[attr-defined]
        return test

    return mark


@dataclass
class Recorder:
    """The good answers that one client got: verb and path without the server's prefix."""

    prefix: str
    good: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, response: httpx.Response) -> None:
        if response.is_success:
            path = response.request.url.path.removeprefix(self.prefix)
            self.good.append((response.request.method, path))

    def shown(self, name: str) -> bool:
        return any(METHODS[name].fits(*one) for one in self.good)


def strict_client(base_url: str, recorder: Recorder, key: str = KEY) -> Retell:
    """The SDK with its own response validation on, which raises for any misfit."""
    hooks = {"response": [recorder]}
    return Retell(
        api_key=key,
        base_url=base_url,
        max_retries=0,
        http_client=httpx.Client(event_hooks=hooks, follow_redirects=True, timeout=20),
        _strict_response_validation=True,
    )


def as_sent(answer: Any) -> dict[str, Any]:
    """What the server said, by the SDK's own model."""
    return answer.model_dump(mode="json", by_alias=True, exclude_unset=True)


def assert_kept(answer: Any, sent: Mapping[str, Any]) -> None:
    """Field by field: every field sent is read back as it was sent."""
    got = as_sent(answer)
    differs = {
        name: (value, got.get(name))
        for name, value in sent.items()
        if _differ(value, got.get(name))
    }
    assert not differs


def _differ(sent: Any, got: Any) -> bool:
    """An object may come back with more fields than were sent."""
    if isinstance(sent, dict) and isinstance(got, dict):
        return any(_differ(value, got.get(name)) for name, value in sent.items())
    if isinstance(sent, list) and isinstance(got, list):
        return len(sent) != len(got) or any(map(_differ, sent, got))
    return sent != got
