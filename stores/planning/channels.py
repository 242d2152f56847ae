"""What one channel should hold for an approved revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from stores.values import languages
from stores.values.documents import OfferDocument, OfferItem, digest


def offer_document(
    content: Mapping[str, Any],
    *,
    ref: str,
    channel: str,
    channel_languages: Sequence[str],
    default_language: str,
    starts_at: datetime,
    ends_at: datetime,
) -> OfferDocument:
    """The document for one channel, in the channel's own first language that the plan has, else the brand's default.

    The window arrives resolved, because instants depend on the zone rules of the day and are in no approval.
    """
    copy = content["copy"]
    headline, language = languages.pick(copy["headline"], list(channel_languages), default_language)
    items = tuple(
        OfferItem(
            sku=item["sku"],
            price=Decimal(item["price"]) if "price" in item else None,
            regular=Decimal(item["regular"]) if "regular" in item else None,
            currency=item["currency"],
        )
        for item in content["items"]
        if item["channel"] == channel
    )
    return OfferDocument(
        ref=ref,
        language=language,
        title=headline,
        body=_text(copy["body"], language, default_language),
        terms=_text(copy["terms"], language, default_language),
        starts_at=starts_at,
        ends_at=ends_at,
        items=items,
    )


def _text(texts: Mapping[str, str], language: str, default: str) -> str:
    return languages.pick(texts, [language], default)[0] if texts else ""


def desired_hash(document: Mapping[str, Any], *, present: bool) -> str:
    """The hash of what the channel should hold, absence included."""
    return digest({"document": document, "present": present})
