from __future__ import annotations

from typing import Any

import pytest

from stores.actions.errors import NotFound, Refused
from stores.actions.together import change_together, preview_together
from stores.models import Partner, Store
from tests.people import World, store


def europe(world: World) -> list[Store]:
    return [
        store(world.rokid, "DE", "mitte", languages=["de"]),
        store(world.rokid, "FR", "marais", languages=["fr", "en"]),
    ]


def test_a_preview_says_what_would_change_in_each_store_and_writes_nothing(world: World) -> None:
    europe(world)
    values = {"cluster": "airports", "add_languages": ["en"], "remove_languages": ["fr"]}
    preview = preview_together(by=world.emma, stores=Store.objects.all(), values=values)
    assert [(row.store.code, dict(row.changes), row.refused) for row in preview.rows] == [
        ("mitte", {"cluster": ("", "airports"), "languages": (["de"], ["de", "en"])}, ""),
        ("marais", {"cluster": ("", "airports"), "languages": (["fr", "en"], ["en"])}, ""),
    ]
    assert set(Store.objects.values_list("cluster", flat=True)) == {""}


def test_the_change_is_what_the_preview_showed_and_history_says_who_and_why(world: World) -> None:
    mitte, marais = europe(world)
    values = {"format": "flagship", "add_languages": ["en"]}
    stamp = preview_together(by=world.emma, stores=Store.objects.all(), values=values).stamp
    assert change_together(by=world.emma, stores=Store.objects.all(), values=values, stamp=stamp, reason="rebrand") == 2
    mitte.refresh_from_db()
    marais.refresh_from_db()
    assert [(each.format, each.languages) for each in (mitte, marais)] == [
        ("flagship", ["de", "en"]),
        ("flagship", ["fr", "en"]),
    ]
    event = mitte.history.order_by("pgh_id").last()  # type: ignore[attr-defined]  # pghistory adds it
    assert (event.pgh_context["actor"], event.pgh_context["reason"]) == ("emma@example.com", "rebrand")


def test_a_store_that_changed_meanwhile_stops_the_whole_change(world: World) -> None:
    mitte, marais = europe(world)
    values = {"cluster": "airports"}
    stamp = preview_together(by=world.emma, stores=Store.objects.all(), values=values).stamp
    mitte.phone = "+493012345678"
    mitte.save(update_fields=["phone"])
    with pytest.raises(Refused) as refused:
        change_together(by=world.emma, stores=Store.objects.all(), values=values, stamp=stamp)
    assert refused.value.code == "stale"
    marais.refresh_from_db()
    assert marais.cluster == ""


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ({"cluster": "airports"}, {"cluster": "other"}),
        ({"cluster": "airports"}, {"cluster": "airports", "email": "shop@example.com"}),
        ({"add_languages": ["en"]}, {"remove_languages": ["en"]}),
        ({"operator": None}, {"operator": "clearview"}),
    ],
)
def test_values_that_no_preview_showed_are_not_written(
    shown: dict[str, Any], written: dict[str, Any], world: World
) -> None:
    central = store(world.rokid, "HK", "central")
    if written.get("operator"):
        written = {"operator": world.optician}
    stamp = preview_together(by=world.olivia, stores=Store.objects.all(), values=shown).stamp
    with pytest.raises(Refused) as refused:
        change_together(by=world.olivia, stores=Store.objects.all(), values=written, stamp=stamp)
    assert refused.value.code == "stale"
    before = (central.cluster, central.email, central.languages, central.operator)
    central.refresh_from_db()
    assert (central.cluster, central.email, central.languages, central.operator) == before


def test_the_same_values_in_another_order_are_the_same_preview(world: World) -> None:
    europe(world)
    values = {"cluster": "airports", "operator": world.optician}
    first, second = (
        preview_together(by=world.olivia, stores=Store.objects.all(), values=dict(order)).stamp
        for order in (values.items(), reversed(values.items()))
    )
    assert first == second


def test_stores_of_other_regions_are_neither_seen_nor_changed(world: World) -> None:
    ginza = store(world.rokid, "JP", "ginza")
    europe(world)
    values = {"cluster": "airports"}
    preview = preview_together(by=world.emma, stores=Store.objects.all(), values=values)
    assert [row.store.code for row in preview.rows] == ["mitte", "marais"]
    change_together(by=world.emma, stores=Store.objects.all(), values=values, stamp=preview.stamp)
    ginza.refresh_from_db()
    assert ginza.cluster == ""


def test_each_store_gets_the_code_of_the_part_in_its_own_country_or_says_that_there_is_none(world: World) -> None:
    europe(world)
    values = {"holiday_subdivision": " Bavaria "}
    preview = preview_together(by=world.emma, stores=Store.objects.all(), values=values)
    assert [(row.store.code, dict(row.changes), row.refused) for row in preview.rows] == [
        ("mitte", {"holiday_subdivision": ("", "BY")}, ""),
        ("marais", {"holiday_subdivision": ("", None)}, "no_such_part"),
    ]
    assert change_together(by=world.emma, stores=Store.objects.all(), values=values, stamp=preview.stamp) == 1
    assert set(Store.objects.values_list("code", "holiday_subdivision")) == {("mitte", "BY"), ("marais", "")}
    for said, kept in (("Bretagne", "Bretagne"), ("", "")):
        values = {"holiday_subdivision": said}
        stores = Store.objects.filter(code="marais")
        preview = preview_together(by=world.emma, stores=stores, values=values)
        change_together(by=world.emma, stores=stores, values=values, stamp=preview.stamp)
        assert stores.get().holiday_subdivision == kept


def test_a_partner_of_another_market_is_refused_store_by_store(world: World) -> None:
    europe(world)
    optics = Partner.objects.create(
        brand=world.rokid, code="optik", name={"de": "Optik"}, kind="optician", market=world.markets["DE"]
    )
    values = {"operator": optics}
    preview = preview_together(by=world.olivia, stores=Store.objects.all(), values=values)
    assert [(row.store.code, row.refused) for row in preview.rows] == [
        ("mitte", ""),
        ("marais", "other_market"),
    ]
    assert change_together(by=world.olivia, stores=Store.objects.all(), values=values, stamp=preview.stamp) == 1


def test_a_partner_that_the_person_cannot_see_does_not_exist(world: World) -> None:
    europe(world)
    with pytest.raises(NotFound):
        preview_together(by=world.emma, stores=Store.objects.all(), values={"operator": world.optician})
