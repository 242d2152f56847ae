"""The API of the shop's platform: what each promotion call does and answers, apart from any fault and any connection.

Under ``/{shop}/api``:

* ``GET promotions?limit=&cursor=`` pages, ``GET promotions?ref=`` finds: ``{"results": [...], "next": cursor or null}``
* ``POST promotions`` -> 201; 422 with field errors; on a platform with a key 409 ``duplicate_ref`` with the ``id`` it
  has
* ``GET | PUT | PATCH | DELETE promotions/{id}``; 404 never existed, 410 was deleted (``DELETE`` again is 204)
* with a lock, ``PUT`` and ``PATCH`` need ``If-Match: <version>``: 428 without, 412 when another version is there
* ``GET prices/{sku}`` -> the price a buyer sees now
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from retail.sandbox import clock
from retail.sandbox.documents import Invalid, Json, Promotion, ShopSettings, read_promotion
from retail.sandbox.ledger import Kept, Ledger, number_of

LONGEST_PAGE = 250
PAGE = 50


@dataclass(frozen=True)
class Call:
    """One API call after its connection and token: plain data, so that it can also be kept and done later."""

    method: str
    path: str  # as in the request line, with its query
    remote_id: str | None = None
    sku: str | None = None  # of a price probe
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    body_error: bool = False  # the body was not JSON
    if_match: str | None = None

    @property
    def ref(self) -> str | None:
        """The ref that the caller named, if any."""
        named = self.body.get("ref") if isinstance(self.body, dict) else self.query.get("ref")
        return named if isinstance(named, str) else None

    @property
    def writes(self) -> bool:
        return self.method in {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Answer:
    """What the platform says, and for the history whether anything changed."""

    status: int
    payload: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)
    ref: str | None = None
    remote_id: str | None = None
    applied: bool = False


def problem(status: int, error: str, message: str, **more: Any) -> Answer:
    """An error as the platform words it."""
    return Answer(status, {"error": error, "message": message, **more})


def answer(ledger: Ledger, slug: str, call: Call) -> Answer:
    """Does one API call. The caller holds the transaction."""
    settings = ledger.shop(slug)
    if settings is None:
        return problem(404, "unknown_shop", f"There is no shop {slug!r} here.")
    if call.body_error:
        return problem(400, "bad_json", "The body is not JSON.")
    match call:
        case Call(sku=str(sku)):
            return _price(ledger, slug, settings, sku)
        case Call(remote_id=str(remote_id)):
            return _one(ledger, slug, settings, call, remote_id)
        case Call(method="POST"):
            return _create(ledger, slug, settings, call)
    return _find(ledger, slug, settings, call)


def representation(kept: Kept, settings: ShopSettings) -> Json:
    """A promotion as the API shows it: the document as it came, and what the shop adds."""
    version = {"version": kept.version} if settings.options.has_lock else {}
    return {
        "id": kept.remote_id,
        **kept.document,
        **version,
        "created_at": kept.created_at,
        "updated_at": kept.updated_at,
    }


def _shown(status: int, kept: Kept, settings: ShopSettings, *, applied: bool) -> Answer:
    headers = {"ETag": f'"{kept.version}"'} if settings.options.has_lock else {}
    shown = representation(kept, settings)
    return Answer(status, shown, headers, ref=kept.ref, remote_id=kept.remote_id, applied=applied)


def _whole(text: str) -> int | None:
    """A number that SQLite can hold; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _find(ledger: Ledger, slug: str, settings: ShopSettings, call: Call) -> Answer:
    limit, cursor = _whole(call.query.get("limit", str(PAGE))), _whole(call.query.get("cursor", "0"))
    if not limit or cursor is None:
        return problem(400, "bad_page", "limit is a number from 1, cursor is what next said.")
    if "ref" in call.query:
        found = ledger.by_ref(slug, call.query["ref"])
        results = [representation(kept, settings) for kept in found]
        return Answer(
            200, {"results": results, "next": None}, ref=call.ref, remote_id=found[0].remote_id if found else None
        )
    size = min(limit, LONGEST_PAGE)
    page = ledger.page(slug, after=cursor, limit=size + 1)
    following = str(page[size - 1].number) if len(page) > size else None
    return Answer(200, {"results": [representation(kept, settings) for kept in page[:size]], "next": following})


def _checked(ledger: Ledger, slug: str, settings: ShopSettings, document: object) -> Promotion:
    if not isinstance(document, dict):
        raise Invalid([{"field": "", "code": "invalid", "message": "Give a JSON object."}])
    return read_promotion(document, currency=settings.currency, skus=ledger.skus(slug))


def _refused(found: Invalid, call: Call, remote_id: str | None = None) -> Answer:
    return Answer(422, {"error": "invalid", "errors": found.errors}, ref=call.ref, remote_id=remote_id)


