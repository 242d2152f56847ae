"""A store as the feeds hand it to other systems: one value with every language, made once and written in many formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from stores.timetable.schedule import Schedule
from stores.values import languages
from stores.values.addresses import Address
from stores.values.publishers import Life


@dataclass(frozen=True, slots=True)
class FeedStore:
    """One published store. Texts and addresses are by BCP 47 tag; ``market`` is ISO 3166-1, ``phone`` E.164, WGS 84.

    ``services`` are the kinds offered on ``today``, the store's own local date at the moment the feed is made.
    """

    uid: str
    code: str
    brand: str
    market: str
    format: str
    status: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    addresses: Mapping[str, Address]
    primary_address: str
    """The tag of the address that the post uses; blank without any address."""
    latitude: float | None
    longitude: float | None
    time_zone: str
    phone: str
    email: str
    website: str
    spoken: tuple[str, ...]
    services: tuple[str, ...]
    operator: Mapping[str, str]
    """Names of the partner who runs it; empty when the brand does."""
    opening_date: date | None
    closing_date: date | None
    reopen_date: date | None
    updated_at: datetime
    schedule: Schedule
    today: date
    default_language: str

    @property
    def life(self) -> Life:
        """What the row says about its doors; on ``today`` it is announced, open, paused or gone."""
        return Life(self.status, self.opening_date, self.closing_date, self.reopen_date)

    def name(self, language: str) -> tuple[str, str]:
        """The name for a reader and the language it is in; the code in no language when the store has no name."""
        return _picked(self.names, language, self.default_language) or (self.code, "")

    def description(self, language: str) -> str:
        """The description for a reader, blank when there is none."""
        return (_picked(self.descriptions, language, self.default_language) or ("", ""))[0]

    def operated_by(self, language: str) -> str:
        """Who runs the store, blank when the brand itself does."""
        return (_picked(self.operator, language, self.default_language) or ("", ""))[0]

    def address(self, language: str) -> tuple[Address, str] | None:
        """The address for a reader and the language it is in, else the primary one."""
        found = _picked({tag: tag for tag in self.addresses}, language, self.primary_address or self.default_language)
        return (self.addresses[found[0]], found[0]) if found else None


def _picked(texts: Mapping[str, str], language: str, default: str) -> tuple[str, str] | None:
    try:
        return languages.pick(texts, language, default)
    except LookupError:
        return None
