"""Campaigns through the same actions people use: created, localized, submitted and approved, each by who would do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from stores.actions.campaigns import create_campaign
from stores.actions.plans import approve_plan, localize_plan, submit_plan
from stores.management.demo import content
from stores.management.demo.records import Campaign as Row
from stores.models import Brand, Campaign, Channel, Market, MarketEntry, User, Variant
from stores.planning.content import Selector

OWNER, EUROPE, JAPAN = "owner@meridian.demo", "europe@meridian.demo", "japan@meridian.demo"


def load_campaigns(brand: Brand, now: datetime, told: Callable[[str], None]) -> int:
    """Campaigns that are missing, with a plan in each market. ``told`` hears of every plan, for the progress bar."""
    known = set(Campaign.objects.filter(brand=brand).values_list("code", flat=True))
    new = [row for row in content.campaigns() if row.code not in known]
    people = {user.email: user for user in User.objects.filter(email__in=[OWNER, EUROPE, JAPAN])}
    europe = european_markets(brand)
    for row in new:
        campaign = create_campaign(
            by=people[OWNER],
            brand=brand,
            code=row.code,
            title=row.title,
            kind=row.kind,
            percent=row.percent,
            starts_local=midnight(now, row.start_days),
            ends_local=midnight(now, row.end_days),
        )
        for code in row.copy:
            by = people[JAPAN if code == "JP" else EUROPE if code in europe else OWNER]
            _load_plan(by, campaign, row, code)
            told(f"{row.title}: {code}")
    return len(new)


def midnight(now: datetime, days: int) -> datetime:
    """The wall clock of a local midnight, so many days from the load day; the same words in every market."""
    return datetime.combine((now + timedelta(days=days)).date(), time())


def european_markets(brand: Brand) -> set[str]:
    """Codes of the markets that lie somewhere below the region Europe."""
    parents = {region.code: region.parent for region in content.regions()}

    def lies_in_europe(code: str | None) -> bool:
        return code == "europe" or (code is not None and lies_in_europe(parents[code]))

    entries = MarketEntry.objects.filter(brand=brand).values_list("market__code", "region__code")
    return {market for market, region in entries if lies_in_europe(region)}


def _load_plan(by: User, campaign: Campaign, row: Row, code: str) -> None:
    market = Market.objects.get(code=code)
    copy = row.copy[code]
    channels = row.channels or tuple(
        Channel.objects.filter(brand=campaign.brand, market=market).values_list("code", flat=True)
    )
    covered = Variant.objects.filter(product__code__in=[item.code for item in row.items if item.selector == "product"])
    plan = localize_plan(
        by=by,
        campaign=campaign,
        market=market,
        headline={language: text.headline for language, text in copy.items()},
        body={language: text.body for language, text in copy.items()},
        terms={language: text.terms for language, text in copy.items()},
        selectors=[Selector(item.selector, item.code) for item in row.items],
        channels=channels,
        stores=row.stores,
        fixed_prices={variant.sku: row.prices[code] for variant in covered} if row.prices else None,
    )
    plan = submit_plan(by=by, plan=plan)
    if row.state == "approved" and plan.latest_revision is not None:
        approve_plan(by=by, plan=plan, content_hash=plan.latest_revision.content_hash)
