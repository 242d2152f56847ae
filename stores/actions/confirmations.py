"""The quarterly question to partners: links that need no account, the mails that carry them, and who has answered.

A link is ``prefix.secret``; the database holds a keyed digest. Whoever has it acts on the partner's counters of the moment and
on nothing else: every function here that takes a link reads stores through :func:`counters_of`.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from stores.actions.errors import NotFound, Refused
from stores.actions.transaction import acting
from stores.models import Actor, ConfirmationLink, Partner, Store, System
from stores.models.fields import in_reader_language
from stores.values import clock, crypto
from stores.values.languages import canonical, negotiate
from stores.values.quarters import quarter_start

VALID_FOR = timedelta(days=60)
REMIND_AFTER = timedelta(days=14)
UNSENT_AFTER = timedelta(minutes=15)
"""A link that was not sent by then never will be: its process died. The next run makes another."""
ASKED_ABOUT = ("soft_open", "open", "temporarily_closed", "closing")
"""Statuses of counters that a partner is asked about: those with a door that customers know."""
_SECRET_BYTES = 32
_PREFIX_BYTES = 5
_TOKEN = re.compile(r"[0-9a-f]{10}\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class NewLink:
    """A link that was just made. ``token`` goes into the mail; it is not stored and cannot be shown again."""

    link: ConfirmationLink
    token: str = field(repr=False)


@dataclass(frozen=True)
class Mailing:
    """What was, or would be, sent to one address of a partner; ``skipped`` says why not."""

    partner: Partner
    email: str
    language: str
    kind: str
    open: int
    total: int
    skipped: str = ""


def counters_of(partner: Partner) -> Any:
    """The stores a partner is asked about."""
    return Store.objects.filter(brand=partner.brand_id, operator=partner, status__in=ASKED_ABOUT)


def actor_of(link: ConfirmationLink) -> System:
    """How history names what was done through a link. It sees everything: give it stores of ``counters_of`` only."""
    return System(f"confirmation link {link.prefix}, {link.email}")


def make_link(
    *, by: Actor, partner: Partner, quarter: str, email: str, language: str, kind: str = "request"
) -> NewLink:
    """A link for one address. Refused with code ``made`` when this address has one of the kind for the quarter."""
    quarter_start(quarter)
    ring = crypto.installed()
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with acting(by, f"confirmation {quarter}"):
        _manages(by, partner)
        _forget_unsent(partner, quarter)
        try:
            with transaction.atomic():
                link: ConfirmationLink = ConfirmationLink.objects.create(
                    brand_id=partner.brand_id,
                    partner=partner,
                    quarter=quarter,
                    kind=kind,
                    email=email,
                    language=language,
                    prefix=secrets.token_hex(_PREFIX_BYTES),
                    digest=ring.digest(secret, pepper=ring.newest_pepper),
                    pepper=ring.newest_pepper,
                    expires_at=clock.now() + VALID_FOR,
                )
        except IntegrityError as error:
            raise Refused("This address has its link for the quarter.", code="made") from error
    return NewLink(link, f"{link.prefix}.{secret}")


def revoke_links(*, by: Actor, partner: Partner) -> int:
    """Stop every link of a partner now, so that a mail in the wrong hands opens nothing. How many there were."""
    with acting(by, "confirmation links revoked"):
        _manages(by, partner)
        return int(ConfirmationLink.objects.live().filter(partner=partner).update(revoked_at=clock.now()))


def opened(token: str) -> ConfirmationLink | None:
    """The link of a token, None for one that is wrong, expired, revoked or of a former contact: nobody learns which."""
    if _TOKEN.fullmatch(token) is None:
        return None
    prefix, _dot, secret = token.partition(".")
    links = ConfirmationLink.objects.live().select_related("partner", "brand")
    link: ConfirmationLink | None = links.filter(prefix=prefix).first()
    ring = crypto.installed()
    known = link is not None and link.pepper in ring.peppers
    # The same work for a prefix that nobody has, so that time does not tell which exist.
    digest = ring.digest(secret, pepper=link.pepper if link is not None and known else ring.newest_pepper)
    right = hmac.compare_digest(bytes(link.digest) if link is not None and known else bytes(32), digest)
    return link if link is not None and right and known and _still_asked(link) else None


def _still_asked(link: ConfirmationLink) -> bool:
    """Whether the address a link was mailed to is still one of the partner's: who left takes no link along."""
    partner, email = link.partner, link.email.lower()
    return (
        email == partner.contact_email.lower() or partner.contacts.filter(role="counters", email__iexact=email).exists()
    )


def mark_used(link: ConfirmationLink) -> None:
    """Note that the link was opened; not tracked, like an API key's last use."""
    ConfirmationLink.objects.filter(pk=link.pk).update(last_used_at=clock.now())


