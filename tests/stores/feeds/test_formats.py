from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar

from stores.feeds import apple, geojson, google, osm, schema_org
from stores.feeds.formats import FORMATS
from stores.feeds.store import FeedStore
from stores.timetable.parse import parse_hours
from stores.values.addresses import Address, split_lines
from tests.stores.feeds.records import GINZA, TOKYO, bare, ginza


def written(name: str, *records: FeedStore, language: str = "en") -> bytes:
    return b"".join(FORMATS[name].write(records, language))


def rows(name: str, *records: FeedStore, language: str = "en") -> list[dict[str, str]]:
    text = written(name, *records, language=language).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_tags_for_openstreetmap_are_golden() -> None:
    assert osm.tags(GINZA, "en") == {
        "shop": "electronics",
        "name": "Rokid 銀座",
        "name:en": "Rokid Ginza",
        "name:ja": "Rokid 銀座",
        "brand": "Rokid",
        "ref": "jp-ginza",
        "addr:country": "JP",
        "addr:full": "銀座4-6-16",
        "addr:city": "中央区",
        "addr:state": "東京都",
        "addr:postcode": "104-0061",
        "phone": "+81312345678",
        "email": "ginza@example.com",
        "website": "https://example.com/ginza",
        "opening_hours": "Mo-Fr 11:00-20:00; Sa 10:00-13:00,14:00-24:00; PH off; 2026 Dec 25 11:00-20:00; "
        "2026 Dec 31 11:00-15:00",
        "language:en": "yes",
        "language:ja": "yes",
    }


def test_hours_for_openstreetmap_read_back_as_they_were() -> None:
    read = parse_hours(osm.tags(GINZA, "en")["opening_hours"])
    assert read.week == GINZA.schedule.regular
    assert [day.date for day in read.special_days] == [date(2026, 12, 25), date(2026, 12, 31)]
    assert read.policy == GINZA.schedule.policy


def test_values_longer_than_the_map_keeps_are_left_out() -> None:
    assert "website" not in osm.tags(ginza(website="https://example.com/" + "x" * 240), "en")


def test_a_feature_has_longitude_first_and_a_store_without_a_position_has_none() -> None:
    made = geojson.feature(GINZA, "ja")
    assert made["geometry"] == {"type": "Point", "coordinates": [139.765, 35.6717]}
    assert made["properties"]["address"] == "104-0061\n東京都\n中央区\n銀座4-6-16"
    assert geojson.feature(bare(), "ja")["geometry"] is None


