"""Every format by its name, as a writer that streams: a network of 65,000 stores is never in memory as a whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from stores.feeds import apple, calendar, geojson, google, osm, schema_org, table
from stores.feeds.store import FeedStore
from stores.values.cells import neutral
from stores.values.publishers import apple_status, google_open_info

Write = Callable[[Iterable[FeedStore], str], Iterator[bytes]]


class Format(NamedTuple):
    """A format's name, what it is, its media type and file ending, and its writer."""

    name: str
    title: str
    media_type: str
    ending: str
    write: Write


def _everyone(record: FeedStore) -> bool:
    return True


def _documents(
    head: str, each: Callable[[FeedStore, str], Any], tail: str, told: Callable[[FeedStore], bool] = _everyone
) -> Write:
    """A JSON document with one list of records in it; ``told`` says which stores the publisher is told of."""

    def write(records: Iterable[FeedStore], language: str) -> Iterator[bytes]:
        yield head.encode()
        for number, record in enumerate(filter(told, records)):
            text = json.dumps(each(record, language), ensure_ascii=False, separators=(",", ":"))
            yield (f",\n{text}" if number else f"\n{text}").encode()
        yield f"\n{tail}\n".encode()

    return write


def _rows(
    columns: Sequence[str], each: Callable[[FeedStore, str], list[str]], told: Callable[[FeedStore], bool] = _everyone
) -> Write:
    """A CSV table in UTF-8 with a byte order mark, without which spreadsheets take Japanese for something else."""

    def write(records: Iterable[FeedStore], language: str) -> Iterator[bytes]:
        yield b"\xef\xbb\xbf" + _line(columns)
        for record in filter(told, records):
            yield _line(each(record, language))

    return write


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


def _calendar(records: Iterable[FeedStore], language: str) -> Iterator[bytes]:
    head, end, tail = calendar.calendar().to_ical().partition(b"END:VCALENDAR")
    yield head
    for record in records:
        for event in calendar.events(record, language):
            yield event.to_ical()
    yield end + tail


def _for_pages(write: Write) -> Write:
    """The same JSON without a character that could end the script element of a page that it is put into."""

    def written(records: Iterable[FeedStore], language: str) -> Iterator[bytes]:
        for part in write(records, language):
            yield part.replace(b"<", b"\\u003c")

    return written


def _bare(record: FeedStore, language: str) -> dict[str, Any]:
    made = schema_org.store(record, language)
    del made["@context"]  # the graph says it once
    return made


def _google_row(record: FeedStore, language: str) -> list[str]:
    return [neutral(cell) for cell in google.row(record, language)]


def _for_google(record: FeedStore) -> bool:
    # The sheet has no column for a store that is gone: it is taken out of the sheet instead.
    info = google_open_info(record.life, record.today)
    return info is not None and info["status"] != "CLOSED_PERMANENTLY"


def _for_apple(record: FeedStore) -> bool:
    return apple_status(record.life, record.today) is not None


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format(
            "schema-org", "schema.org JSON-LD", "application/ld+json", "jsonld",
            _for_pages(_documents(f'{{"@context":"{schema_org.CONTEXT}","@graph":[', _bare, "]}")),
        ),
        Format(
            "geojson", "GeoJSON", "application/geo+json", "geojson",
            _documents('{"type":"FeatureCollection","features":[', geojson.feature, "]}"),
        ),
        Format("osm", "OpenStreetMap tags", "application/json", "osm.json",
               _documents('{"version":0.6,"elements":[', osm.element, "]}")),
        Format(
            "google", "Google Business Profile bulk sheet", "text/csv; charset=utf-8", "google.csv",
            _rows(google.COLUMNS, _google_row, _for_google),
        ),
        Format("apple", "Apple business locations", "application/json", "apple.json",
               _documents('{"locations":[', apple.location, "]}", _for_apple)),
        Format("ics", "Opening hours as a calendar", "text/calendar; charset=utf-8", "ics", _calendar),
        Format("csv", "Table", "text/csv; charset=utf-8", "csv", _rows(table.COLUMNS, table.row)),
    )
}  # fmt: skip
