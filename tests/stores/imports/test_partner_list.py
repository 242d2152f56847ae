"""A partner's own list, from its branch codes to counters that customers see, as docs/partners.md says."""

from __future__ import annotations

import json

import pytest

from stores.actions.stores import publish_stores
from stores.models import Store, StoreSource
from tests import people
from tests.stores.imports.lists import Desk, text_of

pytestmark = pytest.mark.django_db

MAPPING = {
    "source": "partner-clearview",
    "fields": {
        "external_id": "Branch no.",
        "name": "Branch",
        "name_en": "Branch (EN)",
        "market": {"constant": "HK"},
        "format": {"constant": "partner_counter"},
        "status": {"column": "State", "values": {"open": "open", "soon": "ready"}, "default": "open"},
        "operator": {"constant": "clearview"},
        "address_lines": "Address",
        "locality": "Town",
        "administrative_area": "Area",
        "latitude": "Lat",
        "longitude": "Lng",
        "phone": "Tel",
        "hours": "Hours",
    },
}
COLUMNS = ("Branch no.", "Branch", "Branch (EN)", "State", "Address", "Town", "Area", "Lat", "Lng", "Tel", "Hours")


def branch(number: int, **fields: str) -> dict[str, str]:
    return {
        "Branch no.": f"{number:04d}", "Branch": f"明視 {number} 號店", "Branch (EN)": f"Clearview {number}", "State": "",
        "Address": f"彌敦道 {number} 號", "Town": "尖沙咀", "Area": "九龍", "Lat": f"{22.30 + number / 10_000:.4f}",
        "Lng": "114.1722", "Tel": f"2123 {4000 + number}", "Hours": "Mo-Su 11:00-20:00", **fields,
    }  # fmt: skip


def test_56_counters_come_in_by_the_partners_own_codes_and_are_published(world: people.World, desk: Desk) -> None:
    mapping = desk.file.with_suffix(".json")
    mapping.write_text(json.dumps(MAPPING))
    rows = [branch(number) for number in range(1, 57)]
    rows[3]["State"], rows[7]["Tel"], rows[9]["Hours"] = "soon", "call us", ""
    lines = desk.run(text_of(*rows, columns=COLUMNS), "--mapping", str(mapping), "--apply")
    assert {line["outcome"] for line in lines} == {"created"}
    counters = Store.objects.filter(operator=world.optician)
    assert (counters.count(), set(counters.values_list("format", "market__code"))) == (56, {("partner_counter", "HK")})
    assert StoreSource.objects.get(source="partner-clearview", external_id="0004").store.status == "ready"
    assert StoreSource.objects.get(external_id="0001").store.time_zone == "Asia/Hong_Kong"

    done = publish_stores(by=world.olivia, stores=counters)
    held = [store.sources.get().external_id for store in counters.filter(published_at__isnull=True)]
    assert (done.published, done.held, sorted(held)) == (54, 2, ["0008", "0010"])

    # The next month's list: one branch moved, one has a number now, nothing else is touched.
    rows[0]["Address"], rows[7]["Tel"] = "彌敦道 900 號", "2123 4008"
    again = desk.run(text_of(*rows, columns=COLUMNS), "--mapping", str(mapping), "--apply")
    assert [line["row"] for line in again if line["outcome"] != "unchanged"] == [2, 9]
    assert counters.count() == 56
    assert publish_stores(by=world.olivia, stores=counters).published == 1
