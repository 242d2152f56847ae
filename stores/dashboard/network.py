"""The network map: every store the person may see, as points for the map and as a list that needs no map.

The list is made here and works by itself; where the browser can draw, the map asks for the same list cut to what it shows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition

from stores.dashboard.home import STAGES, stage_names
from stores.dashboard.reading import market_name, may_view
from stores.models import Market, Partner, Store
from stores.models.fields import in_reader_language
from stores.models.network import FORMATS, STATUSES
from stores.values.coordinates import parse_bbox, parse_point
from stores.values.rows import row_number

PAGE = 25
MOST_CARDS = 10
STAGE_OF = {status: stage for stage, statuses in STAGES for status in statuses}
# Where on the palette of the page a stage is; the same order as STAGES.
NUMBER_OF = {status: number for number, (_stage, statuses) in enumerate(STAGES) for status in statuses}


@dataclass(frozen=True)
class Filters:
    """What the page's form and links narrow the network to; a word that is not on offer matches nothing."""

    market: str = ""
    status: str = ""
    stage: str = ""
    format: str = ""
    operator: str = ""
    q: str = ""
    position: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Filters:
        return cls(**{name: request.GET.get(name, "").strip()[:100] for name in cls.__dataclass_fields__})

    def given(self) -> dict[str, str]:
        """Those that are set, for links."""
        return {name: value for name, value in vars(self).items() if value}

    def without(self, *names: str) -> Filters:
        return Filters(**{name: value for name, value in self.given().items() if name not in names})

    def rows(self, actor: Any) -> Any:
        """Stores of the actor that match."""
        found = Store.objects.visible_to(actor)
        if self.market:
            found = found.in_markets([self.market])
        if self.status:
            found = found.filter(status=self.status)
        if self.stage:
            found = found.filter(status__in=dict(STAGES).get(self.stage, ()))
        if self.format:
            found = found.filter(format=self.format)
        if self.operator == "none":
            found = found.filter(operator=None)
        elif self.operator:
            found = found.filter(operator__in=Partner.objects.visible_to(actor).filter(code=self.operator))
        if self.q:
            found = found.coded_or_matching(self.q)
        if self.position:
            found = found.unplaced() if self.position == "none" else found.placed()
        return found


def page(request: HttpRequest) -> HttpResponse:
    """The map with its filters, its legend and the first page of the list."""
    may_view(request)
    chosen = Filters.of(request)
    counts = chosen.without("stage", "position").rows(request.user).map_counts()
    by_stage = {stage: sum(counts.by_status.get(status, 0) for status in statuses) for stage, statuses in STAGES}
    names = stage_names()
    context = {
        **admin.site.each_context(request),
        "title": _("Network map"),
        "chosen": chosen,
        "query": urlencode(chosen.given()),
        "legend": [
            {
                "stage": stage,
                "name": names[stage],
                "count": count,
                "query": urlencode(chosen.without("stage", "status").given() | {"stage": stage}),
            }
            for stage, count in by_stage.items()
        ],
        "total": sum(by_stage.values()),
        "unplaced": counts.unplaced,
        "unplaced_query": urlencode(chosen.without("position").given() | {"position": "none"}),
        "all_query": urlencode(chosen.without("position", "stage").given()),
        **choices(request.user),
        **listed(request, chosen),
    }
    return TemplateResponse(request, "stores/map.html", context)


def stores_list(request: HttpRequest) -> HttpResponse:
    """The list alone, cut to what the map shows."""
    may_view(request)
    return TemplateResponse(request, "stores/map_list.html", listed(request, Filters.of(request)))


def cards(request: HttpRequest) -> HttpResponse:
    """A few stores as cards: those of a point that was clicked."""
    may_view(request)
    user: Any = request.user
    numbers = [row_number(text) for text in request.GET.getlist("id")[:MOST_CARDS]]
    rows = Store.objects.visible_to(user).filter(pk__in=numbers)
    return TemplateResponse(request, "stores/map_cards.html", {"rows": shown(rows)})


def listed(request: HttpRequest, chosen: Filters) -> dict[str, Any]:
    """A page of the list: within ``bbox`` if given, nearest to ``near`` first."""
    rows = chosen.rows(request.user)
    try:
        if bbox := request.GET.get("bbox"):
            rows = rows.in_boxes(parse_bbox(bbox))
        if near := request.GET.get("near"):
            rows = rows.with_distance(parse_point(near)).order_by("distance", "pk")
        else:
            rows = rows.order_by("market__code", "code", "pk")
    except ValueError as error:
        raise BadRequest(str(error)) from error
    found = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = chosen.given()
    return {
        "found": found,
        "rows": shown(found.object_list),
        "in_view": bool(bbox),
        "narrowed": bool(query),
        "page_query": urlencode(query),
    }


def shown(rows: Any) -> list[Any]:
    """Stores with what a line of the list says, in as many questions for 25 as for one."""
    found = list(rows.with_locality().select_related("market", "operator"))
    for store in found:
        store.stage = STAGE_OF[store.status]
        store.market_name = market_name(store.market.code)
    return found


def choices(actor: Any) -> dict[str, Any]:
    """What the filters offer: what the person's own stores have."""
    markets = Market.objects.filter(pk__in=Store.objects.visible_to(actor).order_by().values("market"))
    partners = Partner.objects.visible_to(actor).filter(
        pk__in=Store.objects.visible_to(actor).order_by().values("operator")
    )
    return {
        "markets": sorted(((market.code, market_name(market.code)) for market in markets), key=lambda one: one[1]),
        "statuses": [(word, Store(status=word).get_status_display()) for word in STATUSES],
        "formats": [(word, Store(format=word).get_format_display()) for word in FORMATS],
        "operators": sorted(
            ((partner.code, in_reader_language(partner.name) or partner.code) for partner in partners),
            key=lambda one: one[1],
        ),
    }


# --- the points -------------------------------------------------------------------------------------------------------


def _tag(request: HttpRequest) -> str | None:
    user: Any = request.user
    if not user.is_authenticated or not user.can("view"):
        return None
    return f'"{Filters.of(request).rows(user).placed().state()}"'


@gzip_page
@cache_control(private=True, no_cache=True)
@condition(etag_func=_tag)
def points(request: HttpRequest) -> HttpResponse:
    """Every store that has a position, as three lists of equal length: id, longitude and latitude by turns, stage.

    65,000 stores are 2 MB before compression, of which 0.6 go over the line, and nothing when nothing changed.
    """
    may_view(request)
    ids: list[int] = []
    places: list[float] = []
    stages: list[int] = []
    rows = Filters.of(request).rows(request.user).placed().order_by("pk")
    for pk, longitude, latitude, status in rows.values_list("pk", "longitude", "latitude", "status"):
        ids.append(pk)
        places.extend((round(longitude, 5), round(latitude, 5)))
        stages.append(NUMBER_OF[status])
    body = json.dumps({"ids": ids, "places": places, "stages": stages}, separators=(",", ":"))
    return HttpResponse(body, content_type="application/json")
