"""Refused rows as a file to mend, and the commands that undo an import."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from stores.imports import jobs
from stores.models import ImportJob, Store, StoreAddress
from tests import people
from tests.stores.imports.lists import BERLIN, COLUMNS, TOKYO, Desk, text_of

pytestmark = pytest.mark.django_db


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def printed(name: str, *args: str) -> str:
    out = io.StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


def test_refused_rows_come_in_the_files_own_columns_and_can_be_mended(desk: Desk) -> None:
    mend = desk.file.with_name("mend.csv")
    bad = BERLIN | {"name": "", "brand": "", "phone": "+49 30 901820"}
    desk.run(text_of(TOKYO, bad, TOKYO), "--apply", "--refused", str(mend))
    text = mend.read_text("utf-8")
    assert "'+49 30 901820" in text
    found = rows_of(text)
    assert list(found[0]) == [*COLUMNS, "reason"]
    assert [row["reason"] for row in found] == [
        "name: the store has no name",
        "spider+ref: the same identity is in row 2",
    ]
    mended = text.replace("R2,,", "R2,Optik Mitte,")
    lines = desk.run(mended, "--apply")
    assert [line["outcome"] for line in lines] == ["created", "unchanged"]
    assert Store.objects.get(market__code="DE").phone == "+4930901820"


def test_refused_records_of_a_document_come_flat_in_the_columns_a_mapping_uses(desk: Desk) -> None:
    mend, mapping = desk.file.with_name("mend.csv"), desk.file.with_name("mapping.json")
    mapping.write_text('{"code": "id", "name": "names.en", "market": "market"}')
    records = [
        {"id": "a1", "names": {"en": "One"}, "market": "DE"},
        {"id": "a2", "names": {"en": "Two"}, "market": "?"},
    ]
    desk.run(json.dumps(records), "--mapping", str(mapping), "--refused", str(mend))
    [row] = rows_of(mend.read_text("utf-8"))
    assert (row["id"], row["names.en"], row["reason"]) == (
        "a2", "Two", "market: no country or territory has this name or code",
    )  # fmt: skip


@pytest.mark.parametrize("form", ["collection", "lines"])
def test_refused_features_come_as_features_so_that_the_same_mapping_finds_their_points(desk: Desk, form: str) -> None:
    mend, mapping = desk.file.with_name("mend.geojson"), desk.file.with_name("mapping.json")
    mapping.write_text('{"code": "properties.ref", "name": "properties.title", "market": "properties.land.iso"}')
    features: list[dict[str, Any]] = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lng, 52.5]}, "properties": {
            "ref": f"a{number}", "title": "Mitte", "land": {"iso": "?"}, "note": "\ud800",
        }}
        for number, lng in enumerate((13.4, 195.5), 1)
    ]  # fmt: skip
    nowhere = {"ref": "a3", "title": "", "land": {"iso": "DE"}, "latitude": "n/a"}
    features.append({"type": "Feature", "geometry": None, "properties": nowhere})
    whole = json.dumps({"type": "FeatureCollection", "features": features})
    lines = "".join(f"{json.dumps(each)}\n" for each in features)
    desk.run(whole if form == "collection" else lines, "--mapping", str(mapping), "--refused", str(mend))
    found = json.loads(mend.read_text("utf-8"))["features"]
    assert [each["properties"]["ref"] for each in found] == ["a1", "a2", "a3"]
    assert found[2]["properties"]["reason"] == "title: the store has no name"
    mended = mend.read_text("utf-8").replace('"?"', '"DE"')
    read = [(line["outcome"], line["normalized"]["lng"]) for line in desk.run(mended, "--mapping", str(mapping))]
    assert read == [("created", 13.4), ("refused", None), ("refused", None)]


def test_the_refused_rows_of_a_job_are_read_from_its_kept_file(world: people.World, desk: Desk) -> None:
    desk.run(text_of(TOKYO, BERLIN | {"country_raw": "Atlantis"}), "--apply")
    [row] = rows_of("".join(jobs.refused_rows(ImportJob.objects.get())))
    assert row["ref"] == "R2"


def test_an_import_by_command_can_be_undone_by_command(world: people.World, desk: Desk) -> None:
    desk.run(text_of(TOKYO), "--apply")
    desk.run(text_of(TOKYO | {"name": "新宿店", "city": "新宿区"}, BERLIN), "--apply")
    job = ImportJob.objects.latest("pk")
    assert f"to undo it: manage.py revert_import {job.pk}" in desk.printed
    said = printed("revert_import", str(job.pk))
    assert "1 stores would be removed, 1 restored" in said
    assert "nothing stands in the way" in said
    assert Store.objects.count() == 2
    assert "undone" in printed("revert_import", str(job.pk), "--apply", "--by", "olivia@example.com")
    store = Store.objects.get()
    assert (store.name, StoreAddress.objects.get().locality) == ({"ja": "銀座店"}, "中央区")
    assert "reverted" in printed("revert_import")
    with pytest.raises(CommandError, match=f"import {job.pk} is reverted, so there is nothing to undo"):
        printed("revert_import", str(job.pk), "--apply")
    with pytest.raises(CommandError, match="there is no import 0"):
        printed("revert_import", "0")


def test_what_stands_in_the_way_is_listed_by_row(world: people.World, desk: Desk) -> None:
    desk.run(text_of(TOKYO), "--apply", "--publish")
    job = ImportJob.objects.get()
    for flags in ((), ("--apply",)):
        with pytest.raises(CommandError, match=r"cannot be undone"):
            printed("revert_import", str(job.pk), *flags)
    assert Store.objects.exists()
    with pytest.raises(CommandError, match="there is no import"):
        printed("revert_import", str(job.pk), "--by", "emma@example.com")
