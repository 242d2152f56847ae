"""How to get into the demo: the people who log in, and the demo storefront's API key.

The key's secret exists in one place only, ``$MERIDIAN_VAR/demo/access.json``, readable by its owner; the database holds a
digest, as of every key. Production has no demo and no such file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.conf import settings

from stores.management.demo import content
from stores.models import User

PASSWORD = "meridian"  # noqa: S105  (printed on the login page; the demo holds nothing to protect)


def summary() -> tuple[list[tuple[str, str, str]], str]:
    """``([(who, user name, password)], API key)``; both empty when this database holds no demo."""
    there = set(User.objects.filter(email__in=[row.email for row in content.people()]).values_list("email", flat=True))
    logins = [(f"{row.name}, {row.says}", row.email, PASSWORD) for row in content.people() if row.email in there]
    return logins, api_key() if logins else ""


def path() -> Path:
    """Where the key is kept."""
    return Path(settings.VAR) / "demo" / "access.json"


def api_key() -> str:
    """The demo storefront's key, "" when none was made on this machine."""
    try:
        kept = json.loads(path().read_text("utf-8"))
    except FileNotFoundError:
        return ""
    return str(kept["api_key"])


def keep_api_key(key: str) -> None:
    """Write the key down, and the logins that the login page offers; readable by its owner only, complete before named."""
    logins = [
        {"label": f"{row.name}, {row.says}", "username": row.email, "password": PASSWORD} for row in content.people()
    ]
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path().with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"logins": logins, "api_key": key}, file, ensure_ascii=False)
    draft.replace(path())
