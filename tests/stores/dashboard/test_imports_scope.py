"""Who meets the import wizard: one table of expectations, every address of it, every kind of person."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stores.actions import imports as actions
from stores.dashboard.imports import pages
from stores.imports import jobs
from stores.models import ImportJob, ImportRow, Store, User
from tests import people
from tests.stores.dashboard.wizard import signed_in
from tests.stores.imports.lists import BERLIN, text_of

pytestmark = pytest.mark.django_db

# Pages without a job, and those of one: which methods each answers.
OPEN = {"imports": ("get",), "import_new": ("get", "post")}
OF_A_JOB = {
    "import": ("get",), "import_columns": ("get", "post"), "import_progress": ("get",), "import_step": ("post",),
    "import_refused": ("get",), "import_revert": ("get",), "import_publish": ("get", "post"),
}  # fmt: skip
STEPS = ("apply", "preview", "revert", "cancel")


@pytest.fixture
def cast(world: people.World) -> dict[str, User | None]:
    """The world's people, and those who come close: another brand's owner, a reader and an importer of one market only."""
    return {
        "olivia": world.olivia, "emma": world.emma, "kenji": world.kenji, "mei": world.mei, "stan": world.stan,
        "ada": people.person("Ada", "owner", brand=world.acme), "noa": people.person("Noa", "analyst", brand=world.rokid),
        "gil": people.person("Gil", "owner", brand=world.rokid, market=world.markets["DE"]), "nobody": None,
    }  # fmt: skip


MAY = {"olivia": {"rokid"}, "ada": {"acme"}}


def made(world: people.World, brand: str, owner: User) -> ImportJob:
    """A previewed import of the brand."""
    job = actions.upload_list(
        by=owner, brand=getattr(world, brand), file_name=f"{brand}-secret.csv", content=[text_of(BERLIN).encode()]
    )
    return jobs.preview_job(by=owner, job=jobs.choose_mapping(by=owner, job=job, preset="allplaces"))


def test_the_table_names_every_address_of_the_wizard() -> None:
    named = {pattern.name for pattern in pages.urls(admin.site.admin_view)}
    assert named == OPEN.keys() | OF_A_JOB.keys()


def test_only_who_may_import_for_a_whole_brand_opens_its_imports(world: people.World, cast: dict[str, Any]) -> None:
    theirs = {brand: made(world, brand, cast[owner]) for brand, owner in (("rokid", "olivia"), ("acme", "ada"))}
    before = state()
    for name, user in cast.items():
        client = signed_in(user)
        missing = client.get(reverse("admin:import", args=[987654321]))
        for brand, job in theirs.items():
            if brand in MAY.get(name, set()):
                continue
            for page, methods in OF_A_JOB.items():
                for method in methods:
                    for step in STEPS if page == "import_step" else ("",):
                        sent = {"step": step, "do": "preview", "acknowledged": "1"}
                        answer = getattr(client, method)(reverse(f"admin:{page}", args=[job.pk]), sent)
                        if user is None:
                            assert answer["Location"].startswith("/admin/login/"), page
                        else:
                            assert (answer.status_code, answer.content) == (404, missing.content), (name, page, method)
        if user is not None and name not in MAY:
            for page, methods in OPEN.items():
                for method in methods:
                    file = {"file": SimpleUploadedFile("a.csv", b"id,name\n1,A\n")} if method == "post" else {}
                    answer = getattr(client, method)(reverse(f"admin:{page}"), file)
                    assert (answer.status_code, answer.content) == (404, missing.content), (name, page, method)
            assert reverse("admin:imports") not in client.get("/admin/").content.decode() or name == "gil"
    assert state() == before


def state() -> Any:
    """All that a request could have moved."""
    return (
        list(ImportJob.objects.order_by("pk").values()), list(ImportRow.objects.order_by("pk").values()),
        list(Store.objects.order_by("pk").values()),
    )  # fmt: skip


def test_each_owner_finds_the_own_imports_only(world: people.World, cast: dict[str, Any]) -> None:
    for brand, owner in (("rokid", "olivia"), ("acme", "ada")):
        job = made(world, brand, cast[owner])
        client = signed_in(cast[owner])
        listed = client.get(reverse("admin:imports"))
        assert [each.pk for each in listed.context["jobs"]] == [job.pk]
        assert client.get(reverse("admin:import", args=[job.pk])).status_code == 200
        other = "acme" if brand == "rokid" else "rokid"
        assert f"{other}-secret" not in listed.content.decode()


def test_a_list_is_not_uploaded_to_another_brand_or_for_its_partner(world: people.World, cast: dict[str, Any]) -> None:
    client = signed_in(cast["ada"])
    sent: dict[str, Any] = {"file": SimpleUploadedFile("a.csv", b"id,name\n1,A\n"), "brand": str(world.rokid.pk)}
    assert client.post(reverse("admin:import_new"), sent).status_code == 404
    sent = {"file": SimpleUploadedFile("a.csv", b"id,name\n1,A\n"), "partner": str(world.optician.pk)}
    assert "Clearview" not in client.get(reverse("admin:import_new")).content.decode()
    answer = client.post(reverse("admin:import_new"), sent)
    assert "partner" not in answer["Location"]
    page = client.get(answer["Location"] + f"?partner={world.optician.pk}")
    assert page.context["setup"].choices.for_all == {}
    assert [
        option.value for row in page.context["for_all"] if row["name"] == "operator" for option in row["options"]
    ] == []
    assert ImportJob.objects.get().brand == world.acme


def test_a_number_that_no_row_can_have_is_a_page_that_does_not_exist(world: people.World) -> None:
    client = signed_in(world.olivia)
    assert {client.get(f"/admin/imports/{number}/").status_code for number in (0, 1 << 63, 10**30)} == {404}
    job = made(world, "rokid", world.olivia)
    assert client.post(reverse("admin:import_step", args=[job.pk]), {"step": "delete"}).status_code == 404
    assert (
        client.get(reverse("admin:import", args=[job.pk]), {"page": "x", "show": "y", "q": "%' OR 1=1"}).status_code
        == 200
    )
