"""The quarterly question: who gets a link, what it opens, and what becomes of the others."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection

from stores.actions.confirmations import make_link, opened, revoke_links, send_confirmations
from stores.actions.errors import NotFound, Refused
from stores.models import ConfirmationLink, Partner, PartnerContact, Store, StoreQuality, System
from stores.tasks import partners as tasks
from tests import people
from tests.counters import counter, rival

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
QUARTER = "2026Q4"
ROBOT = System("test")


@pytest.fixture
def clearview(world: people.World) -> Partner:
    """Two counters, and a person responsible for them who reads Japanese."""
    PartnerContact.objects.create(
        brand=world.rokid,
        partner=world.optician,
        role="counters",
        name="Mei",
        email="mei@clearview.example",
        language="ja",
    )
    counter(world, "kowloon")
    counter(world, "central")
    return world.optician


def send(**options: Any) -> list[tuple[str, str, str]]:
    return [(one.email, one.kind, one.skipped) for one in send_confirmations(by=ROBOT, quarter=QUARTER, **options)]


def token_in(message: Any) -> str:
    found = re.search(r"/counters/([^/\s]+)/", message.body)
    assert found is not None
    return found[1]


@time_machine.travel(NOON, tick=False)
def test_the_mail_is_in_the_partners_language_and_its_link_opens_the_partners_counters(clearview: Partner) -> None:
    assert send() == [("mei@clearview.example", "request", "")]
    (message,) = mail.outbox
    assert message.to == ["mei@clearview.example"]
    assert str(message.subject).startswith("Rokid")
    assert re.search(r"[぀-ヿ]", str(message.body)) is not None
    link = opened(token_in(message))
    assert link is not None
    assert (link.partner, link.quarter, link.sent_at, link.expires_at) == (
        clearview, QUARTER, NOON, NOON + timedelta(days=60),
    )  # fmt: skip


@time_machine.travel(NOON, tick=False)
def test_the_secret_is_nowhere_in_the_database(clearview: Partner) -> None:
    send()
    secret = token_in(mail.outbox[0]).partition(".")[2]
    with connection.cursor() as cursor:
        for table in ("stores_confirmationlink", "stores_confirmationlinkevent"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")  # noqa: S608  (our tables)
            assert [row for (row,) in cursor.fetchall() if secret in row] == []


@pytest.mark.parametrize("spoil", ["secret", "prefix", "expired", "revoked", "garbage"])
def test_a_wrong_old_or_revoked_token_opens_nothing(clearview: Partner, spoil: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        made = make_link(by=ROBOT, partner=clearview, quarter=QUARTER, email="mei@clearview.example", language="en")
        token = made.token
        assert opened(token) == made.link
        if spoil == "secret":
            token = token[:-1] + ("A" if token[-1] != "A" else "B")
        elif spoil == "prefix":
            token = "0000000000" + token[10:]
        elif spoil == "garbage":
            token = "\x00" * 54
        elif spoil == "expired":
            clock.shift(timedelta(days=60))
        else:
            assert revoke_links(by=ROBOT, partner=clearview) == 1
        assert opened(token) is None


def test_sending_again_sends_nothing_and_after_two_weeks_one_reminder(world: people.World, clearview: Partner) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        send()
        assert send() == [("mei@clearview.example", "reminder", "asked less than two weeks ago")]
        clock.shift(timedelta(days=14))
        assert send() == [("mei@clearview.example", "reminder", "")]
        assert send() == [("mei@clearview.example", "reminder", "reminded already")]
        assert len(mail.outbox) == 2
        assert [opened(token_in(message)) is not None for message in mail.outbox] == [True, True]
        Store.objects.filter(operator=clearview).update(verified_at=NOON)
        assert send(again=True) == []


@time_machine.travel(NOON, tick=False)
def test_a_dry_run_writes_and_sends_nothing(clearview: Partner) -> None:
    assert send(dry_run=True) == [("mei@clearview.example", "request", "")]
    assert (len(mail.outbox), ConfirmationLink.objects.count()) == (0, 0)


@time_machine.travel(NOON, tick=False)
def test_a_partner_without_anybody_to_write_to_is_named(world: people.World) -> None:
    other = rival(world.rokid)
    counter(world, "central", operator=other)
    assert send() == [("", "request", "no contact with an email address")]
    Partner.objects.filter(pk=other.pk).update(contact_email="office@brightside.example")
    assert send() == [("office@brightside.example", "request", "")]


@time_machine.travel(NOON, tick=False)
def test_a_mail_that_cannot_be_sent_leaves_no_link_and_goes_out_the_next_time(
    clearview: Partner, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False
    ((_email, _kind, skipped),) = send()
    assert skipped.startswith("not sent: ")
    assert ConfirmationLink.objects.live().count() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send() == [("mei@clearview.example", "request", "")]


def test_a_link_whose_process_died_before_the_mail_is_made_again(clearview: Partner) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        make_link(by=ROBOT, partner=clearview, quarter=QUARTER, email="mei@clearview.example", language="ja")
        assert send() == [("mei@clearview.example", "request", "This address has its link for the quarter.")]
        clock.shift(timedelta(minutes=16))
        assert send() == [("mei@clearview.example", "request", "")]


@time_machine.travel(NOON, tick=False)
def test_only_who_manages_the_partner_makes_or_takes_back_links(world: people.World, clearview: Partner) -> None:
    for person in (world.emma, world.kenji, world.mei, world.stan):
        with pytest.raises(NotFound):
            make_link(by=person, partner=clearview, quarter=QUARTER, email="mei@clearview.example", language="en")
        with pytest.raises(NotFound):
            revoke_links(by=person, partner=clearview)
        assert list(send_confirmations(by=person, quarter=QUARTER)) == []
    make_link(by=world.olivia, partner=clearview, quarter=QUARTER, email="mei@clearview.example", language="en")
    with pytest.raises(Refused) as refusal:
        make_link(by=world.olivia, partner=clearview, quarter=QUARTER, email="mei@clearview.example", language="en")
    assert refusal.value.code == "made"


@time_machine.travel(NOON, tick=False)
def test_the_command_says_who_got_a_mail(clearview: Partner, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("send_counter_confirmations", "--dry-run")
    assert "request would be sent" in capsys.readouterr().out
    call_command("send_counter_confirmations", "--partner", "clearview")
    said = capsys.readouterr().out
    assert "2 of 2 open  request sent" in said
    assert "2026Q4: 1 mails sent, 0 failed" in said


@time_machine.travel(NOON, tick=False)
def test_partners_are_asked_by_itself_only_where_the_operator_said_so(clearview: Partner, settings: Any) -> None:
    tasks.confirmations()
    assert len(mail.outbox) == 0
    settings.CONFIRMATION_MAILS = True
    tasks.confirmations()
    tasks.confirmations()
    assert len(mail.outbox) == 1
    tasks.quality()
    assert StoreQuality.objects.filter(store__operator=clearview).count() == 2


@time_machine.travel(NOON, tick=False)
def test_a_link_is_of_no_use_to_who_is_no_contact_any_more(clearview: Partner) -> None:
    send()
    token = token_in(mail.outbox[0])
    clearview.contacts.filter(email="mei@clearview.example").update(email="Mei@Clearview.example")
    assert opened(token) is not None
    clearview.contacts.filter(role="counters").update(role="finance", email="mei@clearview.example")
    assert opened(token) is None
    clearview.contacts.filter(role="finance").delete()
    assert opened(token) is None
