"""A store in the shape of Apple's business locations: https://business.apple.com/docs/api/v1/location/create."""

from __future__ import annotations

from typing import Any

from stores.feeds.hours import clocks, special_hours, weeks_in_force
from stores.feeds.store import FeedStore
from stores.timetable.schedule import WEEKDAYS, Day
from stores.values.publishers import apple_status


def location(record: FeedStore, language: str) -> dict[str, Any]:
    """``locationDetails`` of one store. Names and the address carry their locale; one name is primary."""
    names = record.names or {record.default_language: record.code}
    primary = record.name(language)[1] or next(iter(names))
    place = record.address(language)
    made: dict[str, Any] = {
        "partnersLocationId": record.uid,
        "partnersLocationVersion": record.updated_at.isoformat(),
        "storeCode": record.code,
        "displayNames": [
            {"name": text, "locale": tag, "primary": tag == primary} for tag, text in sorted(names.items())
        ],
        "mainAddress": _address(record, *place) if place else None,
        "displayPoint": _point(record),
        "phoneNumbers": [{"phoneNumber": record.phone, "type": "LANDLINE", "intent": "CALL", "primary": True}]
        if record.phone
        else None,
        "urls": [{"url": record.website, "type": "HOMEPAGE"}] if record.website else None,
        "locationDescriptions": [
            {
                "type": "ABOUT",
                "descriptions": [{"text": text, "locale": tag} for tag, text in sorted(record.descriptions.items())],
            }
        ]
        if record.descriptions
        else None,
        "locationStatus": apple_status(record.life, record.today),
        "openingHoursByDay": _week(record),
        "specialHours": [
            {
                "startDate": each.date.isoformat(),
                "endDate": each.date.isoformat(),
                "closed": not each.periods,
                **({"hoursByDay": [_day(each.date.weekday(), each.periods)]} if each.periods else {}),
                **({"descriptions": [{"text": each.name, "locale": record.default_language}]} if each.name else {}),
            }
            for each in special_hours(record.schedule, record.today)
        ],
    }
    return {"locationDetails": {name: value for name, value in made.items() if value}}


def _address(record: FeedStore, address: Any, tag: str) -> dict[str, Any]:
    parts = {
        "fullThoroughfare": ", ".join(address.lines),
        "subLocality": address.sublocality,
        "locality": address.locality,
        "administrativeArea": address.administrative_area,
        "postCode": address.postal_code,
        "countryCode": record.market,
    }
    return {"structuredAddress": {name: value for name, value in parts.items() if value}, "locale": tag}


def _point(record: FeedStore) -> dict[str, Any] | None:
    if record.latitude is None or record.longitude is None:
        return None
    # Apple takes text, so that no digit is lost on the way.
    point = {"latitude": repr(record.latitude), "longitude": repr(record.longitude)}
    return {"coordinates": point, "source": "MANUALLY_PLACED"}


def _week(record: FeedStore) -> list[dict[str, Any]]:
    weeks = weeks_in_force(record.schedule, record.today)
    if not weeks or weeks[0].first not in {None, record.today}:
        return []
    return [_day(weekday, periods) for weekday, periods in enumerate(weeks[0].week.days) if periods]


def _day(weekday: int, periods: Day) -> dict[str, Any]:
    times = [{"startTime": opens, "endTime": closes} for opens, closes in clocks(periods)]
    return {"day": WEEKDAYS[weekday].upper(), "times": times}
