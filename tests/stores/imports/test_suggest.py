"""What is proposed for a list's columns: from headers in many languages, and from cells where headers say nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from stores.imports import presets
from stores.imports.evidence import date_form, pair_order
from stores.imports.mapping import parse_mapping
from stores.imports.suggest import fitting_preset, fitting_saved, suggest
from stores.imports.survey import survey
from stores.imports.vocabulary import field_of, weekday_of, word_of

LISTS: Path = settings.BASE_DIR.parent / "shared" / "data" / "stores"


def rows(**columns: list[str]) -> list[dict[str, str]]:
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def fields(*headers: str) -> dict[str, Any]:
    return suggest(headers, []).fields


@pytest.mark.parametrize(
    ("language", "headers"),
    [
        ("en", ("Store ID|Store Name|Country|Street Address|City|State|ZIP Code|Latitude|Longitude|Telephone|E-Mail|Website|"
               "Opening Hours")),
        ("de", ("Filialnummer|Filialname|Land|Straße|Ort|Bundesland|PLZ|Breitengrad|Längengrad|Telefonnummer|E-Mail-Adresse|"
               "Webseite|Öffnungszeiten")),
        ("fr", ("Code magasin|Nom du magasin|Pays|Adresse|Ville|Département|Code postal|Latitude|Longitude|Téléphone|Courriel|"
               "Site web|Horaires d’ouverture")),
        ("es", ("Código de tienda|Nombre de la tienda|País|Dirección|Ciudad|Provincia|Código postal|Latitud|Longitud|Teléfono|"
               "Correo electrónico|Sitio web|Horario de apertura")),
        ("it", ("Codice negozio|Nome negozio|Paese|Indirizzo|Città|Regione|CAP|Latitudine|Longitudine|Telefono|E-mail|Sito web|"
               "Orari di apertura")),
        ("ja", "店舗コード|店舗名|国名|住所|市区町村|都道府県|郵便番号|緯度|経度|電話番号|メールアドレス|サイト|営業時間"),
        ("zh-Hans", "门店编号|门店名称|国家/地区|详细地址|城市|省份|邮政编码|纬度|经度|联系电话|电子邮箱|网址|营业时间"),
        ("zh-Hant", "門市編號|門市名稱|國家|地址|縣市|省|郵遞區號|緯度|經度|聯絡電話|電子郵件|網址|營業時間"),
        ("ko", "매장코드|매장명|국가|도로명주소|시군구|시도|우편번호|위도|경도|전화번호|이메일|홈페이지|영업시간"),
        ("th", "รหัสสาขา|ชื่อสาขา|ประเทศ|ที่อยู่|อำเภอ|จังหวัด|รหัสไปรษณีย์|ละติจูด|ลองจิจูด|เบอร์โทรศัพท์|อีเมล|เว็บไซต์|เวลาทำการ"),
    ],
)  # fmt: skip
def test_headers_are_known_in_the_languages_lists_are_kept_in(language: str, headers: str) -> None:
    assert [field_of(header) for header in headers.split("|")] == [
        "external_id", "name", "market", "address_lines", "locality", "administrative_area", "postal_code", "latitude",
        "longitude", "phone", "email", "website", "hours",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("name_th", "name_th"), ("Name (English)", "name_en"), ("门店名称（英文）", "name_en"), ("address_ja", "address_ja"),
        ("store_type_cn", "format"), ("storeType", "format"), ("primary-phone", "phone"), ("GPS", "position"),
        ("oeffnungszeiten", "hours"), ("Laengengrad", "longitude"),
        ("No.", ""), ("序号", ""), ("remarks", ""), ("Datum", ""), ("", ""), ("x" * 5000, ""), ("<script>", ""),
    ],
)  # fmt: skip
def test_a_header_is_one_field_or_none(header: str, field: str) -> None:
    assert field_of(header) == field


# Headers of real lists: only the headers, rows are not ours to keep.
@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            "locale,id,name,slug,telephone,address1,address2,city,state_name,state_code,postcode",
            {
                "external_id": "id", "name": "name", "phone": "telephone", "locality": "city",
                "address_lines": {"columns": ["address1", "address2"], "join": "\n"},
                "administrative_area": "state_name", "postal_code": "postcode",
            },
        ),
        (
            "Name,Street,Locality,Region,Postal Code,Latitude,Longitude,URL",
            {
                "name": "Name", "address_lines": "Street", "locality": "Locality", "administrative_area": "Region",
                "postal_code": "Postal Code", "latitude": "Latitude", "longitude": "Longitude", "website": "URL",
                "external_id": {"hash": ["Name", "Street"]},
            },
        ),
        (
            "country,name,address,latitude,longitude",
            {
                "market": "country", "name": "name", "address_lines": "address", "latitude": "latitude",
                "longitude": "longitude", "external_id": {"hash": ["name", "address"]},
            },
        ),
        (
            "name,address1,address2,city,state,phone,latitude,longitude,storeType",
            {
                "name": "name", "address_lines": {"columns": ["address1", "address2"], "join": "\n"}, "locality": "city",
                "administrative_area": "state", "phone": "phone", "latitude": "latitude", "longitude": "longitude",
                "format": "storeType", "external_id": {"hash": ["name", "address1", "address2"]},
            },
        ),
        (
            ("Brand,Store Number,Store Name,Ownership Type,Street Address,City,State/Province,Country,Postcode,Phone Number,"
            "Timezone,Longitude,Latitude"),
            {
                "external_id": "Store Number", "name": "Store Name", "format": "Ownership Type",
                "address_lines": "Street Address", "locality": "City", "administrative_area": "State/Province",
                "market": "Country", "postal_code": "Postcode", "phone": "Phone Number", "time_zone": "Timezone",
                "longitude": "Longitude", "latitude": "Latitude",
            },
        ),
        (
            "brand,id,name_th,name_en,address,phone,lat,lng,hours",
            {
                "external_id": "id", "name_th": "name_th", "name_en": "name_en", "address_lines": "address",
                "phone": "phone", "latitude": "lat", "longitude": "lng", "hours": "hours",
            },
        ),
        (
            ("source_id,brand,name,store_type_cn,channel_type,status,opened_at,province,city,district,address,lat,lng,gps_raw,"
            "phone,business_hours,services,mall_name"),
            {
                "external_id": "source_id", "name": "name", "format": "store_type_cn", "status": "status",
                "opening_date": "opened_at", "administrative_area": "province", "locality": "city",
                "sublocality": "district", "address_lines": "address", "latitude": "lat", "longitude": "lng",
                "phone": "phone", "hours": "business_hours", "services": "services",
            },
        ),
    ],
)  # fmt: skip
def test_real_headers_get_the_mapping_somebody_would_write(headers: str, expected: dict[str, Any]) -> None:
    found = fields(*headers.split(","))
    assert found == expected
    assert parse_mapping(found, source="list").rules.keys() == found.keys()


def test_shipped_mappings_are_known_by_their_columns() -> None:
    outlets = [
        "spider", "brand", "brand_wikidata", "ref", "name", "housenumber", "street", "addr_full", "city", "state", "postcode",
        "country_raw", "country_from_tz", "tz", "phone", "website", "opening_hours", "lat", "lon",
    ]  # fmt: skip
    assert suggest(outlets, []).preset == "allplaces"
    assert fitting_preset(["Store code", "Business name", "Labels"]) == "google"
    assert fitting_preset(["code", "name_ja", "market", "hours", "mood"]) == "own"
    assert fitting_preset(["code", "colour", "weight", "width"]) == ""
    assert {fitting_preset(["id", "name"]), fitting_preset([])} == {""}


def test_a_saved_mapping_is_offered_when_the_list_has_its_columns() -> None:
    mine = parse_mapping(
        {"external_id": "nr", "name": "filiale", "phone": "tel", "market": {"constant": "DE"}}, source="a"
    )
    other = parse_mapping({"external_id": "nr", "name": "shop"}, source="b")
    saved = {"mine": mine, "other": other, "google": presets.preset("google")}
    assert fitting_saved(saved, ["nr", "filiale", "tel", "laune"]) == "mine"
    assert fitting_saved(saved, ["nr", "shop"]) == "other"
    assert fitting_saved(saved, ["nr", "title"]) == ""
    assert fitting_saved({}, ["nr"]) == ""


def test_cells_decide_where_headers_say_nothing() -> None:
    found = suggest(
        ["id", "name", "a", "b", "c", "d", "e", "f"],
        rows(
            id=["1", "2"], name=["A", "B"], a=["+49 30 901820", "+49 89 2180"], b=["Mo-Fr 09:00-18:00", "Mo-Sa 10:00-20:00"],
            c=["DE", "FR"], d=["Europe/Berlin", "Europe/Paris"], e=["a@example.com", "b@example.com"],
            f=["https://example.com/a", "https://example.com/b"],
        ),
    )  # fmt: skip
    assert found.fields == {
        "external_id": "id", "name": "name", "phone": "a", "hours": "b", "market": "c", "time_zone": "d", "email": "e",
        "website": "f",
    }  # fmt: skip
    assert found.because == dict.fromkeys(("id", "name"), "header") | dict.fromkeys("abcdef", "values")


def test_one_cell_in_all_rows_is_enough_for_what_is_written_like_nothing_else() -> None:
    same = rows(id=["1", "2"], name=["A", "B"], x=["Mo-Sa 10:00-19:00"] * 2, y=["DE", "DE"], z=["open", "open"])
    assert suggest(list(same[0]), same).fields == {"external_id": "id", "name": "name", "hours": "x"}


def test_cells_contradict_a_header() -> None:
    shelf = rows(
        id=["1", "2"], Name=["A", "B"], Breite=["80 cm", "120 cm"], Sprachen=["Herr Kim fragen", "spricht viel"]
    )
    assert suggest(list(shelf[0]), shelf).fields == {"external_id": "id", "name": "Name"}
    spain = rows(id=["1", "2"], nombre=["A", "B"], estado=["Abierto", "Cerrado"])
    assert suggest(list(spain[0]), spain).fields["status"] == {
        "column": "estado", "values": {"Abierto": "open", "Cerrado": "closed"},
    }  # fmt: skip
    mexico = rows(id=["1", "2"], nombre=["A", "B"], estado=["Jalisco", "Puebla"])
    assert suggest(list(mexico[0]), mexico).fields["administrative_area"] == "estado"


def test_a_position_in_one_column_is_taken_only_in_an_order_that_is_certain() -> None:
    assert pair_order(["139.765, 35.6717"]) == "lng,lat"
    assert pair_order(["35.6717,139.765", "(35.1 136.9)"]) == "lat,lng"
    assert {pair_order(["52.5,13.4"]), pair_order([]), pair_order(["139.7,135.6"]), pair_order(["near the park"])} == {
        ""
    }
    japan = rows(id=["1"], name=["店"], gps=["139.765,35.6717"])
    assert suggest(list(japan[0]), japan).fields["latitude"] == {"column": "gps", "format": "lng,lat"}
    both = rows(id=["1"], name=["店"], lat=["35.6717"], lng=["139.765"], gps=["139.765,35.6717"])
    found = suggest(list(both[0]), both)
    assert (found.fields["latitude"], found.fields["longitude"], "gps" in found.because) == ("lat", "lng", False)


def test_dates_are_read_only_in_a_form_that_cannot_mean_another_day() -> None:
    assert date_form(["2026-03-07", "2026/12/31"]) == ""
    assert date_form(["07.03.2026", "31.12.2026"]) == "%d.%m.%Y"
    assert date_form(["31/12/2026", "01/02/2026"]) == "%d/%m/%Y"
    assert date_form(["12/31/2026", "01/02/2026"]) == "%m/%d/%Y"
    assert [date_form(cells) for cells in (["01/02/2026"], ["soon"], [], ["31/12/2026", "12/31/2026"])] == [None] * 4
    opened = rows(id=["1", "2"], name=["A", "B"], Eröffnung=["24.12.2025", "01.03.2026"])
    assert suggest(list(opened[0]), opened).fields["opening_date"] == {"column": "Eröffnung", "format": "%d.%m.%Y"}


def test_street_and_house_number_are_one_line() -> None:
    assert fields("id", "Name", "Straße", "Hausnummer")["address_lines"] == {
        "columns": ["Straße", "Hausnummer"], "join": " ",
    }  # fmt: skip
    assert fields("id", "Name", "Hausnummer") == {"external_id": "id", "name": "Name"}


def test_numbers_that_two_chains_share_are_told_apart_with_the_chain() -> None:
    shared = rows(chain=["A", "A", "B", "B"], nr=["1", "2", "1", "2"], name=list("wxyz"), phone=["1", "2", "3", "4"])
    found = suggest(["chain", "id", "name"], [{**row, "id": row["nr"]} for row in shared])
    assert found.fields["external_id"] == {"columns": ["chain", "id"], "join": ":"}
    whole = rows(chain=["A", "A", "B", "B"], id=["1", "2", "3", "4"], name=list("wxyz"))
    assert suggest(list(whole[0]), whole).fields["external_id"] == "id"


def test_seven_columns_of_weekdays_are_the_hours() -> None:
    german = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
    assert [weekday_of(f"Öffnungszeiten {day}") for day in german] == list(range(7))
    assert [weekday_of(header) for header in ("月曜日", "星期三", "일요일", "Friday hours", "Sun")] == [0, 2, 6, 4, 6]
    assert [weekday_of(header) for header in ("mon_open", "Monday mood", "Phone", "Mo Di")] == [None] * 4
    assert fields("id", "name", *german)["hours"] == {"weekdays": list(german)}
    assert "hours" not in fields("id", "name", *german[:6])


def test_words_of_lists_for_kinds_and_states() -> None:
    assert [word_of("status", word) for word in ("营业中", "Vorübergehend geschlossen", "閉店", "won")] == [
        "open", "temporarily_closed", "closed", "",
    ]  # fmt: skip
    assert [word_of("format", word) for word in ("Flagship-Store", "专柜", "Shop-in-Shop", "팝업")] == [
        "flagship", "partner_counter", "shop_in_shop", "pop_up",
    ]  # fmt: skip


def test_an_empty_or_strange_list_gets_no_suggestion_and_no_error() -> None:
    assert suggest([], []).fields == {}
    assert suggest(["", "a", "=1+1"], [{"a": "", "=1+1": "\x00"}]).fields == {}
    assert suggest(["id", "name"], [{"id": "", "name": ""}]).fields == {"external_id": "id", "name": "name"}


def test_a_survey_shows_columns_words_and_how_many_rows(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "id;name;status\n" + "".join(f"{n};Shop {n};{'zu' if n % 3 else 'auf'}\n" for n in range(90)), "utf-8"
    )
    seen = survey(path)
    assert (seen.seen, seen.whole, seen.headers) == (90, True, ["id", "name", "status"])
    assert [(column.header, column.filled, column.words) for column in seen.columns] == [
        ("id", 90, []), ("name", 90, []), ("status", 90, ["zu", "auf"]),
    ]  # fmt: skip
    assert seen.columns[1].examples == ["Shop 0", "Shop 1", "Shop 2"]


@pytest.mark.skipif(not LISTS.exists(), reason="the real lists are not on this machine")
@pytest.mark.parametrize(
    ("name", "fields"), [("insta360_cn_stores.csv", 14), ("starbucks_directory.csv", 12), ("th_shops_thai.csv", 8)]
)
def test_a_real_list_gets_most_of_its_columns_mapped(name: str, fields: int) -> None:
    seen = survey(LISTS / name)
    assert len(suggest(seen.headers, seen.rows).fields) == fields
