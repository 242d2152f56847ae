"""Out and in again: an exported list, whatever is in it, changes nothing when it is imported; edited, it changes the edit."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from stores.imports.hours import Hours, read_hours, write_hours
from stores.models import (
    Partner,
    ServiceOffering,
    SpecialDay,
    Store,
    StoreAddress,
    StoreService,
    StoreSource,
    WeeklyHours,
)
from stores.models.network import FORMATS, STATUSES
from stores.timetable.schedule import Period, Week
from stores.values import clock
from stores.values.phones import parse_phone
from tests import people
from tests.stores.imports.lists import Desk

# By market: zone, a place, a phone, and texts in several languages and scripts, some of which spreadsheets would run.
PLACES: dict[str, tuple[str, float, float, str, dict[str, str]]] = {
    "JP": (
        "Asia/Tokyo",
        35.6717,
        139.765,
        "03-1234-5678",
        {"ja": "銀座店", "en": "Ginza", "ja-Latn": "Ginza-ten", "ko": "긴자점"},
    ),
    "DE": ("Europe/Berlin", 52.529, 13.401, "030 901820", {"de": "=Straße;1", "en": "@Mitte", "fr": '-Cœur, "Berlin"'}),
    "FR": ("Europe/Paris", 48.85, 2.35, "01 42 00 12 34", {"en": "Marais", "de": "+Eck"}),
    "HK": (
        "Asia/Hong_Kong",
        22.28,
        114.158,
        "2123 4567",
        {"zh-Hant": "中環店", "en": "'=Central", "zh-Hans": "中环店"},
    ),
}


DAYS = [[], [(600, 540)], [(540, 180), (840, 240)], [(1200, 420)], [(0, 1440)]]


@st.composite
def weeks(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A year's week, or none, and seasons; nights and closed days included."""
    found = []
    for start, end in draw(st.lists(st.sampled_from([("", ""), ("06-01", "08-31"), ("12-20", "01-06")]), unique=True)):
        days = [[Period(*span) for span in draw(st.sampled_from(DAYS))] for _ in range(7)]
        try:
            week = Week.of(days)
        except ValueError:
            continue
        found.append({"from": start, "to": end, "periods": week.to_json()})
    return sorted(found, key=lambda each: str(each["from"]))


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Weeks, single dates and what is done on public holidays; any of them or none."""
    some = st.sampled_from([day_json(spans) for spans in DAYS])
    policy = draw(st.sampled_from(["", "closed", "sunday_hours", "normal", "ask", "own_hours"]))
    return Hours(
        weeks=draw(weeks()) or None,
        special_days=draw(
            st.dictionaries(st.dates(date(2026, 1, 1), date(2028, 12, 31)).map(date.isoformat), some, max_size=4)
        ),
        policy=policy,
        holiday_hours=draw(some) if policy == "own_hours" else None,
    )


def day_json(spans: list[tuple[int, int]]) -> list[dict[str, str]]:
    return [Period(*span).to_json() for span in spans]


@given(hours())
def test_hours_in_a_cell_read_back_as_the_same(made: Hours) -> None:
    text = write_hours(made)
    assert (read_hours(text) if text else Hours()) == made


def test_hours_are_written_for_people_where_they_can_be() -> None:
    week = Week.daily(Period(600, 540)).to_json()
    summer = Week.of([[], *[[Period(540, 600)]] * 6]).to_json()
    year = {"from": "", "to": "", "periods": week}
    assert write_hours(Hours([year, {"from": "06-01", "to": "08-31", "periods": summer}])) == (
        "Mo-Su 10:00-19:00; Jun 01-Aug 31 off; Jun 01-Aug 31 Tu-Su 09:00-19:00"
    )
    eve = {"2026-12-24": [{"start": "10:00", "end": "14:00"}], "2026-12-31": []}
    assert write_hours(Hours([year], eve, "closed")) == (
        "Mo-Su 10:00-19:00; PH off; 2026 Dec 24 10:00-14:00; 2026 Dec 31 off"
    )


def furnish(world: people.World, seed: int, count: int = 40) -> None:
    """Stores with everything that a list can say, or not."""
    chance = random.Random(seed)
    offerings = {
        code: [
            ServiceOffering.objects.create(
                brand=world.rokid,
                market=people.market(code),
                code=f"{kind}-{code.lower()}",
                kind=kind,
                name={"en": kind},
                currency="EUR",
            )
            for kind in ("repair", "demo", "training")
        ]
        for code in PLACES
    }
    host = Partner.objects.create(brand=world.rokid, code="mall", name={"en": "Mall"}, kind="retailer")
    for number in range(count):
        code = chance.choice(sorted(PLACES))
        zone, lat, lng, phone, texts = PLACES[code]
        opening = date(2024, 1, 1) + timedelta(days=chance.randrange(900)) if chance.random() < 0.5 else None
        there = chance.random() < 0.8
        number_there = parse_phone(phone, code)
        store = Store.objects.create(
            brand=world.rokid,
            market=people.market(code),
            code=f"s{number}",
            format=chance.choice(FORMATS),
            status=chance.choice(STATUSES),
            time_zone=zone,
            name=dict(chance.sample(sorted(texts.items()), chance.randint(1, len(texts)))),
            latitude=lat + chance.gauss(0, 0.01) if there else None,
            longitude=lng + chance.gauss(0, 0.01) if there else None,
            source_datum=chance.choice(["WGS84", "GCJ02"]),
            phone=number_there.e164 if number_there and chance.random() < 0.5 else "",
            email=chance.choice(["", "shop@example.com"]),
            website=chance.choice(["", "https://example.com/a?b=1&c=;"]),
            languages=chance.choice([[], ["en"], ["zh-Hant", "en", "ja-Latn"]]),
            opening_date=opening,
            closing_date=opening + timedelta(days=400) if opening and chance.random() < 0.5 else None,
            operator=chance.choice([None, world.optician]),
            host=chance.choice([None, host]),
            holiday_policy=chance.choice(["", "closed", "own_hours", "normal"]),
            holiday_hours=[{"start": "11:00", "end": "16:00"}],
        )
        _furnish_parts(store, chance, texts)
        for offering in chance.sample(offerings[code], chance.randrange(4)):
            StoreService.objects.create(brand=world.rokid, store=store, offering=offering)
        if chance.random() < 0.3:
            StoreSource.objects.create(brand=world.rokid, store=store, source="own", external_id=f"=x:{number}")


def _furnish_parts(store: Store, chance: random.Random, texts: dict[str, str]) -> None:
    tags = chance.sample(sorted(texts), chance.randrange(len(texts) + 1))
    for index, tag in enumerate(tags):
        lines = [texts[tag], *(["2. Stock; links", "-3"] if chance.random() < 0.5 else [])]
        StoreAddress.objects.create(
            brand=store.brand,
            store=store,
            language=tag,
            is_primary=index == 0,
            lines=lines if chance.random() < 0.9 else [],
            locality=chance.choice(["", texts[tag]]),
            sublocality=chance.choice(["", "@x"]),
            postal_code=chance.choice(["", "00100"]),
            administrative_area=chance.choice(["", "東京都"]),
        )
    day = [{"start": "10:00", "end": "19:00"}]
    night = [{"start": "18:00", "end": "02:00"}]
    for start, end, week in chance.sample(
        [("", "", [day] * 7), ("06-01", "08-31", [[], *[day] * 6]), ("12-20", "01-06", [night] * 7)],
        chance.randrange(4),
    ):
        WeeklyHours.objects.create(brand=store.brand, store=store, season_from=start, season_to=end, periods=week)
    WeeklyHours.objects.create(brand=store.brand, store=store, purpose="service", periods=[day] * 7)
    decisions = [("confirmed", ""), ("confirmed", "list:own"), ("dismissed", "")]
    for number, (state, source) in enumerate(chance.sample(decisions, chance.randrange(4))):
        SpecialDay.objects.create(
            brand=store.brand,
            store=store,
            date=clock.earliest_day() + timedelta(days=number * 200),
            periods=chance.choice([[], day, night]),
            state=state,
            source=source,
            decided_by="mei@example.com",
            decided_at=clock.now(),
        )


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "geojson"])
@pytest.mark.parametrize("seed", [1, 2])
def test_an_exported_list_changes_nothing_when_it_comes_back(
    form: str, seed: int, world: people.World, desk: Desk, tmp_path: Path
) -> None:
    furnish(world, seed)
    people.store(world.acme, "DE", "theirs")
    file = tmp_path / f"stores.{form}"
    call_command("export_stores", str(file), "--brand", "rokid")
    lines = desk.run(file, source="own")
    assert len(lines) == 40
    assert {
        line["row"]: (line["normalized"]["code"], line["changes"], line["reasons"])
        for line in lines
        if line["outcome"] != "unchanged"
    } == {}
    assert "columns that nothing is taken from" not in desk.printed


@pytest.mark.django_db
def test_an_edited_cell_is_the_only_change(world: people.World, desk: Desk, tmp_path: Path) -> None:
    furnish(world, 3)
    file = tmp_path / "stores.csv"
    call_command("export_stores", str(file), "--brand", "rokid")
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    rows[0]["website"] = "https://example.com/new"
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    changed = [line for line in desk.run(file, "--apply", source="own") if line["outcome"] != "unchanged"]
    assert [list(line["changes"]) for line in changed] == [["website"]]


@pytest.mark.django_db
def test_no_cell_of_a_table_is_a_formula(world: people.World, tmp_path: Path) -> None:
    furnish(world, 5)
    file = tmp_path / "stores.csv"
    call_command("export_stores", str(file), "--brand", "rokid")
    with file.open(encoding="utf-8-sig", newline="") as text:
        cells = [cell for row in csv.reader(text) for cell in row if cell[:1] in tuple("=+-@\t\r")]
    assert [cell for cell in cells if not cell[1:].replace(".", "").isdigit()] == []


@pytest.mark.django_db
def test_an_export_is_cut_to_markets_and_to_what_somebody_may_see(world: people.World, tmp_path: Path) -> None:
    for market, code in (("JP", "jp-1"), ("DE", "de-1"), ("FR", "fr-1")):
        people.store(world.rokid, market, code)
    file = tmp_path / "stores.jsonl"

    def codes(*flags: str) -> list[str]:
        call_command("export_stores", str(file), "--brand", "rokid", *flags)
        return [line.split('"')[3] for line in file.read_text("utf-8").splitlines()]

    assert codes() == ["de-1", "fr-1", "jp-1"]
    assert codes("--market", "jp", "--market", "FR") == ["fr-1", "jp-1"]
    assert codes("--by", "emma@example.com") == ["de-1", "fr-1"]
    assert codes("--by", "stan@example.com") == []
    for flags, message in (
        (("--market", "XX"), "there is no market 'XX'"),
        (("--brand", "none"), "there is no brand 'none'"),
    ):
        with pytest.raises(CommandError, match=message):
            codes(*flags)
    with pytest.raises(CommandError, match="the form 'odt' is not known"):
        call_command("export_stores", str(tmp_path / "x.odt"), "--brand", "rokid")
    with pytest.raises(CommandError, match="there is no such folder"):
        call_command("export_stores", str(tmp_path / "nowhere" / "x.csv"), "--brand", "rokid")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stores.jsonl"]