def test_the_sheet_for_google_is_golden() -> None:
    [row] = rows("google", GINZA, language="ja")
    assert {name: cell for name, cell in row.items() if cell} == {
        "Store code": "jp-ginza",
        "Business name": "Rokid 銀座",
        "Address line 1": "銀座4-6-16",
        "Locality": "中央区",
        "Administrative area": "東京都",
        "Country / Region": "JP",
        "Postal code": "104-0061",
        "Latitude": "35.6717",
        "Longitude": "139.765",
        "Primary phone": "+81312345678",
        "Website": "https://example.com/ginza",
        "Primary category": "Electronics store",
        **{f"{day} hours": "11:00-20:00" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")},
        "Saturday hours": "10:00-13:00, 14:00-24:00",
        "Sunday hours": "x",
        "Special hours": "2026-12-31: 11:00-15:00, 2027-01-01: x",
        "From the business": "グラスを試せます。",
        "Opening date": "2024-04-01",
        "Labels": "flagship",
    }
    assert list(row) == list(google.COLUMNS)


def test_a_location_for_apple_is_golden() -> None:
    details = apple.location(GINZA, "ja")["locationDetails"]
    times = [{"startTime": "11:00", "endTime": "20:00"}]
    assert details == {
        "partnersLocationId": GINZA.uid,
        "partnersLocationVersion": "2026-12-01T03:04:05+00:00",
        "storeCode": "jp-ginza",
        "displayNames": [
            {"name": "Rokid Ginza", "locale": "en", "primary": False},
            {"name": "Rokid 銀座", "locale": "ja", "primary": True},
        ],
        "mainAddress": {
            "structuredAddress": {
                "fullThoroughfare": "銀座4-6-16",
                "locality": "中央区",
                "administrativeArea": "東京都",
                "postCode": "104-0061",
                "countryCode": "JP",
            },
            "locale": "ja",
        },
        "displayPoint": {
            "coordinates": {"latitude": "35.6717", "longitude": "139.765"},
            "source": "MANUALLY_PLACED",
        },
        "phoneNumbers": [{"phoneNumber": "+81312345678", "type": "LANDLINE", "intent": "CALL", "primary": True}],
        "urls": [{"url": "https://example.com/ginza", "type": "HOMEPAGE"}],
        "locationDescriptions": [
            {
                "type": "ABOUT",
                "descriptions": [
                    {"text": "Try the glasses.", "locale": "en"},
                    {"text": "グラスを試せます。", "locale": "ja"},
                ],
            }
        ],
        "locationStatus": {"status": "OPEN"},
        "openingHoursByDay": [
            *({"day": day, "times": times} for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")),
            {
                "day": "SATURDAY",
                "times": [{"startTime": "10:00", "endTime": "13:00"}, {"startTime": "14:00", "endTime": "24:00"}],
            },
        ],
        "specialHours": [
            {
                "startDate": "2026-12-31",
                "endDate": "2026-12-31",
                "closed": False,
                "hoursByDay": [{"day": "THURSDAY", "times": [{"startTime": "11:00", "endTime": "15:00"}]}],
                "descriptions": [{"text": "Year's end", "locale": "en"}],
            },
            {
                "startDate": "2027-01-01",
                "endDate": "2027-01-01",
                "closed": True,
                "descriptions": [{"text": "New Year's Day", "locale": "en"}],
            },
        ],
    }


def test_a_calendar_has_an_event_for_every_time_the_door_is_open() -> None:
    made: Any = Calendar.from_ical(written("ics", GINZA))
    events = {event["uid"]: event for event in made.walk("VEVENT")}
    starts = sorted(event.decoded("dtstart") for event in events.values())
    assert starts[0] == datetime(2026, 12, 21, 2, tzinfo=UTC)
    days = {start.astimezone(TOKYO).date() for start in starts}
    assert {date(2026, 12, 27), date(2027, 1, 1)} & days == set()  # a Sunday and the holiday
    eve = events["0b0c2f4e-0000-4000-8000-000000000001-20261231T020000Z@meridian"]
    assert eve.decoded("dtend") == datetime(2026, 12, 31, 6, tzinfo=UTC)
    assert str(eve["summary"]) == "Rokid Ginza"
    assert str(eve["description"]) == "Year's end"


def test_a_table_starts_no_formula() -> None:
    [row] = rows("csv", ginza(names={"en": "=HYPERLINK(1)"}))
    assert row["name"] == "'=HYPERLINK(1)"
    assert (row["phone"], row["hours"]) == ("+81312345678", osm.opening_hours(GINZA))


@pytest.mark.parametrize("name", ["schema-org", "geojson", "osm", "apple"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_document_is_whole_json_whatever_the_number_of_stores(name: str, count: int) -> None:
    records = [GINZA, bare(), GINZA][:count]
    document = json.loads(written(name, *records))
    [members] = [value for value in document.values() if isinstance(value, list)]
    assert len(members) == count


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_store_of_which_little_is_known_can_be_written_in_every_format(name: str) -> None:
    assert written(name, bare()) != b""


@pytest.mark.parametrize("name", list(FORMATS))
def test_no_format_names_the_colleague_who_confirmed_a_day(name: str) -> None:
    assert b"kenji" not in written(name, GINZA)


def test_a_store_that_is_closed_for_a_time_says_so_in_each_publishers_words() -> None:
    paused = ginza(status="temporarily_closed", reopen_date=date(2027, 3, 1))
    assert apple.location(paused, "en")["locationDetails"]["locationStatus"] == {
        "status": "TEMPORARILY_CLOSED",
        "reopenDate": "2027-03-01",
    }
    assert osm.tags(paused, "en")["opening_hours"] == "off"
    [row] = rows("google", ginza(status="temporarily_closed", reopen_date=date(2027, 1, 1)))
    assert row["Special hours"] == (
        "2026-12-21: x, 2026-12-22: x, 2026-12-23: x, 2026-12-24: x, 2026-12-25: x, 2026-12-26: x, "
        "2026-12-27: x, 2026-12-28: x, 2026-12-29: x, 2026-12-30: x, 2026-12-31: x, 2027-01-01: x"
    )
    assert schema_org.store(paused, "en")["specialOpeningHoursSpecification"][0] == {
        "@type": "OpeningHoursSpecification",
        "opens": "00:00",
        "closes": "00:00",
        "validFrom": "2026-12-21",
        "validThrough": "2027-02-28",
    }


def test_an_opening_is_told_as_far_ahead_as_each_publisher_takes_it() -> None:
    soon = ginza(code="soon", status="ready", opening_date=date(2027, 3, 1))
    later = ginza(code="later", status="ready", opening_date=date(2027, 9, 1))
    someday = ginza(code="someday", status="ready", opening_date=None)
    locations = json.loads(written("apple", soon, later, someday))["locations"]
    assert [each["locationDetails"]["storeCode"] for each in locations] == ["soon"]
    assert [row["Store code"] for row in rows("google", soon, later, someday)] == ["soon", "later"]
    assert osm.tags(soon, "en")["opening_date"] == "2027-03-01"


def test_a_store_that_has_closed_is_taken_out_of_the_sheet_and_told_to_apple() -> None:
    gone = ginza(status="closing", closing_date=date(2026, 12, 1))
    assert rows("google", gone) == []
    [location] = json.loads(written("apple", gone))["locations"]
    assert location["locationDetails"]["locationStatus"] == {"status": "CLOSED", "closedDate": "2026-12-01"}


def test_a_store_past_its_closing_date_is_open_in_no_format() -> None:
    gone = ginza(status="closing", closing_date=date(2026, 12, 1))
    assert osm.opening_hours(gone) == "off"
    [shut] = schema_org.store(gone, "en")["specialOpeningHoursSpecification"]
    assert (shut["closes"], shut["validFrom"], shut["validThrough"]) == ("00:00", "2026-12-21", "2027-12-21")


def test_a_node_of_a_store_without_a_position_has_none() -> None:
    assert osm.element(bare(), "en") == {"type": "node", "tags": osm.tags(bare(), "en")}


def test_a_line_with_a_semicolon_stays_one_line_of_the_table() -> None:
    [row] = rows("csv", ginza(addresses={"en": Address(("Ginza 4; 2F",))}, primary_address="en"))
    assert split_lines(row["address_lines"]) == ("Ginza 4; 2F",)


def test_a_name_ends_no_script_element_and_adds_no_event() -> None:
    name = "</script><script>alert(1)\r\nBEGIN:VEVENT\r\nSUMMARY:more"
    record = ginza(names={"en": name})
    linked = written("schema-org", record)
    assert (b"<" in linked, json.loads(linked)["@graph"][0]["name"]) == (False, name)
    events = Calendar.from_ical(written("ics", record)).walk("VEVENT")
    assert {str(event["summary"]) for event in events} == {name.replace("\r\n", "\n")}
