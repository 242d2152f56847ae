"""Writes to special days: what people decide about the hours of single dates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from stores.actions.errors import Refused
from stores.actions.holidays import part_of
from stores.actions.transaction import acting, name_of
from stores.models import Actor, SpecialDay, Store
from stores.models.network import PUBLIC_STATUSES
from stores.models.queries import calendars
from stores.models.queries.opening import OpeningFacts, json_text, schedules_of
from stores.models.queries.opening_rows import opening_facts
from stores.timetable.calendars import source
from stores.timetable.rules import Rules, Ruling
from stores.timetable.schedule import Holiday
from stores.values import clock

HORIZON_DAYS = 60
_AT_ONCE = 2000
"""Stores whose holidays are looked at in one transaction; a first run over 65,000 stores commits thirty times."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a look at the coming holidays did."""

    created: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A special day that a bulk decision left as it was, and why."""

    store: str
    date: date
    reason: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a bulk decision did."""

    done: int
    unchanged: tuple[Unchanged, ...]


def stamped(day: SpecialDay, changed: Sequence[str], *, by: Actor) -> list[str]:
    """Put the decision's author and moment on a day that a person writes; the fields to save.

    A day that a list brought becomes the person's own, so that the list leaves it alone from then on.
    """
    if not changed:
        return []
    if day.source.startswith("list:"):
        day.source, changed = "", [*changed, "source"]
    decided = day.state != "proposed"
    day.decided_by = name_of(by) if decided else ""
    day.decided_at = clock.now() if decided else None
    return [*changed, "decided_by", "decided_at"]


def check_holidays_of(store: Store, changed: Sequence[str]) -> None:
    """Refuse to follow a follower, and a part of the country that has no calendar of its own.

    The database refuses the first as well; here it has words.
    """
    if "hours_from" in changed and store.hours_from_id is not None:
        followed: Store = Store.objects.get(pk=store.hours_from_id)
        if followed.pk == store.pk or followed.hours_from_id is not None:
            raise Refused("Follow a store that keeps hours of its own.", code="follows")
        if followed.market_id != store.market_id:
            raise Refused("Follow a store of the same market: another has other holidays.", code="follows")
        if store.pk is not None and Store.objects.filter(hours_from=store.pk).exists():
            raise Refused("Other stores follow this one, so it cannot follow another.", code="followed")
    if "holiday_subdivision" in changed and store.holiday_subdivision:
        # A part without days of its own stays as it was said: then nobody has to be asked about those of other parts.
        store.holiday_subdivision = part_of(store.market, store.holiday_subdivision) or store.holiday_subdivision


def propose_special_days(
    *, by: Actor, horizon_days: int = HORIZON_DAYS, told: Callable[[int, int], None] = lambda done, of: None
) -> Proposed:
    """Propose a special day for each coming holiday that a store with the policy ``ask`` has not settled.

    Where nobody knows in which part of the country the store is, those that only parts have are a question under every policy
    but ``normal``. The proposal is what the store decided about the same holiday the last time, else its regular hours.
    Proposals that nobody has to answer any more, because the date moved, the policy changed or the store follows another now,
    are withdrawn. Stores that follow another, and those whose week nobody knows, are not asked. Safe to repeat; ``told`` hears
    how many stores of how many were looked at.
    """
    today = clock.now().date()
    last = today + timedelta(days=horizon_days)
    stores = Store.objects.visible_to(by, to="edit_hours")
    asked = Q(status__in=PUBLIC_STATUSES, hours_from__isnull=True)
    ids = list(stores.filter(asked).order_by("pk").values_list("pk", flat=True))
    created = 0
    with acting(by, "coming holidays"):
        needless = _by_calendar().filter(store__in=stores.exclude(asked).order_by().values("pk"), date__gte=today)
        withdrawn = needless.delete()[0]
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        with acting(by, "coming holidays"):
            wanted = {(day.store_id, day.date): day for day in _coming(opening_facts(chunk), today, last)}
            waiting = _by_calendar().filter(store__in=chunk, date__range=(today, last))
            known = {(store, day): pk for pk, store, day in waiting.values_list("pk", "store_id", "date")}
            gone = [pk for place, pk in known.items() if place not in wanted]
            withdrawn += SpecialDay.objects.filter(pk__in=gone, state="proposed").delete()[0] if gone else 0
            fresh = [day for place, day in wanted.items() if place not in known]
            before = SpecialDay.objects.filter(store__in=chunk).count()
            SpecialDay.objects.bulk_create(fresh, ignore_conflicts=True)
            created += SpecialDay.objects.filter(store__in=chunk).count() - before if fresh else 0
        told(min(start + _AT_ONCE, len(ids)), len(ids))
    return Proposed(created, withdrawn)


