"""Accounts and channels: credentials are sealed here and nowhere else."""

from __future__ import annotations

from django.conf import settings

from stores.actions.access import locked
from stores.actions.errors import Refused
from stores.actions.transaction import acting
from stores.models import Actor, ChannelPromotion, Connection
from stores.models.channels import credentials_context
from stores.values import crypto
from stores.values.guarded import UnsafeAddress, check_url


def set_credentials(*, by: Actor, connection: Connection, token: str) -> Connection:
    """Store the account's token, sealed. Raises Refused when the account's address is not one we may call."""
    try:
        check_url(connection.base_url, allow_loopback_http=settings.SYNC_ALLOW_LOOPBACK_HTTP)
    except UnsafeAddress as error:
        raise Refused(str(error), code="unsafe_address") from error
    with acting(by, "set credentials"):
        found = locked(Connection, connection.pk, by=by, to="edit_channels")
        found.credentials = crypto.seal(token.encode(), context=credentials_context(found.uid))
        found.save(update_fields=["credentials"])
        # A new login is a reason to try at once what the old one could not do.
        ChannelPromotion.objects.filter(channel__connection=found).failing().look_now()
    return found
