"""What the editor of a week asks while somebody works in it: the days ahead with these hours, and a text read into a week.

Nothing here saves. The form that holds the week does, through the same checks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from stores.admin import hours
from stores.admin.base import can
from stores.admin.fields import DAYS, WeekWidget, read_week
from stores.models import Store
from stores.models.hours import PURPOSES
from stores.timetable.parse import HoursNotUnderstood, parse_hours
from stores.timetable.schedule import MonthDay, claimed_twice
from stores.values.rows import row_number

MOST_WEEKS = 60
"""Of one store: four purposes with a year's week and a season a month are 52."""
MOST_BYTES = 100_000


def preview(request: HttpRequest) -> HttpResponse:
    """The next two weeks of a store with weeks that are not saved yet, and what is wrong with each week by day."""
    asked = _asked(request)
    user: Any = request.user
    purpose = asked.get("purpose") if asked.get("purpose") in PURPOSES else "store"
    problems: list[dict[int, str]] = []
    weeks = []
    for entry in _entries(asked.get("weeks")):
        week, wrong = read_week(_texts(entry.get("days")))
        problems.append(wrong)
        if week is not None and entry.get("purpose", "store") == purpose and (season := _season(entry)):
            weeks.append((*season, week))
    store = Store.objects.visible_to(user).filter(pk=row_number(str(asked.get("store", "")))).first()
    html = ""
    if store and claimed_twice((first, last) for first, last, _week in weeks if first):
        said = _("Two seasons claim the same days: end one before the other begins.")
        html = format_html('<p class="m-note bad">{}</p>', said)
    elif store and not any(problems):
        html = hours.preview(store, weeks=weeks, purpose=str(purpose))
    return JsonResponse({"problems": problems, "html": html})


def read(request: HttpRequest) -> HttpResponse:
    """A text of opening hours as seven days, with whatever it says beyond them; or why its meaning is not certain."""
    text = str(_asked(request).get("text", ""))
    try:
        found = parse_hours(text)
    except HoursNotUnderstood as error:
        html = render_to_string("stores/widgets/week_read.html", {"reason": error.reason})
        return JsonResponse({"days": None, "html": html})
    seasons = [
        {
            "from": str(season.from_day),
            "to": str(season.to_day),
            "days": _lines(WeekWidget.texts(season.week.to_json())),
        }
        for season in found.seasons
    ]
    context = {"found": found, "seasons": seasons, "policy": found.policy.replace("_", " ") if found.policy else ""}
    html = render_to_string("stores/widgets/week_read.html", context)
    return JsonResponse({"days": WeekWidget.texts(found.week.to_json()), "html": html})


def _lines(texts: Sequence[str]) -> list[tuple[Any, str]]:
    return [(day, text or _("closed")) for day, text in zip(DAYS, texts, strict=True)]


def _asked(request: HttpRequest) -> Mapping[str, Any]:
    if request.method != "POST" or not can(request, "view") or len(request.body) > MOST_BYTES:
        raise Http404
    try:
        asked = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Http404 from None
    if not isinstance(asked, dict):
        raise Http404
    return asked


def _entries(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value[:MOST_WEEKS] if isinstance(entry, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    texts = [str(text)[:500] for text in value[: len(DAYS)]] if isinstance(value, list) else []
    return texts + [""] * (len(DAYS) - len(texts))


def _season(entry: Mapping[str, Any]) -> tuple[str, str] | None:
    """A week's season; blank ends are the whole year, and one that is half written is left out of the preview."""
    first, last = str(entry.get("from") or ""), str(entry.get("to") or "")
    if not first and not last:
        return "", ""
    try:
        MonthDay.parse(first), MonthDay.parse(last)
    except ValueError:
        return None
    return first, last
