"""The network map in a real browser: what it draws, how keys move through it, and that it asks nobody else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests import people
from tests.browsing import opened, session_of

pytestmark = pytest.mark.real

PLACES = {
    "berlin": ("DE", 52.52, 13.405, "open"),
    "munich": ("DE", 48.137, 11.575, "signed"),
    "paris": ("FR", 48.857, 2.352, "closed"),
}


@pytest.fixture
def network(site: str) -> dict[str, str]:
    """The map's address and a session of somebody who sees four stores of it."""
    world = people.world()
    for code, (market, latitude, longitude, status) in PLACES.items():
        people.store(
            world.rokid, market, code, latitude=latitude, longitude=longitude, status=status, published_at=None
        )
    people.store(world.rokid, "DE", "nowhere", published_at=None)
    return {"url": f"{site}/admin/map/", "session": session_of(world.emma)}


def test_the_map_draws_every_store_and_the_list_follows_it(network: dict[str, str], browser: Browser) -> None:
    asked: list[str] = []
    page = opened(browser, network["url"], network["session"], heard=asked)
    page.wait_for_selector('#map[data-ready="3"]')
    page.wait_for_selector("#map-said:text('3 stores in this view')", state="attached")
    assert page.locator("a[data-store]").all_inner_texts() == ["berlin", "munich", "paris"]

    page.locator("a[data-store]").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "munich"
    assert page.locator(".m-here").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "Show munich on the map"
    page.keyboard.press("Enter")
    page.wait_for_selector("#map-said:text('1 store in this view')", state="attached")
    assert page.evaluate("document.activeElement.ariaLabel") == "Show munich on the map"

    # The store that was asked for is in the middle of the map now.
    page.wait_for_selector('#map[aria-busy="false"]')
    middle = page.locator("#map canvas").bounding_box()
    assert middle is not None
    page.mouse.click(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    card = page.locator(".m-map-card")
    card.wait_for()
    assert card.locator("a").get_attribute("href") == page.locator("a[data-store]").get_attribute("href")
    assert set(asked) - {urlsplit(network["url"]).netloc, ""} == set()


@pytest.mark.parametrize("hindrance", ["no scripts", "no WebGL"])
def test_without_a_map_the_list_has_every_store(hindrance: str, network: dict[str, str], browser: Browser) -> None:
    page = opened(browser, network["url"], network["session"], java_script_enabled=hindrance != "no scripts")
    if hindrance == "no WebGL":
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        page.reload()
        page.wait_for_selector("#map-failed:visible")
    assert page.locator("a[data-store]:visible").all_inner_texts() == ["berlin", "munich", "nowhere", "paris"]
    assert page.locator("#map").is_hidden()
