"""Files that are not what they should be: one clear line, no trace, nothing written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores.models import Store
from tests.stores.imports.lists import BERLIN, COLUMNS, TOKYO, Desk, text_of

pytestmark = pytest.mark.django_db

GOOD = text_of(TOKYO, BERLIN)
HEADER = ",".join(COLUMNS)


def refused(desk: Desk, content: str | bytes | Path) -> str:
    with pytest.raises(CommandError) as caught:
        desk.run(content, "--apply")
    message = str(caught.value)
    assert "\n" not in message
    assert Store.objects.count() == 0
    return message


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"\n\n", "the first row has no column names"),
        (HEADER.encode(), "has column names and no rows"),
        (b"id,title\n1,One\n", "no column name, ref, spider"),
        (GOOD.replace("Torstra", "Tor\x00stra").encode(), "contains NUL bytes; this is not a text file"),
        (GOOD.replace("Optik Mitte", '"Optik Mitte').encode(), "a quote is opened and never closed"),
        (GOOD.replace("Optik Mitte", '"Optik" Mitte').encode(), "line 3: text follows a closing quote"),
        (GOOD.replace("Optik Mitte", "M" * 200_000).encode(), "line 3: a cell is longer than 131,072 characters"),
        (GOOD.replace("Optik Mitte", "M" * 2_000_000).encode(), "line 3 is longer than 1,048,576 characters"),
        (bytes(range(1, 256)), "is not UTF-8 text"),
        (GOOD.replace("Torstra", "Tor\x00stra").encode("utf-16"), "line 3 contains a NUL byte"),
        (GOOD.encode("utf-16")[:-1], "is not utf-16 text"),
        (b"PK\x03\x04 and no more", "is not a sound XLSX workbook"),
        (b'{"spider": "a", ', "the object holds no list of records"),
        (b"[1, 2]", "record 1 is not an object"),
        (b'{"note": "nothing", "more": {"a": 1}}\n{"x', "line 2 is not JSON"),
        (b"[" * 100_000, "not JSON (nested too deeply)"),
        (b'[{"spider": "a"}', "ends after record 1 without its bracket"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "contains NUL bytes"),
        (",".join(f"c{n}" for n in range(2000)).encode(), "2,000 columns; the most that is read is 1000"),
    ],
)
def test_a_spoiled_file_is_one_line(desk: Desk, content: bytes, expected: str) -> None:
    assert expected in refused(desk, content)


def test_what_is_no_file_is_said(desk: Desk, tmp_path: Path) -> None:
    assert "No such file" in refused(desk, tmp_path / "absent.csv")
    assert "is a folder" in refused(desk, tmp_path)
    assert "is not an ordinary file" in refused(desk, Path("/dev/null"))
    os.mkfifo(tmp_path / "pipe")
    assert "is not an ordinary file" in refused(desk, tmp_path / "pipe")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_are_read_whatever_their_mark(desk: Desk, encoding: str) -> None:
    desk.run(GOOD.encode(encoding), "--apply")
    assert sorted(next(iter(store.name.values())) for store in Store.objects.all()) == ["Optik Mitte", "銀座店"]


@pytest.mark.parametrize(("delimiter", "end"), [(";", "\n"), ("\t", "\r\n"), ("|", "\r")])
def test_other_delimiters_and_line_ends_are_read(desk: Desk, delimiter: str, end: str) -> None:
    columns = ("spider", "ref", "name", "country_raw", "lat", "lon")
    text = end.join(
        delimiter.join(row[name] for name in columns) for row in (dict(zip(columns, columns, strict=True)), BERLIN)
    )
    desk.run(text, "--apply")
    assert Store.objects.get().latitude == 52.529


def test_rows_are_counted_as_a_spreadsheet_does(desk: Desk) -> None:
    nameless = BERLIN | {"name": "", "brand": ""}
    with_break = TOKYO | {"addr_full": "銀座4-1-1\n2階"}
    lines = desk.run(text_of(with_break, {}, nameless))
    assert [(line["row"], line["outcome"]) for line in lines] == [(2, "created"), (4, "refused")]


def test_the_same_identity_twice_is_refused_and_names_the_first(desk: Desk) -> None:
    lines = desk.run(text_of(TOKYO, BERLIN, TOKYO | {"name": "別の店"}), "--apply")
    assert [line["outcome"] for line in lines] == ["created", "created", "refused"]
    assert lines[2]["reasons"] == [
        {"column": "spider+ref", "value": "optic:R1", "reason": "the same identity is in row 2"}
    ]
    # A refused row also says what was understood of it.
    assert (lines[2]["normalized"]["name"], lines[2]["normalized"]["country"]) == ("別の店", "JP")


def test_unknown_columns_are_reported(desk: Desk) -> None:
    desk.run(text_of(TOKYO | {"mood": "good"}, columns=(*COLUMNS, "mood")))
    assert "columns that nothing is taken from: mood" in desk.printed


def test_a_row_with_too_many_cells_comes_in_with_a_warning(desk: Desk) -> None:
    row = GOOD.splitlines()[1]
    [line] = desk.run(f"{HEADER}\n{row},extra\n")
    assert line["warnings"][0]["reason"].startswith("the row has 1 more cells")


def test_a_report_that_cannot_be_written_stops_the_import(desk: Desk, tmp_path: Path) -> None:
    desk.report = tmp_path / "absent" / "report.jsonl"
    assert "there is no such folder" in refused(desk, GOOD)


_bytes = GOOD.encode()
_cuts = st.tuples(st.integers(0, len(_bytes)), st.integers(0, 40), st.binary(max_size=30))
_texts = st.sampled_from(
    [b'"', b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b",", b"\n", b"\r", b"\xef\xbb\xbf", b"9" * 400, b"," * 2000, b'""', b"1e999",
     b"\xf0\x9f\x98\x80", b"=1+1", b"\xc2\x85", b"\\N", b"\\."]
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.lists(_cuts | st.tuples(st.integers(0, len(_bytes)), st.integers(0, 40), _texts), min_size=1, max_size=6)
)
def test_no_mutation_of_a_file_raises_or_writes_in_part(desk: Desk, cuts: list[tuple[int, int, bytes]]) -> None:
    content = _bytes
    for at, length, text in cuts:
        content = content[:at] + text + content[at + length :]
    with transaction.atomic():  # published stores cannot be deleted, so each example is undone as a whole
        try:
            lines = desk.run(content, "--apply", "--publish")
        except CommandError as refusal:
            message, came_in = str(refusal), 0
        else:
            message, came_in = "", sum(line["outcome"] != "refused" for line in lines)
            again = desk.run(content, "--apply")
            assert [line["outcome"] for line in again if line["outcome"] != "refused"] == ["unchanged"] * came_in
        assert "\n" not in message
        assert Store.objects.count() == came_in
        transaction.set_rollback(True)
