"""Pages of a list: one at a time, or every item as if there were one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, cast

from uponai.client.record import R, records_of
from uponai.client.requests import Request

_KEY = "pagination_key"


@dataclass(frozen=True, slots=True)
class Content(Generic[R]):
    """One page as the server answered it."""

    kind: type[R]
    items: list[R]
    has_more: bool
    pagination_key: str | None
    total: int | None


def page_of(answer: Any, kind: type[R]) -> Content[R]:
    fields = cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}
    items = records_of(fields.get("items"), kind)
    key = fields.get(_KEY)
    more = bool(fields.get("has_more")) and bool(key)
    return Content(kind, items, more, key, fields.get("total"))


def _request_after(request: Request, key: str | None) -> Request:
    """The request for the page after ``key``: in the query where it has paging, else the body."""
    if _KEY in request.query:
        return replace(request, query={**request.query, _KEY: key})
    return replace(request, body={**(request.body or {}), _KEY: key})


class _Shown(Generic[R]):
    def __init__(self, request: Request, content: Content[R]) -> None:
        self._request = request
        self._content = content

    @property
    def items(self) -> list[R]:
        """This page's."""
        return self._content.items

    @property
    def has_more(self) -> bool:
        return self._content.has_more

    @property
    def pagination_key(self) -> str | None:
        """Give it to the same method to continue later."""
        return self._content.pagination_key

    @property
    def total(self) -> int | None:
        """How many items there are on all pages, where the server was asked for it."""
        return self._content.total


class Page(_Shown[R]):
    """``items`` are this page's; iterating goes on over all pages to come."""

    def __init__(
        self, send: Callable[[Request], Any], request: Request, content: Content[R]
    ) -> None:
        super().__init__(request, content)
        self._send = send

    def next_page(self) -> Page[R] | None:
        """The page after this one; None after the last."""
        if not self.has_more:
            return None
        request = _request_after(self._request, self.pagination_key)
        return Page(self._send, request, page_of(self._send(request), self._content.kind))

    def __iter__(self) -> Iterator[R]:
        page: Page[R] | None = self
        while page is not None:
            yield from page.items
            page = page.next_page()


class AsyncPage(_Shown[R]):
    """The same to be awaited."""

    def __init__(
        self, send: Callable[[Request], Awaitable[Any]], request: Request, content: Content[R]
    ) -> None:
        super().__init__(request, content)
        self._send = send

    async def next_page(self) -> AsyncPage[R] | None:
        """The page after this one; None after the last."""
        if not self.has_more:
            return None
        request = _request_after(self._request, self.pagination_key)
        content = page_of(await self._send(request), self._content.kind)
        return AsyncPage(self._send, request, content)

    async def __aiter__(self) -> AsyncIterator[R]:
        page: AsyncPage[R] | None = self
        while page is not None:
            for item in page.items:
                yield item
            page = await page.next_page()


class AsyncPages(Generic[R]):
    """``await`` it for the first page, or ``async for`` it for every item of all pages."""

    def __init__(
        self, send: Callable[[Request], Awaitable[Any]], request: Request, kind: type[R]
    ) -> None:
        self._send = send
        self._request = request
        self._kind = kind

    def __await__(self) -> Generator[Any, Any, AsyncPage[R]]:
        return self._first().__await__()

    async def _first(self) -> AsyncPage[R]:
        content = page_of(await self._send(self._request), self._kind)
        return AsyncPage(self._send, self._request, content)

    async def __aiter__(self) -> AsyncIterator[R]:
        async for item in await self._first():
            yield item
