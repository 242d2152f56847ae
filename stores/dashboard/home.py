"""The home page: what a manager wants to know before the first coffee. Aggregates only, whatever the network's size."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    return context
