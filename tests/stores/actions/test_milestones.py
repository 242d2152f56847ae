from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stores.actions import lifecycle, milestones, planned
from stores.actions.errors import NotFound, Refused
from stores.actions.records import save_record
from stores.actions.turning import turn_stores
from stores.models import Store, StoreMilestone, System
from stores.models.queries.opening import OpeningFacts, local_day, schedule_of
from stores.timetable.evaluate import State, state_at
from stores.timetable.schedule import Period, Week
from stores.values import clock
from tests import people
from tests.stores.admin.network import furnish

OPENING = date(2027, 3, 20)
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati", "Etc/GMT+12",
         "Asia/Kathmandu", "America/Sao_Paulo")  # fmt: skip
MOMENTS = st.integers(0, 730 * 24 * 12).map(lambda step: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5 * step))


@pytest.fixture
def berlin(world: people.World) -> Store:
    return people.store(
        world.rokid, "DE", "berlin", status="signed", published_at=None, opening_date=OPENING, format="partner_counter"
    )


def days(store: Store) -> dict[str, str | None]:
    rows = StoreMilestone.objects.filter(store=store).order_by("due_date", "pk")
    return {row.kind: str(row.due_date) if row.due_date else None for row in rows}


def test_the_usual_milestones_count_back_from_the_opening(world: people.World, berlin: Store) -> None:
    milestones.plan_milestones(by=world.emma, store=berlin)
    assert days(berlin) == {
        "lease_signed": "2027-02-03",
        "fit_out_start": "2027-03-06",
        "handover": "2027-03-15",
        "inventory": "2027-03-16",
        "staff_trained": "2027-03-17",
        "opening": "2027-03-20",
    }
    assert milestones.plan_milestones(by=world.emma, store=berlin) == []


def test_a_slipped_opening_moves_what_is_open_and_follows_it_and_says_which(world: people.World, berlin: Store) -> None:
    made = {each.kind: each for each in milestones.plan_milestones(by=world.emma, store=berlin)}
    planned.complete(by=world.emma, item=made["lease_signed"])
    milestones.change_milestone(
        by=world.emma, milestone=made["handover"], owner=world.emma, due_date=date(2027, 3, 1), follows=False
    )
    found = milestones.set_opening_date(by=world.emma, store=berlin, opening_date=date(2027, 4, 3), reason="Permits")
    assert [(row.item.kind, str(row.before), str(row.after)) for row in found] == [
        ("fit_out_start", "2027-03-06", "2027-03-20"),
        ("inventory", "2027-03-16", "2027-03-30"),
        ("staff_trained", "2027-03-17", "2027-03-31"),
        ("opening", "2027-03-20", "2027-04-03"),
    ]
    assert (days(berlin)["lease_signed"], days(berlin)["handover"]) == ("2027-02-03", "2027-03-01")


def test_the_milestones_follow_however_the_opening_is_moved(world: people.World, berlin: Store) -> None:
    milestones.plan_milestones(by=world.emma, store=berlin)
    Store.objects.filter(pk=berlin.pk).update(opening_date=date(2027, 3, 21))
    assert days(berlin)["opening"] == "2027-03-21"
    berlin.refresh_from_db()
    berlin.opening_date = date(2027, 3, 22)
    save_record(by=world.emma, obj=berlin, fields=["opening_date"])
    assert days(berlin)["opening"] == "2027-03-22"
    Store.objects.filter(pk=berlin.pk).update(opening_date=None)
    assert set(days(berlin).values()) == {None}


def test_a_milestone_taken_back_catches_up_with_the_opening(world: people.World, berlin: Store) -> None:
    [lease, *_rest] = milestones.plan_milestones(by=world.emma, store=berlin)
    planned.complete(by=world.emma, item=lease)
    milestones.set_opening_date(by=world.emma, store=berlin, opening_date=date(2027, 3, 21))
    assert days(berlin)["lease_signed"] == "2027-02-03"
    assert str(planned.reopen(by=world.emma, item=lease).due_date) == "2027-02-04"


def test_steps_of_the_stores_life_are_milestones_reached(world: people.World, berlin: Store) -> None:
    milestones.plan_milestones(by=world.emma, store=berlin)
    store = lifecycle.advance_store(by=world.emma, store=berlin, to="fit_out")
    store = lifecycle.advance_store(by=world.emma, store=store, to="ready")
    lifecycle.open_store(by=world.emma, store=store)
    done = StoreMilestone.objects.filter(done_date__isnull=False).values_list("kind", "done_date")
    today = local_day(store.time_zone, clock.now())
    assert dict(done) == dict.fromkeys(("fit_out_start", "handover", "opening"), today)
    assert days(berlin)["opening"] == str(today), "a store that opens early has its opening that day"


def test_two_people_do_not_move_the_same_opening_unknowingly(world: people.World, berlin: Store) -> None:
    seen = Store.objects.get(pk=berlin.pk)
    milestones.set_opening_date(by=world.emma, store=berlin, opening_date=date(2027, 4, 3))
    with pytest.raises(Refused, match="Meanwhile"):
        milestones.set_opening_date(by=world.olivia, store=seen, opening_date=date(2027, 3, 6))
    berlin.refresh_from_db()
    assert berlin.opening_date == date(2027, 4, 3)


