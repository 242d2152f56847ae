"""Opening hours for reading: whether a store is open now, and its next two weeks day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stores.models import Store
from stores.models.fields import in_reader_language
from stores.models.queries import calendars
from stores.models.queries.opening import OpeningFacts, schedules_of
from stores.models.queries.opening_rows import opening_facts
from stores.timetable import evaluate
from stores.timetable.evaluate import State, state_at
from stores.timetable.schedule import Schedule
from stores.values import clock
from stores.values.lifecycle import PIPELINE_STATUSES

DAYS = 14


class Day(NamedTuple):
    """One of the next days as people read it; ``name`` is what the store or the calendar calls it, mostly nothing."""

    date: date
    hours: str
    name: str
    confirmed: bool


class Ahead(NamedTuple):
    """A store's schedule and its next days, none where nobody wrote any hours."""

    schedule: Schedule
    days: list[Day]


def ahead(stores: Iterable[int], moment: datetime) -> dict[int, Ahead]:
    """What stores are open for in the next two weeks, in the reader's language, from as many queries for one as for all."""
    return _ahead(opening_facts(stores, said=in_reader_language), moment)


def preview(store: Store, *, weeks: Iterable[tuple[str, str, Any]] | None = None, purpose: str = "store") -> SafeString:
    """The state now and a line per day, on the store's own clock; with other ``weeks`` than the saved ones if given.

    A store that follows another keeps that one's hours, whatever is written in its own weeks.
    """
    facts = opening_facts([store.pk], purpose=purpose, said=in_reader_language)[store.pk]
    if weeks is not None and store.hours_from_id is None:
        facts = facts.with_weeks(weeks)
    moment = clock.now()
    found = _ahead({store.pk: facts}, moment)[store.pk]
    lines = format_html_join("", '<div class="m-day"><span>{}</span><span>{}</span></div>', map(_line, found.days))
    return format_html('{}<div class="m-days">{}{}</div>', _not_yet(store), now(found.schedule, moment), lines)


def _line(day: Day) -> tuple[str, SafeString]:
    doubt = "" if day.confirmed else format_html(' <span class="m-badge warn">{}</span>', _("not confirmed"))
    name = format_html(' <span class="m-quiet">{}</span>', day.name) if day.name else ""
    return date_format(day.date, _day_format()), format_html("{}{}{}", day.hours, doubt, name)


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


def _ahead(facts: Mapping[int, OpeningFacts], moment: datetime) -> dict[int, Ahead]:
    schedules = schedules_of(facts)
    # At one moment the world has three dates: the days of all stores lie between these.
    first = moment.date() - timedelta(days=1)
    keys = {pk: each.calendar for pk, each in facts.items() if each.calendar}
    named = calendars.names(keys.values(), first, first + timedelta(days=DAYS + 3), in_reader_language)
    holidays = {pk: named[key] for pk, key in keys.items()}
    return {pk: Ahead(schedule, _days(schedule, moment, holidays.get(pk, {}))) for pk, schedule in schedules.items()}


def _days(schedule: Schedule, moment: datetime, holidays: Mapping[date, str]) -> list[Day]:
    """The next days; a period past midnight belongs to the day it began on."""
    first = moment.astimezone(schedule.zone).date()
    found = evaluate.days(schedule, first, first + timedelta(days=DAYS))
    nothing = schedule.regular is None and not schedule.seasons
    if nothing and not any(day.rule.kind == "special_day" for day in found):
        return []
    special = {day.date: day for day in schedule.special_days}
    return [
        Day(
            day.date,
            _text(day, schedule),
            special[day.date].name if day.date in special else holidays.get(day.date, ""),
            day.rule.confirmed,
        )
        for day in found
    ]


def _text(day: evaluate.DayHours, schedule: Schedule) -> str:
    if not day.intervals:
        return _("closed") if day.known else _("not known")
    spans = ((each.start.astimezone(schedule.zone), each.end.astimezone(schedule.zone)) for each in day.intervals)
    return ", ".join(f"{start:%H:%M}–{_clock(start, end)}" for start, end in spans)


def _clock(start: datetime, end: datetime) -> str:
    """An end as people say it: midnight is 24:00 of the day it ends."""
    midnight = end.hour == end.minute == 0 and end.date() > start.date()
    return "24:00" if midnight else f"{end:%H:%M}"
