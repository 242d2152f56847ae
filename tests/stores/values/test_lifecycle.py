from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.values.lifecycle import (
    BLOCKERS,
    ENTRY_STEPS,
    PIPELINE_STATUSES,
    PUBLIC_STATUSES,
    STORE_STATUSES,
    STORE_STEPS,
    Blocker,
    sentence,
)
from stores.values.publishers import Life, apple_status, google_open_info

DAY = date(2026, 11, 25)
DATES = st.none() | st.dates(date(2024, 1, 1), date(2030, 12, 31))
LIVES = st.builds(Life, st.sampled_from(STORE_STATUSES), DATES, DATES, DATES)


@pytest.mark.parametrize("steps", [STORE_STEPS, ENTRY_STEPS])
def test_every_step_leads_to_a_status_of_the_table(steps: Any) -> None:
    assert {to for following in steps.values() for to in following} <= set(steps)


def test_a_store_lives_from_prospect_to_closed_and_ends_only_there_or_cancelled() -> None:
    way = ("prospect", "signed", "fit_out", "ready", "soft_open", "open", "closing", "closed")
    assert all(following in STORE_STEPS[status] for status, following in itertools.pairwise(way))
    assert [status for status in STORE_STATUSES if not STORE_STEPS[status]] == ["closed", "cancelled"]


def test_only_a_store_that_never_opened_is_cancelled() -> None:
    assert {status for status, steps in STORE_STEPS.items() if "cancelled" in steps} == set(PIPELINE_STATUSES) - {
        "soft_open"
    }


def test_reasons_are_one_sentence_that_counts() -> None:
    reasons = [Blocker("open_cases", 3), Blocker("staff_grants", 1)]
    assert sentence("close", reasons) == "Cannot close: 3 open service cases, 1 staff grant."
    assert all(str(Blocker(code, 2, "prices")) for code in BLOCKERS)


# Status, opening, closing, reopening; what is true; Google's and Apple's words. Days count from DAY.
TABLE: list[tuple[tuple[str, int | None, int | None, int | None], str, str | None, str | None]] = [
    (("prospect", 30, None, None), "hidden", None, None),
    (("fit_out", 30, None, None), "hidden", None, None),
    (("cancelled", None, None, None), "hidden", None, None),
    (("ready", 30, None, None), "announced", "OPEN", "OPENING_SOON 2026-12-25"),
    (("ready", 180, None, None), "announced", "OPEN", "OPENING_SOON 2027-05-24"),
    (("ready", 181, None, None), "announced", "OPEN", None),
    (("ready", 365, None, None), "announced", "OPEN", None),
    (("ready", 366, None, None), "announced", None, None),
    (("ready", None, None, None), "announced", None, None),
    (("ready", 0, None, None), "open", "OPEN", "OPEN"),
    (("soft_open", 6, None, None), "announced", "OPEN", "OPENING_SOON 2026-12-01"),
    (("soft_open", None, None, None), "open", "OPEN", "OPEN"),
    (("open", -30, None, None), "open", "OPEN", "OPEN"),
    (("open", -30, 10, None), "open", "OPEN", "OPEN"),
    (("temporarily_closed", -30, None, None), "paused", "CLOSED_TEMPORARILY", "TEMPORARILY_CLOSED 2027-05-26"),
    (("temporarily_closed", -30, None, 11), "paused", "CLOSED_TEMPORARILY", "TEMPORARILY_CLOSED 2026-12-06"),
    (("temporarily_closed", -30, None, 0), "open", "OPEN", "OPEN"),
    (("closing", -30, 20, None), "open", "OPEN", "OPEN"),
    (("closing", -30, 0, None), "gone", "CLOSED_PERMANENTLY", "CLOSED 2026-11-25"),
    (("closed", -30, -2, None), "gone", "CLOSED_PERMANENTLY", "CLOSED 2026-11-23"),
    (("closed", None, None, None), "gone", "CLOSED_PERMANENTLY", "CLOSED"),
    (("closed", None, 5, None), "gone", "CLOSED_PERMANENTLY", "CLOSED"),
]


def at(days: int | None) -> date | None:
    return None if days is None else DAY + timedelta(days=days)


@pytest.mark.parametrize(("life", "state", "google", "apple"), TABLE, ids=[" ".join(map(str, row[0])) for row in TABLE])
def test_map_services_are_told_in_their_own_words(
    life: tuple[str, int | None, int | None, int | None], state: str, google: str | None, apple: str | None
) -> None:
    status, *days = life
    known = Life(status, *map(at, days))
    told, apples = google_open_info(known, DAY), apple_status(known, DAY)
    assert known.on(DAY) == state
    assert (told and told["status"]) == google
    assert (apples and " ".join(apples.values())) == apple


def test_google_gets_the_opening_date_taken_apart() -> None:
    assert google_open_info(Life("ready", date(2026, 12, 4)), DAY) == {
        "status": "OPEN",
        "openingDate": {"year": 2026, "month": 12, "day": 4},
    }


def test_a_year_ahead_of_a_leap_day_ends_on_the_28th() -> None:
    leap = date(2028, 2, 29)
    assert google_open_info(Life("ready", date(2029, 2, 28)), leap) is not None
    assert google_open_info(Life("ready", date(2029, 3, 1)), leap) is None


@given(LIVES, st.dates(date(2025, 1, 1), date(2029, 12, 31)))
def test_no_publisher_is_told_what_it_refuses(life: Life, day: date) -> None:
    google, apple = google_open_info(life, day), apple_status(life, day)
    if life.status not in (*PUBLIC_STATUSES, "closed"):
        assert (google, apple) == (None, None)
    if google and google["status"] == "OPEN" and "openingDate" in google:
        assert date(**google["openingDate"]) <= day + timedelta(days=366)
    for name, text in (apple or {}).items():
        if name in {"openingDate", "reopenDate"}:
            assert date.fromisoformat(text) > day
        if name == "closedDate":
            assert date.fromisoformat(text) <= day
    assert "openingDate" not in (apple or {}) or (life.opening and (life.opening - day).days <= 180)
