"""Single dates and public holidays of a list: they become special days and the holiday policy, and go as they came."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine

from stores.actions.records import save_record
from stores.dashboard.imports.diff import shown
from stores.imports import jobs
from stores.imports.hours import Hours, read_hours, read_special_hours
from stores.models import ImportJob, ImportRow, SpecialDay, Store
from stores.timetable.parse import HoursNotUnderstood
from stores.values import clock
from tests import people
from tests.stores.imports.lists import BERLIN, Desk, text_of

WEEK = "Mo-Sa 10:00-19:00"
FIRST = [{"start": "10:00", "end": "14:00"}]
LATER = [{"start": "12:00", "end": "18:00"}]

SCHEMA_ORG = (
    '{"openingHoursSpecification": [{"dayOfWeek": "Monday", "opens": "09:00", "closes": "18:00"}],'
    ' "specialOpeningHoursSpecification": [{"validFrom": "2026-12-24", "validThrough": "2026-12-25",'
    ' "opens": "00:00", "closes": "00:00"}]}'
)


@pytest.fixture(autouse=True)
def in_autumn() -> Any:
    with time_machine.travel("2026-11-02T12:00:00Z", tick=True):
        yield


def listed(hours: str) -> str:
    return text_of(BERLIN | {"opening_hours": hours})


def days() -> dict[str, tuple[list[dict[str, str]], str, str]]:
    return {day.date.isoformat(): (day.periods, day.state, day.source) for day in SpecialDay.objects.order_by("date")}


def policy() -> tuple[str, Any]:
    return Store.objects.values_list("holiday_policy", "holiday_hours").get()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("10:00-20:00; PH off", ({}, "closed", None)),
        ("10:00-20:00; 2026 Dec 24 10:00-14:00", ({"2026-12-24": FIRST}, "", None)),
        ("Mo-Sa 10:00-20:00; PH 10:00-14:00", ({}, "own_hours", FIRST)),
        ("Mo-Sa 10:00-20:00; Su,PH 12:00-18:00", ({}, "sunday_hours", None)),
        ("Mo-Su,PH 10:00-20:00", ({}, "normal", None)),
        ("10:00-20:00; PH off; 2026 Dec 25 12:00-18:00", ({"2026-12-25": LATER}, "closed", None)),
        # Christmas is a Friday: the dated rule speaks of Sundays only, and what it leaves to the policy is left to it.
        ("Mo-Sa 10:00-20:00; PH off; 2026 Dec 20-26 Su 12:00-18:00", ({"2026-12-20": LATER}, "closed", None)),
        (
            SCHEMA_ORG,
            ({"2026-12-24": [], "2026-12-25": []}, "", None),
        ),
    ],
)
def test_a_cell_of_hours_says_single_dates_and_what_is_done_on_holidays(
    text: str, wanted: tuple[dict[str, Any], str, Any]
) -> None:
    found = read_hours(text)
    assert ((found.special_days, found.policy, found.holiday_hours), found.notes) == (wanted, ())


@pytest.mark.parametrize(
    ("text", "wanted", "note"),
    [
        (
            "10:00-20:00; 2026 Dec 25 10:00-14:00; PH off",
            Hours(None, {"2026-12-25": FIRST}, "closed"),
            "what it says about 2026-12-25 in case of a public holiday was left out",
        ),
        (
            "10:00-20:00; PH off; 2026 Dec 25 PH 10:00-14:00",
            Hours(None, {}, "closed"),
            "what it says about 2026-12-25 in case of a public holiday was left out",
        ),
        (
            "Mo-Sa 10:00-20:00; PH off; Dec PH 10:00-14:00",
            Hours(None, {}, ""),
            "its hours of public holidays differ by weekday or season, so the store's holiday policy stays",
        ),
    ],
)
def test_what_no_store_can_hold_is_named(text: str, wanted: Hours, note: str) -> None:
    found = read_hours(text)
    assert (found.special_days, found.policy, found.notes) == (wanted.special_days, wanted.policy, (note,))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-12-24: 10:00-14:00, 2026-12-25: x", {"2026-12-24": FIRST, "2026-12-25": []}),
        ("2026-12-24: 10:00AM-2:00PM; 2026-12-25: closed", {"2026-12-24": FIRST, "2026-12-25": []}),
        (
            "2026-12-24: 10:00-14:00, 2026-12-24: 15:00-16:00",
            {"2026-12-24": [*FIRST, {"start": "15:00", "end": "16:00"}]},
        ),
        ("2026 Dec 24 10:00-14:00", {"2026-12-24": FIRST}),
    ],
)
def test_a_column_of_single_dates_is_read(text: str, wanted: dict[str, Any]) -> None:
    assert read_special_hours(text) == Hours(special_days=wanted)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-02-30: x", "'2026-02-30' names a date that does not exist"),
        ("2026-12-24: 10:00-14:00, 2026-12-24: 13:00-16:00", "special day 2026-12-24: periods overlap at 13:00"),
        ("Mo-Fr 10:00-18:00", "it speaks of more than single dates and holidays"),
        ("2026-12-24: maybe", "'maybe' was not understood"),
    ],
)
def test_single_dates_that_could_mean_something_else_are_not_taken(text: str, reason: str) -> None:
    with pytest.raises(HoursNotUnderstood) as caught:
        read_special_hours(text)
    assert caught.value.reason == reason


def test_seasons_that_claim_one_day_are_not_taken() -> None:
    closed = "[[],[],[],[],[],[],[]]"
    weeks = ",".join(
        f'{{"from":"{first}","to":"{last}","periods":{closed}}}'
        for first, last in (("06-01", "08-31"), ("08-31", "09-30"))
    )
    with pytest.raises(HoursNotUnderstood) as caught:
        read_hours(f"[{weeks}]")
    assert caught.value.reason == "the seasons 06-01 to 08-31 and 08-31 to 09-30 overlap"


@pytest.mark.django_db
def test_a_list_brings_special_days_and_the_holiday_policy_and_undoing_takes_them_away(
    world: people.World, desk: Desk
) -> None:
    [line] = desk.run(listed(f"{WEEK}; PH off; 2026 Dec 24 10:00-14:00; 2026 Oct 03 off"), "--apply")
    assert line["warnings"] == []
    assert (line["normalized"]["hours"], line["normalized"]["special_days"], line["normalized"]["holiday_policy"]) == (
        WEEK, {"2026-12-24": FIRST}, "closed",
    )  # fmt: skip
    assert (days(), policy()) == ({"2026-12-24": (FIRST, "confirmed", "list:allplaces")}, ("closed", None))
    changed = listed(f"{WEEK}; PH 10:00-14:00; 2026 Dec 24 12:00-18:00; 2026 Dec 31 off")
    [line] = desk.run(changed, "--apply")
    assert line["changes"] == {
        "holiday_policy": {"from": "closed", "to": "own_hours"},
        "holiday_hours": {"from": None, "to": FIRST},
        "special_days": {"from": {"2026-12-24": FIRST}, "to": {"2026-12-24": LATER, "2026-12-31": []}},
    }
    assert (days(), policy()) == (
        {"2026-12-24": (LATER, "confirmed", "list:allplaces"), "2026-12-31": ([], "confirmed", "list:allplaces")},
        ("own_hours", FIRST),
    )
    assert [each["outcome"] for each in desk.run(changed, "--apply")] == ["unchanged"]
    job = jobs.revert_job(by=world.olivia, job=ImportJob.objects.order_by("pk")[1])
    assert (job.state, job.error) == ("reverted", "")
    assert (days(), policy()) == ({"2026-12-24": (FIRST, "confirmed", "list:allplaces")}, ("closed", None))


@pytest.mark.django_db
def test_undoing_removes_a_store_with_the_special_days_that_the_list_gave_it(world: people.World, desk: Desk) -> None:
    desk.run(listed(f"{WEEK}; 2026 Dec 24 10:00-14:00"), "--apply")
    job = jobs.revert_job(by=world.olivia, job=ImportJob.objects.get())
    assert (job.state, days(), Store.objects.count()) == ("reverted", {}, 0)


@pytest.mark.django_db
def test_a_list_that_names_a_date_no_longer_takes_its_own_away_and_nobody_elses(
    world: people.World, desk: Desk
) -> None:
    desk.run(listed(f"{WEEK}; 2026 Dec 24 10:00-14:00; 2026 Dec 31 10:00-14:00"), "--apply")
    theirs = SpecialDay.objects.get(date="2026-12-31")
    theirs.periods = LATER
    save_record(by=world.olivia, obj=theirs)
    [line] = desk.run(listed(WEEK), "--apply")
    assert list(line["changes"]) == ["special_days"]
    assert days() == {"2026-12-31": (LATER, "confirmed", "")}


@pytest.mark.django_db
def test_what_was_decided_here_comes_before_a_list_and_a_proposal_gives_way(world: people.World, desk: Desk) -> None:
    desk.run(listed(WEEK), "--apply")
    store = Store.objects.get()
    decided = {"decided_by": "mei@example.com", "decided_at": clock.now()}
    for day, state, source, more in (
        (date(2026, 12, 24), "confirmed", "template:eve", decided),
        (date(2026, 12, 25), "dismissed", "holidays 0.109", decided),
        (date(2026, 12, 26), "proposed", "holidays 0.109", {}),
        (date(2026, 12, 27), "confirmed", "", decided),
    ):
        SpecialDay.objects.create(
            brand=world.rokid, store=store, date=day, periods=FIRST, state=state, source=source, **more
        )
    before = days()
    dates = "; ".join(f"2026 Dec {number} 12:00-18:00" for number in (24, 25, 26))
    [line] = desk.run(listed(f"{WEEK}; {dates}; 2026 Dec 27 10:00-14:00"), "--apply")
    assert [each["reason"] for each in line["warnings"]] == [
        f"other hours of 2026-12-{number} were decided here; they stay" for number in (24, 25)
    ]
    assert days() == before | {"2026-12-26": (LATER, "confirmed", "list:allplaces")}
    job = jobs.revert_job(by=world.olivia, job=ImportJob.objects.order_by("pk")[1])
    assert (job.state, job.error, days()) == ("reverted", "", before)


@pytest.mark.django_db
def test_a_date_that_was_edited_in_our_own_columns_is_a_decision_of_a_person_and_one_that_is_missing_stays(
    world: people.World, desk: Desk
) -> None:
    desk.run(listed(WEEK), "--apply")
    store = Store.objects.get()
    decided = {"decided_by": "mei@example.com", "decided_at": clock.now()}
    for number, state, source in ((24, "confirmed", ""), (25, "dismissed", "holidays 0.109"), (27, "confirmed", "")):
        SpecialDay.objects.create(
            brand=world.rokid,
            store=store,
            date=date(2026, 12, number),
            periods=FIRST,
            state=state,
            source=source,
            **decided,
        )
    before = days()
    head = "code,name,market,format,hours\n"
    plain = f'{head}{store.code},Optik Mitte,DE,{store.format},"{WEEK}"\n'
    [line] = desk.run(plain, "--apply", source="own")
    once = (
        "the list names no dates; at 1 of its stores other hours of dates to come were decided here; they stay, until somebody "
        "removes them at the store"
    )
    assert ([each["reason"] for each in line["warnings"]], line["changes"], days()) == ([once], {}, before)
    dates = "; ".join(f"2026 Dec {number} 12:00-18:00" for number in (24, 25))
    [line] = desk.run(plain.replace(WEEK, f"{WEEK}; {dates}"), "--apply", source="own")
    assert line["changes"] == {
        "special_days": {"from": {"2026-12-24": FIRST}, "to": {"2026-12-24": LATER, "2026-12-25": LATER}}
    }
    assert [each["reason"] for each in line["warnings"]] == [
        "the hours of 2026-12-27 were decided here and are not in the list; they stay, until somebody removes them at the store"
    ]
    named = (LATER, "confirmed", "list:own")
    assert days() == before | {"2026-12-24": named, "2026-12-25": named}
    job = jobs.revert_job(by=world.olivia, job=ImportJob.objects.order_by("-pk")[0])
    assert (job.state, job.error, days()) == ("reverted", "", before)


@pytest.mark.django_db
def test_a_cell_that_is_not_understood_leaves_the_special_days(world: people.World, desk: Desk) -> None:
    desk.run(listed(f"{WEEK}; 2026 Dec 24 10:00-14:00"), "--apply")
    [line] = desk.run(listed("by appointment, perhaps"), "--apply")
    assert (line["outcome"], list(days())) == ("unchanged", ["2026-12-24"])


@pytest.mark.django_db
def test_the_bulk_sheet_of_google_brings_its_special_hours(world: people.World, desk: Desk) -> None:
    head = "Store code,Business name,Country / Region,Monday hours,Special hours\n"
    desk.run(f'{head}b-1,Berlin,DE,10:00-19:00,"2026-12-24: 10:00-14:00, 2026-12-25: x"\n', "--apply", source="google")
    source = ("confirmed", "list:google")
    assert days() == {"2026-12-24": (FIRST, *source), "2026-12-25": ([], *source)}
    desk.run(f"{head}b-1,Berlin,DE,10:00-19:00,\n", "--apply", source="google")
    assert days() == {}


def test_the_preview_shows_each_date_and_the_policy_in_words() -> None:
    row = ImportRow(
        row=2,
        outcome="changed",
        changes={
            "special_days": [
                {"2026-12-24": FIRST, "2026-12-26": []},
                {"2026-12-24": [], "2026-12-26": [], "2026-12-31": FIRST},
            ],
            "holiday_policy": ["", "own_hours"],
            "holiday_hours": [None, FIRST],
        },
    )
    [found] = shown([row], None)
    assert [(line.label, line.old, line.new) for line in found.lines] == [
        ("Special day, 24 Dec 2026", "10:00-14:00", "closed"),
        ("Special day, 31 Dec 2026", "", "10:00-14:00"),
        ("On public holidays", "", "Own hours"),
        ("Holiday hours", "", "10:00-14:00"),
    ]
