"""Opening hours for reading: whether a store is open now, and its next two weeks day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stores.models import Store
from stores.models.queries.opening import schedules_of
from stores.models.queries.opening_rows import opening_facts
from stores.timetable.evaluate import State, intervals, state_at
from stores.timetable.schedule import Schedule
from stores.values import clock
from stores.values.lifecycle import PIPELINE_STATUSES

DAYS = 14


def preview(store: Store, *, weeks: Iterable[tuple[str, str, Any]] | None = None, purpose: str = "store") -> SafeString:
    """The state now and a line per day, on the store's own clock; with other ``weeks`` than the saved ones if given.

    A store that follows another keeps that one's hours, whatever is written in its own weeks.
    """
    facts = opening_facts([store.pk], purpose=purpose)[store.pk]
    if weeks is not None and store.hours_from_id is None:
        facts = facts.with_weeks(weeks)
    schedule = schedules_of({store.pk: facts})[store.pk]
    lines = format_html_join(
        "",
        '<div class="m-day"><span>{}</span><span>{}</span></div>',
        ((date_format(day, _day_format()), text) for day, text in days(schedule, clock.now())),
    )
    return format_html('{}<div class="m-days">{}{}</div>', _not_yet(store), now(schedule, clock.now()), lines)


def _not_yet(store: Store) -> SafeString | str:
    """Why a week that is just written reads as closed."""
    if store.status not in PIPELINE_STATUSES or store.status == "soft_open":
        return ""
    return format_html('<p class="m-quiet">{}</p>', _("Not open yet: until the opening every day reads as closed."))


def _day_format() -> str:
    """A day as the reader writes it: Mon 23 Nov, Mo 23. Nov, 11/23 (月)."""
    return {"en": "D j M", "de": "D j. M"}.get((get_language() or "en")[:2], "n/j (D)")


def now(schedule: Schedule, moment: datetime) -> SafeString:
    """Open or closed, and until when."""
    answer = state_at(schedule, moment)
    name, colour = {
        State.OPEN: (_("Open"), "good"),
        State.CLOSED: (_("Closed"), "bad"),
        State.UNKNOWN: (_("Nobody knows"), "warn"),
    }[answer.state]
    until = ""
    if answer.until is not None:
        local = answer.until.astimezone(schedule.zone)
        until = _("until %(time)s") % {"time": date_format(local.replace(tzinfo=None), f"{_day_format()} H:i")}
    return format_html(
        '<div class="m-day"><span class="m-badge {}">{}</span><span>{}</span></div>', colour, name, until
    )


def days(schedule: Schedule, moment: datetime) -> list[tuple[date, str]]:
    """The next days and their periods; a period past midnight belongs to the day it began on."""
    first = moment.astimezone(schedule.zone).date()
    if schedule.regular is None and not schedule.seasons:
        return []
    periods: dict[date, list[str]] = defaultdict(list)
    for found in intervals(schedule, first, first + timedelta(days=DAYS)):
        start, end = found.start.astimezone(schedule.zone), found.end.astimezone(schedule.zone)
        if start.date() < first and end.date() <= first:
            continue  # the end of last night
        periods[max(start.date(), first)].append(f"{start:%H:%M}–{_clock(start, end)}")
    coming: list[Any] = [first + timedelta(days=number) for number in range(DAYS)]
    return [(day, ", ".join(periods[day]) or _("closed")) for day in coming]


def _clock(start: datetime, end: datetime) -> str:
    """An end as people say it: midnight is 24:00 of the day it ends."""
    midnight = end.hour == end.minute == 0 and end.date() > start.date()
    return "24:00" if midnight else f"{end:%H:%M}"
