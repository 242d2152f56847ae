"""The one way out: HTTP calls with a deadline on the whole, no redirects, bounded answers, and no unsafe addresses."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

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


class GuardedClient:
    """An HTTP client for connectors. Use as an async context manager; one per loop, it keeps connections open."""

    def __init__(self, *, allow_loopback_http: bool, call_seconds: float = 10.0, connections: int = 200) -> None:
        self._allow_loopback_http = allow_loopback_http
        self._call_seconds = call_seconds
        self._client = httpx2.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(call_seconds, connect=3.0),
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
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
