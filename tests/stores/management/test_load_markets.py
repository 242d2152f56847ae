"""Loading markets: all of them, once, and only what differs."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from stores.models import Market

pytestmark = pytest.mark.django_db


def load() -> str:
    out = StringIO()
    call_command("load_markets", stdout=out)
    return out.getvalue().strip()


def test_every_country_becomes_a_market() -> None:
    assert load() == "markets: 249 created, 0 corrected, 0 unchanged"
    taiwan = Market.objects.get(code="TW")
    assert (taiwan.currency, taiwan.price_decimals, taiwan.languages) == ("TWD", 0, ["zh-Hant"])
    assert (taiwan.default_time_zone, taiwan.week_starts_on) == ("Asia/Taipei", 6)
    assert taiwan.name == {"en": "Taiwan", "zh-Hant": "台灣"}


def test_a_second_load_corrects_what_was_bent_and_touches_nothing_else() -> None:
    load()
    Market.objects.filter(code="JP").update(price_decimals=2, rule_pack="jp-2026")
    versions = dict(Market.objects.exclude(code="JP").values_list("code", "version"))
    assert load() == "markets: 0 created, 1 corrected, 248 unchanged"
    japan = Market.objects.get(code="JP")
    assert (japan.price_decimals, japan.rule_pack) == (0, "jp-2026")
    assert dict(Market.objects.exclude(code="JP").values_list("code", "version")) == versions
