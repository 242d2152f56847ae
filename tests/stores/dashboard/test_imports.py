"""The import wizard from the file to the result, as the browser drives it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stores.actions import imports as actions
from stores.dashboard.imports import publication
from stores.imports import jobs
from stores.models import ImportJob, ImportRow, Partner, SavedMapping, Store
from stores.models.queries.publication import Gap
from tests import people
from tests.stores.dashboard.wizard import LIST, Wizard, signed_in
from tests.stores.imports.lists import BERLIN, TOKYO, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def wizard(world: people.World) -> Wizard:
    return Wizard(signed_in(world.olivia))


def test_without_imports_the_page_says_what_can_be_brought_in(wizard: Wizard) -> None:
    page = wizard.get("imports").content.decode()
    assert "Nothing has been imported yet" in page
    assert reverse("admin:import_new") in page
    assert reverse("admin:imports") in wizard.client.get("/admin/").content.decode()


def test_a_list_goes_from_the_file_to_the_stores_and_back(wizard: Wizard, world: people.World) -> None:
    job = wizard.upload(LIST)
    page = wizard.get("import_columns", job)
    chosen = {row["column"].header: row["target"] for row in page.context["columns"]}
    assert chosen == {
        "Filialnummer": "external_id", "Filialname": "name", "Land": "market", "Straße": "address_lines", "Ort": "locality",
        "PLZ": "postal_code", "Telefon": "phone", "Öffnungszeiten": "hours", "Laune": "",
    }  # fmt: skip
    assert (page.context["seen"].seen, page.context["left"], page.context["kind"]) == (3, ["Laune"], "CSV")

    sent = wizard.form(page)
    refused = wizard.post("import_columns", job, sent | {"do": "preview"})
    assert refused.context["setup"].errors == [
        "Some columns are not used. Look at them, and confirm that they may be left out."
    ]
    job.refresh_from_db()
    assert job.state == "uploaded"

    asked = wizard.post("import_columns", job, sent | {"do": "preview", "acknowledged": "1", "keep_as": "Filialen"})
    assert asked["Location"] == wizard.address("import", job)
    assert wizard.get("import", job).context["state"] == "Preview under way"
    assert wizard.get("import_progress", job).json()["working"] is True
    assert wizard.get("import_progress", job).json()["stage"] == "Waiting for a worker"
    ImportJob.objects.filter(pk=job.pk).update(attempts=1)
    assert wizard.get("import_progress", job).json()["stage"] == "Working"
    wizard.work(job)
    assert wizard.get("import_progress", job).json()["working"] is False

    preview = wizard.get("import", job)
    assert preview.context["counts"] | {"": 0} == {
        "": 0, "created": 2, "changed": 0, "unchanged": 0, "refused": 1, "warned": 1,
    }  # fmt: skip
    assert not Store.objects.exists()
    wizard.step(job, "apply")
    job = wizard.work(job)
    assert (job.state, job.applied_by) == ("applied", "olivia@example.com")
    assert sorted(store.name["de"] for store in Store.objects.all()) == ["Hamburg", "Mitte"]
    result = wizard.get("import", job).content.decode()
    for store in Store.objects.all():
        assert reverse("admin:stores_store_change", args=[store.pk]) in result

    undo = wizard.get("import_revert", job)
    assert (undo.context["removed"], undo.context["restored"], undo.context["obstacles"]) == (2, 0, [])
    wizard.step(job, "revert")
    assert wizard.work(job).state == "reverted"
    assert not Store.objects.exists()
    [listed] = wizard.get("imports").context["jobs"]
    assert (listed.state, listed.created_by, listed.counts["created"]) == ("reverted", "olivia@example.com", 2)
    assert SavedMapping.objects.get(name="Filialen").mapping["ignore"] == ["Laune"]


def test_a_saved_mapping_is_taken_at_the_next_list_and_what_it_leaves_out_is_known(wizard: Wizard) -> None:
    job = wizard.upload(LIST)
    wizard.post("import_columns", job, wizard.form(wizard.get("import_columns", job)) | {
        "do": "preview", "acknowledged": "1", "keep_as": "Filialen", "source": "nord",
    })  # fmt: skip
    page = wizard.get("import_columns", wizard.upload(LIST))
    assert page.context["begin"] == f"saved:{SavedMapping.objects.get().pk}"
    assert (page.context["setup"].source, page.context["setup"].acknowledged) == ("nord", True)
    more = wizard.get("import_columns", wizard.upload(LIST.replace("Laune", "Stimmung")))
    assert more.context["setup"].acknowledged is False


def test_a_changed_row_shows_old_beside_new(wizard: Wizard, world: people.World) -> None:
    wizard.apply(LIST)
    job = wizard.preview(LIST.replace("Mitte", "Neue Mitte").replace("Mo-Fr 9:00-18:00", "Mo-Fr 10:00-19:00"))
    page = wizard.get("import", job, show="changed")
    [row] = page.context["rows"]
    assert [(line.label, line.old, line.new) for line in row.lines] == [
        ("Name in German", "Mitte", "Neue Mitte"), ("Opening hours", "Mo-Fr 09:00-18:00", "Mo-Fr 10:00-19:00"),
    ]  # fmt: skip
    assert [row.outcome for row in wizard.get("import", job, show="unchanged").context["rows"]] == ["unchanged"]
    assert [row.row for row in wizard.get("import", job, show="warned").context["rows"]] == [3]
    assert [row.row for row in wizard.get("import", job, q="neue mitte").context["rows"]] == [2]
    assert wizard.get("import", job, q="nowhere").context["rows"] == []
    assert [row.row for row in wizard.get("import", job, q="4").context["rows"] if row.outcome == "refused"] == [4]


def test_partners_of_a_changed_row_have_their_names(wizard: Wizard, world: people.World) -> None:
    Partner.objects.create(brand=world.rokid, code="arcade", name={"en": "The Arcade"}, kind="retailer")
    head = "code,name,market,operator,located_in\n"
    wizard.apply(head + "B-1,Mitte,DE,,arcade\n")
    job = wizard.preview(head + "B-1,Mitte,DE,clearview,\n")
    [row] = wizard.get("import", job, show="changed").context["rows"]
    assert [(line.label, line.old, line.new) for line in row.lines] == [
        ("Operated by", "", str(world.optician)), ("Within the shop of", "The Arcade", ""),
    ]  # fmt: skip


def test_a_partners_list_is_run_by_the_partner_under_its_own_codes(wizard: Wizard, world: people.World) -> None:
    text = "code,name,address,city,state,phone,opening hours,lat,lng\n" + "".join(
        f"C{n},專櫃{n},彌敦道{n}號,旺角,九龍,2123 45{n:02},Mo-Su 11:00-20:00,22.30{n:02},114.17{n:02}\n"
        for n in range(56)
    )
    job = wizard.upload(text, partner=str(world.optician.pk))
    page = wizard.client.get(wizard.opened)
    setup = page.context["setup"]
    assert (setup.source, setup.choices.for_all) == (
        "clearview", {"operator": "clearview", "format": "partner_counter", "market": "HK"},
    )  # fmt: skip
    sent = wizard.form(page) | {"all_status": "open", "do": "preview"}
    assert sent["c0"] == "external_id"
    wizard.post("import_columns", job, sent)
    wizard.work(job)
    wizard.step(job, "apply")
    assert wizard.work(job).state == "applied"
    assert set(Store.objects.values_list("operator__code", "format", "market__code", "status")) == {
        ("clearview", "partner_counter", "HK", "open"),
    }  # fmt: skip
    assert Store.objects.filter(sources__source="clearview", sources__external_id="C7").count() == 1
    Store.objects.filter(sources__external_id="C7").update(phone="")
    standing = wizard.get("import_publish", job).context["standing"]
    assert (standing.published, standing.complete, standing.gaps) == (0, 55, [(Gap("contact"), 1)])
    assert wizard.client.post(wizard.address("import_publish", job)).status_code == 302
    assert Store.objects.filter(published_at__isnull=False).count() == 55
    [(store, gaps)] = wizard.get("import_publish", job).context["rows"]
    assert (store.sources.get().external_id, [gap.what for gap in gaps]) == ("C7", ["contact"])


def test_a_list_that_closes_many_stores_is_applied_only_when_that_is_confirmed(wizard: Wizard) -> None:
    text = "id,name,country,status\n" + "".join(f"{n},Shop {n},DE,open\n" for n in range(10))
    wizard.apply(text)
    job = wizard.preview(text.replace("open", "closed"))
    page = wizard.get("import", job).content.decode()
    assert "The list would close 10 of 10 stores in its markets, or take them from customers." in page
    answer = wizard.client.post(wizard.address("import_step", job), {"step": "apply"}, follow=True)
    assert "Confirm that this is meant" in answer.content.decode()
    job.refresh_from_db()
    assert job.state == "previewed"
    wizard.step(job, "apply", mass_change="yes")
    assert wizard.work(job).state == "applied"
    assert set(Store.objects.values_list("status", flat=True)) == {"closed"}


def test_refused_rows_come_as_a_file_that_is_mended_and_imported_again(wizard: Wizard) -> None:
    job = wizard.preview(LIST + "9;=cmd;Nirgends;x;y;1;;;\n")
    answer = wizard.get("import_refused", job)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Filialnummer,Filialname,Land,Straße,Ort,PLZ,Telefon,Öffnungszeiten,Laune,reason"
    assert lines[1:] == [
        "3,,DE,Weg 3,Bonn,53111,,,,Filialname: the store has no name",
        "9,'=cmd,Nirgends,x,y,1,,,,Land: no country or territory has this name or code",
    ]
    mended = "\n".join(lines).replace("3,,DE", "3,Bonn,DE")
    again = wizard.upload(mended)
    page = wizard.get("import_columns", again)
    assert page.context["left"] == ["Laune"]
    wizard.post("import_columns", again, wizard.form(page) | {"do": "preview", "acknowledged": "1"})
    assert wizard.work(again).counts["created"] == 1


def test_refused_features_come_as_features(wizard: Wizard) -> None:
    feature = {"type": "Feature", "geometry": None, "properties": {"code": "a1", "name": "", "market": "DE"}}
    answer = wizard.get(
        "import_refused", wizard.preview(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    )
    assert (answer["Content-Type"], answer.json()["features"][0]["properties"]["reason"]) == (
        "application/geo+json", "name: the store has no name",
    )  # fmt: skip


def test_words_and_dates_of_the_list_are_translated(wizard: Wizard) -> None:
    text = "id,name,country,status,since\n1,A,DE,auf,24.12.2025\n2,B,DE,zu,01.03.2026\n3,C,DE,offen,02.03.2026\n"
    job = wizard.upload(text)
    page = wizard.get("import_columns", job)
    [words] = page.context["words"]
    assert words["rows"] == [("auf", ""), ("zu", ""), ("offen", "open")]
    sent = wizard.form(page)
    assert sent["form_opening_date"] == "%d.%m.%Y"
    sent |= {"ours_status": ["open", "closed", "open"], "do": "preview"}
    wizard.post("import_columns", job, sent)
    wizard.work(job)
    record = ImportRow.objects.filter(job=job).order_by("row").values_list("record__status", flat=True)
    assert list(record) == ["open", "closed", "open"]


def test_looking_again_shows_what_follows_from_a_choice_and_keeps_nothing(wizard: Wizard, world: people.World) -> None:
    job = wizard.upload("a,b\n1,Shop\n")
    page = wizard.get("import_columns", job)
    sent = wizard.form(page) | {"do": "look", "c0": "external_id", "c1": "name", "all_operator": "clearview"}
    again = wizard.post("import_columns", job, sent)
    setup = again.context["setup"]
    assert (again.context["left"], setup.errors, setup.source) == ([], [], "clearview")
    assert setup.choices.for_all == {"operator": "clearview", "format": "partner_counter", "market": "HK"}
    assert [row["target"] for row in again.context["columns"]] == ["external_id", "name"]
    job.refresh_from_db()
    assert job.mapping == {}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (
            {"c0": ""},
            "Choose the column by which a store is found again at the next import, or say that the list has none.",
        ),
        ({"c1": ""}, "Choose the column with the name of the store."),
        ({"c2": ""}, "Choose the column with the country, or one country for all rows."),
        ({"source": "a/b"}, "The name of the list has at most 60 letters, digits, spaces and - . : _"),
        ({"c7": "hours:0"}, "Choose a column for each day of the week, Monday to Sunday."),
    ],
)
def test_a_choice_that_cannot_work_is_said_before_the_preview(
    wizard: Wizard, change: dict[str, str], error: str
) -> None:
    job = wizard.upload(LIST)
    sent = wizard.form(wizard.get("import_columns", job)) | {"do": "preview", "acknowledged": "1"}
    assert error in wizard.post("import_columns", job, sent | change).context["setup"].errors


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01\x02\x03", "contains NUL bytes"),
        (b'id,name\n1,"A\n', "a quote is opened and never closed"),
        (b"PK\x03\x04nothing", "XLSX"),
        (b"[1, 2", "list.csv"),
    ],
)
def test_a_broken_file_is_explained_and_another_encoding_offered(wizard: Wizard, content: bytes, said: str) -> None:
    job = wizard.upload(content)
    page = wizard.get("import_columns", job)
    text = page.content.decode()
    assert said in page.context["broken"]
    assert ("meridian-import-" in text, 'name="encoding"' in text, page.status_code) == (False, True, 200)


def test_an_encoding_that_was_detected_wrongly_is_corrected(wizard: Wizard) -> None:
    job = wizard.upload("id,name,country\n1,銀座店,JP\n".encode("cp932"))
    wizard.post("import_columns", job, {"do": "encoding", "encoding": "cp932"})
    page = wizard.get("import_columns", job)
    assert (page.context["seen"].source.encoding, page.context["columns"][1]["column"].examples) == (
        "cp932",
        ["銀座店"],
    )
    wizard.post("import_columns", job, {"do": "encoding", "encoding": "rot13"})
    job.refresh_from_db()
    assert job.encoding_is_given is False


def test_an_empty_file_none_and_a_too_large_one_are_not_kept(wizard: Wizard, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wizard.try_to_upload(b"").context["errors"] == ["The file is empty."]
    assert wizard.client.post(reverse("admin:import_new")).context["errors"] == ["Choose a file."]
    monkeypatch.setattr("stores.dashboard.imports.uploads.LARGEST_UPLOAD", 1000)
    assert wizard.try_to_upload(b"x" * 1001).context["errors"] == ["The file is larger than 64 MB."]
    assert not ImportJob.objects.exists()


def test_hostile_names_and_cells_are_shown_as_text(wizard: Wizard) -> None:
    text = 'id,name,country,"<script>alert(1)</script>"\n1,<img src=x onerror=alert(2)>,DE,<b>\n,"</td><svg/onload=a>",DE,\n'
    job = wizard.upload(text, name="../<script>x</script>\u202e.csv")
    columns = wizard.get("import_columns", job)
    sent = wizard.form(columns) | {"do": "preview", "acknowledged": "1"}
    wizard.post("import_columns", job, sent)
    wizard.work(job)
    for page in (columns, wizard.get("import", job), wizard.get("imports")):
        shown = page.content.decode()
        for mark in ("<script>alert", "<img src=x", "<svg/onload", "<script>x"):
            assert mark not in shown
    assert "&lt;img src=x onerror=alert(2)&gt;" in wizard.get("import", job).content.decode()


def test_values_that_are_not_offered_count_as_not_chosen(wizard: Wizard, world: people.World) -> None:
    people.person("Ada", "owner", brand=world.acme)
    job = wizard.upload("id,name\n1,Shop\n")
    sent = wizard.form(wizard.get("import_columns", job)) | {
        "do": "look", "c0": "brand_id", "c1": "=", "all_operator": "acme-partner", "all_market": "XX", "begin": "saved:1",
        "form_opening_date": "%c", "word_status": "x", "ours_status": "bogus",
    }  # fmt: skip
    setup = wizard.post("import_columns", job, sent).context["setup"]
    assert (dict(setup.choices.targets), dict(setup.choices.for_all), dict(setup.choices.date_forms)) == (
        {"id": "", "name": ""}, {}, {},
    )  # fmt: skip
    assert setup.choices.words == {"status": {"x": ""}}


def test_two_people_at_one_import_do_not_undo_each_other(wizard: Wizard, world: people.World) -> None:
    job = wizard.preview(LIST)
    actions.ask(by=world.olivia, job=job, step="applying")
    late = wizard.client.post(wizard.address("import_step", job), {"step": "cancel"}, follow=True)
    assert late.status_code == 200
    job.refresh_from_db()
    assert job.state in {"applying", "cancelled"}
    other = wizard.preview(LIST)
    wizard.step(other, "apply")
    wizard.work(other)
    answer = wizard.client.post(wizard.address("import_step", other), {"step": "apply"}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_the_preview_and_the_list_cost_the_same_for_three_rows_as_for_one(wizard: Wizard, world: people.World) -> None:
    def costs(job: ImportJob) -> list[int]:
        counted = []
        for name, args in (("import", [job.pk]), ("imports", [])):
            with CaptureQueriesContext(connection) as queries:
                assert wizard.client.get(reverse(f"admin:{name}", args=args)).status_code == 200
            counted.append(len(queries))
        return counted

    first = jobs.preview_job(by=world.olivia, job=_shipped(world, TOKYO))
    costs(first)
    one = costs(first)
    third = [
        jobs.preview_job(by=world.olivia, job=_shipped(world, TOKYO, BERLIN, BERLIN | {"ref": "R9"})) for _ in range(2)
    ]
    assert costs(third[0]) == one


def _shipped(world: people.World, *rows: dict[str, str]) -> ImportJob:
    job = actions.upload_list(by=world.olivia, brand=world.rokid, file_name="o.csv", content=[text_of(*rows).encode()])
    return jobs.choose_mapping(by=world.olivia, job=job, preset="allplaces")


def test_a_known_list_begins_with_its_shipped_mapping(wizard: Wizard) -> None:
    job = wizard.upload(text_of(TOKYO, BERLIN))
    page = wizard.get("import_columns", job)
    assert (page.context["begin"], page.context["left"]) == ("preset:allplaces", ["brand_wikidata"])
    assert page.context["setup"].acknowledged is False
    sent = wizard.form(page) | {"do": "preview", "acknowledged": "1"}
    wizard.post("import_columns", job, sent)
    job = wizard.work(job)
    assert (job.source, job.counts["created"], job.counts["refused"]) == ("allplaces", 2, 0)


def test_the_form_holds_no_field_that_javascript_alone_fills(wizard: Wizard) -> None:
    page = wizard.get("import_columns", wizard.upload(LIST)).content.decode()
    assert "onclick=" not in page
    assert re.findall(r"<script(?![^>]*(?:src=|nonce=|application/json))", page) == []
    assert json.loads(json.dumps(wizard.form(wizard.get("import_columns", wizard.upload(LIST)))))


def test_a_post_without_the_forms_token_changes_nothing(world: people.World) -> None:
    job = actions.upload_list(by=world.olivia, brand=world.rokid, file_name="o.csv", content=[b"id,name\n1,A\n"])
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.olivia, backend="django.contrib.auth.backends.ModelBackend")
    sent: dict[str, Any] = {"file": SimpleUploadedFile("a.csv", b"id\n1\n")}
    assert client.post(reverse("admin:import_new"), sent).status_code == 403
    assert client.post(reverse("admin:import_step", args=[job.pk]), {"step": "cancel"}).status_code == 403
    job.refresh_from_db()
    assert (job.state, ImportJob.objects.count()) == ("uploaded", 1)


def test_a_complete_list_closes_the_stores_that_it_lacks(wizard: Wizard) -> None:
    text = "id,name,country,status\n" + "".join(f"{n},Shop {n},DE,open\n" for n in range(10))
    wizard.apply(text)
    job = wizard.upload(text.replace("9,Shop 9,DE,open\n", ""))
    page = wizard.get("import_columns", job)
    wizard.post("import_columns", job, wizard.form(page) | {"do": "preview", "complete": "1"})
    assert wizard.work(job).counts["changed"] == 1
    [row] = wizard.get("import", job, show="changed").context["rows"]
    assert [(line.label, line.new) for line in row.lines if line.label == "Status"] == [("Status", "Closed")]
    assert [finding.reason for finding in row.warnings] == [
        "the list is complete and lacks this store, so it is closed"
    ]
    assert wizard.get("import_columns", job).context["setup"].complete is True


def test_of_a_large_list_the_first_stores_are_looked_at_and_the_page_says_how_many_more_there_are(
    wizard: Wizard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "MOST", 1)
    page = wizard.get("import_publish", wizard.apply(LIST))
    standing = page.context["standing"]
    assert (standing.complete + len(standing.held), standing.beyond) == (1, Store.objects.count() - 1)
    assert f"{standing.beyond} more were not looked at yet" in page.content.decode()
    assert "Publish all that are complete" in page.content.decode()
