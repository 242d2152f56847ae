"""Accounts and channels: credentials are sealed here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings

from stores.actions import replanning
from stores.actions.access import locked
from stores.actions.errors import Refused
from stores.actions.transaction import acting
from stores.models import Actor, Channel, ChannelPromotion, Connection, ConnectionHealth, MarketPlan, RemoteObject
from stores.models.channels import credentials_context
from stores.values import crypto
from stores.values.guarded import UnsafeAddress, check_url


def set_credentials(*, by: Actor, connection: Connection, token: str) -> Connection:
    """Store the account's token, sealed. Raises Refused when the account's address is not one we may call."""
    _check_address(connection)
    with acting(by, "set credentials"):
        found = locked(Connection, connection.pk, by=by, to="edit_channels")
        found.credentials = crypto.seal(token.encode(), context=credentials_context(found.uid))
        found.save(update_fields=["credentials"])
        # A new login is a reason to try at once what the old one could not do, and to trust the account again.
        ConnectionHealth.objects.filter(connection=found).update(failures=0, open_until=None)
        ChannelPromotion.objects.filter(channel__connection=found).failing().look_now()
    return found


def checked_account(before: Connection | None, after: Connection, changed: Sequence[str]) -> list[str]:
    """The fields to write. A new address must be one we may call, and another server never gets the old one's login.

    The token was given for a server. Whoever may edit an account may not read its token, so must not have it sent elsewhere
    either: it is dropped when the address moves to another scheme, host or port, and has to be set anew.
    """
    if "base_url" not in changed:
        return list(changed)
    _check_address(after)
    if before is None or _origin(before.base_url) == _origin(after.base_url) or not before.credentials:
        return list(changed)
    after.credentials = b""
    return [*changed, "credentials"]


def check_place_in_account(before: Channel | None, after: Channel, changed: Sequence[str], *, by: Actor) -> None:
    """Refuse to choose the account, or the part of it a channel writes to, unless the actor manages the accounts concerned.

    One account serves many markets: who has one of them could otherwise point a channel at another market's shop.
    """
    if not {"connection", "remote_selector"} & set(changed):
        return
    if before is not None and RemoteObject.objects.filter(promotion__channel=before).exists():
        # At the new place nobody would know of what the old one still shows.
        raise Refused(
            "This channel holds promotions: close it, wait until they have ended there, then move it.", code="holds"
        )
    accounts = (after.connection_id, before.connection_id if before else None)
    concerned = [pk for pk in dict.fromkeys(accounts) if pk is not None]
    managed = Connection.objects.visible_to(by, to="edit_channels").filter(pk__in=concerned)
    if managed.count() != len(concerned):
        raise Refused("Where a channel sells is chosen by those who manage its connection.", code="not_allowed")


def follow_status(channel: Channel, changed: Sequence[str]) -> None:
    """End what runs in a channel that closes, and bring back what is approved when it opens again."""
    if "status" not in changed:
        return
    running = MarketPlan.objects.filter(channel_promotions__channel=channel, approved_revision__isnull=False)
    for plan in running.order_by("pk").distinct():
        replanning.hold_campaign(plan)
        replanning.replan(MarketPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk))


def _check_address(connection: Connection) -> None:
    try:
        check_url(connection.base_url, allow_loopback_http=settings.SYNC_ALLOW_LOOPBACK_HTTP)
    except UnsafeAddress as error:
        raise Refused(str(error), code="unsafe_address") from error


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port of an address; the usual port as if it were written."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