def test_a_milestone_is_given_to_somebody_of_the_team_only(world: people.World, berlin: Store) -> None:
    [lease, *_rest] = milestones.plan_milestones(by=world.emma, store=berlin)
    rival = people.person("Rita", "owner", brand=world.acme)
    for stranger in (world.stan, rival, world.mei):
        with pytest.raises(NotFound):
            milestones.change_milestone(by=world.emma, milestone=lease, owner=stranger, due_date=OPENING, follows=True)
    given = milestones.change_milestone(
        by=world.emma, milestone=lease, owner=world.kenji, due_date=OPENING, follows=True
    )
    assert (given.owner, given.offset_days) == (world.kenji, 0)
    with pytest.raises(NotFound):
        planned.complete(by=world.kenji, item=lease)


def test_a_milestone_has_a_day_or_follows_one(world: people.World, berlin: Store) -> None:
    [lease, *_rest] = milestones.plan_milestones(by=world.emma, store=berlin)
    with pytest.raises(Refused, match="date of its own"):
        milestones.change_milestone(by=world.emma, milestone=lease, owner=None, due_date=None, follows=False)
    with pytest.raises(IntegrityError, match="milestone_has_a_day"), transaction.atomic():
        StoreMilestone.objects.filter(pk=lease.pk).update(offset_days=None, due_date=None)
    with pytest.raises(Refused, match="day to come"):
        planned.complete(by=world.emma, item=lease, done_date=date(2099, 1, 1))


def test_a_milestone_follows_only_an_opening_that_has_a_day(world: people.World, berlin: Store) -> None:
    [lease, *_rest] = milestones.plan_milestones(by=world.emma, store=berlin)
    milestones.set_opening_date(by=world.emma, store=berlin, opening_date=None)
    milestones.change_milestone(by=world.emma, milestone=lease, owner=None, due_date=OPENING, follows=False)
    with pytest.raises(Refused, match="there is nothing to follow"):
        milestones.change_milestone(by=world.emma, milestone=lease, owner=None, due_date=OPENING, follows=True)
    lease.refresh_from_db()
    assert (lease.offset_days, lease.due_date) == (None, OPENING)


def test_a_store_opens_before_it_closes_for_good(world: people.World, berlin: Store) -> None:
    Store.objects.filter(pk=berlin.pk).update(closing_date=date(2027, 4, 3))
    with pytest.raises(Refused, match="closes before it opens"):
        milestones.set_opening_date(by=world.emma, store=berlin, opening_date=date(2027, 4, 4))
    milestones.set_opening_date(by=world.emma, store=berlin, opening_date=date(2027, 4, 3))
    berlin.refresh_from_db()
    assert berlin.opening_date == date(2027, 4, 3)


def test_overdue_is_what_was_due_before_the_stores_own_today(world: people.World) -> None:
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    expected = []
    for zone in ZONES:
        code = zone.rpartition("/")[2].replace("+", "-")
        store = people.store(world.rokid, "DE", code, status="fit_out", published_at=None, time_zone=zone)
        today = noon.astimezone(ZoneInfo(zone)).date()
        for kind, shift in (("handover", -1), ("inventory", 0), ("staff_trained", 1)):
            StoreMilestone.objects.create(
                brand=world.rokid, store=store, kind=kind, due_date=today + timedelta(days=shift)
            )
        expected.append((code, "handover"))
    Store.objects.filter(code="Tokyo").update(status="open")
    expected.remove(("Tokyo", "handover"))
    found = StoreMilestone.objects.overdue(noon).values_list("store__code", "kind")
    assert sorted(found) == sorted(expected)


def test_a_store_turns_at_its_own_midnight(world: people.World) -> None:
    def store(code: str, market: str, **fields: Any) -> Store:
        return people.store(world.rokid, market, code, **fields)

    day = date(2026, 12, 1)
    store("tokyo", "JP", status="ready", opening_date=day)
    store("berlin", "DE", status="soft_open", opening_date=day)
    store("osaka", "JP", status="temporarily_closed", reopen_date=day)
    store("paris", "FR", status="closing", closing_date=day)
    store("someday", "DE", status="ready")
    store("unknown", "DE", status="temporarily_closed")
    before_tokyo = datetime(2026, 11, 30, 14, 59, tzinfo=UTC)
    assert turn_stores(by=System("test"), moment=before_tokyo) == ([], [], [], {})
    turn_stores(by=System("test"), moment=before_tokyo + timedelta(minutes=1))
    assert statuses() == {"tokyo": "open", "osaka": "open", "berlin": "soft_open", "paris": "closing",
                          "someday": "ready", "unknown": "temporarily_closed"}  # fmt: skip
    # Hours late, and twice: the same outcome, and nothing the second time.
    late = datetime(2026, 12, 3, 9, tzinfo=UTC)
    assert turn_stores(by=System("test"), moment=late).held == {}
    assert statuses() == {"tokyo": "open", "osaka": "open", "berlin": "open", "paris": "closed", "someday": "ready",
                          "unknown": "temporarily_closed"}  # fmt: skip
    assert turn_stores(by=System("test"), moment=late) == ([], [], [], {})
    osaka: Any = Store.objects.get(code="osaka")
    assert osaka.reopen_date is None
    last = osaka.history.order_by("-pgh_id").first().pgh_context
    assert (last["actor"], last["reason"]) == ("system:test", "the reopening date has come")


