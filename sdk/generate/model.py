"""Types without a language: what the document and ``forms.txt`` are read into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Scalar:
    """``str``, ``int``, ``float``, ``bool``, ``None``, ``Any`` or ``File``."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    values: tuple[str | int | bool, ...]


@dataclass(frozen=True, slots=True)
class Array:
    of: Type


@dataclass(frozen=True, slots=True)
class Map:
    of: Type


@dataclass(frozen=True, slots=True)
class Ref:
    name: str


@dataclass(frozen=True, slots=True)
class Union:
    of: tuple[Type, ...]


Type = Scalar | Choice | Array | Map | Ref | Union
ANY = Scalar("Any")
NONE = Scalar("None")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: Type
    required: bool


@dataclass(slots=True)
class Struct:
    name: str
    doc: str
    fields: list[Field] = field(default_factory=list)


@dataclass(slots=True)
class Model:
    """Objects and names for other types, by name."""

    structs: dict[str, Struct] = field(default_factory=dict)
    aliases: dict[str, Type] = field(default_factory=dict)

    def resolve(self, type: Type) -> Type:
        """The type with aliases put in."""
        match type:
            case Ref(name) if name in self.aliases:
                return self.resolve(self.aliases[name])
            case Array(of):
                return Array(self.resolve(of))
            case Map(of):
                return Map(self.resolve(of))
            case Union(of):
                return union(*[self.resolve(one) for one in of])
            case _:
                return type

    def reached(self, *names: str) -> list[str]:
        """The structs that these need, themselves included, in order of first mention."""
        found: dict[str, None] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop(0)
            if name in found or name not in self.structs:
                continue
            found[name] = None
            waiting += [ref for one in self.structs[name].fields for ref in self.refs(one.type)]
        return list(found)

    def refs(self, type: Type) -> Iterator[str]:
        match self.resolve(type):
            case Ref(name):
                yield name
            case Array(of) | Map(of):
                yield from self.refs(of)
            case Union(of):
                for one in of:
                    yield from self.refs(one)
            case _:
                pass


def union(*types: Type) -> Type:
    """Flat, without repetition, None last."""
    flat: dict[Type, None] = {}
    for type in types:
        for one in type.of if isinstance(type, Union) else (type,):
            flat[one] = None
    if ANY in flat:
        return ANY
    chosen = [one for one in flat if one != NONE]
    found = (*chosen, NONE) if NONE in flat else tuple(chosen)
    return found[0] if len(found) == 1 else Union(found)
