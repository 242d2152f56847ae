"""Which connector speaks to which platform. A new platform is one module and one line here."""

from __future__ import annotations

from stores.connectors.contract import Connector
from stores.connectors.sandbox import SandboxConnector
from stores.values.documents import OfferDocument
from stores.values.guarded import GuardedClient

PLATFORMS = {"sandbox": SandboxConnector}


def connector(platform: str, client: GuardedClient) -> Connector:
    """The connector of a platform. KeyError for one that does not exist; the database refuses those."""
    return PLATFORMS[platform](client)


def owned(document: OfferDocument) -> tuple[object, ...]:
    """The fields we set on every platform, which read-back compares. The reference price is shown, not sold: left out."""
    return (
        document.ref,
        document.language,
        document.title,
        document.body,
        document.terms,
        document.starts_at,
        document.ends_at,
        frozenset((item.sku, item.price, item.currency) for item in document.items if item.price is not None),
    )
