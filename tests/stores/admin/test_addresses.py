from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from stores.admin.fields import LocalizedField
from stores.models import Store, StoreAddress
from tests.people import World, store
from tests.stores.admin.test_pages import signed_in
from tests.stores.imports.lists import Desk

JAPANESE = {
    "language": "ja",
    "lines": ["銀座4-6-16"],
    "locality": "中央区",
    "administrative_area": "東京都",
    "postal_code": "104-0061",
}
ENGLISH = {
    "language": "en",
    "lines": ["4-6-16 Ginza"],
    "locality": "Chuo-ku",
    "administrative_area": "Tokyo",
    "postal_code": "104-0061",
}


def ginza(world: World) -> tuple[Store, StoreAddress, StoreAddress]:
    made = store(world.rokid, "JP", "ginza")
    first = StoreAddress.objects.create(brand=world.rokid, store=made, is_primary=True, **JAPANESE)
    return made, first, StoreAddress.objects.create(brand=world.rokid, store=made, **ENGLISH)


def sent(made: Store, *rows: dict[str, Any], initial: int) -> dict[str, Any]:
    """What the page's address boxes send; the other parts of the page stay as they are."""
    data: dict[str, Any] = {"addresses-TOTAL_FORMS": len(rows), "addresses-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"addresses-{number}-{name}": value for name, value in row.items()}
    return data


def page(made: Store) -> str:
    return reverse("admin:stores_store_change", args=[made.pk])


def save(user: Any, made: Store, *rows: dict[str, Any], initial: int) -> Any:
    client = signed_in(user)
    shown = client.get(page(made))
    data: dict[str, Any] = {}
    for form in [shown.context["adminform"].form, *(f.formset for f in shown.context["inline_admin_formsets"])]:
        parts = [form] if hasattr(form, "fields") else [form.management_form, *form.initial_forms]
        for part in parts:
            for bound in part:
                value = bound.value()
                if value is None or value is False:
                    continue
                if isinstance(value, dict):
                    data |= {f"{bound.html_name}:tag": list(value), f"{bound.html_name}:text": list(value.values())}
                else:
                    data[bound.html_name] = ", ".join(value) if isinstance(value, list | tuple) else value
    data = {name: value for name, value in data.items() if not name.startswith("addresses-")}
    return client.post(page(made), data | sent(made, *rows, initial=initial))


def row(address: StoreAddress, **fields: Any) -> dict[str, Any]:
    known = {
        "id": address.pk, "store": address.store_id, "language": address.language, "lines": "\n".join(address.lines),
        "locality": address.locality, "administrative_area": address.administrative_area, "postal_code": address.postal_code,
    }  # fmt: skip
    return {**known, **({"is_primary": "on"} if address.is_primary else {}), **fields}


def test_another_address_becomes_the_primary_one_in_one_go(world: World) -> None:
    made, first, second = ginza(world)
    response = save(world.kenji, made, {**row(first), "is_primary": ""}, row(second, is_primary="on"), initial=2)
    assert response.status_code == 302
    assert list(made.addresses.filter(is_primary=True).values_list("language", flat=True)) == ["en"]


def test_two_primary_addresses_or_none_are_refused(world: World) -> None:
    made, first, second = ginza(world)
    for rows in ((row(first), row(second, is_primary="on")), ({**row(first), "is_primary": ""}, row(second))):
        response = save(world.kenji, made, *rows, initial=2)
        [formset] = [f.formset for f in response.context["inline_admin_formsets"] if f.formset.prefix == "addresses"]
        assert formset.non_form_errors() == ["Mark exactly one address as the primary one, the one that the post uses."]
    assert list(made.addresses.filter(is_primary=True).values_list("language", flat=True)) == ["ja"]


def test_an_only_address_is_the_primary_one_without_being_told(world: World) -> None:
    made = store(world.rokid, "JP", "ginza")
    new = {"id": "", "store": made.pk, "language": "ja", "lines": "銀座4-6-16", "postal_code": "104-0061"}
    assert save(world.kenji, made, new, initial=0).status_code == 302
    assert list(made.addresses.values_list("language", "is_primary")) == [("ja", True)]


def fields_of(user: Any, made: Store) -> Any:
    shown = signed_in(user).get(page(made)).context["inline_admin_formsets"]
    [formset] = [each.formset for each in shown if each.formset.prefix == "addresses"]
    return formset.empty_form.fields


def test_the_form_speaks_of_the_countrys_own_parts(world: World) -> None:
    japan = fields_of(world.olivia, store(world.rokid, "JP", "ginza"))
    assert str(japan["administrative_area"].label) == "Prefecture"
    assert japan["postal_code"].help_text == "Needed before the store can be published."
    assert japan["postal_code"].widget.attrs["placeholder"] == "154-0023"
    hong_kong = fields_of(world.olivia, store(world.rokid, "HK", "central"))
    assert str(hong_kong["administrative_area"].label) == "Area"
    assert hong_kong["postal_code"].help_text == "Not part of addresses there."


def test_a_postcode_of_another_shape_is_pointed_out(world: World) -> None:
    made, first, second = ginza(world)
    response = save(world.kenji, made, row(first, postal_code="10117"), row(second), initial=2)
    [formset] = [f.formset for f in response.context["inline_admin_formsets"] if f.formset.prefix == "addresses"]
    assert formset.errors[0] == {"postal_code": ["This is not a postcode there; one looks like 154-0023."]}


def test_what_a_person_types_is_kept_as_a_list_would_bring_it(world: World, tmp_path: Path) -> None:
    made = store(world.rokid, "JP", "ginza", name={"ja": "銀座店"})
    new = {
        "id": "",
        "store": made.pk,
        "language": "ja",
        "lines": "銀座\u30004-6-16,\n",
        "locality": "中央\u3000 区",
        "postal_code": "〒104-0061",
    }
    assert save(world.kenji, made, new, initial=0).status_code == 302
    address = made.addresses.get()
    assert (address.lines, address.locality, address.postal_code) == (["銀座 4-6-16"], "中央 区", "104-0061")
    assert LocalizedField().clean({"ja": "銀座\u3000 店", "de": "Cafe\u0301\u200b"}) == {"ja": "銀座 店", "de": "Café"}
    listed = tmp_path / "stores.csv"
    call_command("export_stores", str(listed), "--brand", "rokid")
    [line] = Desk(tmp_path).run(listed, source="own")
    assert line["changes"] == {}


def settled(change: Callable[[], Any]) -> None:
    """Make a change and have everything checked that a commit would check."""
    with transaction.atomic(), connection.cursor() as cursor:
        change()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_keeps_a_primary_address_whoever_writes(world: World) -> None:
    made, first, _second = ginza(world)
    with pytest.raises(IntegrityError, match="exactly one primary"):
        settled(lambda: StoreAddress.objects.filter(pk=first.pk).update(is_primary=False))
    with pytest.raises(IntegrityError, match="exactly one primary"):
        settled(first.delete)
    settled(made.addresses.all().delete)
    assert made.addresses.count() == 0
