from __future__ import annotations

import re
from typing import Any

from django.urls import reverse

from stores.admin.network import StoreAdmin
from stores.admin.together import TogetherForm
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


def test_the_part_of_the_country_is_said_for_many_stores_at_once(world: World) -> None:
    stores = [store(world.rokid, "DE", "mitte"), store(world.rokid, "FR", "marais")]
    fields = {"change_holiday_subdivision": "1", "holiday_subdivision": "Bayern"}
    preview = sent(world.emma, stores, step="preview", **fields)
    assert [(row["store"].code, row["refused"], row["changes"]) for row in preview.context["rows"]] == [
        (
            "marais", "This part of the country has no holidays of its own.",
            [{"field": "Holiday subdivision", "old": "–", "new": "–"}],
        ),
        ("mitte", "", [{"field": "Holiday subdivision", "old": "–", "new": "BY"}]),
    ]  # fmt: skip
    sent(world.emma, stores, step="apply", stamp=preview.context["preview"].stamp, **fields)
    assert dict(Store.objects.values_list("code", "holiday_subdivision")) == {"mitte": "BY", "marais": ""}


def test_a_stale_preview_is_shown_again_and_nothing_is_written(world: World) -> None:
    stores = [store(world.rokid, "DE", "mitte")]
    again = sent(world.emma, stores, step="apply", stamp="old", change_cluster="1", cluster="airports")
    assert [str(message) for message in again.context["messages"]] == [
        "These stores or your entries have changed since the preview. Look at it again."
    ]
    assert again.context["preview"].changed[0].store == stores[0]
    assert Store.objects.get().cluster == ""


def hidden(page: Any) -> dict[str, list[str]]:
    """What the page's own form sends beside what a person fills in."""
    found: dict[str, list[str]] = {}
    names = "action|select_across|_selected_action|stamp"
    for name, value in re.findall(rf'<input type="hidden" name="({names})" value="([^"]*)"', page.content.decode()):
        found.setdefault(name, []).append(value)
    return found


def test_all_stores_of_all_pages_are_changed_by_the_pages_own_form(world: World) -> None:
    stores = [store(world.rokid, "DE", f"b{number:02}") for number in range(StoreAdmin.list_per_page + 1)]
    client = signed_in(world.emma)
    chosen = {"action": "change_together", "index": "0", "select_across": "1", "_selected_action": stores[0].pk}
    page = client.post(LIST, chosen)
    fields = {"change_cluster": "1", "cluster": "airports"}
    preview = client.post(LIST, {**hidden(page), **fields, "step": "preview"})
    assert len(preview.context["preview"].changed) == len(stores)
    client.post(LIST, {**hidden(preview), **fields, "step": "apply"})
    assert set(Store.objects.values_list("cluster", flat=True)) == {"airports"}


def test_what_is_written_is_what_the_preview_showed_and_the_reason_stays_in_its_box(world: World) -> None:
    made = store(world.rokid, "DE", "mitte")
    client = signed_in(world.emma)
    shown = {"change_cluster": "1", "cluster": "airports", "_selected_action": made.pk, "action": "change_together"}
    preview = client.post(LIST, shown | {"step": "preview"})
    again = client.post(LIST, {**hidden(preview), **shown, "step": "apply", "cluster": "other", "reason": "Umbau & Co"})
    assert [row["changes"] for row in again.context["rows"]] == [[{"field": "Cluster", "old": "–", "new": "other"}]]
    assert 'name="reason" maxlength="200" value="Umbau &amp; Co"' in again.content.decode()
    made.refresh_from_db()
    assert made.cluster == ""


def test_every_field_has_its_label_and_every_tick_says_what_it_changes(world: World) -> None:
    text = sent(world.emma, [store(world.rokid, "DE", "mitte")]).content.decode()
    fields = TogetherForm(reader=world.emma)
    labels = re.findall(
        r'<input type="checkbox" name="change_(\w+)"[^>]* aria-label="Change [^"]+"> <label for="(\w+)">', text
    )
    assert labels == [(name, fields[name].id_for_label) for name in fields.fields]
    assert all(f'id="{box}"' in text for _name, box in labels)


def test_a_wrong_language_is_told_in_the_readers_language(world: World) -> None:
    client = signed_in(world.emma)
    client.cookies["django_language"] = "de"
    chosen = {"action": "change_together", "_selected_action": store(world.rokid, "DE", "mitte").pk, "step": "preview"}
    page = client.post(LIST, chosen | {"change_add_languages": "1", "add_languages": "DE, d-e"})
    assert page.context["form"].errors == {"add_languages": ["„d-e“ ist kein Sprachkürzel wie de, ja oder zh-Hant."]}


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
