"""The guard on outgoing addresses, and the wrapper around requests."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncGenerator

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from uponai.domain.errors import TargetRefused
from uponai.http import HttpFailure, OutgoingHttp, TargetGuard, is_private, literal, spelled

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.9.9.9",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "64:ff9b:1::a00:1",
    "::ffff:0:127.0.0.1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_in_every_disguise(address: str) -> None:
    assert is_private(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(TargetRefused):
        TargetGuard().check_url(f"https://{host}/x")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert not is_private(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    TargetGuard().check_url(f"https://{host}/x")


@given(st.ip_addresses(v=4))
def test_what_python_calls_private_is_private(address: ipaddress.IPv4Address) -> None:
    if not address.is_global or address.is_multicast:
        assert is_private(address)


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "64:ff9b::{}", "::{}"]))
def test_an_address_within_an_address_is_judged_by_the_inner_one(
    inner: ipaddress.IPv4Address, form: str
) -> None:
    outer = ipaddress.ip_address(form.format(inner))
    if is_private(inner):
        assert is_private(outer)


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_no_private_address_is_ever_allowed_unnamed(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> None:
    guard = TargetGuard(["127.0.0.1:1"])
    allowed = guard.allows("name.example", str(address), port)
    assert allowed == (not is_private(address) or (str(address), port) == ("127.0.0.1", 1))


@given(st.text(max_size=40))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    for check in (lambda: TargetGuard().check_url(text), lambda: literal(text)):
        with contextlib.suppress(TargetRefused):
            check()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org",
        "example.org",
        "http://",
        "http://exa mple.org:99999999/",
        "http://localhost/",
        "http://a.localhost:8080/",
        "http://LOCALHOST./",
        # The client takes these for 127.0.0.1 and asks no resolver.
        "http://127\N{IDEOGRAPHIC FULL STOP}0\N{IDEOGRAPHIC FULL STOP}0.1/",
        "http://\N{FULLWIDTH DIGIT ONE}27.0.0.1:8080/",
        "http://\N{CIRCLED LATIN SMALL LETTER L}ocalhost/",
        "http://127.0.0.1\\@example.org/",
        "https://user:word@example.org/hook",
        "https://user@example.org/hook",
        "https://:word@example.org/hook",
    ],
)
def test_urls_that_are_refused_at_once(url: str) -> None:
    with pytest.raises(TargetRefused) as refused:
        TargetGuard().check_url(url, "request/body/webhook_url")
    assert refused.value.message.startswith("request/body/webhook_url must")
    assert "word@" not in refused.value.message


OLD_FORMS = ["2130706433", "0x7f000001", "0X7F.1", "127.1", "0177.0.0.1", "127.0.1.", "0", "10.1"]


@pytest.mark.parametrize("host", [*OLD_FORMS, "\N{FULLWIDTH DIGIT ONE}27.1", "\uff4cocalhost"])
def test_other_spellings_of_private_addresses_are_refused_at_once(host: str) -> None:
    with pytest.raises(TargetRefused) as refused:
        TargetGuard().check_host(host, 5060, "request/body/termination_uri")
    assert refused.value.message.startswith("request/body/termination_uri must not lead to")
    if not host.startswith("\uff4c"):
        TargetGuard([f"{spelled(host)}:5060"]).check_host(host, 5060)
    if host.isascii():
        with pytest.raises(TargetRefused, match="request/body/webhook_url must not lead to"):
            TargetGuard().check_url(f"https://{host}/x", "request/body/webhook_url")


@pytest.mark.parametrize("host", ["134744072", "8.8.2056", "0x8.0x8.0x8.0x8", "1.example", "7f.1"])
def test_other_spellings_of_public_addresses_and_names_may_pass(host: str) -> None:
    TargetGuard().check_host(host, 5060)


@given(st.from_regex(r"(0x|0)?[0-9a-f]{1,11}(\.(0x|0)?[0-9a-f]{1,9}){0,4}", fullmatch=True))
def test_old_forms_are_read_as_the_system_reads_them(host: str) -> None:
    try:
        known = str(ipaddress.IPv4Address(socket.inet_aton(host)))
    except OSError:
        known = None
    found = spelled(host)
    assert (None if found is None else str(found)) == known


def test_host_and_port_must_both_be_named() -> None:
    guard = TargetGuard(["Localhost:8080", "[::1]:9", "10.0.0.5:5060"])
    guard.check_url("http://localhost:8080/x")
    guard.check_url("http://[::1]:9/")
    guard.check_host("10.0.0.5", 5060)
    for url in ("http://localhost:8081/", "http://127.0.0.1:8080/", "http://[::1]:10/"):
        with pytest.raises(TargetRefused):
            guard.check_url(url)


async def test_a_name_is_judged_by_what_it_resolves_to() -> None:
    for host in ("127.1", "0x7f000001", "2130706433"):
        with pytest.raises(TargetRefused):
            await TargetGuard().guard_host(host, 80)
    assert await TargetGuard(["127.1:80"]).guard_host("127.1", 80) == ("127.0.0.1",)
    assert await TargetGuard().guard_host("8.8.8.8", 80) == ("8.8.8.8",)


@contextlib.asynccontextmanager
async def _server() -> AsyncGenerator[int]:
    async def echo(request: web.Request) -> web.Response:
        body = await request.read()
        return web.Response(body=body, headers={"X-Seen": request.headers.get("X-Sent", "")})

    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://169.254.169.254/latest/meta-data")

    async def talk(request: web.Request) -> web.WebSocketResponse:
        ours = web.WebSocketResponse()
        await ours.prepare(request)
        await ours.send_str(await ours.receive_str() + "!")
        if request.query.get("code"):
            await ours.close(code=int(request.query["code"]))
        elif request.transport is not None:
            request.transport.abort()
        return ours

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b"x" * 10_000)
        return response

    async def silent(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/echo", echo)
    app.router.add_get("/away", away)
    app.router.add_get("/talk", talk)
    app.router.add_get("/endless", endless)
    app.router.add_get("/silent", silent)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.mark.realtime
async def test_requests_over_the_guard() -> None:
    async with _server() as port:
        guard = TargetGuard([f"127.0.0.1:{port}"])
        async with OutgoingHttp(guard) as http:
            here = f"http://127.0.0.1:{port}"
            answer = await http.request("POST", f"{here}/echo", body=b"hi", headers={"X-Sent": "1"})
            assert (answer.status, answer.text, answer.headers["x-seen"]) == (200, "hi", "1")
            assert answer.ok and not answer.truncated
            moved = await http.request("GET", f"{here}/away")
            assert moved.status == 302 and not moved.ok
            cut = await http.request("GET", f"{here}/endless", max_bytes=1234)
            assert len(cut.body) == 1234 and cut.truncated
            with pytest.raises(HttpFailure) as late:
                await http.request("GET", f"{here}/silent", timeout_ms=50)
            assert (late.value.kind, late.value.sent) == ("timeout", True)
            for host in ("localhost", "127.0.0\N{IDEOGRAPHIC FULL STOP}2", "127.0.0.2"):
                with pytest.raises(TargetRefused):
                    await http.request("GET", f"http://{host}:{port}/echo")
            with pytest.raises(HttpFailure):
                await http.request("GET", f"{here}/echo", headers={"X": "a\r\nEvil: b"})
            with pytest.raises(TargetRefused):
                await OutgoingHttp(TargetGuard()).request("GET", f"{here}/echo")


@pytest.mark.realtime
async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    answers: list[list[str]] = []

    async def resolve(host: str, port: int) -> list[str]:
        return answers.pop(0) if host == "evil.example" else ["127.0.0.1"]

    async with _server() as port:
        async with OutgoingHttp(TargetGuard([], resolve)) as http:
            for found in (["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:127.0.0.1"]):
                answers.append(found)
                with pytest.raises(TargetRefused):
                    await http.request("GET", f"http://evil.example:{port}/echo")
        async with OutgoingHttp(TargetGuard([f"good.example:{port}"], resolve)) as http:
            assert (await http.request("GET", f"http://good.example:{port}/echo")).ok
        assert answers == []


@pytest.mark.realtime
async def test_nobody_listening_is_a_failure_that_was_not_sent() -> None:
    async with _server() as port:
        pass
    async with OutgoingHttp(TargetGuard([f"127.0.0.1:{port}"])) as http:
        with pytest.raises(HttpFailure) as failed:
            await http.request("GET", f"http://127.0.0.1:{port}/echo")
    assert (failed.value.kind, failed.value.sent) == ("connect", False)


@pytest.mark.realtime
async def test_sockets_over_the_guard() -> None:
    async with _server() as port, OutgoingHttp(TargetGuard([f"127.0.0.1:{port}"])) as http:
        here = f"ws://127.0.0.1:{port}"
        for query, code in (("?code=1000", 1000), ("?code=4001", 4001), ("", None)):
            socket = await http.open_socket(f"{here}/talk{query}")
            await socket.send("hi")
            assert await socket.receive() == "hi!"
            assert await socket.receive() is None
            assert socket.close_code == code
            await socket.close()
        with pytest.raises(OSError, match=r".+"):
            await socket.send("gone")
        with pytest.raises(TargetRefused, match="redirect"):
            await http.open_socket(f"{here}/away")
        with pytest.raises(HttpFailure):
            await http.open_socket(f"{here}/echo")
        with pytest.raises(HttpFailure) as late:
            await http.open_socket(f"{here}/silent", timeout_ms=50)
        assert late.value.kind == "timeout"
        for refused in ("ws://127.0.0.1:1/x", f"http://127.0.0.1:{port}/talk"):
            with pytest.raises(TargetRefused):
                await http.open_socket(refused)
