"""Knowledge bases: create, get, list, delete, and their sources (retell-api.md section 1.1).

Contents are stored before the row that names them, and removed again when the row is refused.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, Response

from uponai.api.auth import Asking, Caller
from uponai.api.json import WireResponse
from uponai.api.services import ApiServices, Services
from uponai.domain.errors import Forbidden, InvalidField, NotFound, Unknown
from uponai.domain.ids import knowledge_base_id as new_base_id
from uponai.domain.ids import source_id as new_source_id
from uponai.storage.base import KnowledgeBase, KnowledgeSource
from uponai.wire.knowledge import (
    DEFAULT_MAX_CHUNK,
    DEFAULT_MIN_CHUNK,
    FIELDS,
    LIMITS,
    MAX_FILE_BYTES,
    SETTINGS,
    check_file,
    content_path,
    new_base,
    new_sources,
    source_json,
    too_many,
)
from uponai.wire.links import is_signed
from uponai.wire.validate import Json

router = APIRouter(tags=["KnowledgeBase"])

_CHUNK_BYTES = 1 << 20
_MAX_TEXT_BYTES = 10_000_000
_LINK_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart (or urlencoded) form: text fields, and the files that came with it."""

    fields: dict[str, list[str]]
    files: Sequence[UploadFile] = field(default_factory=list[UploadFile])


async def read_form(request: Request, caller: Asking) -> AsyncIterator[Form]:
    """Files lie in temporary files until the request is over; nothing is read for those who may
    not ask."""
    del caller
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        raise InvalidField("", "must be multipart/form-data")
    fields: dict[str, list[str]] = {}
    files: list[UploadFile] = []
    # One more than allowed, so that the excess is told in our words.
    limits: dict[str, int] = {"max_files": LIMITS["document"] + 1, "max_fields": 1200}
    async with request.form(**limits, max_part_size=_MAX_TEXT_BYTES) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                fields.setdefault(name, []).append(value)
            elif name.removesuffix("[]") == FIELDS["document"]:
                files.append(value)
        yield Form(fields, files)


FormBody = Annotated[Form, Depends(read_form)]


def shown(services: ApiServices, base: KnowledgeBase) -> Json:
    """A base as the API returns it, with expiring links to what it holds."""

    def source(item: KnowledgeSource) -> Json:
        def link(name: str) -> str:
            path = content_path(base.knowledge_base_id, item.source_id, name)
            return services.view.link(path, _LINK_MS)

        return source_json(item.source_id, item.kind, item.details, link)

    record: Json = {
        "knowledge_base_id": base.knowledge_base_id,
        "knowledge_base_name": base.name,
        "status": base.status,
        "max_chunk_size": DEFAULT_MAX_CHUNK,
        "min_chunk_size": DEFAULT_MIN_CHUNK,
        "enable_auto_refresh": False,
        **base.settings,
        "knowledge_base_sources": [source(item) for item in base.sources],
    }
    if record["enable_auto_refresh"]:
        record["last_refreshed_timestamp"] = base.modified_ms
    return record


@router.post("/create-knowledge-base", status_code=201)
async def create_knowledge_base(form: FormBody, services: Services, caller: Asking) -> Response:
    given = new_base(form.fields)
    _check(services, form, given)
    now_ms = services.now_ms()
    id = new_base_id(services.entropy(32))
    async with _kept(services, id, form, given) as sources:
        base = KnowledgeBase(
            id,
            caller.workspace_id,
            str(given["knowledge_base_name"]),
            settings={name: given[name] for name in SETTINGS if name in given},
            created_ms=now_ms,
            modified_ms=now_ms,
            sources=sources,
        )
        await services.storage.knowledge.add(base)
    return WireResponse(shown(services, base), 201)


@router.get("/list-knowledge-bases")
async def list_knowledge_bases(services: Services, caller: Asking) -> Response:
    """A bare array (trap 9)."""
    bases = await services.storage.knowledge.all(caller.workspace_id)
    return WireResponse([shown(services, base) for base in bases])


@router.get("/get-knowledge-base/{knowledge_base_id}")
async def get_knowledge_base(
    knowledge_base_id: str, services: Services, caller: Asking
) -> Response:
    return WireResponse(shown(services, await _mine(services, caller, knowledge_base_id)))


@router.delete("/delete-knowledge-base/{knowledge_base_id}", status_code=204)
async def delete_knowledge_base(
    knowledge_base_id: str, services: Services, caller: Asking
) -> Response:
    if not await services.storage.knowledge.delete(knowledge_base_id, caller.workspace_id):
        raise _unknown(knowledge_base_id)
    await services.files.forget(knowledge_base_id)
    return Response(status_code=204)


