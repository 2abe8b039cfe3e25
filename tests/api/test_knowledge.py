"""Knowledge bases as the SDKs send them, and as raw clients do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.api.world import OTHER, Api, api, world

TEXTS = [{"title": "Hours", "text": "We open at nine – always."}]
URLS = ["https://example.com/a", "https://example.com/b"]


def _form(**fields: Any) -> dict[str, Any]:
    """Multipart with lists as one JSON text each (trap 13)."""
    texts = {
        name: (None, value if isinstance(value, str) else json.dumps(value))
        for name, value in fields.items()
    }
    return {"files": texts}


async def _made(a: Api) -> Any:
    files = [
        ("knowledge_base_name", (None, "Docs")),
        ("knowledge_base_texts", (None, json.dumps(TEXTS))),
        ("knowledge_base_urls", (None, json.dumps(URLS))),
        ("enable_auto_refresh", (None, "true")),
        ("max_chunk_size", (None, "1000")),
        ("knowledge_base_files", ("../menu.pdf", b"%PDF-1", "application/pdf")),
        ("knowledge_base_files", ("prices.csv", b"a,b", "text/csv")),
    ]
    return await a.post("/create-knowledge-base", None, 201, files=files)


async def test_trap_13_a_base_of_texts_urls_and_files() -> None:
    async with world() as w, api(w) as a:
        base = await _made(a)
        assert base["knowledge_base_id"].startswith("knowledge_base_")
        assert base["status"] == "complete" and base["enable_auto_refresh"] is True
        assert (base["max_chunk_size"], base["min_chunk_size"]) == (1000, 400)
        assert base["last_refreshed_timestamp"]
        sources = base["knowledge_base_sources"]
        assert [source["type"] for source in sources] == [
            "document",
            "document",
            "text",
            "url",
            "url",
        ]
        assert sources[0]["filename"] == "menu.pdf" and sources[0]["file_size"] == 6
        assert sources[2]["title"] == "Hours"
        assert [source["url"] for source in sources[3:]] == URLS
        async with api(w, None) as anybody:
            for source, content in ((sources[0], b"%PDF-1"), (sources[2], TEXTS[0]["text"])):
                link = source.get("file_url") or source["content_url"]
                link = link.removeprefix("https://phone.example.org")
                got = await anybody.client.get(link)
                expected = content if isinstance(content, bytes) else content.encode()
                assert got.content == expected
                assert got.headers["content-disposition"].startswith("attachment")
                assert (await anybody.client.get(link.split("?")[0])).status_code == 403
                forged = link.replace(source["source_id"], sources[1]["source_id"])
                assert (await anybody.client.get(forged)).status_code == 403


async def test_read_listed_grown_shrunk_and_deleted() -> None:
    async with world() as w, api(w) as a:
        made = await _made(a)
        id = made["knowledge_base_id"]
        assert (await a.get(f"/get-knowledge-base/{id}"))["knowledge_base_name"] == "Docs"
        more = await a.post(
            f"/add-knowledge-base-sources/{id}",
            None,
            201,
            **_form(knowledge_base_urls=["https://example.com/c"]),
        )
        sources = more["knowledge_base_sources"]
        assert len(sources) == 6 and sources[-1]["url"] == "https://example.com/c"
        path = f"/delete-knowledge-base-source/{id}/source/{sources[0]['source_id']}"
        less = await a.call("DELETE", path)
        assert len(less["knowledge_base_sources"]) == 5
        await a.call("DELETE", path, code=422)
        (listed,) = await a.get("/list-knowledge-bases")
        assert listed["knowledge_base_id"] == id
        folder = Path(w.folder.name) / id
        assert len(list(folder.iterdir())) == 2
        async with api(w, OTHER) as stranger:
            assert await stranger.get("/list-knowledge-bases") == []
            await stranger.get(f"/get-knowledge-base/{id}", 422)
            await stranger.delete(f"/delete-knowledge-base/{id}", 422)
        await a.delete(f"/delete-knowledge-base/{id}")
        assert not folder.exists()
        await a.get(f"/get-knowledge-base/{id}", 422)
        await a.delete(f"/delete-knowledge-base/{id}", 422)


async def test_raw_clients_may_repeat_fields() -> None:
    async with world() as w, api(w) as a:
        files = [("knowledge_base_name", (None, "Raw"))]
        files += [("knowledge_base_urls[]", (None, url)) for url in URLS]
        files += [("knowledge_base_texts", (None, json.dumps(text))) for text in TEXTS]
        made = await a.post("/create-knowledge-base", None, 201, files=files)
        kinds = [source["type"] for source in made["knowledge_base_sources"]]
        assert kinds == ["text", "url", "url"]


async def test_what_is_refused_leaves_nothing_behind() -> None:
    named = {"knowledge_base_name": "Docs"}
    many = [(f"{n}.txt", b"x", "text/plain") for n in range(26)]
    cases: list[tuple[dict[str, Any], list[Any], str]] = [
        ({}, [], "must have required property 'knowledge_base_name'"),
        ({"knowledge_base_name": "x" * 40}, [], "must NOT have more than 39 characters"),
        ({**named, "knowledge_base_texts": "hello"}, [], "knowledge_base_texts/0 must be object"),
        ({**named, "knowledge_base_texts": [{"title": "a"}]}, [], "required property 'text'"),
        ({**named, "knowledge_base_urls": ["ftp://x.example"]}, [], "must be an http or https URL"),
        ({**named, "knowledge_base_urls": ["http://127.0.0.1/"]}, [], "private address"),
        ({**named, "max_chunk_size": "many"}, [], "max_chunk_size must be integer"),
        ({**named, "min_chunk_size": "2000"}, [], "min_chunk_size must be < max_chunk_size"),
        ({**named, "enable_auto_refresh": "maybe"}, [], "must be boolean"),
        ({**named, "knowledge_base_texts": TEXTS * 51}, [], "more than 50 items"),
        (named, many, "more than 25 items"),
        (named, [("evil.exe", b"MZ", "application/x")], "knowledge_base_files/0 must be a file of"),
    ]
    async with world() as w, api(w) as a:
        for fields, files, text in cases:
            form = _form(**fields)["files"]
            parts = [*form.items(), *(("knowledge_base_files", file) for file in files)]
            parts = parts or [("other", (None, "x"))]
            refused = await a.post("/create-knowledge-base", None, 400, files=parts)
            assert text in refused["message"], refused
        plain = await a.post("/create-knowledge-base", named, 400)
        assert "multipart/form-data" in plain["message"]
        broken = {"content-type": "multipart/form-data; boundary=x"}
        answer = await a.client.post("/create-knowledge-base", content=b"--y", headers=broken)
        assert answer.status_code == 400, answer.text
        assert await a.get("/list-knowledge-bases") == []
        assert list(Path(w.folder.name).iterdir()) == []


async def test_a_base_never_grows_over_its_limit() -> None:
    async with world() as w, api(w) as a:
        id = (await _made(a))["knowledge_base_id"]
        files = [("knowledge_base_files", (f"{n}.txt", b"x", "text/plain")) for n in range(24)]
        path = f"/add-knowledge-base-sources/{id}"
        refused = await a.post(path, None, 400, files=files)
        assert "more than 25 items" in refused["message"]
        assert len(list((Path(w.folder.name) / id).iterdir())) == 3
        await a.post(path, None, 201, files=files[:23])
