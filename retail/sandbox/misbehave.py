"""How a call that meets a fault goes wrong: the part that needs the connection itself."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from aiohttp import web

from retail.sandbox.promotions import Answer, Call

if TYPE_CHECKING:
    from retail.sandbox.faults import Fault
    from retail.sandbox.shops import Shops

# Connections held by hanging shops; one above is closed at once, so that a careless caller cannot use up the process.
MOST_HELD = 500
PAGE = (
    "<!doctype html><html><head><title>Service temporarily unavailable</title></head>"
    "<body><h1>We will be right back</h1></body></html>"
)

Response = web.StreamResponse


def as_json(answer: Answer) -> web.Response:
    """An answer of the platform as it goes over the wire."""
    if answer.payload is None:
        return web.Response(status=answer.status, headers=answer.headers)
    text = json.dumps(answer.payload, ensure_ascii=False)
    return web.Response(status=answer.status, text=text, content_type="application/json", headers=answer.headers)


async def misbehave(shops: Shops, request: web.Request, slug: str, call: Call, fault: Fault) -> Response:
    """Answers one call as its fault says, or does not answer it. The fault has been counted already."""
    match fault.kind:
        case "hang":
            return await _hang(shops, request, slug, call, fault)
        case "drip":
            return await _drip(shops, request, slug, call, fault)
        case "apply_then_drop":
            shops.do(slug, call, fault=fault.kind, silent=True)
            return _drop(request)
        case "apply_late":
            shops.do_later(slug, call, delay=fault.seconds("delay", 3.0))
            return as_json(Answer(504, {"error": "gateway_timeout", "message": "The shop did not answer in time."}))
        case _:
            response = _wrong(slug, call, fault)
            shops.note(slug, call, status=response.status, fault=fault.kind)
            return response


def _wrong(slug: str, call: Call, fault: Fault) -> web.Response:
    """The answers that are merely wrong."""
    match fault.kind:
        case "throttle":
            after = fault.settings.get("retry_after", 2)
            headers = {} if after is None else {"Retry-After": str(after).replace("\r", "").replace("\n", "")}
            wrong = Answer(429, {"error": "throttled", "message": "Too many requests."}, headers)
        case "auth":
            wrong = Answer(401, {"error": "unauthorized", "message": "The token is not valid."})
        case "wrong_body":
            wrong = Answer(200, {"errors": [{"code": "internal", "message": "Something went wrong."}], "data": None})
        case "html":
            return web.Response(text=PAGE, content_type="text/html")
        case "truncated":
            whole = json.dumps({"id": call.remote_id or "promo_1", "ref": call.ref, "results": [{"title": "…"}]})
            return web.Response(text=whole[: len(whole) * 2 // 3], content_type="application/json")
        case "redirect":
            wrong = Answer(302, headers={"Location": f"/{slug}/"})
        case _:
            status = int(fault.settings.get("status") or (500 if fault.taken % 2 else 503))
            wrong = Answer(status, {"error": "server_error", "message": "The shop has a problem."})
    return as_json(wrong)


def _drop(request: web.Request) -> Response:
    """Closes the connection under the answer: the caller sees the end of the stream and not one byte."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _hang(shops: Shops, request: web.Request, slug: str, call: Call, fault: Fault) -> Response:
    shops.note(slug, call, status=0, fault=fault.kind)
    if shops.held >= MOST_HELD:
        return _drop(request)
    shops.held += 1
    try:
        await shops.faults.wait(slug, None if fault.until is None else max(0.0, fault.until - time.time()))
    finally:
        shops.held -= 1
    return _drop(request)


async def _drip(shops: Shops, request: web.Request, slug: str, call: Call, fault: Fault) -> Response:
    """The right answer, a byte at a time; healing the shop sends the rest at once."""
    answer = shops.do(slug, call, fault=fault.kind)
    body = b"" if answer.payload is None else json.dumps(answer.payload, ensure_ascii=False).encode()
    response = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json", **answer.headers})
    response.content_length = len(body)
    await response.prepare(request)
    for place in range(len(body)):
        if await shops.faults.wait(slug, fault.seconds("interval", 0.25)):
            await response.write(body[place:])
            break
        await response.write(body[place : place + 1])
    await response.write_eof()
    return response
