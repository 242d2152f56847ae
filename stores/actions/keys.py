"""API keys: made once, shown once, revoked at once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from stores.actions.access import require_whole
from stores.actions.errors import NotFound, Refused
from stores.actions.transaction import acting
from stores.models import Actor, ApiKey, Brand, Channel, Market
from stores.models.people import KEY_KINDS, KEY_SCOPES
from stores.values import clock, crypto

_PREFIX_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"  # nothing that is misread when a key is compared by eye
_PREFIX_LENGTH = 10
_SECRET_BYTES = 32
_CODE = re.compile(r"[A-Z]{2}")
# As browsers send it: no path, no capital letter, no port that goes without saying.
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?")


@dataclass(frozen=True)
class NewKey:
    """A key that was just made. ``token`` is what the storefront sends; it is not stored and cannot be shown again."""

    key: ApiKey
    token: str = field(repr=False)


def create_api_key(
    *,
    by: Actor,
    brand: Brand,
    name: str,
    kind: str = "secret",
    market_codes: Sequence[str] = (),
    channel_codes: Sequence[str] = (),
    scopes: Sequence[str] = ("read",),
    origins: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key of the brand. Without markets or channels it reads all of them; without origins, pages of every site may use a
    publishable one.

    Refused when a market or channel does not exist or the name is blank; NotFound when the actor may not manage the brand.
    """
    with acting(by, f"API key {name}"):
        if not Brand.objects.visible_to(by, to="manage_people").filter(pk=brand.pk).exists():
            raise NotFound("brand")
        require_whole(by, "manage_people", brand.pk)  # a key without markets reads all of them
        _check(brand=brand, name=name, kind=kind, market_codes=market_codes, channel_codes=channel_codes, scopes=scopes)
        _check_origins(kind, origins)
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        ring = crypto.installed()
        key: ApiKey = ApiKey.objects.create(
            brand=brand,
            name=name.strip(),
            prefix="".join(secrets.choice(_PREFIX_LETTERS) for _ in range(_PREFIX_LENGTH)),
            digest=ring.digest(secret, pepper=ring.newest_pepper),
            pepper=ring.newest_pepper,
            kind=kind,
            market_codes=sorted(set(market_codes)),
            channel_codes=sorted(set(channel_codes)),
            scopes=sorted(set(scopes)),
            origins=sorted(set(origins)),
            expires_at=expires_at,
        )
    return NewKey(key, f"{key.prefix}.{secret}")


def revoke_api_key(*, by: Actor, key: ApiKey) -> ApiKey:
    """Stop a key now. Web processes that used it in the last five seconds notice within five more."""
    with acting(by, f"revoke API key {key.prefix}"):
        if not ApiKey.objects.visible_to(by, to="manage_people").filter(pk=key.pk).exists():
            raise NotFound("API key")
        if key.revoked_at is None:
            key.revoked_at = clock.now()
            key.save(update_fields=["revoked_at"])
    return key


def _check(
    *,
    brand: Brand,
    name: str,
    kind: str,
    market_codes: Sequence[str],
    channel_codes: Sequence[str],
    scopes: Sequence[str],
) -> None:
    if not name.strip():
        raise Refused("Name the key after who uses it, such as 'web shop DE'.", code="name")
    if kind not in KEY_KINDS:
        raise Refused(f"A key is one of: {', '.join(KEY_KINDS)}.", code="kind")
    if not scopes or not set(scopes) <= set(KEY_SCOPES):
        raise Refused(f"A key has at least one scope of: {', '.join(KEY_SCOPES)}.", code="scopes")
    if kind == "publishable" and set(scopes) != {"read"}:
        raise Refused("A publishable key is seen by every visitor, so it may only read.", code="scopes")
    for code in market_codes:
        if not _CODE.fullmatch(code):
            raise Refused(f"{code!r} is not a market code such as DE.", code="markets")
    missing = set(market_codes) - set(Market.objects.filter(code__in=market_codes).values_list("code", flat=True))
    if missing:
        raise Refused(f"There is no market {', '.join(sorted(missing))}.", code="markets")
    known = Channel.objects.filter(brand=brand, code__in=channel_codes).values_list("code", flat=True)
    missing = set(channel_codes) - set(known)
    if missing:
        raise Refused(f"{brand.name} has no channel {', '.join(sorted(missing))}.", code="channels")


def _check_origins(kind: str, origins: Sequence[str]) -> None:
    if origins and kind != "publishable":
        raise Refused("Only a publishable key is used by pages, so only that one names sites.", code="origins")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise Refused(
                f"{origin!r} is not the origin of a site as browsers send it, such as https://shop.example.",
                code="origins",
            )
