"""HTTP answers, sorted into seven words. What does not prove success is a doubt."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.connectors import answers
from stores.connectors.answers import LONGEST_WAIT, retry_after
from stores.connectors.contract import Remote
from stores.connectors.sandbox import _written
from stores.values.guarded import Reply, Unanswered, UnsafeAddress, check_url

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(301, "ambiguous"), (400, "rejected"), (401, "auth_lost"), (403, "auth_lost"), (404, "gone"), (409, "conflict"),
     (410, "gone"), (412, "conflict"), (422, "rejected"), (429, "retry"), (500, "ambiguous"), (503, "ambiguous"),
     (504, "ambiguous")],
)  # fmt: skip
def test_a_write_that_did_not_succeed(status: int, kind: str) -> None:
    answer = answers.failed(Reply(status, {}, b'{"message": "no"}'), writing=True)
    assert answer is not None
    assert (answer.kind, answer.error) == (kind, f"{status} no")


def test_reading_again_does_no_harm_so_it_is_never_ambiguous() -> None:
    for status in (302, 500, 504):
        answer = answers.failed(Reply(status, {}, b""), writing=False)
        assert answer is not None
        assert answer.kind == "retry"


def test_a_call_that_never_left_was_not_applied_and_one_that_was_cut_off_may_have_been() -> None:
    kinds = [answers.failed(Unanswered("x", was_sent=sent), writing=True) for sent in (False, True)]
    assert [answer and answer.kind for answer in kinds] == ["retry", "ambiguous"]


@pytest.mark.parametrize(
    "body", [b"<html>", b'{"id": "1", "re', b"[]", b'{"error": "x"}', b'{"errors": []}', b"", b"\xff"]
)
def test_a_body_that_is_not_a_plain_object_is_not_believed(body: bytes) -> None:
    assert answers.read_json(Reply(200, {}, body)) is None


def test_field_errors_are_told_in_the_channels_own_words() -> None:
    reply = Reply(
        422, {}, b'{"errors": [{"field": "sku", "message": "unknown"}, {"field": "title", "message": "too long"}]}'
    )
    assert answers.channels_words(reply) == "422 sku: unknown; title: too long"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("", None), ("soon", None), ("nan", None), ("7", 7.0), ("0", 0.0), ("-3", 0.0), ("1e9", LONGEST_WAIT),
        ("inf", LONGEST_WAIT), ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0), ("Mon, 23 Nov 2020 12:00:30 GMT", 0.0),
    ],
)  # fmt: skip
def test_retry_after_in_seconds_or_as_a_date_made_sane(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, now=NOON) == seconds


@given(st.text())
def test_no_header_whatever_breaks_it(header: str) -> None:
    seconds = retry_after(header, now=NOON)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


@pytest.mark.parametrize(
    "url",
    ["http://shop.example/", "https://93.184.216.34/", "ftp://shop.example/", "https://me:pw@shop.example/", "shop.example",
     "http://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/", "http://127.0.0.1.example/", ""],
)  # fmt: skip
def test_an_address_that_is_not_a_named_host_over_https_is_refused(url: str) -> None:
    with pytest.raises(UnsafeAddress):
        check_url(url, allow_loopback_http=True)


def test_this_machine_may_be_called_in_demo_and_test_only() -> None:
    check_url("http://127.0.0.1:8100/", allow_loopback_http=True)
    check_url("https://shop.example/", allow_loopback_http=False)
    with pytest.raises(UnsafeAddress):
        check_url("http://127.0.0.1:8100/", allow_loopback_http=False)


@pytest.mark.parametrize("made_up", ["x" * 201, "a\0b", "a\ud800b"])
def test_an_id_that_nobody_could_keep_is_a_doubt_and_no_success(made_up: str) -> None:
    """It would be refused by the database, together with the outcomes of every other channel."""
    body = json.dumps({"id": made_up, "ref": "autumn"}).encode()
    assert _written(Reply(201, {}, body), ref="autumn").kind == "ambiguous"
    with pytest.raises(ValueError, match="remote object"):
        Remote(made_up)
