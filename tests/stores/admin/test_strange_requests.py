"""Nothing that a browser or a curious person sends ends in an error page of the server."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from stores.models import ServiceCase
from tests import people
from tests.stores.admin.network import furnish

QUERIES: tuple[dict[str, str], ...] = (
    {"q": "%_'\"\\"},
    {"q": "a\x00b"},
    {"o": "1.-2.99.x"},
    {"p": "99999"},
    {"p": "x"},
    {"all": ""},
    {"_facets": "True"},
    {"_popup": "1", "_to_field": "id"},
    {"_to_field": "password"},
    {"pk__in": "1,x"},
    {"status__exact": "nothing"},
    {"market__id__exact": "99999999999999999999999"},
    {"channel__market__id__exact": "x"},
)


@pytest.fixture
def olivia(world: people.World) -> Client:
    furnish(world.rokid, "DE", "berlin")
    client = Client(raise_request_exception=False)
    client.force_login(world.olivia, backend="django.contrib.auth.backends.ModelBackend")
    return client


def broken(answers: dict[Any, int]) -> dict[Any, int]:
    return {asked: status for asked, status in answers.items() if status >= 500}


def test_lists_answer_any_query(olivia: Client) -> None:
    lists = ("store", "campaign", "marketplan", "channelpromotion", "offer", "servicecase", "user")
    answers = {
        (name, *query.items()): olivia.get(f"/admin/stores/{name}/", query).status_code
        for name in lists
        for query in QUERIES
    }
    assert broken(answers) == {}


def test_forms_and_pages_answer_any_body_and_any_number(olivia: Client) -> None:
    answers: dict[Any, int] = {}
    for model in admin.site._registry:
        base = f"/admin/stores/{model._meta.model_name}/"
        answers[base, "add"] = olivia.post(f"{base}add/", {"x": "y"}).status_code
        for number in ("abc", "99999999999999999999999999", "_2F"):
            answers[base, number] = olivia.get(f"{base}{number}/change/").status_code
        first = model._default_manager.first()
        if first is not None:
            page = f"{base}{first.pk}/change/"
            answers[base, "change"] = olivia.post(page, {"x": "y", "decision": "save", "step": "move"}).status_code
    assert broken(answers) == {}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"app_label": "stores", "model_name": "store", "field_name": "operator", "term": "\x00"},
        {"app_label": "stores", "model_name": "store", "field_name": "code"},
        {"app_label": "auth", "model_name": "user", "field_name": "x"},
        {"app_label": "stores", "model_name": "store", "field_name": "operator", "page": "x"},
    ],
)
def test_autocomplete_answers_any_question(asked: dict[str, str], olivia: Client) -> None:
    assert olivia.get("/admin/autocomplete/", asked).status_code in {200, 400, 404}


def test_a_character_that_no_text_holds_is_refused_before_any_page(olivia: Client) -> None:
    assert olivia.get("/admin/stores/store/", {"q": "a\x00b"}).status_code == 400


def test_such_a_character_in_a_note_is_left_out(olivia: Client) -> None:
    case = ServiceCase.objects.get()
    olivia.post(f"/admin/stores/servicecase/{case.pk}/change/", {"step": "note", "note": "hinge\x00 loose"})
    assert [event.note for event in case.events.filter(kind="note")] == ["hinge loose"]


def test_a_part_without_its_whole_is_a_mistake_in_the_form(olivia: Client) -> None:
    answer = olivia.post("/admin/stores/weeklyhours/add/", {"purpose": "store"})
    assert set(answer.context["adminform"].form.errors) == {"store"}


def test_the_only_apps_page_is_the_home_page(olivia: Client) -> None:
    assert olivia.get("/admin/stores/")["Location"] == "/admin/"


@pytest.mark.parametrize("path", ["/admin/search/?s=a&page=x", "/admin/search/?s=a&page=99"])
def test_a_page_of_the_search_that_is_not_there_is_not_found(path: str, olivia: Client) -> None:
    assert olivia.get(path).status_code == 404
