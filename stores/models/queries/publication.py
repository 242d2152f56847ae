"""What a store still lacks before customers may see it: the publish checklist, for one store or for thousands.

Name and address in each language that the market requires, hours, a position, a contact, and a market that is ready. Who
publishes, shows a store's page or previews an import asks here, so that all say the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from stores.models.hours import WeeklyHours
from stores.models.markets import MarketEntry
from stores.models.network import Store, StoreAddress
from stores.values import addresses, languages

PUBLISHING_ENTRIES = ("live", "closing")
"""States of a market entry in which stores may be published: before, there is no price, no warranty and nobody to call."""

HOURS_KNOWN = Exists(
    WeeklyHours._base_manager.filter(Q(store=OuterRef("pk")) | Q(store=OuterRef("hours_from")), purpose="store")
)
"""Of a store: it has regular hours, its own or those of the store that it follows."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing: what, in which language where that matters, and which part of it."""

    what: str
    language: str = ""
    detail: str = ""

    def __str__(self) -> str:
        text = f"{self.what} in {self.language}" if self.language else self.what
        return f"{text} ({self.detail})" if self.detail else text


def publication_gaps(ids: Sequence[int]) -> dict[int, list[Gap]]:
    """Each store that exists among ``ids``, by its number, with what it lacks; an empty list when it can be published.

    Three queries, however many stores. The addresses of all of them are in memory meanwhile, so give it some thousands at
    most. Whether the caller may see the stores is the caller's question.
    """
    written: defaultdict[int, list[tuple[str, bool, addresses.Address]]] = defaultdict(list)
    for pk, language, primary, lines, *parts in StoreAddress.objects.filter(store__in=ids).values_list(
        "store_id", "language", "is_primary", "lines", "sublocality", "locality", "administrative_area", "postal_code",
        "sorting_code",
    ):  # fmt: skip
        written[pk].append((language, primary, addresses.Address(tuple(lines), *parts)))
    rows = list(
        Store.objects.filter(pk__in=ids)
        .annotate(with_hours=HOURS_KNOWN)
        .order_by("pk")
        .values_list("pk", "name", "latitude", "phone", "email", "website", "brand_id", "market_id", "market__code",
                     "market__languages", "with_hours")
    )  # fmt: skip
    entries = _entries({row[6] for row in rows})
    found = {}
    for pk, name, latitude, phone, email, website, brand, market, code, spoken, with_hours in rows:
        status, required = entries.get((brand, market), ("", []))
        gaps = [*_texts(name, written[pk], code, required or spoken[:1])]
        gaps += [
            Gap(what)
            for what, there in (
                ("position", latitude is not None),
                ("hours", with_hours),
                ("contact", bool(phone or email or website)),
            )
            if not there
        ]
        if status not in PUBLISHING_ENTRIES:
            gaps.append(Gap("market", detail=status or "not entered"))
        found[pk] = gaps
    return found


def _entries(brands: Iterable[int]) -> Mapping[tuple[int, int], tuple[str, list[str]]]:
    """Status and required languages of each presence of the brands."""
    rows: Any = MarketEntry.objects.filter(brand__in=brands)
    return {
        (brand, market): (status, required)
        for brand, market, status, required in rows.values_list("brand_id", "market_id", "status", "required_languages")
    }


def _texts(
    name: Mapping[str, str],
    written: Sequence[tuple[str, bool, addresses.Address]],
    country: str,
    required: Sequence[str],
) -> Iterable[Gap]:
    if not name:
        yield Gap("name")
    else:
        yield from (Gap("name", tag) for tag in required if not languages.covers(name, tag))
    primary = [each for each in written if each[1]]
    if not primary:
        yield Gap("address")
        return
    # The primary address goes on labels and maps, so it is complete whatever its language.
    checked = {language: addresses.problems(address, country) for language, _, address in primary}
    for tag in required:
        there = {language: address for language, _, address in written if languages.covers([language], tag)}
        if not there:
            yield Gap("address", tag)
        for language, address in there.items():
            checked.setdefault(language, addresses.problems(address, country))
    for language, problems in checked.items():
        if problems:
            yield Gap("address", language, ", ".join(dict.fromkeys(part.replace("_", " ") for part, _ in problems)))
