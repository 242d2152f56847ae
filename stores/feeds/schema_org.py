"""A store as schema.org JSON-LD, for search engines: pages of a storefront embed it as it is.

Types and properties are those of https://schema.org/Store; ``opens`` and ``closes`` follow the conventions search engines
document: 00:00 to 00:00 is closed, 00:00 to 23:59 around the clock, a closing before its opening is on the next day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from stores.feeds.hours import alike, all_day, clocks, shut, special_hours, weeks_in_force
from stores.feeds.store import FeedStore
from stores.timetable.schedule import WEEKDAYS, Day
from stores.values.addresses import Address

CONTEXT = "https://schema.org"


def store(record: FeedStore, language: str) -> dict[str, Any]:
    """The JSON-LD of one store for readers of a language."""
    place = record.address(language)
    name, _ = record.name(language)
    operator = record.operated_by(language)
    made: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Store",
        "@id": f"urn:uuid:{record.uid}",
        "identifier": record.code,
        "name": name,
        "description": record.description(language),
        "brand": {"@type": "Brand", "name": record.brand},
        "parentOrganization": {"@type": "Organization", "name": operator} if operator else None,
        "url": record.website,
        "telephone": record.phone,
        "email": record.email,
        "address": _address(place[0], record.market) if place else None,
        "geo": _geo(record.latitude, record.longitude),
        "knowsLanguage": list(record.spoken),
        "openingHoursSpecification": list(_weeks(record)),
        "specialOpeningHoursSpecification": list(_special(record)),
    }
    return {key: value for key, value in made.items() if value}


def _address(address: Address, market: str) -> dict[str, Any]:
    parts = {
        "streetAddress": ", ".join([*address.lines, *filter(None, [address.sublocality])]),
        "addressLocality": address.locality,
        "addressRegion": address.administrative_area,
        "postalCode": address.postal_code,
        "addressCountry": market,
    }
    return {"@type": "PostalAddress", **{name: value for name, value in parts.items() if value}}


def _geo(latitude: float | None, longitude: float | None) -> dict[str, Any] | None:
    if latitude is None or longitude is None:
        return None
    return {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}


def _weeks(record: FeedStore) -> Iterator[dict[str, Any]]:
    for week, first, last in weeks_in_force(record.schedule, record.today):
        groups = alike(week)
        closed = tuple(weekday for weekday, day in enumerate(week.days) if not day)
        for weekdays, periods in [*groups, *([(closed, ())] if closed else [])]:
            names = [f"https://schema.org/{WEEKDAYS[weekday]}" for weekday in weekdays]
            for times in _times(periods):
                yield _dated({"dayOfWeek": names, **times}, first, last)


def _special(record: FeedStore) -> Iterator[dict[str, Any]]:
    closed = shut(record)
    if closed:
        yield _dated(_times(())[0], *closed)
    for each in special_hours(record.schedule, record.today):
        if closed and each.date <= closed[1]:
            continue
        for period in _times(each.periods):
            yield _dated(period, each.date, each.date)


def _times(periods: Day) -> list[dict[str, str]]:
    if not periods:
        return [{"opens": "00:00", "closes": "00:00"}]
    if all_day(periods):
        return [{"opens": "00:00", "closes": "23:59"}]
    return [{"opens": opens, "closes": "00:00" if closes == "24:00" else closes} for opens, closes in clocks(periods)]


def _dated(hours: dict[str, Any], first: date | None, last: date | None) -> dict[str, Any]:
    made = {"@type": "OpeningHoursSpecification", **hours}
    if first and last:
        made |= {"validFrom": first.isoformat(), "validThrough": last.isoformat()}
    return made
