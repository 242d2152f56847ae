"""The form of a plan: its words in each language of the market, its prices, its window, and where it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stores.actions import plans
from stores.models import Actor, Campaign, Channel, Market, MarketPlan, PlanRevision, Product
from stores.models.fields import WallClockFormField, in_reader_language
from stores.planning import content as contents
from stores.planning.windows import Window

COPY = ("headline", "body", "terms")
COPY_LABELS = {"headline": _("Headline"), "body": _("Text"), "terms": _("Terms")}
LONGEST = {"headline": 200, "body": 4000, "terms": 4000}


@dataclass(frozen=True)
class Languages:
    """The boxes of one language, as the page lays them out."""

    tag: str
    fields: list[Any]


class PlanForm(forms.Form):
    """Edits a draft. ``draft`` is what is there, ``market`` and ``reader`` decide languages and choices."""

    starts = WallClockFormField(label=_("Starts"))
    ends = WallClockFormField(label=_("Ends"))

    def __init__(
        self,
        *args: Any,
        draft: contents.Draft,
        market: Market,
        campaign: Campaign,
        reader: Actor,
        seen: PlanRevision | None = None,
        **kw: Any,
    ) -> None:
        self.seen = seen
        self.draft, self.market, self.campaign, self.reader = draft, market, campaign, reader
        super().__init__(*args, **kw)
        self.tags = list(dict.fromkeys((*market.languages, *draft.headline, *draft.body, *draft.terms, "en")))
        for name in COPY:
            for tag in self.tags:
                self._add_text(name, tag)
        self.initial["starts"], self.initial["ends"] = draft.window.starts, draft.window.ends
        if draft.kind == "percentage":
            self.fields["percent"] = forms.DecimalField(
                label=_("Percentage"), min_value=Decimal("0.01"), max_value=100, decimal_places=2, initial=draft.percent
            )
        for sku, price in (draft.fixed_prices or {}).items():
            self.fields[f"price:{sku}"] = forms.DecimalField(
                label=sku, min_value=0, decimal_places=market.price_decimals, max_digits=14, initial=price
            )
        self._add_channels()

    def _add_text(self, name: str, tag: str) -> None:
        rows = 2 if name == "headline" else 4
        box = forms.Textarea(attrs={"rows": rows, "lang": tag, "dir": "auto"})
        self.fields[f"{name}:{tag}"] = forms.CharField(
            label=COPY_LABELS[name],
            required=False,
            widget=box,
            max_length=LONGEST[name],
            initial=getattr(self.draft, name).get(tag, ""),
        )

    def _add_channels(self) -> None:
        rows = Channel.objects.visible_to(self.reader).filter(brand=self.campaign.brand, market=self.market)
        named = [(row.code, in_reader_language(row.name) or row.code) for row in rows.exclude(status="closed")]
        self.fields["channels"] = forms.MultipleChoiceField(
            label=_("Channels"),
            required=False,
            choices=named,
            widget=forms.CheckboxSelectMultiple,
            initial=list(self.draft.channels),
        )
        self.fields["stores"] = forms.CharField(
            label=_("Stores"),
            required=False,
            help_text=_("Codes of stores where it runs as well, separated by spaces."),
            widget=forms.Textarea(attrs={"rows": 2}),
            initial=" ".join(self.draft.stores),
        )

    def by_language(self) -> list[Languages]:
        """Bound fields grouped by language, for the page."""
        return [Languages(tag, [self[f"{name}:{tag}"] for name in COPY]) for tag in self.tags]

    def prices(self) -> list[Any]:
        """Bound price fields, one an article."""
        return [self[name] for name in self.fields if name.startswith("price:")]

    def texts(self, name: str) -> dict[str, str]:
        """A localized text as written; a box left blank is a language left out."""
        written = {tag: self.cleaned_data.get(f"{name}:{tag}", "") for tag in self.tags}
        return {tag: text.replace("\r\n", "\n") for tag, text in written.items() if text.strip()}

    def values(self) -> dict[str, Any]:
        """Everything the form holds, as fields of a draft."""
        data = self.cleaned_data
        # Channels beyond the person's own reach are in no checkbox and stay as they are.
        offered = {code for code, _name in self.fields["channels"].choices}  # type: ignore[attr-defined]  # a field of choices
        kept = [code for code in self.draft.channels if code not in offered]
        found: dict[str, Any] = {
            **{name: self.texts(name) for name in COPY},
            "window": Window(starts=data["starts"], ends=data["ends"], zone=self.draft.window.zone),
            "channels": (*kept, *data["channels"]),
            "stores": tuple(data["stores"].split()),
        }
        if "percent" in data:
            found["percent"] = data["percent"]
        prices = {name.removeprefix("price:"): data[name] for name in self.fields if name.startswith("price:")}
        if prices:
            found["fixed_prices"] = prices
        return found

    def changes(self) -> dict[str, Any]:
        """Only what differs from the draft, so that two people editing different parts do not undo each other."""
        return {name: value for name, value in self.values().items() if not _same(value, getattr(self.draft, name))}

    def save(self, plan: MarketPlan) -> MarketPlan:
        """The next revision, or none when nothing changed."""
        return plans.revise_plan(by=self.reader, plan=plan, seen=self.seen, **self.changes())


class LocalizeForm(PlanForm):
    """The same for a market that has no plan yet; products are chosen here, once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Product.objects.visible_to(self.reader).filter(brand=self.campaign.brand)
        self.fields["products"] = forms.MultipleChoiceField(
            label=_("Products"),
            choices=[(row.code, in_reader_language(row.name) or row.code) for row in rows],
            widget=forms.CheckboxSelectMultiple,
            initial=[one.code for one in self.draft.selectors if one.selector == "product" and one.role == "include"],
        )

    def create(self) -> MarketPlan:
        """The market's plan with its first revision."""
        values = self.values()
        window: Window = values.pop("window")
        return plans.localize_plan(
            by=self.reader,
            campaign=self.campaign,
            market=self.market,
            starts=window.starts,
            ends=window.ends,
            selectors=[contents.Selector("product", code) for code in self.cleaned_data["products"]],
            **values,
        )


def first_draft(
    campaign: Campaign, market: Market, like: Mapping[str, Any] | None, channels: Sequence[str]
) -> contents.Draft:
    """What a new market's form starts with: the campaign's own values, words and products from a plan that is there."""
    zone = campaign.time_zone if campaign.window_policy == "single_instant" else market.default_time_zone
    model = contents.read(like) if like else None
    shared = dict.fromkeys(market.languages, "")

    def words(texts: Mapping[str, str] | None) -> dict[str, str]:
        return {**shared, **{tag: text for tag, text in (texts or {}).items() if tag in (*market.languages, "en")}}

    return contents.Draft(
        kind=campaign.kind,
        percent=campaign.percent,
        headline=words(model.headline if model else None),
        body=words(model.body if model else None),
        terms=words(model.terms if model else None),
        window=Window(starts=campaign.starts_local, ends=campaign.ends_local, zone=zone),
        policy=campaign.window_policy,
        selectors=model.selectors if model else (),
        channels=tuple(channels),
    )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple):
        return sorted(one) == sorted(other)
    if isinstance(one, datetime) or not isinstance(one, Mapping):
        return bool(one == other)
    return dict(one) == dict(other or {})
