"""A mapping as a table of choices, and back: nothing is lost that was not changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from stores.imports.choices import KEEP, Choices, chosen, columns_of, composed
from stores.imports.mapping import parse_mapping
from stores.imports.presets import allplaces, google

MAPPINGS: Path = settings.BASE_DIR / "docs" / "mappings"
SHIPPED: dict[str, Any] = {
    path.stem: json.loads(path.read_text())["fields"] for path in sorted(MAPPINGS.glob("*.json"))
} | {
    "allplaces": allplaces.MAPPING["fields"],
    "google": google.MAPPING["fields"],
}


def columns(fields: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(column for rule in fields.values() for column in columns_of(rule)))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_mapping_comes_back_as_it_was(name: str) -> None:
    fields = SHIPPED[name]
    back = composed(chosen(fields, columns(fields)), fields)
    source = "list"
    assert parse_mapping(back, source=source).rules == parse_mapping(fields, source=source).rules


def test_what_is_chosen_for_columns_becomes_rules() -> None:
    picked = Choices(
        {"nr": "external_id", "filiale": "name", "strasse": "address_lines", "zusatz": "address_lines", "tel": "phone",
         "mobil": "phone", "gps": "position:lng,lat", "seit": "opening_date", "laune": ""},
        for_all={"market": "DE", "format": "partner_counter", "operator": "clearview", "status": ""},
        date_forms={"opening_date": "%d.%m.%Y"},
    )  # fmt: skip
    assert composed(picked, {}) == {
        "external_id": "nr", "name": "filiale", "address_lines": {"columns": ["strasse", "zusatz"], "join": "\n"},
        "phone": {"first": ["tel", "mobil"]}, "latitude": {"column": "gps", "format": "lng,lat"},
        "opening_date": {"column": "seit", "format": "%d.%m.%Y"}, "market": {"constant": "DE"},
        "format": {"constant": "partner_counter"}, "operator": {"constant": "clearview"},
    }  # fmt: skip


def test_a_column_and_a_value_for_all_rows_make_a_default() -> None:
    fields = composed(Choices({"id": "code", "name": "name", "art": "format"}, for_all={"format": "pop_up"}), {})
    assert fields["format"] == {"column": "art", "default": "pop_up"}
    again = chosen(fields, ["id", "name", "art"])
    assert (again.targets["art"], again.for_all) == ("format", {"format": "pop_up"})
    assert composed(replace(again, for_all={}), fields)["format"] == "art"


def test_words_of_the_list_get_ours_and_those_not_shown_stay() -> None:
    base = {"code": "id", "name": "name", "status": {"column": "s", "values": {"auf": "open", "selten": "closing"}}}
    picked = replace(
        chosen(base, ["id", "name", "s"]), words={"status": {"auf": "soft_open", "zu": "closed", "neu": ""}}
    )
    assert composed(picked, base)["status"] == {
        "column": "s", "values": {"selten": "closing", "auf": "soft_open", "zu": "closed"},
    }  # fmt: skip
    assert composed(replace(picked, words={"status": {"auf": "", "selten": ""}}), base)["status"] == "s"


def test_a_column_that_fills_two_fields_keeps_both_until_something_else_is_chosen() -> None:
    base = {"external_id": "id", "name": {"first": ["name_th", "name_en"]}, "name_en": "name_en"}
    picked = chosen(base, ["id", "name_th", "name_en"])
    assert picked.targets == {"id": "external_id", "name_th": "name", "name_en": KEEP}
    assert composed(picked, base) == base
    other = replace(picked, targets={**picked.targets, "name_en": "name_en"})
    assert composed(other, base) == {"external_id": "id", "name": "name_th", "name_en": "name_en"}


def test_a_list_without_codes_is_told_apart_by_name_and_address() -> None:
    picked = Choices({"n": "name", "a": "address_lines", "x": ""}, told_by_name=True)
    assert composed(picked, {})["external_id"] == {"hash": ["n", "a"]}
    assert chosen(composed(picked, {}), ["n", "a", "x"]) == picked
    kept = {"external_id": {"hash": ["n", "x"]}, "name": "n"}
    assert composed(chosen(kept, ["n", "x"]), kept) == kept
    with_code = Choices({"n": "name", "x": "external_id"}, told_by_name=True)
    assert composed(with_code, {})["external_id"] == "x"


def test_weekdays_are_hours_only_when_all_seven_are_chosen() -> None:
    days = {f"d{day}": f"hours:{day}" for day in range(7)}
    assert composed(Choices(days), {}) == {"hours": {"weekdays": list(days)}}
    assert composed(Choices(dict(list(days.items())[:6])), {}) == {}
