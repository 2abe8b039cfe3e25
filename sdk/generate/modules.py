"""Which file a type stands in: by the resource that needs it, and none too long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sdk.generate.plan import Plan

Roots = Literal["body", "answer"]


def homes_of(plan: Plan, kinds: Sequence[Roots]) -> dict[str, str]:
    """The module of each struct that methods need: its only resource's, else ``shared``."""
    homes: dict[str, str] = {}
    for resource, methods in plan.resources.items():
        named = [getattr(method, kind) for method in methods for kind in kinds]
        roots = [name for name in named if name]
        for name in plan.model.reached(*roots):
            homes[name] = "shared" if homes.get(name, resource) != resource else resource
    changed = True
    while changed:
        needed = {
            inner
            for name, home in homes.items()
            if home == "shared"
            for inner in plan.model.reached(name)
            if homes[inner] != "shared"
        }
        homes.update(dict.fromkeys(needed, "shared"))
        changed = bool(needed)
    return homes


def split(
    plan: Plan, homes: dict[str, str], texts: dict[str, str], most_chars: int
) -> dict[str, str]:
    """Long modules in several, each of which needs only those before it."""
    found: dict[str, str] = {}
    for module in set(homes.values()):
        part, size = 1, 0
        for group in _groups(plan, [name for name in texts if homes[name] == module]):
            more = sum(len(texts[name]) for name in group)
            if size and size + more > most_chars:
                part, size = part + 1, 0
            size += more
            found.update(dict.fromkeys(group, module if part == 1 else f"{module}_{part}"))
    return found


def _groups(plan: Plan, names: list[str]) -> list[list[str]]:
    """These structs, what is needed first; those that need each other together."""
    needs = {name: set(plan.model.reached(name)) & set(names) for name in names}
    groups: dict[frozenset[str], list[str]] = {}
    for name in sorted(names, key=lambda one: (len(needs[one]), one)):
        groups.setdefault(frozenset(needs[name]), []).append(name)
    alike = [[n for n in group if n in key and needs[n] == key] for key, group in groups.items()]
    return [group for group in alike if group]


def used(plan: Plan, name: str) -> list[str]:
    """The structs that this one's fields name."""
    fields = plan.model.structs[name].fields
    refs = [ref for one in fields for ref in plan.model.refs(one.type)]
    return [ref for ref in refs if ref in plan.model.structs]
