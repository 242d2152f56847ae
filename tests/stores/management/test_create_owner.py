"""The first person of a new installation."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from stores.models import Brand, User
from tests import people

pytestmark = pytest.mark.django_db


PASSWORD = "tidal lantern 88"


def create(monkeypatch: pytest.MonkeyPatch, *, password: str = PASSWORD, **changes: str) -> str:
    given = {"brand": "nova", "brand_name": "Nova", "email": "Ada@Example.com", "name": "Ada Lovelace"} | changes
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    out = io.StringIO()
    call_command("create_owner", stdout=out, **given)
    return out.getvalue()


def test_an_empty_installation_gets_its_brand_and_an_owner_who_may_log_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert create(monkeypatch) == "ada@example.com may do everything in nova: log in at /admin/\n"
    ada = User.objects.get(email="ada@example.com")
    assert ada.check_password(PASSWORD)
    assert [(str(grant.brand), grant.role.code, grant.is_brand_wide()) for grant in ada.live_grants()] == [
        ("Nova", "owner", True)
    ]
    assert list(Brand.objects.visible_to(ada, to="manage_people").values_list("code", flat=True)) == ["nova"]
    assert [event.pgh_context["actor"] for event in ada.history.all()] == ["system:create_owner"]


def test_a_brand_that_exists_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    world = people.world()
    create(monkeypatch, brand="rokid", brand_name="Something else")
    assert list(Brand.objects.filter(code="rokid").values_list("name", flat=True)) == [world.rokid.name]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"password": "short"}, "too short"),
        ({"email": "olivia@example.com"}, "has an account already"),
        ({"brand": "no brand"}, "slug"),
        ({"email": "nobody"}, "valid email"),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], reason: str
) -> None:
    people.world()
    before = (Brand.objects.count(), User.objects.count())
    with pytest.raises(CommandError, match=reason):
        create(monkeypatch, **changes)
    assert (Brand.objects.count(), User.objects.count()) == before
