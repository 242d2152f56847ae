"""``manage.py load_markets``: every ISO 3166-1 country and territory as a market. Run again after an update of CLDR."""

from __future__ import annotations

from typing import Any

import holidays
from django.core.management.base import BaseCommand

from stores.actions.transaction import acting
from stores.models import Market, System
from stores.values.territories import Territory, territories, territory_name


class Command(BaseCommand):
    """Bring the table of markets to what the shipped reference data says."""

    help = "Load every country as a market: currency, languages, time zone, calendar. Writes only what differs."

    def handle(self, **options: Any) -> None:
        """Create what is missing, correct what differs, and say how many of each."""
        kept = {market.code: market for market in Market.objects.all()}
        calendars = set(holidays.list_supported_countries())
        created, corrected = [], []
        for each in territories():
            fields = market_fields(each, calendars)
            market = kept.get(each.code)
            if market is None:
                created.append(Market(code=each.code, **fields))
            elif any(getattr(market, name) != value for name, value in fields.items()):
                for name, value in fields.items():
                    setattr(market, name, value)
                corrected.append(market)
        with acting(System("load_markets"), "reference data"):
            Market.objects.bulk_create(created)
            if corrected:
                Market.objects.bulk_update(corrected, list(fields))
        same = len(kept) - len(corrected)
        self.stdout.write(f"markets: {len(created)} created, {len(corrected)} corrected, {same} unchanged")


def market_fields(each: Territory, calendars: set[str]) -> dict[str, Any]:
    """A territory as columns of Market. A rule pack is chosen by a person, so it is not among them."""
    languages = dict.fromkeys(("en", *each.languages))
    return {
        "name": {"en": each.name} | {tag: territory_name(each.code, tag) for tag in languages if tag != "en"},
        "currency": each.currency,
        "price_decimals": each.price_decimals,
        "prices_include_tax": each.prices_include_tax,
        "languages": list(each.languages),
        "default_time_zone": each.default_time_zone,
        "week_starts_on": each.week_starts_on,
        "holiday_country": each.code if each.code in calendars else "",
    }
