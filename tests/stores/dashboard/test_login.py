from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from stores.api.problems import server_error
from stores.models import User
from tests import people

LOGIN = "/admin/login/"


@pytest.fixture
def access(tmp_path: Path, settings: Any) -> Path:
    settings.VAR = tmp_path
    (tmp_path / "demo").mkdir()
    file = tmp_path / "demo" / "access.json"
    one = {"label": "Olivia, owner", "username": "olivia@example.com", "password": people.PASSWORD}
    file.write_text(json.dumps({"logins": [one], "api_key": "never.shown"}))
    return file


def test_the_demo_logs_in_with_one_click(world: people.World, access: Path, settings: Any) -> None:
    settings.MODE = "demo"
    client = Client()
    page = client.get(LOGIN)
    assert [login.label for login in page.context["demo_logins"]] == ["Olivia, owner"]
    assert "never.shown" not in page.content.decode()
    login = page.context["demo_logins"][0]
    answer = client.post(LOGIN, {"username": login.username, "password": login.password, "next": "/admin/sync/"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/sync/")


@pytest.mark.parametrize("mode", ["production", "test"])
def test_no_other_mode_offers_a_login_whatever_lies_in_the_folder(
    mode: str, access: Path, settings: Any, db: None
) -> None:
    settings.MODE = mode
    assert Client().get(LOGIN).context["demo_logins"] == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"logins": [{"label": "x"}]}'])
def test_a_broken_file_leaves_the_login_page_standing(text: str, access: Path, settings: Any, db: None) -> None:
    settings.MODE = "demo"
    access.write_text(text)
    assert Client().get(LOGIN).context["demo_logins"] == []


@pytest.mark.parametrize(
    ("language", "code"),
    [("ja", "ja"), ("de-AT", "de"), ("zh-Hant", "zh-hant"), ("zh-TW", "zh-hant"), ("zh-Hans", "zh-hans"), ("th", "en")],
)
def test_after_the_login_the_dashboard_speaks_the_persons_language(
    language: str, code: str, world: people.World
) -> None:
    User.objects.filter(pk=world.kenji.pk).update(language=language)
    answer = Client().post(LOGIN, {"username": "kenji@example.com", "password": people.PASSWORD})
    assert answer.cookies["django_language"].value == code


def test_until_a_language_is_chosen_the_browser_decides_not_the_person_before(world: people.World) -> None:
    client = Client(headers={"Accept-Language": "ja"})
    client.cookies["django_language"] = "de"
    answer = client.post(LOGIN, {"username": "kenji@example.com", "password": people.PASSWORD})
    assert (answer.cookies["django_language"].value, answer.cookies["django_language"]["max-age"]) == ("", 0)
    assert client.get("/admin/").headers["Content-Language"] == "ja"


def test_a_closed_account_does_not_get_in(world: people.World) -> None:
    User.objects.filter(pk=world.emma.pk).update(is_active=False)
    answer = Client().post(LOGIN, {"username": "emma@example.com", "password": people.PASSWORD})
    assert answer.status_code == 200
    assert "django_language" not in answer.cookies


def test_choosing_a_language_is_remembered_with_the_account(world: people.World) -> None:
    client = Client()
    client.force_login(world.emma, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/admin/language/", {"language": "de", "next": "/admin/sync/"})
    assert (answer["Location"], answer.cookies["django_language"].value) == ("/admin/sync/", "de")
    world.emma.refresh_from_db()
    assert world.emma.language == "de"
    assert client.post("/admin/language/", {"language": "xx"}).status_code == 404
    assert client.get("/admin/language/").status_code == 405


def test_the_way_back_stays_on_this_site(db: None) -> None:
    answer = Client().post("/admin/language/", {"language": "ja", "next": "https://evil.example/"})
    assert answer["Location"] == "/admin/"


def test_pages_bring_their_own_scripts_and_none_inline(world: people.World) -> None:
    client = Client()
    client.force_login(world.olivia, backend="django.contrib.auth.backends.ModelBackend")
    for path in (LOGIN, "/admin/", "/admin/sync/", "/admin/stores/store/"):
        answer = (Client() if path == LOGIN else client).get(path)
        page = answer.content.decode()
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert not [
            word
            for word in (" onclick=", " onload=", " onchange=", " onsubmit=", 'src="http', 'href="http')
            if word in page
        ]


@pytest.mark.parametrize(
    ("came_from", "led_to"),
    [
        ("http://testserver/admin/stores/changerequest/7/change/?x=1", "/admin/stores/changerequest/7/change/%3Fx%3D1"),
        ("https://evil.example/admin/", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_who_was_logged_out_in_the_middle_of_a_form_is_told_and_led_back_to_it(
    world: people.World, came_from: str, led_to: str
) -> None:
    client = Client()
    answer = client.post("/admin/stores/changerequest/decide/", {"decision": "accept"}, headers={"Referer": came_from})
    assert answer["Location"] == f"/admin/login/?next={led_to}"
    shown = client.get(answer["Location"]).content.decode()
    assert "You had been logged out, so this was not saved. Log in and do it again." in shown


def test_every_page_of_an_error_says_what_to_do_in_the_readers_language(world: people.World) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["django_language"] = "de"
    client.force_login(world.olivia, backend="django.contrib.auth.backends.ModelBackend")
    forged = client.post("/admin/stores/changerequest/decide/", {"decision": "accept"})
    odd = client.get("/admin/stores/store/", {"q": "a\x00"})
    missing = client.get("/admin/nothing/")
    assert [answer.status_code for answer in (forged, odd, missing)] == [403, 400, 404]
    for answer, words in ((forged, "Nichts wurde gesichert"), (odd, "nicht verstanden"), (missing, "Hier ist nichts")):
        assert words in answer.content.decode()
    with translation.override("ja"):
        assert "問題が発生しました" in server_error(RequestFactory().get("/admin/")).content.decode()  # type: ignore[attr-defined]  # Django adds it


def test_too_many_attempts_to_log_in_are_answered_with_a_page(world: people.World, settings: Any) -> None:
    settings.AXES_ENABLED = True
    client = Client()
    client.cookies["django_language"] = "zh-hant"
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post(LOGIN, {"username": "emma@example.com", "password": "wrong"})
    assert (answer.status_code, "登入嘗試次數過多" in answer.content.decode()) == (429, True)
