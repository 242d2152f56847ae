"""The demo in the database: complete, once, seen by its people as it should be, and its campaigns where they belong."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import TestCase
from pytest_django import DjangoDbBlocker

from stores.management.demo import access, content
from stores.models import (
    ApiKey,
    Approval,
    Brand,
    Campaign,
    Channel,
    ChannelPromotion,
    Connection,
    MarketPlan,
    Offer,
    PricePoint,
    ServiceCase,
    Store,
    StoreAddress,
    User,
)
from stores.values import crypto

pytestmark = pytest.mark.django_db

# A Monday afternoon in Europe, already Tuesday in Tokyo.
LOADED = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demo, loaded once at LOADED for all tests here, each of which undoes its own changes."""
    folder = tmp_path_factory.mktemp("var")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(settings, "VAR", folder)
        with time_machine.travel(LOADED, tick=False), TestCase.captureOnCommitCallbacks(execute=True):
            call_command("load_markets", stdout=StringIO())
            call_command("load_demo", stdout=StringIO())
        yield folder
        transaction.set_rollback(True)


def test_everything_is_there_and_a_second_load_changes_nothing(demo: Path) -> None:
    counts = {
        model: model.objects.count()
        for model in (
            Store,
            Channel,
            Offer,
            PricePoint,
            Campaign,
            MarketPlan,
            ChannelPromotion,
            ServiceCase,
            User,
            ApiKey,
        )
    }
    assert counts[Store] == len(content.stores())
    assert counts[Channel] == len(content.channels())
    assert counts[MarketPlan] == sum(len(campaign.copy) for campaign in content.campaigns())
    Store.objects.filter(code="JP-GINZA").update(name={"en": "Renamed by a manager"})
    versions = list(Store.objects.order_by("pk").values_list("version", flat=True))
    key = access.api_key()
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert out.getvalue().strip() == "demo network: nothing to add"
    assert {model: model.objects.count() for model in counts} == counts
    assert list(Store.objects.order_by("pk").values_list("version", flat=True)) == versions
    assert access.api_key() == key


def test_four_campaigns_stand_in_four_situations(demo: Path) -> None:
    def live(at: datetime) -> set[str]:
        return set(MarketPlan.objects.live_at(at).values_list("campaign__code", flat=True))

    assert live(LOADED) == {"winter-lights", "ginza-opening"}
    assert live(datetime(2026, 11, 25, 12, tzinfo=UTC)) == {"winter-lights", "ginza-opening", "style-launch"}
    waiting = MarketPlan.objects.filter(review_state="in_review")
    assert set(waiting.values_list("campaign__code", flat=True)) == {"spring-preview"}
    tokyo = MarketPlan.objects.get(campaign__code="style-launch", market__code="JP")
    assert tokyo.starts_at == datetime(2026, 11, 24, 15, tzinfo=UTC)
    berlin = MarketPlan.objects.get(campaign__code="style-launch", market__code="DE")
    assert berlin.starts_at == datetime(2026, 11, 24, 23, tzinfo=UTC)


def test_the_opening_offer_runs_in_one_store_and_its_market_s_web_shop(demo: Path) -> None:
    plan = MarketPlan.objects.get(campaign__code="ginza-opening")
    assert plan.approved_revision is not None
    assert plan.approved_revision.content["stores"] == ["JP-GINZA"]
    rows = ChannelPromotion.objects.filter(plan=plan)
    assert [(row.channel.code, row.desired["title"]) for row in rows] == [("jp-web", "Rokid 銀座、グランドオープン")]


def test_each_web_shop_is_promised_its_market_s_own_words(demo: Path) -> None:
    rows = ChannelPromotion.objects.filter(plan__campaign__code="winter-lights", channel__kind="web_shop")
    titles = {row.channel.market.code: row.desired["title"] for row in rows.select_related("channel__market")}
    assert titles["HK"] == "冬日燈火，盡在眼前"
    assert titles["TW"] == "冬日燈火，抬眼就看見"
    assert titles["CH"] == "Winterlichter: die Saison mit anderen Augen sehen"
    assert titles["AE"] == "أضواء الشتاء أمام عينيك"


def test_people_decided_it_where_they_are_responsible(demo: Path) -> None:
    decided = dict(
        Approval.objects.filter(revision__plan__campaign__code="winter-lights").values_list(
            "revision__plan__market__code", "decided_by"
        )
    )
    assert (decided["JP"], decided["DE"], decided["HK"]) == (
        "japan@meridian.demo",
        "europe@meridian.demo",
        "owner@meridian.demo",
    )


def test_each_person_sees_the_own_part(demo: Path) -> None:
    def seen(email: str) -> set[str]:
        return set(Store.objects.visible_to(User.objects.get(email=email)).values_list("code", flat=True))

    everything = {store.code for store in content.stores()}
    assert seen("owner@meridian.demo") == everything
    assert seen("japan@meridian.demo") == {code for code in everything if code.startswith("JP-")}
    assert seen("partner@meridian.demo") == {
        store.code for store in content.stores() if store.operator == "qingchuan-optical"
    }
    europe = {store.market for store in content.stores() if store.code in seen("europe@meridian.demo")}
    assert europe == {"DE", "AT", "CH", "FR", "BE", "NL", "IT", "ES", "PT", "GR", "GB", "IE", "SE", "DK", "PL", "CZ"}


def test_everybody_logs_in_with_what_the_summary_says(demo: Path) -> None:
    logins, key = access.summary()
    assert [name for _, name, _ in logins] == [person.email for person in content.people()]
    for _, name, password in logins:
        assert User.objects.get(email=name).check_password(password)
    prefix, secret = key.split(".")
    kept = ApiKey.objects.get(prefix=prefix)
    assert crypto.installed().digest(secret, pepper=kept.pepper) == bytes(kept.digest)


def test_the_key_is_kept_for_its_owner_only(demo: Path) -> None:
    file = demo / "demo" / "access.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = json.loads(file.read_text())
    assert kept["api_key"] == access.api_key()
    # The login page offers the same people in one click.
    offered = [(login["label"], login["username"], login["password"]) for login in kept["logins"]]
    assert (offered, kept["api_key"]) == access.summary()


def test_only_stores_that_customers_may_know_are_published(demo: Path) -> None:
    hidden = set(Store.objects.filter(published_at__isnull=True).values_list("status", flat=True))
    assert hidden == {"prospect", "signed", "fit_out", "cancelled"}
    assert StoreAddress.objects.filter(is_primary=True).count() == Store.objects.count()


def test_secrets_are_sealed_for_their_own_row(demo: Path) -> None:
    case = ServiceCase.objects.get(reference="RK-DE-26009")
    assert b"Reimann" not in bytes(case.contact)
    contact: Any = json.loads(crypto.unseal(case.contact, context=f"case:{case.uid}"))
    assert contact["name"] == "Jonas Reimann"
    first, second = Connection.objects.order_by("pk")[:2]
    with pytest.raises(crypto.Unsealable):
        crypto.unseal(first.credentials, context=f"connection:{second.uid}")


def test_an_independent_retailer_has_offers_but_no_price_of_ours(demo: Path) -> None:
    offers = Offer.objects.filter(channel__code="jp-aoba")
    assert offers.count() == 15
    assert PricePoint.objects.filter(offer__in=offers).count() == 0


def test_the_demo_may_be_played_by_one_person(demo: Path) -> None:
    assert Brand.objects.get().four_eyes is False
