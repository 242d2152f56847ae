"""What people write into the dashboard's own fields: languages, hours of a day, lines of a template; and what searches find."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from stores.admin.fields import DayField, LanguagesField, LinesField, PlanField
from stores.models import ServiceOffering, Store
from tests.people import World, store
from tests.stores.admin.network import furnish
from tests.stores.admin.test_pages import address, signed_in
from tests.stores.admin.test_scope import store_form


def mistakes(field: Any, text: str, language: str = "en") -> list[str]:
    with translation.override(language), pytest.raises(ValidationError) as wrong:
        field.clean(text)
    return list(wrong.value.messages)


def test_languages_of_a_store_are_kept_in_their_one_spelling_and_once(world: World) -> None:
    made = store(world.rokid, "DE", "berlin")
    client = signed_in(world.emma)
    sent = store_form(client, made)
    assert (
        client.post(address(Store, "change", made.pk), sent | {"languages": "DE, zh_hant zh-Hant"}).status_code == 302
    )
    made.refresh_from_db()
    assert made.languages == ["de", "zh-Hant"]
    wrong = client.post(address(Store, "change", made.pk), sent | {"languages": "de, d-e"})
    assert wrong.context["adminform"].form.errors == {
        "languages": ["“d-e” is not a language tag such as de, ja or zh-Hant."]
    }


def test_languages_of_a_service_are_cleaned_alike(world: World) -> None:
    row = furnish(world.rokid, "DE", "berlin")["ServiceOffering"]
    form = signed_in(world.olivia).get(address(ServiceOffering, "change", row.pk)).context["adminform"].form
    assert form.fields["languages"].clean("JA,pt_br") == ["ja", "pt-BR"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ten", "Schreiben Sie Zeiträume als 10:00-21:00, mit Zeiten von 00:00 bis 24:00."),
        ("10:00-25:00", "Schreiben Sie Zeiträume als 10:00-21:00, mit Zeiten von 00:00 bis 24:00."),
        ("10:00-15:00, 14:00-16:00", "Zwei Zeiträume überschneiden sich um 14:00."),
    ],
)
def test_a_day_that_is_wrong_is_told_in_the_readers_language(text: str, told: str) -> None:
    assert mistakes(DayField(), text, "de") == [told]


def test_a_day_is_read_in_order_and_a_blank_one_is_closed_or_says_nothing() -> None:
    morning, night = {"start": "09:00", "end": "12:00"}, {"start": "22:00", "end": "02:00"}
    assert DayField().clean("22:00-02:00; 9:00–12:00") == [morning, night]
    assert (DayField().clean(" "), DayField(unset=True).clean(" ")) == ([], None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "0: opens 25:00",
            "„0: opens 25:00“: Schreiben Sie eine Zeile als -1: schließt 15:00 oder 0 – 2: geschlossen.",
        ),
        ("2 – 0: closed", "„2 – 0: closed“: Schreiben Sie eine Zeile als -1: schließt 15:00 oder 0 – 2: geschlossen."),
        ("0 – 3: closed\n3: closes 15:00", "Zwei Zeilen nennen denselben Tag."),
    ],
)
def test_a_template_that_is_wrong_is_told_in_the_readers_language(text: str, told: str) -> None:
    assert mistakes(PlanField(), text, "de") == [told]


def test_a_template_without_lines_is_a_blank_field() -> None:
    assert mistakes(PlanField(), " \n") == ["This field is required."]


def test_what_cannot_be_read_counts_as_changed_so_that_it_is_looked_at() -> None:
    assert LinesField(size=1).has_changed(["one"], "one\ntwo")
    assert LanguagesField().has_changed(["de"], "d-e")
    assert not LanguagesField().has_changed(["de"], "DE")


@pytest.mark.parametrize(
    ("asked", "found"), [("en", []), ("de", []), ("mitte", ["b1"]), ("nord MITTE", ["b1"]), ('"süd"', ["b2"])]
)
def test_a_search_looks_into_texts_and_not_at_their_languages(asked: str, found: list[str], world: World) -> None:
    store(world.rokid, "DE", "b1", name={"de": "Mitte", "en": "Nord Point"})
    store(world.rokid, "DE", "b2", name={"de": 'Am "Süd"tor', "en": "Gate"})
    listed = signed_in(world.emma).get(address(Store, "changelist"), {"q": asked})
    assert [row.code for row in listed.context["cl"].result_list] == found
