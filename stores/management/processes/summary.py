"""What the person reads once everything runs: where to look and how to log in."""

from __future__ import annotations

import importlib
import json
import urllib.request
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from stores.management.processes.record import Ports


class Access(NamedTuple):
    """How to get into the demo: people as (who they are, user name, password), and the key of the demo storefront."""

    logins: list[tuple[str, str, str]]
    api_key: str


def demo_access() -> Access | None:
    """The demo's logins and key, None when this database holds no demo."""
    logins, api_key = importlib.import_module("stores.management.demo.access").summary()
    return Access(list(logins), api_key) if logins else None


def show(console: Console, *, ports: Ports, access: Access | None) -> None:
    """Print the places to open, ready to copy."""
    base = f"http://127.0.0.1:{ports.web}"
    places = Table(show_header=False, box=None, padding=(0, 2))
    places.add_row("Dashboard", f"{base}/admin/")
    places.add_row("API", f"{base}/api/docs/")
    for shop in two_shops(ports.shops):
        places.add_row(f"Shop {shop['market']}, {shop['language']}", shop["url"])
    console.rule("[bold]Meridian is ready[/bold]")
    console.print(places)
    if access:
        people = Table(show_header=True, box=None, padding=(0, 2), header_style="dim")
        for title in ("log in as", "user name", "password"):
            people.add_column(title)
        for login in access.logins:
            people.add_row(*login)
        console.print()
        console.print(people)
        console.print("\n  The three nearest stores to Shibuya:", style="dim")
        # soft_wrap: a line that the terminal breaks still copies as one command
        console.print(
            f'  curl -H "Authorization: Api-Key {access.api_key}" "{base}/api/v1/stores/?market=JP&near=35.66,139.70&limit=3"',
            soft_wrap=True,
            markup=False,
        )
    console.print("\n  Ctrl-C stops everything; the data is kept.\n", style="dim")


def two_shops(sandbox_port: int) -> list[dict[str, str]]:
    """Two open shops in two languages, from the sandbox's own list."""
    address = f"http://127.0.0.1:{sandbox_port}/"
    with urllib.request.urlopen(address, timeout=3) as answer:
        shops: list[dict[str, str]] = json.loads(answer.read())
    by_language: dict[str, dict[str, str]] = {}
    for shop in shops:
        by_language.setdefault(shop["language"].split("-")[0], shop)
    preferred = [by_language[language] for language in ("ja", "de") if language in by_language]
    others = [shop for language, shop in by_language.items() if language not in {"ja", "de"}]
    return (preferred + others)[:2]