@router.post("/add-knowledge-base-sources/{knowledge_base_id}", status_code=201)
async def add_knowledge_base_sources(
    knowledge_base_id: str, form: FormBody, services: Services, caller: Asking
) -> Response:
    base = await _mine(services, caller, knowledge_base_id)
    given = new_sources(form.fields)
    _check(services, form, given)
    async with _kept(services, knowledge_base_id, form, given) as sources:
        try:
            changed = await services.storage.knowledge.add_sources(
                base, sources, services.now_ms(), LIMITS
            )
        except ValueError as error:
            raise too_many(str(error)) from None
        if changed is None:
            raise _unknown(knowledge_base_id)
    return WireResponse(shown(services, changed), 201)


@router.delete("/delete-knowledge-base-source/{knowledge_base_id}/source/{source_id}")
async def delete_knowledge_base_source(
    knowledge_base_id: str, source_id: str, services: Services, caller: Asking
) -> Response:
    base = await _mine(services, caller, knowledge_base_id)
    changed = await services.storage.knowledge.delete_source(base, source_id, services.now_ms())
    if changed is None:
        raise _unknown(f"{knowledge_base_id} source {source_id}")
    await services.files.forget(knowledge_base_id, source_id)
    return WireResponse(shown(services, changed))


@router.get("/knowledge-sources/{knowledge_base_id}/{source_id}/{name}", include_in_schema=False)
async def get_source_content(
    request: Request,
    knowledge_base_id: str,
    source_id: str,
    name: str,
    services: Services,
) -> Response:
    """Over a signed link that needs no key; never shown as a page of ours."""
    query = request.query_params
    path = content_path(knowledge_base_id, source_id, name)
    signature = query.get("signature", "")
    if not is_signed(
        services.link_key, path, query.get("expires", ""), signature, services.now_ms()
    ):
        raise Forbidden("This link is not valid or has expired.", code="link_expired")
    file = services.files.path(knowledge_base_id, source_id)
    if file is None:
        raise NotFound("This source is no longer kept.")
    return FileResponse(file, media_type="application/octet-stream", filename=name)


def _unknown(id: str) -> Unknown:
    return Unknown(f"Cannot find requested asset under given api key: knowledge base {id}.")


async def _mine(services: ApiServices, caller: Caller, id: str) -> KnowledgeBase:
    base = await services.storage.knowledge.get(id, caller.workspace_id)
    if base is None:
        raise _unknown(id)
    return base


def _texts(given: Json) -> list[Json]:
    return cast("list[Json]", given.get(FIELDS["text"]) or [])


def _urls(given: Json) -> list[str]:
    return cast("list[str]", given.get(FIELDS["url"]) or [])


def _check(services: ApiServices, form: Form, given: Json) -> None:
    """Number, size and kind of what was sent; addresses must be public. Raises InvalidField."""
    counts = {"document": len(form.files), "text": len(_texts(given)), "url": len(_urls(given))}
    for kind, count in counts.items():
        if count > LIMITS[kind]:
            raise too_many(kind)
    for at, file in enumerate(form.files):
        check_file(file.filename or "", file.size or 0, at)
    for at, url in enumerate(_urls(given)):
        services.guard.check_url(url, f"request/body/{FIELDS['url']}/{at}")


@asynccontextmanager
async def _kept(
    services: ApiServices, base_id: str, form: Form, given: Json
) -> AsyncGenerator[list[KnowledgeSource]]:
    """The sources, their contents stored; all removed again when what follows fails."""
    sources: list[KnowledgeSource] = []
    kept: list[str] = []

    async def keep(kind: Any, details: Json, content: AsyncIterator[bytes] | None) -> None:
        id = new_source_id(services.entropy(32))
        if content is not None:
            kept.append(id)
            details = {**details, "file_size": await services.files.keep(base_id, id, content)}
        sources.append(KnowledgeSource(id, kind, details))

    try:
        for file in form.files:
            details = {"filename": _plain(file.filename or ""), "media_type": file.content_type}
            await keep("document", details, _chunks(file))
        for text in _texts(given):
            await keep("text", {"title": text["title"]}, _once(str(text["text"]).encode()))
        for url in _urls(given):
            await keep("url", {"url": url}, None)
        yield sources
    except BaseException:
        for id in kept:
            await services.files.forget(base_id, id)
        raise


def _plain(filename: str) -> str:
    """A name without its folders and without control characters."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in name if char.isprintable())[:255]


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    left = MAX_FILE_BYTES
    while left > 0 and (chunk := await file.read(min(_CHUNK_BYTES, left))):
        left -= len(chunk)
        yield chunk
