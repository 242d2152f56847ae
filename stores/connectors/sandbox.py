"""The sandbox shop, a platform of our own to develop and prove sync against: plain REST, optional key, lock and schedule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, urlencode

from stores.connectors import answers
from stores.connectors.contract import Answer, ChannelConfig, Held, Remote
from stores.values.documents import OfferDocument, OfferItem, decimal_text, instant, instant_text
from stores.values.guarded import GuardedClient, Reply, Unanswered

PAGE = 250


class SandboxConnector:
    """Speaks to ``{base_url}/{selector}/api``. See ``retail.sandbox`` for the other side."""

    def __init__(self, client: GuardedClient) -> None:
        self._client = client

    async def find(self, config: ChannelConfig, ref: str) -> Answer:
        return self._held(await self._call(config, "GET", f"promotions?{urlencode({'ref': ref})}"))

    async def create(self, config: ChannelConfig, document: OfferDocument) -> Answer:
        reply = await self._call(config, "POST", "promotions", _payload(document))
        return _written(reply, ref=document.ref)

    async def update(self, config: ChannelConfig, remote: Remote, document: OfferDocument) -> Answer:
        reply = await self._call(
            config, "PUT", f"promotions/{quote(remote.remote_id, safe='')}", _payload(document), lock=remote.version
        )
        return _written(reply, ref=document.ref)

    async def withdraw(self, config: ChannelConfig, remote: Remote) -> Answer:
        # Without the lock on purpose: an end must not lose against a change somebody made meanwhile.
        reply = await self._call(config, "DELETE", f"promotions/{quote(remote.remote_id, safe='')}")
        problem = answers.failed(reply, writing=True)
        if problem is not None:
            return problem
        if isinstance(reply, Reply) and reply.status != 204:
            return answers.doubtful(reply, writing=True, reason="expected an empty answer")
        return Answer(kind="applied", status=204)

    async def list_ours(self, config: ChannelConfig, cursor: str | None) -> Answer:
        query = urlencode({"limit": PAGE, **({"cursor": cursor} if cursor else {})})
        return self._held(await self._call(config, "GET", f"promotions?{query}"))

    async def probe_price(self, config: ChannelConfig, sku: str) -> Decimal | None:
        reply = await self._call(config, "GET", f"prices/{quote(sku, safe='')}")
        data = answers.read_json(reply) if isinstance(reply, Reply) and reply.status == 200 else None
        try:
            return Decimal(str(data["price"])) if data and data.get("currency") == config.currency else None
        except (KeyError, InvalidOperation):
            return None

    async def _call(
        self, config: ChannelConfig, method: str, path: str, payload: Mapping[str, Any] | None = None, lock: str = ""
    ) -> Reply | Unanswered:
        headers = {"Authorization": f"Bearer {config.token}", "Accept": "application/json"}
        if payload is not None:
            headers["Content-Type"] = "application/json"
        if lock:
            headers["If-Match"] = lock
        body = None if payload is None else json.dumps(payload, ensure_ascii=False).encode()
        url = f"{config.base_url.rstrip('/')}/{quote(config.selector, safe='')}/api/{path}"
        return await self._client.call(method, url, headers=headers, body=body)

    def _held(self, reply: Reply | Unanswered) -> Answer:
        problem = answers.failed(reply, writing=False)
        if problem is not None:
            return problem
        if isinstance(reply, Unanswered):
            raise TypeError("an unanswered call is always a problem")
        data = answers.read_json(reply)
        if data is None or not isinstance(data.get("results"), list):
            return answers.doubtful(reply, writing=False, reason="not a list of promotions")
        held = [_read(item) for item in data["results"]]
        return Answer(kind="applied", status=reply.status, held=[one for one in held if one], cursor=data.get("next"))


def _payload(document: OfferDocument) -> dict[str, Any]:
    return {
        "ref": document.ref,
        "title": document.title,
        "body": document.body,
        "terms": document.terms,
        "language": document.language,
        "starts_at": instant_text(document.starts_at),
        "ends_at": instant_text(document.ends_at),
        "items": [
            {"sku": item.sku, "price": decimal_text(item.price), "currency": item.currency}
            for item in document.items
            if item.price is not None
        ],
    }


def _written(reply: Reply | Unanswered, *, ref: str) -> Answer:
    problem = answers.failed(reply, writing=True)
    if problem is not None:
        return problem
    if isinstance(reply, Unanswered):
        raise TypeError("an unanswered call is always a problem")
    data = answers.read_json(reply)
    if data is None or data.get("ref") != ref or not data.get("id"):
        return answers.doubtful(reply, writing=True, reason="the answer does not name our promotion")
    try:
        remote = Remote(str(data["id"]), str(data.get("version", "")))
    except ValueError as error:
        return answers.doubtful(reply, writing=True, reason=str(error))
    return Answer(kind="applied", status=reply.status, remote=remote)


def _read(item: Any) -> Held | None:
    if not isinstance(item, dict) or not item.get("id") or not isinstance(item.get("ref"), str):
        return None
    remote = Remote(str(item["id"]), str(item.get("version", "")))
    try:
        document = OfferDocument(
            ref=item["ref"],
            language=item["language"],
            title=item["title"],
            body=item.get("body") or "",
            terms=item.get("terms") or "",
            starts_at=instant(item["starts_at"]),
            ends_at=instant(item["ends_at"]),
            items=tuple(
                OfferItem(sku=line["sku"], price=Decimal(str(line["price"])), regular=None, currency=line["currency"])
                for line in item.get("items", [])
            ),
        )
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return Held(remote=remote, ref=item["ref"], document=None)
    return Held(remote=remote, ref=item["ref"], document=document)
