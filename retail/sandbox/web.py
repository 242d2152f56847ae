"""The HTTP face of the shops: which path leads where, and who may walk it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from retail.sandbox import promotions
from retail.sandbox.documents import SHOP_NAME, Invalid, read_prices, read_shop
from retail.sandbox.faults import read_fault
from retail.sandbox.misbehave import as_json, misbehave
from retail.sandbox.page import SECURITY as PAGE_HEADERS
from retail.sandbox.page import index_page, shop_page
from retail.sandbox.promotions import Answer, Call, problem
from retail.sandbox.shops import Shops
from retail.sandbox.tokens import carries

LARGEST_BODY = 1024**2
LINES = 500  # of history, read and sent at a time

SHOPS = web.AppKey("shops", Shops)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(shops: Shops) -> web.Application:
    """The whole site over the given shops."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_plain_errors, _own_origin])
    app[SHOPS] = shops
    app.router.add_get("/", index)
    app.router.add_put("/{shop}", put_shop)
    app.router.add_put("/{shop}/prices", put_prices)
    app.router.add_get("/{shop}", lambda request: _moved(f"{request.path}/"))
    app.router.add_get("/{shop}/", page)
    app.router.add_get("/{shop}/live.json", live)
    app.router.add_get("/{shop}/history.json", history)
    app.router.add_post("/{shop}/faults", post_fault)
    app.router.add_get("/{shop}/faults", get_faults)
    app.router.add_delete("/{shop}/faults", heal)
    for method in ("GET", "POST"):
        app.router.add_route(method, "/{shop}/api/promotions", channel_api)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        app.router.add_route(method, "/{shop}/api/promotions/{id}", channel_api)
    app.router.add_get("/{shop}/api/prices/{sku:.+}", channel_api)
    app.on_startup.append(_start)
    app.on_shutdown.append(_let_go)
    return app


async def _start(app: web.Application) -> None:
    app[SHOPS].start()


async def _let_go(app: web.Application) -> None:
    app[SHOPS].let_go()


async def _moved(to: str) -> web.StreamResponse:
    return web.Response(status=301, headers={"Location": to})


@web.middleware
async def _plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors of the server itself (no such path, body too large) as JSON, like every other error here."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        code = error.reason.lower().replace(" ", "_")
        return as_json(Answer(error.status, {"error": code, "message": error.reason}, headers))


