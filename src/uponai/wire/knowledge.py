"""Knowledge bases: the multipart form, its limits, and the object that comes back.

Both SDKs send lists as one JSON text per field, booleans as text, and repeat the field of the
files (trap 13); raw clients repeat fields, or add ``[]`` to their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, cast
from urllib.parse import quote

from pydantic import AfterValidator, Field

from uponai.domain.errors import InvalidField, UserError
from uponai.wire.validate import Json, Wire, check, parse_body

LIMITS: Mapping[str, int] = {"document": 25, "text": 50, "url": 500}
"""Sources of one kind that a knowledge base may have."""
FIELDS = {
    "document": "knowledge_base_files",
    "text": "knowledge_base_texts",
    "url": "knowledge_base_urls",
}
MAX_FILE_BYTES = 50_000_000
DEFAULT_MAX_CHUNK, DEFAULT_MIN_CHUNK = 2000, 400
SETTINGS = ("enable_auto_refresh", "max_chunk_size", "min_chunk_size")
SUFFIXES = frozenset(
    "bmp csv doc docx eml epub heic htm html jpeg jpg png md msg odt org p7s pdf ppt pptx rst rtf"
    " tif tiff txt tsv xls xlsx xml".split()
)


def _url(value: str) -> str:
    if not value.lower().startswith(("http://", "https://")):
        raise ValueError("must be an http or https URL")
    return value


class KnowledgeText(Wire):
    title: Annotated[str, Field(min_length=1, max_length=256)]
    text: Annotated[str, Field(min_length=1)]


class NewSources(Wire):
    """Form fields of add-knowledge-base-sources; files come as ``knowledge_base_files``."""

    knowledge_base_texts: list[KnowledgeText] | None = None
    knowledge_base_urls: list[Annotated[str, AfterValidator(_url)]] | None = None


class NewKnowledgeBase(NewSources):
    """Form fields of create-knowledge-base."""

    knowledge_base_name: Annotated[str, Field(min_length=1, max_length=39)]
    enable_auto_refresh: bool | None = None
    max_chunk_size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    min_chunk_size: Annotated[int, Field(ge=1, le=100_000)] | None = None


def new_base(fields: Mapping[str, Sequence[str]]) -> Json:
    """The validated form of create-knowledge-base. Raises InvalidField."""
    given = check(NewKnowledgeBase, _read(fields))
    largest = given.get("max_chunk_size", DEFAULT_MAX_CHUNK)
    if given.get("min_chunk_size", DEFAULT_MIN_CHUNK) >= largest:
        raise InvalidField("min_chunk_size", "must be < max_chunk_size")
    return given


def new_sources(fields: Mapping[str, Sequence[str]]) -> Json:
    """The validated form of add-knowledge-base-sources. Raises InvalidField."""
    return check(NewSources, _read(fields))


def check_file(filename: str, size: int, at: int) -> None:
    """Raises InvalidField for a file that is too large or of an unknown kind."""
    path = f"{FIELDS['document']}/{at}"
    if size > MAX_FILE_BYTES:
        raise InvalidField(path, f"must NOT be larger than {MAX_FILE_BYTES} bytes")
    if filename.rpartition(".")[2].lower() not in SUFFIXES:
        listed = ", ".join(sorted(SUFFIXES))
        raise InvalidField(path, f"must be a file of one of these types: {listed}")


def too_many(kind: str) -> InvalidField:
    """More sources of a kind than a knowledge base may have."""
    return InvalidField(FIELDS[kind], f"must NOT give a base more than {LIMITS[kind]} items")


def _read(fields: Mapping[str, Sequence[str]]) -> Json:
    """Text fields as the JSON they stand for; what cannot be read is left to be refused."""
    given: Json = {}
    for name, values in fields.items():
        if any("\x00" in value for value in values):
            raise InvalidField(name, "must NOT contain NUL characters")
        read = _READERS.get(name.removesuffix("[]"))
        given[name.removesuffix("[]")] = read(values) if read is not None else values[-1]
    return given


def _parsed(text: str) -> Any:
    try:
        return parse_body(text.encode()) if text else text
    except (UserError, UnicodeEncodeError):
        return text


def _listed(values: Sequence[str]) -> Any:
    read = [_parsed(value) for value in values]
    if len(read) == 1 and isinstance(read[0], list):
        return cast("list[Any]", read[0])
    return read


def _flag(values: Sequence[str]) -> Any:
    return {"true": True, "false": False}.get(values[-1], values[-1])


def _number(values: Sequence[str]) -> Any:
    text = values[-1]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


_READERS: Mapping[str, Callable[[Sequence[str]], Any]] = {
    "knowledge_base_texts": _listed,
    "knowledge_base_urls": _listed,
    "enable_auto_refresh": _flag,
    "max_chunk_size": _number,
    "min_chunk_size": _number,
}


def content_path(base_id: str, source_id: str, name: str) -> str:
    """Where a stored source can be read, with a signature."""
    return f"/knowledge-sources/{base_id}/{source_id}/{quote(name, safe='')}"


def source_json(
    source_id: str, kind: str, details: Mapping[str, Any], link: Callable[[str], str]
) -> Json:
    """One source; ``link`` makes a signed URL of the name it is read under."""
    record: Json = {"source_id": source_id, "type": kind}
    match kind:
        case "document":
            filename = str(details["filename"])
            size = details["file_size"]
            return {**record, "filename": filename, "file_size": size, "file_url": link(filename)}
        case "text":
            return {**record, "title": details["title"], "content_url": link("content.txt")}
        case _:
            return {**record, "url": details["url"]}