def _create(ledger: Ledger, slug: str, settings: ShopSettings, call: Call) -> Answer:
    try:
        promotion = _checked(ledger, slug, settings, call.body)
    except Invalid as found:
        return _refused(found, call)
    if settings.options.has_key:
        holder = next(iter(ledger.by_ref(slug, promotion.ref)), None)
        if holder is not None:
            payload = {"error": "duplicate_ref", "message": "A promotion has this ref.", "id": holder.remote_id}
            return Answer(409, payload, ref=promotion.ref, remote_id=holder.remote_id)
    return _shown(201, ledger.create(slug, promotion), settings, applied=True)


def _one(ledger: Ledger, slug: str, settings: ShopSettings, call: Call, remote_id: str) -> Answer:
    number = number_of(remote_id)
    kept = None if number is None else ledger.promotion(slug, number)
    if kept is None:
        missing = {"error": "not_found", "message": f"There is no promotion {remote_id!r}."}
        return Answer(404, missing, ref=call.ref, remote_id=remote_id)
    if kept.deleted and call.method != "DELETE":
        gone = {"error": "gone", "message": "The promotion was deleted."}
        return Answer(410, gone, ref=kept.ref, remote_id=kept.remote_id)
    if call.method == "GET":
        return _shown(200, kept, settings, applied=False)
    stale = None if kept.deleted else _lock(kept, settings, call)
    if stale is not None:
        return stale
    if call.method == "DELETE":
        if not kept.deleted:
            ledger.delete(slug, kept.number)
        return Answer(204, ref=kept.ref, remote_id=kept.remote_id, applied=not kept.deleted)
    return _update(ledger, slug, settings, call, kept)


def _lock(kept: Kept, settings: ShopSettings, call: Call) -> Answer | None:
    """The refusal of a write that did not name the version it read. A delete may leave it out, but not be wrong."""
    if not settings.options.has_lock:
        return None
    if call.if_match is None:
        if call.method == "DELETE":
            return None
        payload = {"error": "version_required", "message": "Name the version you read in If-Match."}
        return Answer(428, payload, ref=kept.ref, remote_id=kept.remote_id)
    if call.if_match.strip().removeprefix("W/").strip('"') != str(kept.version):
        stale: Json = {"error": "version_mismatch", "message": "The promotion has changed.", "version": kept.version}
        return Answer(412, stale, ref=kept.ref, remote_id=kept.remote_id)
    return None


def _update(ledger: Ledger, slug: str, settings: ShopSettings, call: Call, kept: Kept) -> Answer:
    document = call.body
    if isinstance(document, dict):
        if document.get("ref", kept.ref) != kept.ref:
            stays = {"field": "ref", "code": "immutable", "message": "The ref of a promotion stays."}
            return _refused(Invalid([stays]), call, kept.remote_id)
        document = {**(kept.document if call.method == "PATCH" else {"ref": kept.ref}), **document}
    try:
        promotion = _checked(ledger, slug, settings, document)
    except Invalid as found:
        return _refused(found, call, kept.remote_id)
    if promotion.document == kept.document:
        return _shown(200, kept, settings, applied=False)  # nothing to change: the version stays
    ledger.update(slug, kept.number, promotion)
    changed = ledger.promotion(slug, kept.number)
    if changed is None:
        raise LookupError(f"{kept.remote_id} is not there right after its update")
    return _shown(200, changed, settings, applied=True)


def _price(ledger: Ledger, slug: str, settings: ShopSettings, sku: str) -> Answer:
    """The price of one variant as a buyer sees it now: the lowest of the live promotions, else the regular one."""
    regular = ledger.prices(slug).get(sku)
    offered = [
        (Decimal(str(item["price"])), kept)
        for kept in ledger.live(slug, clock.now())
        for item in kept.document.get("items", [])
        if item["sku"] == sku
    ]
    lowest, by = min(offered, key=lambda offer: (offer[0], offer[1].number), default=(None, None))
    if regular is None and lowest is None:
        return problem(404, "unknown_sku", f"This shop does not sell {sku!r}.")
    seen = lowest if lowest is not None else regular.amount if regular is not None else None
    payload = {
        "sku": sku,
        "currency": settings.currency,
        "regular": None if regular is None else str(regular.amount),
        "price": str(seen),
        "promotion_ref": None if by is None else by.ref,
    }
    return Answer(200, payload, ref=None if by is None else by.ref, remote_id=None if by is None else by.remote_id)


def live(ledger: Ledger, slug: str) -> Json:
    """What a buyer sees now, for checkers."""
    return {
        "promotions": [
            {
                "ref": kept.ref,
                "id": kept.remote_id,
                "title": kept.document["title"],
                "language": kept.document["language"],
                "starts_at": kept.document["starts_at"],
                "ends_at": kept.document.get("ends_at"),
                "items": [
                    {"sku": item["sku"], "price": item["price"], "currency": item["currency"]}
                    for item in kept.document.get("items", [])
                ],
            }
            for kept in ledger.live(slug, clock.now())
        ]
    }