@web.middleware
async def _own_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page of another site open in the same browser may not break or change shops: writes carry its origin."""
    origin = request.headers.get("Origin")
    if request.method not in {"GET", "HEAD"} and origin and origin != f"http://{request.host}":
        return as_json(problem(403, "foreign_origin", "Pages of other sites may not write here."))
    return await handler(request)


def _known(request: web.Request) -> str:
    """The shop of the path. Raises 404."""
    slug = request.match_info["shop"]
    if request.app[SHOPS].ledger.shop(slug) is None:
        raise web.HTTPNotFound(reason="There is no such shop")
    return slug


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


async def _json(request: web.Request) -> tuple[Any, bool]:
    """The body as JSON and whether it could not be read as such; no body is None. Raises 413, and 400 for broken framing."""
    try:
        raw = await request.read()
    except web.RequestPayloadError:
        raise web.HTTPBadRequest(reason="The body is broken") from None
    if not raw:
        return None, False
    try:
        document = json.loads(raw, parse_constant=_refuse)
        json.dumps(document, ensure_ascii=False).encode()  # half of a surrogate pair parses, but is no text
    except (ValueError, RecursionError):
        return None, True
    return document, False


async def _document(request: web.Request) -> Any:
    """The body of a control call. Raises 400."""
    document, broken = await _json(request)
    if broken or document is None:
        raise web.HTTPBadRequest(reason="The body is not JSON")
    return document


def _operator(request: web.Request) -> None:
    if not carries(request.headers.get("Authorization", ""), request.app[SHOPS].control):
        raise web.HTTPUnauthorized(reason="Give the control token")


def _invalid(found: Invalid) -> web.Response:
    return as_json(Answer(422, {"error": "invalid", "errors": found.errors}))


# --- the operator


async def put_shop(request: web.Request) -> web.StreamResponse:
    """Opens a shop or changes its settings; its promotions stay. 201 for a new one, else 200."""
    _operator(request)
    shops, slug = request.app[SHOPS], request.match_info["shop"]
    if not SHOP_NAME.fullmatch(slug):
        return as_json(problem(422, "bad_name", "Lower-case letters, digits, dot, dash, underscore; at most 80."))
    document = await _document(request)
    try:
        settings, prices = read_shop(document if isinstance(document, dict) else {})
    except Invalid as found:
        return _invalid(found)
    status = 200 if shops.ledger.shop(slug) else 201
    shops.put_shop(slug, settings, prices)
    url = f"http://{request.host}/{slug}/"
    return as_json(Answer(status, {"shop": slug, "url": url, "api": f"{url}api", "token": shops.token(slug)}))


async def put_prices(request: web.Request) -> web.StreamResponse:
    """Replaces the price list of a shop."""
    _operator(request)
    slug = _known(request)
    try:
        prices = read_prices(await _document(request))
    except Invalid as found:
        return _invalid(found)
    request.app[SHOPS].put_prices(slug, prices)
    return as_json(Answer(200, {"shop": slug, "prices": len(prices)}))


# --- buyers and checkers


async def index(request: web.Request) -> web.StreamResponse:
    """The shops: JSON for programs, a page for browsers."""
    if "text/html" in request.headers.get("Accept", ""):
        return web.Response(text=index_page(request.app[SHOPS].ledger), content_type="text/html", headers=PAGE_HEADERS)
    listed = [
        {"shop": slug, "market": shop.market, "language": shop.language, "url": f"http://{request.host}/{slug}/"}
        for slug, shop in request.app[SHOPS].ledger.shops().items()
    ]
    return web.Response(text=json.dumps(listed, ensure_ascii=False), content_type="application/json")


async def page(request: web.Request) -> web.StreamResponse:
    """The shop for people. ``?watch=5`` makes a browser look again every 5 seconds."""
    slug, ledger = _known(request), request.app[SHOPS].ledger
    settings = ledger.shops()[slug]
    every = request.query.get("watch", "")
    headers = (
        {**PAGE_HEADERS, "Refresh": every} if every.isascii() and every.isdigit() and len(every) < 5 else PAGE_HEADERS
    )
    return web.Response(text=shop_page(ledger, slug, settings), content_type="text/html", headers=headers)


async def live(request: web.Request) -> web.StreamResponse:
    """What a buyer sees now."""
    return as_json(
        Answer(200, promotions.live(request.app[SHOPS].ledger, _known(request)), {"Cache-Control": "no-store"})
    )


async def history(request: web.Request) -> web.StreamResponse:
    """Every call to the shop's API, oldest first; ``after=seq`` gives only later ones, ``limit`` at most so many."""
    slug, ledger = _known(request), request.app[SHOPS].ledger
    try:
        after, left = int(request.query.get("after", 0)), int(request.query.get("limit", 10**9))
    except ValueError:
        raise web.HTTPBadRequest(reason="after and limit are numbers") from None
    response = web.StreamResponse(
        headers={"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    opening = "["
    while lines := ledger.history(slug, after=min(max(after, 0), 2**62), limit=min(max(left, 0), LINES)):
        await response.write((opening + ",\n".join(text for _, text in lines)).encode())
        opening, after, left = ",\n", lines[-1][0], left - len(lines)
    await response.write(b"[]" if opening == "[" else b"]")
    await response.write_eof()
    return response


async def post_fault(request: web.Request) -> web.StreamResponse:
    """Puts the shop out of order."""
    slug = _known(request)
    try:
        kind, count, seconds, settings = read_fault(await _document(request))
        posted = request.app[SHOPS].break_shop(slug, kind, count=count, seconds=seconds, settings=settings)
    except Invalid as found:
        return _invalid(found)
    return as_json(Answer(201, posted))


async def get_faults(request: web.Request) -> web.StreamResponse:
    """What is out of order now."""
    shops = request.app[SHOPS]
    return as_json(
        Answer(200, {"faults": [fault.shown() for fault in shops.faults.active(_known(request))], "held": shops.held})
    )


async def heal(request: web.Request) -> web.StreamResponse:
    """Puts the shop in order again."""
    request.app[SHOPS].faults.heal(_known(request))
    return as_json(Answer(204))


# --- the channel's owner


async def _call(request: web.Request) -> Call:
    body, broken = await _json(request)
    return Call(
        method=request.method,
        path=request.path_qs,
        remote_id=request.match_info.get("id"),
        sku=request.match_info.get("sku"),
        query=dict(request.query),
        body=body,
        body_error=broken,
        if_match=request.headers.get("If-Match"),
    )


def _stranger(request: web.Request, slug: str, call: Call) -> web.StreamResponse | None:
    """The refusal of a caller without the shop's token, noted in the history."""
    shops = request.app[SHOPS]
    if carries(request.headers.get("Authorization", ""), shops.token(slug)):
        return None
    shops.note(slug, call, status=401, fault=None)
    return as_json(problem(401, "unauthorized", "The token is not valid."))


async def channel_api(request: web.Request) -> web.StreamResponse:
    """Every call to ``/{shop}/api/...``: the token first, then the fault if there is one, then the call."""
    slug, shops, call = _known(request), request.app[SHOPS], await _call(request)
    refused = _stranger(request, slug, call)
    if refused is not None:
        return refused
    fault = shops.faults.take(slug, call.method)
    if fault is not None:
        return await misbehave(shops, request, slug, call, fault)
    return as_json(shops.do(slug, call))
