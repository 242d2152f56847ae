"""Templates applied to many stores: what the preview says, and all or nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stores.actions.errors import NotFound, Refused
from stores.actions.hours_templates import Preview, apply_template, preview_template
from stores.models import HoursTemplate, SpecialDay, Store, WeeklyHours
from tests.people import World, store
from tests.stores.admin.test_pages import signed_in

NOW = datetime(2026, 12, 11, 11, tzinfo=UTC)
DAY = [{"start": "10:00", "end": "18:00"}]
EVE = [{"start": "10:00", "end": "15:00"}]
CHRISTMAS = date(2026, 12, 25)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def template(world: World) -> HoursTemplate:
    """The eve closes at 15:00, that day and the next are closed."""
    made: HoursTemplate = HoursTemplate.objects.create(
        brand=world.rokid, code="christmas", name={"en": "Christmas", "de": "Weihnachten"},
        days=[{"from": -1, "closes": "15:00"}, {"from": 0, "to": 1, "periods": []}],
    )  # fmt: skip
    return made


def shop(world: World, code: str, market: str = "DE", **fields: Any) -> Store:
    made = store(world.rokid, market, code, **fields)
    WeeklyHours.objects.create(brand=made.brand, store=made, periods=[DAY] * 7)
    return made


def rows(preview: Preview) -> list[tuple[str, int, Any, Any, str]]:
    said = [(row, row.refused or (f"confirmed by {row.decided_by}" if row.conflict else "")) for row in preview.rows]
    return [(row.store.code, row.date.day, row.before, row.after, why) for row, why in said]


def special() -> dict[str, list[tuple[int, Any, str, str]]]:
    found: dict[str, list[tuple[int, Any, str, str]]] = {}
    for day in SpecialDay.objects.order_by("store__code", "date"):
        found.setdefault(day.store.code, []).append((day.date.day, day.periods, day.state, day.source))
    return found


def test_the_preview_names_each_change_and_writes_nothing(world: World, template: HoursTemplate) -> None:
    host = shop(world, "berlin")
    shop(world, "counter", hours_from=host)
    shop(world, "later", status="ready", opening_date=date(2027, 1, 5))
    store(world.rokid, "DE", "unknown")
    shop(world, "gone", status="closed")
    shop(world, "tokyo", "JP")
    preview = preview_template(by=world.emma, template=template, stores=Store.objects.all(), anchor=CHRISTMAS)
    follows, shut, nobody = (
        "It follows the hours of another store.", "The store is not open then.", "Nobody knows its hours on this day.",
    )  # fmt: skip
    assert rows(preview) == [
        ("berlin", 24, DAY, EVE, ""), ("berlin", 25, DAY, [], ""), ("berlin", 26, DAY, [], ""),
        ("counter", 24, DAY, EVE, follows), ("counter", 25, DAY, [], follows), ("counter", 26, DAY, [], follows),
        ("later", 24, [], [], shut), ("later", 25, [], [], shut), ("later", 26, [], [], shut),
        ("unknown", 24, None, None, nobody), ("unknown", 25, None, [], ""), ("unknown", 26, None, [], ""),
    ]  # fmt: skip
    assert (len(preview.changed), len(preview.refused), preview.stores) == (5, 7, 4)
    assert special() == {}


def test_applying_writes_what_was_shown_and_a_second_time_nothing_is_left(
    world: World, template: HoursTemplate
) -> None:
    place = shop(world, "berlin")
    SpecialDay.objects.create(brand=world.rokid, store=place, date=CHRISTMAS, periods=DAY, state="proposed")
    asked: dict[str, Any] = {"by": world.emma, "template": template, "stores": Store.objects.all(), "anchor": CHRISTMAS}
    stamp = preview_template(**asked).stamp
    assert apply_template(**asked, stamp=stamp) == 3
    source = "template:christmas"
    assert special() == {
        "berlin": [(24, EVE, "confirmed", source), (25, [], "confirmed", source), (26, [], "confirmed", source)]
    }
    made = SpecialDay.objects.get(date=CHRISTMAS)
    assert (made.decided_by, made.decided_at, made.name["de"]) == ("emma@example.com", NOW, "Weihnachten")
    assert rows(preview_template(**asked)) == []


def test_a_confirmed_day_with_other_hours_is_named_and_replaced_only_when_said(
    world: World, template: HoursTemplate
) -> None:
    for code in ("berlin", "hamburg"):
        place = shop(world, code)
    SpecialDay.objects.create(
        brand=world.rokid, store=place, date=CHRISTMAS, periods=DAY, decided_by="kenji@example.com", decided_at=NOW
    )
    before = special()
    asked: dict[str, Any] = {"by": world.emma, "template": template, "stores": Store.objects.all(), "anchor": CHRISTMAS}
    preview = preview_template(**asked)
    assert [(row.store.code, row.date, row.decided_by) for row in preview.conflicts] == [
        ("hamburg", CHRISTMAS, "kenji@example.com")
    ]
    with pytest.raises(Refused) as refusal:
        apply_template(**asked, stamp=preview.stamp)
    assert (refusal.value.code, special()) == ("conflict", before)
    assert apply_template(**asked, stamp=preview.stamp, replace=True) == 6
    assert [day[1] for day in special()["hamburg"]] == [EVE, [], []]


def test_a_store_that_changed_since_the_preview_stops_all(world: World, template: HoursTemplate) -> None:
    for code in ("berlin", "hamburg"):
        place = shop(world, code)
    asked: dict[str, Any] = {"by": world.emma, "template": template, "stores": Store.objects.all(), "anchor": CHRISTMAS}
    stamp = preview_template(**asked).stamp
    WeeklyHours.objects.filter(store=place).update(periods=[EVE] * 7)
    with pytest.raises(Refused) as refusal:
        apply_template(**asked, stamp=stamp)
    assert (refusal.value.code, special()) == ("stale", {})


def test_days_that_are_over_and_stores_one_may_not_edit_are_left_out(world: World, template: HoursTemplate) -> None:
    shop(world, "berlin")
    preview = preview_template(by=world.emma, template=template, stores=Store.objects.all(), anchor=date(2026, 12, 10))
    assert [(row.date.day, row.refused) for row in preview.rows] == [(9, "The day is over."), (10, ""), (11, "")]
    rival = shop(world, "rival", "HK", operator=world.optician)
    own = preview_template(by=world.mei, template=template, stores=Store.objects.all(), anchor=CHRISTMAS)
    assert {row.store.pk for row in own.rows} == {rival.pk}
    with pytest.raises(NotFound):
        preview_template(by=world.stan, template=template, stores=Store.objects.all(), anchor=CHRISTMAS)


def apply_page(client: Client, template: HoursTemplate, **sent: Any) -> Any:
    return client.post(reverse("admin:stores_hourstemplate_apply", args=[template.pk]), sent, follow=True)


def test_the_page_shows_what_changes_and_applies_it(world: World, template: HoursTemplate) -> None:
    shop(world, "berlin")
    shop(world, "paris", "FR")
    client = signed_in(world.emma)
    assert b"/apply/" in client.get(reverse("admin:stores_hourstemplate_change", args=[template.pk])).content
    asked = {"date": "2026-12-25", "market": str(world.markets["DE"].pk), "format": "", "codes": ""}
    shown = apply_page(client, template, **asked, step="preview")
    assert shown.context["lines"] == ["-1: closes 15:00", "0 – 1: closed"]
    assert special() == {}
    done = apply_page(
        client, template, **asked, step="apply", stamp=shown.context["preview"].stamp, reason="as every year"
    )
    assert [str(message) for message in done.context["messages"]] == ["Wrote 3 special days."]
    assert set(special()) == {"berlin"}
    again = apply_page(client, template, **asked, step="apply", stamp="old")
    assert "These stores or your entries have changed" in str(next(iter(again.context["messages"])))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "__all__"),
        ({"date": "soon"}, "date"),
        ({"codes": "berlin, tokyo"}, "codes"),
        ({"market": "987654"}, "market"),
        ({"codes": "berlin", "format": "castle"}, "format"),
    ],
)
def test_the_page_says_what_is_missing_and_knows_only_the_own_stores(
    sent: dict[str, str], field: str, world: World, template: HoursTemplate
) -> None:
    shop(world, "berlin")
    shop(world, "tokyo", "JP")
    answer = apply_page(signed_in(world.emma), template, **{"date": "2026-12-25", "step": "preview", **sent})
    assert (set(answer.context["form"].errors), answer.context["preview"]) == ({field}, None)


def test_a_template_is_written_in_lines(world: World) -> None:
    client = signed_in(world.emma)
    sent = {
        "brand": world.rokid.pk,
        "code": "sale",
        "name:tag": "en",
        "name:text": "Sale",
        "days": "-1: closes 15:00\n0 – 2: Closed\n3: 8:00-24:00",
    }
    assert client.post(reverse("admin:stores_hourstemplate_add"), sent).status_code == 302
    made = HoursTemplate.objects.get()
    assert made.days == [
        {"from": -1, "to": -1, "closes": "15:00"},
        {"from": 0, "to": 2, "periods": []},
        {"from": 3, "to": 3, "periods": [{"start": "08:00", "end": "24:00"}]},
    ]
    for wrong in ("closed", "0: noon", "0: closed\n0: 10:00-12:00", "0: 25:00-26:00", "99: closed"):
        answer = client.post(reverse("admin:stores_hourstemplate_change", args=[made.pk]), sent | {"days": wrong})
        assert "days" in answer.context["adminform"].form.errors, wrong
