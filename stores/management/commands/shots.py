"""``manage.py shots``: takes the pictures of ``docs/images`` anew, from the demo that runs now."""

from __future__ import annotations

import base64
import os
import shutil
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from stores.management.demo.access import PASSWORD
from stores.management.explained import ExplainedCommand
from stores.management.tour.demo import OWNER, Demo
from stores.models import Channel, MarketPlan

EXAMPLES = """\
examples:
  make shots                              beside a running make run, in a second terminal
  manage.py shots --only home shop-ja     these two
  manage.py shots --into pictures    somewhere else
"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CAMPAIGN = "winter-lights"
# The README's first picture: a campaign in the dashboard, and what buyers see of it in two languages.
OVERVIEW = """
<style>
  body {{ margin: 0; width: 1440px; height: 840px; background: #f0fdfa; overflow: hidden; position: relative }}
  img {{ position: absolute; border-radius: 10px; border: 1px solid #cbd5e1; box-shadow: 0 12px 32px rgb(15 23 42 / 18%) }}
</style>
<img src="{campaign}" style="left: 40px; top: 40px; width: 1060px">
<img src="{ja}" style="left: 990px; top: 96px; width: 410px">
<img src="{de}" style="left: 900px; top: 456px; width: 410px">
"""


@dataclass(frozen=True)
class Shot:
    """One picture: where, how much of the page, and the language of the browser."""

    name: str
    address: str
    width: int = 1440
    height: int = 900
    language: str = "en"
    waits_for: str = "body"


class Command(ExplainedCommand):
    """Open the pages in a real browser and photograph them."""

    help = "Take the pictures of docs/images anew from the running demo, with Chromium."
    examples = EXAMPLES
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which pictures, and where to."""
        parser.add_argument("--into", type=Path, default=Path(settings.BASE_DIR) / "docs" / "images", metavar="FOLDER")
        parser.add_argument("--only", nargs="+", metavar="NAME", help="only the pictures with these names")

    def handle(self, *, into: Path, only: list[str] | None, **options: Any) -> None:
        """Everything is asked of the database first: no query may run while the browser does."""
        demo = Demo.find()
        shots = [shot for shot in _shots(demo) if not only or shot.name in only]
        if not shots:
            raise CommandError(f"No such picture. There are: {', '.join(shot.name for shot in _shots(demo))}")
        program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
        if program is None:
            raise CommandError(
                f"None of {', '.join(BROWSERS)} is installed. On Debian and Ubuntu: apt install chromium"
            )
        into.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            # Chromium refuses its own sandbox to root; only our own pages are opened.
            browser = playwright.chromium.launch(
                executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else []
            )
            for shot in shots:
                path = into / f"{shot.name}.png"
                _take(browser, demo, shot, path)
                self.stdout.write(f"{path}  {path.stat().st_size // 1024} kB")
            if not only:
                _overview(browser, into)
            browser.close()


def _shots(demo: Demo) -> list[Shot]:
    campaign = demo.campaign(CAMPAIGN)
    plan = MarketPlan.objects.get(campaign=campaign, market__code="JP")
    shops = {code: Channel.objects.get(code=code).url for code in ("jp-tsubame", "kr-web", "ae-web", "de-web")}

    def admin(name: str, *arguments: int) -> str:
        return demo.web + reverse(f"admin:{name}", args=arguments)

    return [
        Shot("login", admin("login")),
        Shot("home", admin("index"), height=1000),
        Shot("stores", admin("stores_store_changelist")),
        Shot("campaign", admin("stores_campaign_change", campaign.pk), height=1000),
        Shot("plan", admin("stores_marketplan_change", plan.pk), height=1000),
        Shot("sync", admin("sync")),
        *(
            Shot(f"shop-{language}", shops[code], 640, 720, language)
            for language, code in (("ja", "jp-tsubame"), ("ko", "kr-web"), ("ar", "ae-web"), ("de", "de-web"))
        ),
        Shot("api", f"{demo.web}/api/docs/", waits_for=".opblock"),
    ]


def _take(browser: Browser, demo: Demo, shot: Shot, path: Path) -> None:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        locale=shot.language,
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if shot.address.startswith(demo.web) and shot.name not in {"login", "api"}:
        _log_in(page, demo)
    page.goto(shot.address, wait_until="networkidle")
    page.wait_for_selector(shot.waits_for)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=path, animations="disabled")
    context.close()


def _overview(browser: Browser, folder: Path) -> None:
    def inlined(name: str) -> str:
        return f"data:image/png;base64,{base64.b64encode((folder / f'{name}.png').read_bytes()).decode()}"

    page = browser.new_page(viewport={"width": 1440, "height": 840})
    page.set_content(
        OVERVIEW.format(campaign=inlined("campaign"), ja=inlined("shop-ja"), de=inlined("shop-de")), wait_until="load"
    )
    page.screenshot(path=folder / "overview.png")
    page.close()


def _log_in(page: Page, demo: Demo) -> None:
    page.goto(demo.web + reverse("admin:login"))
    page.fill("form#login-form input[name=username], #id_username", OWNER)
    page.fill("form#login-form input[name=password], #id_password", PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url(demo.web + reverse("admin:index"))
