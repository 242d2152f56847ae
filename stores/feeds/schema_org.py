"""A store as schema.org JSON-LD, for search engines: pages of a storefront embed it as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def store(
    record: Mapping[str, Any], hours: Sequence[Mapping[str, Any]], description: str | None = None
) -> dict[str, Any]:
    """The JSON-LD of a store record as the API gives it. ``hours`` are days with their periods, as in the record.

    Hours are given for the dates themselves (``validFrom`` = ``validThrough``), so that special days are right as well.
    """
    made: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Store",
        "@id": f"urn:uuid:{record['id']}",
        "name": record["name"],
        "description": description,
        "url": record["website"],
        "telephone": record["phone"],
        "email": record["email"],
        "address": _address(record["address"]),
        "geo": _geo(record["location"]),
        "openingHoursSpecification": [_period(day, period) for day in hours for period in day["periods"]],
    }
    return {name: value for name, value in made.items() if value}


def _address(address: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if address is None:
        return None
    parts = {
        "streetAddress": ", ".join([*address["lines"], *filter(None, [address["sublocality"]])]),
        "addressLocality": address["locality"],
        "addressRegion": address["administrative_area"],
        "postalCode": address["postal_code"],
        "addressCountry": address["country"],
    }
    return {"@type": "PostalAddress", **{name: value for name, value in parts.items() if value}}


def _geo(location: Mapping[str, float] | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {"@type": "GeoCoordinates", "latitude": location["lat"], "longitude": location["lng"]}


def _period(day: Mapping[str, Any], period: Mapping[str, str]) -> dict[str, Any]:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": f"https://schema.org/{day['weekday']}",
        "opens": period["opens"][11:16],
        "closes": period["closes"][11:16],
        "validFrom": day["date"],
        "validThrough": day["date"],
    }


def weekday(number: int) -> str:
    """The English name schema.org uses; 0 is Monday."""
    return _DAYS[number]