def test_a_store_opens_again_as_what_it_is_by_then(world: people.World) -> None:
    def shut(code: str, **fields: Any) -> Store:
        store = people.store(world.rokid, "DE", code, status="temporarily_closed", **fields)
        StoreMilestone.objects.create(brand=world.rokid, store=store, kind="opening", due_date=date(2026, 12, 9))
        return store

    day = date(2026, 12, 1)
    shut("usual", reopen_date=day, opening_date=date(2026, 1, 1))
    shut("leaving", reopen_date=day, closing_date=date(2026, 12, 24))
    shut("early", reopen_date=day, opening_date=date(2026, 12, 9))
    shut("burnt", closing_date=day)
    moment = datetime(2026, 12, 2, 9, tzinfo=UTC)
    turn_stores(by=System("test"), moment=moment)
    assert statuses() == {"usual": "open", "leaving": "closing", "early": "soft_open", "burnt": "closed"}
    assert list(StoreMilestone.objects.filter(done_date__isnull=False).values_list("store__code", "done_date")) == [
        ("usual", date(2026, 1, 1))
    ]
    assert turn_stores(by=System("test"), moment=moment) == ([], [], [], {})


def test_a_store_that_opens_again_and_for_good_while_nobody_turned_it_is_open(world: people.World) -> None:
    people.store(
        world.rokid, "DE", "berlin", status="temporarily_closed", reopen_date=date(2026, 12, 1),
        opening_date=date(2026, 12, 2),
    )  # fmt: skip
    turn_stores(by=System("test"), moment=datetime(2026, 12, 3, 9, tzinfo=UTC))
    assert statuses() == {"berlin": "open"}


def test_a_store_that_somebody_counts_on_stays_closing_and_is_reported(world: people.World) -> None:
    place = furnish(world.rokid, "DE", "berlin")
    Store.objects.filter(pk=place["Store"].pk).update(status="closing", closing_date=date(2026, 11, 1))
    turned = turn_stores(by=System("test"), moment=datetime(2026, 12, 1, tzinfo=UTC))
    assert {pk: list(map(str, reasons)) for pk, reasons in turned.held.items()} == {
        place["Store"].pk: ["1 open service case"]
    }
    assert statuses() == {"berlin-store": "closing"}


def test_turning_costs_the_same_for_one_store_as_for_three(world: people.World, django_assert_num_queries: Any) -> None:
    moment = datetime(2026, 12, 1, tzinfo=UTC)

    def due(count: int) -> None:
        for number in range(count):
            people.store(world.rokid, "DE", f"s{count}{number}", status="ready", opening_date=date(2026, 11, 30))

    due(1)
    with django_assert_num_queries(21) as queries:
        turn_stores(by=System("test"), moment=moment)
    due(3)
    with django_assert_num_queries(len(queries)):
        assert len(turn_stores(by=System("test"), moment=moment).opened) == 3


def statuses() -> dict[str, str]:
    return dict(Store.objects.values_list("code", "status"))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ZONES), MOMENTS, st.sampled_from(("ready", "soft_open", "temporarily_closed", "closing")),
       st.integers(-2, 2))  # fmt: skip
@example("Pacific/Apia", datetime(2026, 3, 31, 11, tzinfo=UTC), "ready", 0)
@example("America/Sao_Paulo", datetime(2026, 11, 1, 3, tzinfo=UTC), "closing", 0)
def test_a_row_turns_exactly_when_customers_read_that_it_has(
    world: people.World, zone: str, moment: datetime, status: str, shift: int
) -> None:
    """The row follows the schedule: open after the turn where the schedule says open, and closed for good where it ends."""
    day = local_day(zone, moment) + timedelta(days=shift)
    field = {"temporarily_closed": "reopen_date", "closing": "closing_date"}.get(status, "opening_date")
    # One store stands for all, without a word in its history: a turn is a question of dates alone.
    fields = {"opening_date": None, "reopen_date": None, "closing_date": None, field: day}
    store = Store.objects.filter(code="one").first() or people.store(world.rokid, "DE", "one")
    Store.objects.filter(pk=store.pk).update(status=status, time_zone=zone, **fields)
    store.refresh_from_db()
    week = [("", "", Week.daily(Period(0, 1440)).to_json())]
    reads_open = state_at(schedule_of(OpeningFacts.of(store, week)), moment).state is State.OPEN
    turn_stores(by=System("test"), moment=moment)
    store.refresh_from_db()
    expected = {True: "open", False: status} if status != "closing" else {True: "closing", False: "closed"}
    assert store.status == expected[reads_open]
