"""The opening pipeline: every store on its way to the opening, by date, with who holds it up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from stores.dashboard.reading import market_name, may_view
from stores.models import Region, Store, StoreMilestone
from stores.models.network import PUBLIC_STATUSES
from stores.models.queries.opening import local_day
from stores.models.queries.publication import publication_gaps
from stores.values import clock
from stores.values.lifecycle import PIPELINE_STATUSES

PER_PAGE = 50
SOON = timedelta(days=30)


def board(request: HttpRequest) -> HttpResponse:
    """The page. ``?market=``, ``?region=``, ``?status=`` and ``?late=1`` narrow it; what does not exist finds nothing."""
    may_view(request)
    user: Any = request.user
    now = clock.now()
    everything = Store.objects.visible_to(user).filter(status__in=PIPELINE_STATUSES)
    overdue = StoreMilestone.objects.visible_to(user).overdue(now)
    missed = everything.reached("opening_date", now)
    chosen = {name: request.GET.get(name, "")[:40] for name in ("market", "region", "status", "late")}
    rows = everything
    if chosen["market"]:
        rows = rows.in_markets([chosen["market"]])
    if chosen["region"]:
        rows = rows.in_region(chosen["region"])
    if chosen["status"]:
        rows = rows.filter(status=chosen["status"])
    late = Q(Exists(overdue.filter(store=OuterRef("pk")))) | Q(pk__in=missed.values("pk"))
    if chosen["late"]:
        rows = rows.filter(late)
    ordered = rows.order_by(F("opening_date").asc(nulls_last=True), "market__code", "code")
    page = Paginator(ordered.select_related("market", "operator"), PER_PAGE).get_page(request.GET.get("page"))
    today = now.date()
    context = {
        **admin.site.each_context(request),
        "title": _("Opening pipeline"),
        "chosen": chosen,
        "markets": sorted(
            (
                (code, market_name(code))
                for code in everything.order_by().values_list("market__code", flat=True).distinct()
            ),
            key=lambda each: each[1],
        ),
        "regions": Region.objects.visible_to(user).order_by("code"),
        "statuses": PIPELINE_STATUSES,
        "totals": {
            "all": everything.count(),
            "soon": everything.filter(opening_date__gte=today, opening_date__lt=today + SOON).count(),
            "late": everything.filter(late).count(),
            "undated": everything.filter(opening_date__isnull=True).count(),
        },
        "page": page,
        "rows": described(list(page.object_list), actor=user),
        "query": "&".join(f"{name}={value}" for name, value in chosen.items() if value),
        "found": page.paginator.count,
    }
    return TemplateResponse(request, "stores/openings.html", context)


def described(stores: Sequence[Store], *, actor: Any) -> list[dict[str, Any]]:
    """Stores of one page with their milestones and what their publication lacks; the same queries for one and for fifty."""
    now = clock.now()
    milestones: defaultdict[int, list[StoreMilestone]] = defaultdict(list)
    found = StoreMilestone.objects.visible_to(actor).filter(store__in=[store.pk for store in stores])
    for each in found.select_related("owner").order_by(F("due_date").asc(nulls_last=True), "pk"):
        milestones[each.store_id].append(each)
    # What customers will see only counts once they are about to: before, half of it cannot be known.
    nearly = [store.pk for store in stores if store.status in PUBLIC_STATUSES and store.published_at is None]
    gaps = publication_gaps(nearly) if nearly else {}
    rows, month = [], object()
    for store in stores:
        today = local_day(store.time_zone, now)
        own = milestones[store.pk]
        todo = [each for each in own if each.done_date is None]
        opens: date | None = store.opening_date
        this_month = (opens.year, opens.month) if opens else None
        rows.append(
            {
                "store": store,
                "new_month": this_month != month,
                "missed": opens is not None and opens <= today,
                "days": (opens - today).days if opens else None,
                "total": len(own),
                "done": len(own) - len(todo),
                "percent": round(100 * (len(own) - len(todo)) / len(own)) if own else 0,
                "next": todo[0] if todo else None,
                "late": [each for each in todo if each.due_date is not None and each.due_date < today],
                "gaps": gaps.get(store.pk, []),
            }
        )
        month = this_month
    return rows
