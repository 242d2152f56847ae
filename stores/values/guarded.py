"""The one way out: HTTP calls with a deadline on the whole, no redirects, bounded answers, and no unsafe addresses."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

LARGEST_BODY = 4 * 1024 * 1024
# Failures before the first byte of the request: nothing can have been applied.
NEVER_LEFT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
    httpx2.LocalProtocolError,
)


class UnsafeAddress(ValueError):  # noqa: N818  (names what was found)
    """A URL that outbound calls may not use. The message says why."""


@dataclass(frozen=True)
class Reply:
    """A complete HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Unanswered:
    """No complete answer. ``was_sent`` is False only when the request certainly never left."""

    reason: str
    was_sent: bool


def check_url(url: str, *, allow_loopback_http: bool) -> None:
    """Raise UnsafeAddress unless the URL is https to a named host, or http to loopback where that is allowed."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    loopback = host == "localhost" or (address is not None and address.is_loopback)
    if parts.username or parts.password:
        raise UnsafeAddress("The address carries a login: credentials belong in the connection.")
    if loopback:
        if not allow_loopback_http:
            raise UnsafeAddress("Calls to this machine are allowed in demo and test only.")
        return
    if parts.scheme != "https":
        raise UnsafeAddress(f"Use https: {parts.scheme or 'no scheme'} is not safe to another machine.")
    if address is not None:
        raise UnsafeAddress("Name the host: a bare address cannot be checked against a certificate.")


# Inside 2000::/3, where the internet's addresses are, 6to4 carries IPv4 addresses, private ones too.
_INTERNET_6 = ipaddress.IPv6Network("2000::/3")
_CARRIES_IPV4 = ipaddress.IPv6Network("2002::/16")


def check_address(address: str, *, host: str, allow_loopback_http: bool) -> None:
    """Raise UnsafeAddress unless the host may lie at this IP address: on the internet, or this machine by its own name."""
    found = ipaddress.ip_address(address)
    if host in {"localhost", address}:
        # Names and literals that check_url lets pass here are this machine's only.
        if found.is_loopback and allow_loopback_http:
            return
    elif isinstance(found, ipaddress.IPv4Address):
        if found.is_global and not found.is_multicast:
            return
    elif found.is_global and found in _INTERNET_6 and found not in _CARRIES_IPV4:
        return
    raise UnsafeAddress(f"{host} lies at {address}, which is not on the internet.")


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _addresses(host: str, port: int, seconds: float | None) -> list[str]:
    """Where a name lies, in the order to try. A name that is not known in time is a connection that never was."""
    try:
        async with asyncio.timeout(seconds):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore2.ConnectError(f"{host} is not known: {error.strerror or 'no answer in time'}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _CheckedNetwork(httpcore2.AnyIOBackend):
    """Opens connections to the very addresses that were checked: a name cannot answer differently the second time."""

    def __init__(self, *, allow_loopback_http: bool) -> None:
        super().__init__()
        self._allow_loopback_http = allow_loopback_http

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (the library's signature)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = [host] if _is_literal(host) else await _addresses(host, port, timeout)
        for address in addresses:
            check_address(address, host=host, allow_loopback_http=self._allow_loopback_http)
        for address in addresses[:-1]:
            try:
                return await super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await super().connect_tcp(addresses[-1], port, timeout, local_address, socket_options)


class _CheckedTransport(httpx2.AsyncHTTPTransport):
    """The usual transport over the checked network."""

    def __init__(self, *, allow_loopback_http: bool, connections: int) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=5.0,
            network_backend=_CheckedNetwork(allow_loopback_http=allow_loopback_http),
        )


class GuardedClient:
    """An HTTP client for connectors. Use as an async context manager; one per loop, it keeps connections open."""

    def __init__(self, *, allow_loopback_http: bool, call_seconds: float = 10.0, connections: int = 200) -> None:
        self._allow_loopback_http = allow_loopback_http
        self._call_seconds = call_seconds
        self._client = httpx2.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(call_seconds, connect=3.0),
            transport=_CheckedTransport(allow_loopback_http=allow_loopback_http, connections=connections),
        )

    async def __aenter__(self) -> GuardedClient:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *details: Any) -> None:
        await self._client.__aexit__(*details)

    async def call(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Reply | Unanswered:
        """One request. The deadline covers it whole, so a server that drips bytes cannot hold it open."""
        try:
            check_url(url, allow_loopback_http=self._allow_loopback_http)
            async with asyncio.timeout(self._call_seconds):
                return await self._exchange(method, url, headers=headers, body=body)
        except UnsafeAddress as error:
            return Unanswered(str(error), was_sent=False)
        except NEVER_LEFT as error:
            return Unanswered(f"no connection: {error or type(error).__name__}", was_sent=False)
        except TimeoutError:
            return Unanswered(f"no complete answer within {self._call_seconds:g} s", was_sent=True)
        except httpx2.HTTPError as error:
            return Unanswered(f"cut off: {error or type(error).__name__}", was_sent=True)

    async def _exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None
    ) -> Reply | Unanswered:
        async with self._client.stream(method, url, headers=dict(headers), content=body) as response:
            chunks, size = [], 0
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > LARGEST_BODY:
                    return Unanswered(f"the answer is larger than {LARGEST_BODY} bytes", was_sent=True)
                chunks.append(chunk)
            return Reply(response.status_code, {k.lower(): v for k, v in response.headers.items()}, b"".join(chunks))
