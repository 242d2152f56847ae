"""What people read in lists: their own dates, money and words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from stores.actions.requests import propose_change
from stores.models import PricePoint, System
from tests import people
from tests.counters import counter
from tests.shopping import Shop
from tests.stores.admin.test_scope import signed_in

NOON = datetime(2020, 3, 3, 12, tzinfo=UTC)


def test_the_ledger_of_prices_is_written_in_the_readers_money_and_dates(shop: Shop, world: people.World) -> None:
    row = PricePoint.objects.filter(currency="EUR").earliest("pk")
    PricePoint.objects.create(
        brand=world.rokid, offer=row.offer, amount=Decimal("1234.5000"), currency="EUR", source="t", recorded_at=NOON,
        applied=DateTimeTZRange(NOON, NOON + timedelta(days=6)),
    )  # fmt: skip
    client = signed_in(world.olivia)
    client.cookies["django_language"] = "de"
    text = client.get(reverse("admin:stores_pricepoint_changelist")).content.decode()
    for written in ("1.234,50\xa0€", "3. März 2020 12:00 – 9. März 2020 12:00", " – …"):
        assert written in text


def test_a_request_is_undecided_and_not_open_like_a_store_and_names_the_link_it_came_by(world: people.World) -> None:
    link = System("confirmation link 0123456789, mei@clearview.example")
    made = propose_change(by=link, store=counter(world, "kowloon"), proposed={"name": {"en": "New name"}})
    client = signed_in(world.olivia)
    client.cookies["django_language"] = "de"
    for name, arguments in (("changelist", []), ("change", [made.pk])):
        text = client.get(reverse(f"admin:stores_changerequest_{name}", args=arguments)).content.decode()
        assert "Bestätigungslink 0123456789, mei@clearview.example" in text
        assert ("Offen" in text, "Geöffnet" in text) == (True, False)
    listed = client.get(reverse("admin:stores_changerequest_changelist"), {"state__exact": "rejected"})
    assert list(listed.context["cl"].result_list) == []


def test_roles_tell_what_they_allow_in_words(world: people.World) -> None:
    client = signed_in(world.olivia)
    client.cookies["django_language"] = "de"
    text = client.get(reverse("admin:stores_role_changelist")).content.decode()
    assert "Ansehen, Öffnungszeiten bearbeiten, Counter bestätigen, Änderungen vorschlagen" in text
