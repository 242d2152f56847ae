"""Connections to sandbox shops with a token each, and customers' contacts, sealed as everything of their kind is."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterable

from django.conf import settings

from stores.models import Brand, Connection, ServiceCase
from stores.models.channels import credentials_context
from stores.values import crypto


def load_connections(brand: Brand, shops: Iterable[str]) -> dict[str, Connection]:
    """An account of its own for every sandbox shop, so that one shop's trouble stays its own. All of the brand's, by code."""
    known = set(Connection.objects.filter(brand=brand).values_list("code", flat=True))
    Connection.objects.bulk_create([_connection(brand, shop) for shop in shops if shop not in known])
    return {connection.code: connection for connection in Connection.objects.filter(brand=brand)}


def _connection(brand: Brand, shop: str) -> Connection:
    uid = uuid.uuid4()  # the token is sealed for its row, so the row is named before it is written
    token = crypto.seal(secrets.token_hex(32).encode(), context=credentials_context(uid))
    return Connection(
        brand=brand, uid=uid, code=shop, platform="sandbox", base_url=settings.SANDBOX_URL, credentials=token
    )


def shop_token(connection: Connection) -> str:
    """The token of a shop's API, as its connection keeps it."""
    return crypto.unseal(connection.credentials, context=credentials_context(connection.uid)).decode()


def seal_contact(case: ServiceCase, contact: dict[str, str]) -> None:
    """Keep a customer's name, phone and email with a case."""
    plain = json.dumps(contact, ensure_ascii=False).encode()
    case.contact = crypto.seal(plain, context=f"case:{case.uid}")
    case.save(update_fields=["contact"])
