"""The demo's logins on the login page. In any other mode there are none, whatever lies in the data folder."""

from __future__ import annotations

import json
from typing import NamedTuple

from django.conf import settings


class Login(NamedTuple):
    """One click: who this is, and the form's two fields."""

    label: str
    username: str
    password: str


def logins() -> list[Login]:
    """What the demo's loader wrote, empty outside the demo or when nothing readable is there."""
    if settings.MODE != "demo":
        return []
    try:
        access = json.loads((settings.VAR / "demo" / "access.json").read_text())
        return [Login(str(one["label"]), str(one["username"]), str(one["password"])) for one in access["logins"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # a half-written or foreign file must not take the login page away
