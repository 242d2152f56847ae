"""What a partner's pages show: the contract, the quarter's confirmations, the counters and the quality of their data."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.actions.partners import objections
from stores.actions.quality import qualities
from stores.admin.base import may
from stores.admin.counters import PARTS, gap_names
from stores.models import ChangeRequest, ConfirmationLink, Market, Partner, Store
from stores.models.channels import CHANNEL_KINDS
from stores.models.network import PUBLIC_STATUSES
from stores.models.queries.publication import publication_gaps
from stores.values import clock
from stores.values.quality import WEIGHTS
from stores.values.rows import row_number

# A page of this many rows is still read; the largest partner of the first brand has 56.
MOST = 500
MOST_WORST = 5

CONTRACT_NAMES = {
    "undated": gettext_lazy("No dates"),
    "to_come": gettext_lazy("Not yet begun"),
    "running": gettext_lazy("In force"),
    "ending": gettext_lazy("Ends soon"),
    "over": gettext_lazy("Over"),
}
CONTRACT_CLASSES = {"undated": "", "to_come": "info", "running": "good", "ending": "warn", "over": "bad"}


def counters(actor: Any, partner: Partner) -> Any:
    """The partner's stores that the person sees, those of the past left out."""
    return Store.objects.visible_to(actor).filter(operator=partner).exclude(status__in=("closed", "cancelled"))


def panel(request: HttpRequest, partner: Any, quarter: str) -> dict[str, Any]:
    """The top of the partner's page; ``partner`` comes from the admin's list, with its progress."""
    user: Any = request.user
    state = partner.contract_state(clock.now().date())
    stores = counters(user, partner)
    rows = _judged(stores[:MOST])
    lacking = {part: sum(part in row["quality"].gaps for row in rows) for part in WEIGHTS}
    return {
        **question(request, partner),
        "partner": partner,
        "quarter": quarter,
        "contract": {"name": CONTRACT_NAMES[state], "colour": CONTRACT_CLASSES[state]},
        "percent": round(100 * partner.confirmed / partner.counters) if partner.counters else 0,
        "links": list(ConfirmationLink.objects.visible_to(user).filter(partner=partner, quarter=quarter)[:5]),
        "waiting": ChangeRequest.objects.visible_to(user).undecided().filter(store__operator=partner).count(),
        "manages": may(request, Partner, partner.pk, to="edit_partners"),
        "count": len(rows),
        "total": len(rows) if len(rows) < MOST else stores.count(),
        "mean": round(sum(row["quality"].score for row in rows) / len(rows)) if rows else None,
        "parts": [
            {"name": PARTS[part], "good": len(rows) - count, "percent": round(100 * (len(rows) - count) / len(rows))}
            for part, count in lacking.items()
        ]
        if rows
        else [],
        "worst": [row for row in rows if row["quality"].gaps][:MOST_WORST],
    }


def question(request: HttpRequest, partner: Partner) -> dict[str, Any]:
    """ "May they sell there?": the form's choices, and the answer when it was asked. Names only whom the person sees."""
    user: Any = request.user
    markets = {market.code: market for market in Market.objects.reached_by(user)}
    asked = {name: request.GET.get(name, "") for name in ("market", "kind", "on")}
    context: dict[str, Any] = {
        "question": asked,
        "question_markets": sorted(((code, str(market)) for code, market in markets.items()), key=lambda pair: pair[1]),
        "question_kinds": [(kind, _(kind.replace("_", " ").capitalize())) for kind in CHANNEL_KINDS],
    }
    day = _day(asked["on"])
    if day is None or asked["market"] not in markets:
        return context
    found = objections(partner=partner, market=markets[asked["market"]], on=day, kind=asked["kind"])
    seen = Partner.objects.visible_to(user)
    answers = [
        {
            "text": _(one.message),
            "forbids": one.forbids,
            "holder": one.right.partner
            if one.right is not None and seen.filter(pk=one.right.partner_id).exists()
            else None,
        }
        for one in found
    ]
    return {**context, "answers": answers, "answered": True}


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def listed(request: HttpRequest, partner: Partner) -> dict[str, Any]:
    """Every counter with its quality and what publication asks for, the worst first."""
    user: Any = request.user
    stores = counters(user, partner)
    total = stores.count()
    rows = _judged(stores[:MOST])
    gaps = publication_gaps([row["store"].pk for row in rows])
    for row in rows:
        store = row["store"]
        row["gaps"] = gaps.get(store.pk, [])
        row["ready"] = store.status in PUBLIC_STATUSES
        row["publishable"] = store.published_at is None and row["ready"] and not row["gaps"]
    return {
        "rows": rows,
        "total": total,
        "shown": len(rows),
        "publishable": sum(row["publishable"] for row in rows),
        "choosable": any(row["store"].published_at is None for row in rows)
        and may(request, Store, rows[0]["store"].pk, to="edit_stores"),
        "most": MOST,
    }


def numbers(request: HttpRequest, name: str) -> list[int]:
    """Row numbers that a form sent."""
    return [row_number(text) for text in request.POST.getlist(name)[:MOST]]


def _judged(stores: Any) -> list[dict[str, Any]]:
    found = list(stores.select_related("market"))
    quality = qualities([store.pk for store in found])
    rows = [
        {"store": store, "quality": quality[store.pk], "lacking": gap_names(quality[store.pk].gaps)} for store in found
    ]
    return sorted(rows, key=lambda row: (row["quality"].score, row["store"].code))
