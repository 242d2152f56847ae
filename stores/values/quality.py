"""How good a store's data is: a score of 100 points made of parts that each have a name and a weight.

The weights say what a wrong entry costs a customer: an address or position that is wrong sends them to another street, hours
that are wrong let them stand before a closed door, a missing name in one language is a nuisance. They are documented in
docs/partners.md; a part for photos joins when stores have them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from stores.values import addresses
from stores.values.coordinates import Point
from stores.values.languages import canonical
from stores.values.phones import PhoneNotUnderstood, parse_phone
from stores.values.zones import same_clock, zone_at

WEIGHTS: Mapping[str, int] = {
    "address": 20,
    "position": 20,
    "hours": 15,
    "holidays": 10,
    "phone": 15,
    "names": 10,
    "verified": 10,
}
"""Points of each part; together 100."""

VERIFIED_WITHIN = timedelta(days=120)
"""A quarter and a month of grace: who confirms every quarter never loses the points."""


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What the score looks at. ``languages`` are those that the market's customers read."""

    country: str
    address: addresses.Address | None
    position: Point | None
    time_zone: str
    has_hours: bool
    holidays_settled: bool
    phone: str
    named_in: Collection[str]
    languages: Collection[str]
    verified_at: datetime | None
    asked_until: datetime | None = None
    """When a proposed special day begins or ceases to be a question that nobody has answered."""


@dataclass(frozen=True, slots=True)
class Quality:
    """The points of 100, which parts are lacking, and until when that holds if nobody touches the store."""

    score: int
    gaps: tuple[str, ...]
    holds_until: datetime | None


def assess(facts: StoreFacts, now: datetime) -> Quality:
    """The quality of one store's data at an instant."""
    verified_until = facts.verified_at + VERIFIED_WITHIN if facts.verified_at else None
    fresh = verified_until is not None and verified_until > now
    good = {
        "address": facts.address is not None and not addresses.problems(facts.address, facts.country),
        "position": facts.position is not None and plausible(facts.country, facts.position, facts.time_zone),
        "hours": facts.has_hours,
        "holidays": facts.holidays_settled,
        "phone": _rings(facts.phone, facts.country),
        "names": all(_named(tag, facts.named_in) for tag in facts.languages),
        "verified": fresh,
    }
    return Quality(
        score=sum(WEIGHTS[part] for part, there in good.items() if there),
        gaps=tuple(part for part, there in good.items() if not there),
        holds_until=min((end for end in (verified_until, facts.asked_until) if end and end > now), default=None),
    )


def plausible(country: str, position: Point, time_zone: str) -> bool:
    """Whether the position lies in the market, and where people keep the store's clock."""
    there = zone_at(country, position)
    return there is not None and (there == time_zone or same_clock(there, time_zone))


def _rings(phone: str, country: str) -> bool:
    if not phone:
        return False
    try:
        return parse_phone(phone, country) is not None
    except PhoneNotUnderstood:
        return False


def _named(tag: str, named_in: Collection[str]) -> bool:
    """A name in ``zh-Hant-HK`` serves who reads ``zh-Hant``; one in ``zh-Hans`` does not."""
    wanted = canonical(tag)
    return any(name == wanted or name.startswith(f"{wanted}-") for name in named_in)
