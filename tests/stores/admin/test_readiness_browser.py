"""The worklist of special days in a real browser: what the Enter key does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from stores.models import SpecialDay
from stores.values import clock
from tests import people
from tests.browsing import opened, session_of

pytestmark = pytest.mark.real


@pytest.fixture
def waiting(site: str) -> dict[str, str]:
    """The list of one store that has to decide about a day, and a session of somebody who may."""
    world = people.world()
    day = (clock.now() + timedelta(days=20)).date()
    store = people.store(world.rokid, "DE", "berlin")
    SpecialDay.objects.create(brand=world.rokid, store=store, date=day, state="proposed")
    url = f"{site}/admin/stores/specialday/readiness/?market=DE&from={day}&to={day}"
    return {"url": url, "session": session_of(world.emma)}


def test_enter_decides_only_what_was_written(waiting: dict[str, str], browser: Browser) -> None:
    page = opened(browser, waiting["url"], waiting["session"])
    chosen, hours = page.locator("[name=day]"), page.locator("[name=hours]")
    chosen.check()
    chosen.press("Enter")
    expect(page.get_by_text("Write the hours, such as 10:00-18:00.")).to_be_visible()
    expect(chosen).to_be_checked()
    hours.fill("10:00-14:00")
    hours.press("Enter")
    expect(page.get_by_text("Decided about 1 special day.")).to_be_visible()
