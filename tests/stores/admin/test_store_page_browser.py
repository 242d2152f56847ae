"""The store's page in a real browser: its week with clocks, and its pin."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from stores.models import Role, WeeklyHours
from tests import people
from tests.browsing import opened, session_of
from tests.stores.admin.network import WEEK

pytestmark = pytest.mark.real


@pytest.fixture
def store(site: str) -> dict[str, str]:
    """A store's page, a session of somebody who may edit it, and one of somebody who may only look."""
    world = people.world()
    made = people.store(world.rokid, "DE", "berlin", latitude=52.52, longitude=13.405)
    WeeklyHours.objects.create(brand=world.rokid, store=made, periods=WEEK)
    Role.objects.create(code="viewer", name={"en": "Viewer"}, abilities=["view"])
    viewer = people.person("Vera", "viewer", brand=world.rokid)
    url = f"{site}/admin/stores/store/{made.pk}/change/"
    return {"url": url, "editor": session_of(world.emma), "viewer": session_of(viewer)}


def boxes(page: Page) -> list[str]:
    """What the form would send of the week."""
    return [page.locator(f"[name=weekly_hours-0-periods_{day}]").input_value() for day in range(7)]


def test_a_week_is_edited_with_clocks_and_saved(store: dict[str, str], browser: Browser) -> None:
    page = opened(browser, store["url"], store["editor"])
    page.get_by_role("link", name="Weekly hours").click()
    week = page.locator(".m-week.ready:visible")
    days = week.locator(".m-week-day")
    preview = page.locator(".m-week-preview:visible")
    expect(preview.get_by_text("10:00–21:00")).to_have_count(14)

    days.nth(0).get_by_role("button", name="Break").click()
    expect(days.nth(0).locator(".m-period")).to_have_count(2)
    days.nth(0).locator("select").select_option("0-4")
    days.nth(5).locator("[data-end]").fill("02:00")
    expect(days.nth(5).get_by_text("until the next day")).to_be_visible()
    days.nth(6).locator("select").select_option("closed")
    split = "10:00-15:00, 16:00-21:00"
    assert boxes(page) == [split] * 5 + ["10:00-02:00", ""]
    expect(preview.get_by_text("10:00–02:00")).to_have_count(2)

    days.nth(6).get_by_role("button", name="Add a period").click()
    days.nth(6).locator("[data-start]").fill("01:00")
    expect(days.nth(5).locator(".m-week-problem")).to_have_text("The night runs into Sunday, which begins at 01:00.")
    days.nth(6).get_by_role("button", name="Remove this period").click()
    expect(days.nth(5).locator(".m-week-problem")).to_be_hidden()

    week.get_by_text("Paste hours as text").click()
    week.get_by_label("Hours as text").fill("Mo-Sa 09:00-18:00; Su off")
    week.get_by_role("button", name="Read into the week").click()
    expect(days.nth(0).locator(".m-period")).to_have_count(1)
    assert boxes(page) == ["09:00-18:00"] * 6 + [""]
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("was changed successfully").wait_for()
    assert boxes(page) == ["09:00-18:00"] * 6 + [""]


def test_the_pin_fills_the_boxes_and_says_what_disagrees(store: dict[str, str], browser: Browser) -> None:
    heard: list[str] = []
    page = opened(browser, store["url"], store["editor"], heard=heard)
    page.wait_for_selector(".m-pin-map[data-ready]")
    page.locator(".m-pin-mark").focus()
    page.keyboard.press("ArrowUp")
    assert page.locator("#id_latitude").input_value() == "52.520090"
    page.locator(".m-pin-text").fill("31.2304, 121.4737")
    page.locator(".m-pin-datum").select_option("GCJ02")
    page.locator(".m-pin-text").press("Enter")
    facts = page.locator(".m-pin-facts")
    expect(facts.get_by_text("This position is in China, but the store's market is Germany.")).to_be_visible()
    expect(page.locator("#id_latitude")).to_have_value(re.compile(r"31\.23[123]"))
    assert page.locator("#id_source_datum").input_value() == "GCJ02"
    facts.get_by_role("button", name="Keep Asia/Shanghai").click()
    assert page.locator("#id_time_zone").input_value() == "Asia/Shanghai"
    expect(facts.get_by_role("button")).to_have_count(0)
    assert [line for line in heard if line.startswith(("error", "console"))] == []


def test_who_may_only_look_sees_the_pin_where_it_is(store: dict[str, str], browser: Browser) -> None:
    page = opened(browser, store["url"], store["viewer"])
    page.wait_for_selector(".m-pin-map[data-ready]")
    assert page.locator(".m-pin-mark").count() == 1
    assert page.locator(".m-pin-paste").is_hidden()
    page.locator(".m-pin-mark").press("ArrowUp")
    expect(page.locator(".m-pin-facts")).to_contain_text("Europe/Berlin")
    assert page.locator("#id_latitude").count() == 0
