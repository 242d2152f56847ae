"""Who logs in to the demo, and what each may see."""

from __future__ import annotations

from django.db import transaction

from stores.actions.keys import create_api_key
from stores.management.demo import access, content
from stores.models import Brand, Grant, Partner, Region, Role, System, User


def load_people(brand: Brand) -> int:
    """An owner, two regional managers and a partner's user, each with one grant."""
    count = 0
    for row in content.people():
        if User.objects.filter(email=row.email).exists():
            continue
        user = User.objects.create_user(email=row.email, password=access.PASSWORD, name=row.name, language=row.language)
        Grant.objects.create(
            brand=brand,
            user=user,
            role=Role.objects.get(code=row.role),
            region=Region.objects.get(brand=brand, code=row.region) if row.region else None,
            partner=Partner.objects.get(brand=brand, code=row.partner) if row.partner else None,
        )
        count += 1
    return count


def load_api_key(brand: Brand) -> int:
    """The demo storefront's key, made once per machine: its secret cannot be read back from the database."""
    if access.api_key():
        return 0
    made = create_api_key(by=System("load_demo"), brand=brand, name="Demo storefront")
    # Written down only when the key is committed: a load that is undone leaves no key that opens nothing.
    transaction.on_commit(lambda: access.keep_api_key(made.token))
    return 1
