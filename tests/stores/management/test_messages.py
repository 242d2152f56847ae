from __future__ import annotations

from babel.messages.pofile import read_po
from django.utils import translation

from stores.management import messages, translations


def test_every_text_that_the_dashboard_shows_is_in_every_translation() -> None:
    shown = set(messages.shown())
    for source in translations.sources():
        with source.open("rb") as text:
            catalogue = read_po(text)
        known = {
            message.id if isinstance(message.id, str) else tuple(message.id) for message in catalogue if message.id
        }
        assert sorted(map(str, shown - known)) == [], f"run manage.py makemessages and translate: {source}"


def test_extraction_finds_texts_of_templates_code_names_choices_and_refusals() -> None:
    with translation.override("en"):  # a page that another test asked for leaves its language behind
        found = messages.used()
    for text in (
        "Channels that refuse",
        ("%(n)s market", "%(n)s markets"),
        "Sync board",
        "support email",
        "Temporarily closed",
        "You wrote this revision: a second person has to approve it.",
    ):
        assert text in found


def test_tables_fields_and_choices_speak_the_readers_language() -> None:
    from stores.models import Store

    with translation.override("ja"):
        assert str(Store._meta.verbose_name) == "店舗"
        assert Store(status="open").get_status_display() == "営業中"
    with translation.override("de"):
        assert str(Store._meta.get_field("opening_date").verbose_name) == "Eröffnung am"
