"""The rows of a list that an action was called on, carried along by the pages that the action shows."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest

NO_ROW = "0"
"""Sent where all rows of all pages are meant: the admin hears a page of an action only if it names at least one row."""


def carried(request: HttpRequest) -> dict[str, Any]:
    """What ``admin/stores/selection.html`` sends again."""
    across = request.POST.get("select_across") == "1"
    return {"across": across, "selected": [NO_ROW] if across else request.POST.getlist(ACTION_CHECKBOX_NAME)}