def _by_calendar() -> Any:
    """Proposals that nobody wrote or answered."""
    return SpecialDay.objects.filter(purpose="store", state="proposed", source__startswith="holidays ")


def _coming(facts: Mapping[int, OpeningFacts], today: date, last: date) -> Iterator[SpecialDay]:
    """A proposal for each holiday that a store has not settled."""
    asked = {store_id: each for store_id, each in facts.items() if _may_ask(each)}
    used = {each.calendar for each in asked.values() if each.calendar}
    names = calendars.names(used, today, last + timedelta(days=1), dict)
    brands = dict(Store.objects.filter(pk__in=asked).values_list("pk", "brand_id"))
    package = source()
    for store_id, schedule in schedules_of(asked).items():
        each = asked[store_id]
        called = names[each.calendar] if each.calendar else {}
        rules = Rules(schedule)
        for holiday in schedule.holidays:
            if not today <= holiday.date <= last or not (holiday.in_parts or each.policy == "ask"):
                continue
            ruling = rules.on(holiday.date.toordinal())
            if ruling.rule.confirmed or ruling.rule.kind not in {"holiday", "working_day"} or store_id not in brands:
                continue
            yield SpecialDay(
                brand_id=brands[store_id],
                store_id=store_id,
                date=holiday.date,
                periods=_as_last_time(each, schedule.holidays, holiday, ruling),
                name=called.get(holiday.date, {"en": holiday.name}),
                state="proposed",
                source=package,
            )


def _may_ask(facts: OpeningFacts) -> bool:
    """Whether any holiday may be a question to the store; of dates in parts of the country, if nobody knows in which it is."""
    if not facts.weeks or facts.calendar is None:
        return False
    return facts.policy == "ask" or (facts.policy != "normal" and facts.calendar.subdivision == calendars.ANYWHERE)


def _as_last_time(
    facts: OpeningFacts, calendar: Sequence[Holiday], holiday: Holiday, ruling: Ruling
) -> list[dict[str, str]]:
    """What the store did on the same day of the holiday a year before; the regular hours where it said nothing then.

    Of days that share a name (three are China's National Day) the second is like the second: a store may close on the first and
    open on the last.
    """
    decided = {date.fromisoformat(day.date): day for day in facts.special if day.name == holiday.name}
    days = sorted({*decided, *(each.date for each in calendar if each.name == holiday.name)})

    def place(day: date) -> int:
        return sum(each.year == day.year and each < day for each in days)

    before = [
        special.periods
        for day, special in sorted(decided.items())
        if special.state == "confirmed" and day.year < holiday.date.year and place(day) == place(holiday.date)
    ]
    periods = json_text([period.to_json() for period in ruling.periods or ()])
    found: list[dict[str, str]] = json.loads(before[-1] if before else periods)
    return found


def confirm_special_days(
    *, by: Actor, days: Any, periods: list[dict[str, str]] | None = None, reason: str = ""
) -> Decided:
    """Confirm the proposed ones among ``days`` (a QuerySet), as proposed or all with the same ``periods``."""
    return _decide(by, days, "confirmed", {} if periods is None else {"periods": periods}, reason or "confirmed")


def dismiss_special_days(*, by: Actor, days: Any, reason: str = "") -> Decided:
    """Say of the proposed ones among ``days`` (a QuerySet) that the stores keep their regular hours."""
    return _decide(by, days, "dismissed", {}, reason or "regular hours")


def _decide(by: Actor, days: Any, state: str, more: Mapping[str, Any], reason: str) -> Decided:
    today = clock.now().date() - timedelta(days=1)  # somewhere it is still yesterday
    with acting(by, reason):
        asked = (
            days.visible_to(by)
            .order_by("pk")
            .select_for_update(of=("self",))
            .values_list("pk", "store__code", "date", "state")
        )
        rows = list(asked)
        pks = [pk for pk, *_ in rows]
        allowed = set(
            SpecialDay.objects.visible_to(by, to="edit_hours").filter(pk__in=pks).values_list("pk", flat=True)
        )
        unchanged, decided = [], []
        for pk, code, day, before in rows:
            if pk not in allowed:
                unchanged.append(Unchanged(code, day, "Your role does not allow you to edit hours here."))
            elif before != "proposed":
                unchanged.append(Unchanged(code, day, f"It is {before} already."))
            elif day < today:
                unchanged.append(Unchanged(code, day, "The day is over."))
            else:
                decided.append(pk)
        done = SpecialDay.objects.filter(pk__in=decided).update(
            state=state, decided_by=name_of(by), decided_at=clock.now(), **more
        )
    return Decided(done, tuple(sorted(unchanged, key=lambda each: (each.date, each.store))))
