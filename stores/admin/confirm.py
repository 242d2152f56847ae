"""The page behind a confirmation link: a partner's people look at their counters without an account.

The secret is in the address, so the answer is never cached, indexed or named to another site, and posting needs no form token:
whoever could forge the post would have to know the address. Wrong, expired and revoked look the same.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stores.actions import confirmations, counters
from stores.actions.errors import Refused
from stores.admin import hours, pace
from stores.admin.counter_form import CounterForm, field_name
from stores.models import ChangeRequest, ConfirmationLink, Store, StoreAddress
from stores.timetable.evaluate import State, state_at
from stores.values import addresses, clock, languages
from stores.values.phones import national
from stores.values.quarters import quarter_start

PER_PAGE = 50
DAYS = 7
# A person with 300 counters taps one a second at most; guessing addresses is slowed to nothing.
REQUESTS_A_MINUTE, MISSES_AN_HOUR = 120, 60

View = Callable[..., HttpResponse]


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _closed(request: HttpRequest, *, busy: bool = False) -> HttpResponse:
    """The one page for every address that opens nothing."""
    context = {"busy": busy, "page_language": get_language() or "en"}
    response = TemplateResponse(request, "stores/counters/closed.html", context, status=429 if busy else 404).render()
    if busy:
        response.headers["Retry-After"] = "60"
    return response


def with_link(view: View) -> View:
    """Open the link of the address, speak its reader's language, and close every door to the secret."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def inner(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        if not pace.within("counters", request, limit=REQUESTS_A_MINUTE, seconds=60):
            return _private(_closed(request, busy=True))
        link = confirmations.opened(token)
        if link is None:
            busy = not pace.within("counters-missed", request, limit=MISSES_AN_HOUR, seconds=3600)
            return _private(_closed(request, busy=busy))
        with translation.override(_language(request, link)):
            response = view(request, link, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
        if request.GET.get("lang") in dict(settings.LANGUAGES):
            response.set_cookie(
                "counters_language", request.GET["lang"], max_age=30 * 24 * 3600, path="/counters/",
                samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return _private(response)

    return inner


def _language(request: HttpRequest, link: ConfirmationLink) -> str:
    wanted = request.GET.get("lang") or request.COOKIES.get("counters_language", "")
    return wanted if wanted in dict(settings.LANGUAGES) else confirmations.interface_language(link.language)


def _frame(link: ConfirmationLink) -> dict[str, Any]:
    return {
        "brand_name": link.brand.name,
        "page_language": get_language(),
        "page_languages": settings.LANGUAGES,
    }


def _read(link: ConfirmationLink, texts: dict[str, str]) -> tuple[str, str]:
    """A name in the language of the link's reader, who may read another script than the interface speaks."""
    try:
        return languages.pick(texts, [link.language, get_language() or "en"], link.brand.default_language)
    except LookupError:
        return "", "en"


@with_link
def listed(request: HttpRequest, link: ConfirmationLink) -> HttpResponse:
    """The partner's counters, those to confirm first; a tap confirms one, or all that are shown."""
    own = confirmations.counters_of(link.partner)
    if request.method == "POST":
        return _confirmed(request, link, own)
    confirmations.mark_used(link)
    since = quarter_start(link.quarter)
    total = own.count()
    left = own.unconfirmed(since).count()
    show = "all" if request.GET.get("show") == "all" or not left else "open"
    shown = (own if show == "all" else own.unconfirmed(since)).order_by("code")
    pages = max(1, -(-(total if show == "all" else left) // PER_PAGE))
    page = min(max(1, _number(request.GET.get("page"))), pages)
    stores = list(shown.select_related("market")[(page - 1) * PER_PAGE : page * PER_PAGE])
    name, _tag = _read(link, link.partner.name)
    context = {
        **_frame(link),
        "partner_name": name or link.partner.code,
        "total": total,
        "confirmed": total - left,
        "left": left,
        "show": show,
        "page": page,
        "pages": pages,
        "rows": _rows(link, stores, since),
        "said": _said(request),
    }
    return TemplateResponse(request, "stores/counters/list.html", context)


def _confirmed(request: HttpRequest, link: ConfirmationLink, own: Any) -> HttpResponse:
    uids = [uid for text in request.POST.getlist("confirm")[:PER_PAGE] if (uid := _uid(text)) is not None]
    done = counters.confirm_counters(by=confirmations.actor_of(link), stores=own.filter(uid__in=uids))
    return HttpResponseRedirect(f"{request.path}?done={done}")


@with_link
def corrected(request: HttpRequest, link: ConfirmationLink, uid: uuid.UUID) -> HttpResponse:
    """One counter's form."""
    own = confirmations.counters_of(link.partner)
    store: Store | None = own.filter(uid=uid).select_related("market", "brand").first()
    if store is None:
        return _closed(request)
    form = CounterForm(request.POST or None, store=store)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = form.save(by=confirmations.actor_of(link))
        except Refused as refusal:
            form.add_error(None, refusal.said())
        else:
            said = "proposed" if outcome.request else "corrected" if outcome.corrected else "same"
            return HttpResponseRedirect(f"../?show=all&said={said}#c{store.uid}")
    name, tag = _read(link, store.name)
    context = {
        **_frame(link),
        "store": store,
        "name": name or store.code,
        "name_language": tag,
        "form": form,
        "show": "all",
    }
    return TemplateResponse(request, "stores/counters/correct.html", context)


def _said(request: HttpRequest) -> str:
    """What the last step did; from the address, so that no cookie and no session is needed."""
    texts = {
        "corrected": _("Saved. Customers see it from now on."),
        "proposed": _("Saved. What the brand decides is on its way to them."),
        "same": _("Nothing was changed."),
    }
    if request.GET.get("said") in texts:
        return texts[request.GET["said"]]
    return _("Thank you, confirmed.") if _number(request.GET.get("done")) > 0 else ""


def _rows(link: ConfirmationLink, stores: list[Store], since: Any) -> list[dict[str, Any]]:
    """What the page shows of each store, from a few queries however many there are."""
    moment = clock.now()
    ahead = hours.ahead([store.pk for store in stores], moment)
    primary = {row.store_id: row for row in _primary_addresses(stores)}
    waiting: dict[int, list[str]] = defaultdict(list)
    for request in ChangeRequest.objects.undecided().filter(store__in=stores, partner=link.partner):
        waiting[request.store_id] += [field_name(field) for field in request.changes]
    found = []
    for store in stores:
        name, tag = _read(link, store.name)
        schedule, days = ahead[store.pk]
        address = primary.get(store.pk)
        found.append(
            {
                "store": store,
                "name": name or store.code,
                "name_language": tag,
                "status": "" if store.status == "open" else _(store.get_status_display()),
                "confirmed": store.verified_at is not None and store.verified_at >= since,
                "address": _envelope(address, store) if address else [],
                "address_language": address.language if address else "",
                "phone": national(store.phone) if store.phone else "",
                "today": _today(state_at(schedule, moment).state),
                "days": [(_day(day.date), day) for day in days[:DAYS]],
                "waiting": ", ".join(waiting[store.pk]),
            }
        )
    return found


def _primary_addresses(stores: Iterable[Store]) -> Any:
    return StoreAddress.objects.filter(store__in=stores, is_primary=True)


def _envelope(row: Any, store: Store) -> list[str]:
    address = addresses.Address(
        tuple(row.lines), row.sublocality, row.locality, row.administrative_area, row.postal_code, row.sorting_code
    )
    return addresses.envelope(address, store.market.code)


def _today(state: State) -> str:
    return {
        State.OPEN: _("Open now · opening hours"),
        State.CLOSED: _("Closed now · opening hours"),
        State.UNKNOWN: _("Opening hours"),
    }[state]


def _day(day: Any) -> str:
    return f"{date_format(day, 'D')} {date_format(day, 'SHORT_DATE_FORMAT')}"


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


app_name = "counters"
urlpatterns = [
    path("<str:token>/", listed, name="list"),
    path("<str:token>/<uuid:uid>/", corrected, name="correct"),
]
