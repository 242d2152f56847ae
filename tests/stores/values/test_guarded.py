"""The one way out leads to the internet only, whatever a name says it lies at."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from stores.values.guarded import GuardedClient, Reply, Unanswered, UnsafeAddress, check_address

INSIDE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",  # noqa: S104  (refused)
    "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "fc00::1", "fe80::1", "fec0::1", "ff02::1",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_may_not_lie_inside(address: str) -> None:
    with pytest.raises(UnsafeAddress):
        check_address(address, host="shop.example", allow_loopback_http=True)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1"])
def test_a_name_may_lie_on_the_internet(address: str) -> None:
    check_address(address, host="shop.example", allow_loopback_http=False)


async def called(url: str, listener: asyncio.Server) -> Reply | Unanswered:
    async with listener, GuardedClient(allow_loopback_http=True, call_seconds=3) as client:
        return await client.call("GET", url, headers={})


@pytest.mark.parametrize(("name", "visits"), [("localhost", 1), ("shop.example", 0)])
def test_a_name_that_leads_to_this_machine_is_not_visited(
    name: str, visits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[bool] = []
    resolve = socket.getaddrinfo

    def resolved(host: Any, *given: Any, **named: Any) -> Any:
        return resolve("127.0.0.1" if host == name else host, *given, **named)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(True)
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async def attempt() -> Reply | Unanswered:
        listener = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        scheme = "http" if name == "localhost" else "https"
        return await called(f"{scheme}://{name}:{port}/", listener)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    answer = asyncio.run(attempt())
    assert len(came) == visits
    if visits:
        assert isinstance(answer, Reply)
        assert answer.status == 204
    else:
        assert answer == Unanswered("shop.example lies at 127.0.0.1, which is not on the internet.", was_sent=False)
