"""Holiday readiness: which holidays come, which stores have not decided, and deciding for many at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from stores.actions import special_days
from stores.actions.errors import Refused
from stores.actions.special_days import Decided
from stores.admin.base import can, written
from stores.admin.fields import DayField
from stores.models import Market, SpecialDay, Store
from stores.models.queries.readiness import Waiting, worklist
from stores.values import clock
from stores.values.rows import row_number

PER_PAGE = 100
SOON_DAYS = 14
"""From here on a store that has not decided is urgent: maps and printed notices take two weeks."""
MOST_REASONS = 5
# What the action says of days it leaves, in the catalogues.
REASONS = (
    gettext_noop("Your role does not allow you to edit hours here."),
    gettext_noop("It is confirmed already."),
    gettext_noop("It is dismissed already."),
    gettext_noop("The day is over."),
)


@dataclass(frozen=True)
class Line:
    """A holiday of the worklist as the page shows it."""

    waiting: Waiting
    when: str
    in_days: int

    @property
    def colour(self) -> str:
        return "bad" if self.in_days <= SOON_DAYS else "warn"


def page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The worklist, or with ``market``, ``from`` and ``to`` the stores behind one of its lines."""
    user: Any = request.user
    market = _market(request)
    first, last = _day(request, "from"), _day(request, "to")
    if market is not None and first and last:
        return _stores(request, context, market, first, last)
    today = clock.now().date()
    waiting = SpecialDay.objects.visible_to(user).waiting(today)
    everything = worklist(waiting)
    lines = [
        Line(each, span(each.first, each.last), (each.first - today).days)
        for each in everything
        if market is None or each.market_id == market.pk
    ]
    markets = sorted({(each.market, each.market_id) for each in everything})
    shown = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    without = Market.objects.reached_by(user).exclude(holidays__date__gte=today).order_by("code")
    context |= {
        "title": _("Holiday readiness"),
        "lines": shown,
        "markets": markets,
        "market": market,
        "urgent": sum(line.in_days <= SOON_DAYS for line in lines),
        "soon_days": SOON_DAYS,
        "without": list(without.values_list("code", flat=True)),
    }
    return TemplateResponse(request, "admin/stores/readiness.html", context)


def _stores(request: HttpRequest, context: dict[str, Any], market: Market, first: date, last: date) -> HttpResponse:
    user: Any = request.user
    today = clock.now().date()
    asked = SpecialDay.objects.visible_to(user).filter(store__market=market, date__range=(first, last))
    rows = asked.waiting(today).order_by("date", "store__code").select_related("store")
    hours = ""
    if request.method == "POST":
        try:
            return _decide(request, rows, asked)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
            hours = written(request).get("hours", "")
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context |= {
        "title": str(market),
        "subtitle": span(first, last),
        "rows": shown,
        "total": shown.paginator.count,
        "hours": hours,
        "chosen": {row_number(pk) for pk in request.POST.getlist("day")},
        "all_chosen": request.POST.get("which") == "all",
        "market": market,
        "first": first,
        "last": last,
        "may_decide": can(request, "edit_hours"),
    }
    return TemplateResponse(request, "admin/stores/readiness_stores.html", context)


def _decide(request: HttpRequest, rows: Any, asked: Any) -> HttpResponse:
    """Do what a button asks with the chosen ones among ``asked``, or with all ``rows`` that wait.

    What was chosen may have been decided meanwhile: the action says so of each.
    """
    user: Any = request.user
    chosen = request.POST.getlist("day")
    if request.POST.get("which") != "all":
        if not chosen:
            raise ValidationError(_("Choose stores first, or decide for all of them."))
        wanted = asked.filter(pk__in=[row_number(pk) for pk in chosen])
    else:
        wanted = rows
    days = SpecialDay.objects.filter(pk__in=wanted.order_by().values("pk"))
    try:
        match request.POST.get("decision"):
            case "confirm":
                done = special_days.confirm_special_days(by=user, days=days, reason="readiness")
            case "closed":
                done = special_days.confirm_special_days(by=user, days=days, periods=[], reason="readiness")
            case "hours":
                periods = DayField().clean(written(request).get("hours", ""))
                if not periods:
                    raise ValidationError(_("Write the hours, such as 10:00-18:00."))
                done = special_days.confirm_special_days(by=user, days=days, periods=periods, reason="readiness")
            case "regular":
                done = special_days.dismiss_special_days(by=user, days=days, reason="readiness")
            case _:
                raise Http404
    except Refused as refusal:
        messages.error(request, refusal.said())
    else:
        _say(request, done)
        if not done.done and not done.unchanged:
            messages.info(request, _("Nothing is left to decide here."))
    return HttpResponseRedirect(
        request.get_full_path() if rows.exists() else reverse("admin:stores_specialday_readiness")
    )


def _say(request: HttpRequest, done: Decided) -> None:
    if done.done:
        text = ngettext("Decided about %(count)d special day.", "Decided about %(count)d special days.", done.done)
        messages.success(request, text % {"count": done.done})
    for each in done.unchanged[:MOST_REASONS]:
        messages.warning(request, f"{each.store}, {date_format(each.date)}: {_(each.reason)}")
    if (more := len(done.unchanged) - MOST_REASONS) > 0:
        text = ngettext("%(count)d more stayed as it was.", "%(count)d more stayed as they were.", more)
        messages.warning(request, text % {"count": more})


def span(first: date, last: date) -> str:
    """One day, or the first and the last of several."""
    return date_format(first) if first == last else f"{date_format(first)} – {date_format(last)}"


def _market(request: HttpRequest) -> Market | None:
    """The market that was asked for, if the person is in it. A wrong one is no market of theirs: 404."""
    code = request.GET.get("market", "")
    user: Any = request.user
    if not code:
        return None
    # A partner's people see no market entry, only their stores.
    own = Store.objects.visible_to(user).order_by().values("market")
    found: Market | None = Market.objects.filter(code=code, pk__in=own).first()
    if found is None:
        raise Http404
    return found


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
