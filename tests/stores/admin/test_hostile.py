"""What a browser never sends by itself: refused with an answer, not with an error page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from stores.actions.keys import create_api_key
from stores.models import Grant, Role, Store, System
from tests import people

NUL = "a\x00b"


@pytest.fixture
def client(world: people.World) -> Client:
    made = Client()
    made.force_login(world.olivia, backend="django.contrib.auth.backends.ModelBackend")
    return made


@pytest.mark.parametrize("lookup", ["status", "status__gte", "format__contains"])
def test_a_filter_with_a_character_that_no_column_holds_is_a_bad_request(lookup: str, client: Client) -> None:
    assert client.get(reverse("admin:stores_store_changelist"), {lookup: NUL}).status_code == 400


def test_a_text_with_such_a_character_is_shown_again_with_its_problem(world: people.World, client: Client) -> None:
    store = people.store(world.rokid, "DE", "mitte")
    page = reverse("admin:stores_store_change", args=[store.pk])
    sent: dict[str, Any] = {"name:tag": ["en"], "name:text": [NUL], "languages": NUL}
    answer = client.post(page, sent)
    assert answer.status_code == 200
    problems = answer.context["adminform"].form.errors
    assert problems["name"] == ["The text for 'en' holds a character that no text can hold."]
    assert problems["languages"] == ["Null characters are not allowed."]
    assert Store.objects.get(pk=store.pk).name == {"en": "mitte"}


def test_who_manages_one_brand_does_not_see_the_keys_of_a_brand_to_read(world: people.World, client: Client) -> None:
    Grant.objects.create(user=world.olivia, brand=world.acme, role=Role.objects.get(code="analyst"))
    own, other = (create_api_key(by=System("test"), brand=brand, name="web").key for brand in (world.rokid, world.acme))
    listed = client.get(reverse("admin:stores_apikey_changelist"))
    assert list(listed.context["cl"].result_list) == [own]
    pages = [client.get(reverse("admin:stores_apikey_change", args=[key.pk])).status_code for key in (own, other)]
    assert pages == [200, 404]
