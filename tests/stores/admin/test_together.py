from __future__ import annotations

from typing import Any

from django.urls import reverse

from stores.models import Partner, Store
from tests.people import World, store
from tests.stores.admin.test_pages import signed_in

LIST = reverse("admin:stores_store_changelist")


def sent(user: Any, stores: list[Store], **fields: str) -> Any:
    data: dict[str, Any] = {"action": "change_together", "_selected_action": [each.pk for each in stores], **fields}
    return signed_in(user).post(LIST, data)


def test_the_way_from_selection_to_change(world: World) -> None:
    stores = [store(world.rokid, "DE", "mitte"), store(world.rokid, "FR", "marais")]
    form = sent(world.emma, stores)
    assert form.context["count"] == 2
    fields = {"change_cluster": "1", "cluster": "airports"}
    pop_up = sent(world.emma, stores[:1], step="preview", change_format="1", format="pop_up")
    assert [change["new"] for row in pop_up.context["rows"] for change in row["changes"]] == ["Pop up"]
    preview = sent(world.emma, stores, step="preview", **fields)
    assert [row["changes"] for row in preview.context["rows"]] == [
        [{"field": "Cluster", "old": "–", "new": "airports"}],
        [{"field": "Cluster", "old": "–", "new": "airports"}],
    ]
    stamp = preview.context["preview"].stamp
    done = sent(world.emma, stores, step="apply", stamp=stamp, **fields)
    assert (done.status_code, done["Location"]) == (302, LIST)
    assert set(Store.objects.values_list("cluster", flat=True)) == {"airports"}


def test_a_stale_preview_is_shown_again_and_nothing_is_written(world: World) -> None:
    stores = [store(world.rokid, "DE", "mitte")]
    again = sent(world.emma, stores, step="apply", stamp="old", change_cluster="1", cluster="airports")
    assert [str(message) for message in again.context["messages"]] == [
        "Somebody changed these stores meanwhile. Look at the preview again."
    ]
    assert again.context["preview"].changed[0].store == stores[0]
    assert Store.objects.get().cluster == ""


def test_mistakes_stand_beside_their_field_and_unticked_fields_do_not_count(world: World) -> None:
    stores = [store(world.rokid, "DE", "mitte")]
    page = sent(world.emma, stores, step="preview", change_phone="1", phone="030 1234", email="no email")
    assert page.context["form"].errors == {"phone": ["Write the phone number as E.164, such as +81312345678."]}
    page = sent(world.emma, stores, step="preview")
    assert page.context["form"].non_field_errors() == ["Tick at least one field to change."]


def test_the_operator_is_chosen_by_name_among_the_own_partners(world: World) -> None:
    made = store(world.rokid, "DE", "mitte")
    field = sent(world.olivia, [made]).context["form"].fields["operator"]
    assert [str(label) for _code, label in field.choices] == ["The brand itself", *map(str, field.queryset)]
    assert set(field.queryset) == set(Partner.objects.visible_to(world.olivia))
    page = sent(world.olivia, [made], step="preview", change_operator="1", operator="nobody")
    assert page.context["form"].errors == {"operator": ["There is no such partner among yours."]}


def test_somebody_who_may_not_edit_stores_has_no_such_action(world: World) -> None:
    made = store(world.rokid, "HK", "central", operator=world.optician)
    page = sent(world.mei, [made], step="preview", change_cluster="1", cluster="airports")
    assert "preview" not in (page.context or {})
    assert Store.objects.get().cluster == ""


def test_a_store_that_cannot_take_part_says_why_on_the_page(world: World) -> None:
    over = Partner.objects.create(
        brand=world.rokid, code="optik", name={"de": "Optik"}, kind="optician", market=world.markets["DE"],
        contract_from_date="2020-01-01", contract_to_date="2021-01-01",
    )  # fmt: skip
    made = store(world.rokid, "DE", "mitte")
    page = sent(world.olivia, [made], step="preview", change_operator="1", operator=over.code)
    assert [str(row["refused"]) for row in page.context["rows"]] == [
        "This partner's contract is over by then: extend it first."
    ]


def test_filters_ask_for_what_a_store_has(world: World) -> None:
    store(world.rokid, "DE", "mitte", latitude=52.5, longitude=13.4)
    store(world.rokid, "FR", "marais", published_at=None, status="signed")
    client = signed_in(world.olivia)
    for query, found in (
        ("published=yes", ["mitte"]),
        ("published=no", ["marais"]),
        ("position=yes", ["mitte"]),
        ("hours=no", ["marais", "mitte"]),
        ("hours=maybe", ["marais", "mitte"]),
    ):
        page = client.get(f"{LIST}?{query}")
        assert sorted(each.code for each in page.context["cl"].result_list) == found, query