def send_confirmations(
    *, by: Actor, quarter: str, partners: Any = None, dry_run: bool = False, again: bool = False
) -> Iterator[Mailing]:
    """Mail every partner that has counters not confirmed in the quarter, one by one; yields what happened to each address.

    The first mail of a quarter is a request; two weeks later, or at once with ``again``, those who have not finished get one
    reminder. Running it again sends nothing twice: the link is in the database before its mail goes out.
    """
    since = quarter_start(quarter)
    rows: Any = Partner.objects.all() if partners is None else partners
    asked = Store.objects.filter(status__in=ASKED_ABOUT)
    for partner in rows.visible_to(by, to="edit_partners").with_progress(since, stores=asked).order_by("brand", "code"):
        if partner.counters and partner.confirmed < partner.counters:
            yield from _mailings(by, partner, quarter, dry_run=dry_run, again=again)


def _mailings(by: Actor, partner: Partner, quarter: str, *, dry_run: bool, again: bool) -> Iterator[Mailing]:
    people = list(partner.contacts.filter(role="counters").exclude(email="").values_list("email", "language"))
    if not people and partner.contact_email:
        people = [(partner.contact_email, _language_of(partner))]
    if not people:
        yield _mailing(partner, "", "", "request", skipped=gettext_noop("no contact with an email address"))
    for email, language in dict(people).items():
        kind, skipped = _next_kind(partner, quarter, email, again=again)
        if skipped or dry_run:
            yield _mailing(partner, email, language, kind, skipped=skipped)
            continue
        try:
            made = make_link(by=by, partner=partner, quarter=quarter, email=email, language=language, kind=kind)
        except Refused as refusal:
            yield _mailing(partner, email, language, kind, skipped=refusal.message)
            continue
        try:
            message(made).send()
        except (SMTPException, OSError) as error:
            with acting(by, "mail not sent"):
                ConfirmationLink.objects.filter(pk=made.link.pk).update(revoked_at=clock.now())
            yield _mailing(partner, email, language, kind, skipped=f"not sent: {error}")
        else:
            with acting(by, "mail sent"):
                ConfirmationLink.objects.filter(pk=made.link.pk).update(sent_at=clock.now())
            yield _mailing(partner, email, language, kind)


def message(made: NewLink) -> EmailMessage:
    """The mail of a link, in its reader's language. The only place where the token is written."""
    link = made.link
    with translation.override(interface_language(link.language)):
        context = {
            "brand": link.brand,
            "partner": in_reader_language(link.partner.name) or link.partner.code,
            "count": counters_of(link.partner).count(),
            "reminder": link.kind == "reminder",
            "address": f"{settings.PUBLIC_URL}/counters/{made.token}/",
            "until": link.expires_at,
        }
        subject = _("%(brand)s: are your counters still right?") % {"brand": link.brand.name}
        if context["reminder"]:
            subject = _("Reminder: %(subject)s") % {"subject": subject}
        return EmailMessage(subject, render_to_string("stores/mail/confirm_counters.txt", context), to=[link.email])


def interface_language(wanted: str) -> str:
    """The language of mail and page for a partner's, as Django writes it: one that the dashboard speaks, else English."""
    offered = {canonical(code): code for code, _name in settings.LANGUAGES}
    return offered[negotiate(wanted, list(offered))]


def _mailing(partner: Any, email: str, language: str, kind: str, *, skipped: str = "") -> Mailing:
    return Mailing(partner, email, language, kind, partner.counters - partner.confirmed, partner.counters, skipped)


def _next_kind(partner: Partner, quarter: str, email: str, *, again: bool) -> tuple[str, str]:
    """Which mail an address gets next, and why none when none is due."""
    sent = ConfirmationLink.objects.filter(
        partner=partner, quarter=quarter, email=email, revoked_at__isnull=True, sent_at__isnull=False
    )
    dates: dict[str, Any] = dict(sent.values_list("kind", "sent_at"))
    if "request" not in dates:
        return "request", ""
    if "reminder" in dates:
        return "reminder", gettext_noop("reminded already")
    if not again and dates["request"] + REMIND_AFTER > clock.now():
        return "reminder", gettext_noop("asked less than two weeks ago")
    return "reminder", ""


def _forget_unsent(partner: Partner, quarter: str) -> None:
    stale = ConfirmationLink.objects.filter(
        partner=partner,
        quarter=quarter,
        sent_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__lt=clock.now() + VALID_FOR - UNSENT_AFTER,
    )
    stale.update(revoked_at=clock.now())


def _language_of(partner: Partner) -> str:
    return partner.market.languages[0] if partner.market else partner.brand.default_language


def _manages(by: Actor, partner: Partner) -> None:
    if not Partner.objects.visible_to(by, to="edit_partners").filter(pk=partner.pk).exists():
        raise NotFound("partner")
