"""Campaigns and the plan of each market: the page where the main job is done."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.views import ChangeList

from stores.actions import campaigns
from stores.actions.errors import NotFound, Refused
from stores.admin import plan_page
from stores.admin.base import ScopedAdmin, can, may, written
from stores.admin.columns import STATUS_COLOURS, choice, column, span
from stores.admin.plan_form import LocalizeForm, PlanForm, first_draft
from stores.models import Campaign, Channel, ChannelPromotion, Market, MarketPlan
from stores.planning import content as contents
from stores.tasks.sync import nudge
from stores.values import clock
from stores.values.rows import row_number

_ChangeList: Any = ChangeList


class CampaignList(_ChangeList):  # type: ignore[misc]  # Unfold is untyped
    """The list with each campaign's progress, counted for the whole page at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        keys = [campaign.pk for campaign in self.result_list]
        progress = Campaign.objects.filter(pk__in=keys).progress_for(request.user, clock.now())
        for campaign in self.result_list:
            campaign.progress = progress[campaign.pk]


@admin.register(Campaign)
class CampaignAdmin(ScopedAdmin):
    list_display = ("title", "code", "kind", "percent", "starts_local", "ends_local", "shown_state", "progress")
    list_filter = ("kind",)
    search_fields = ("code", "title")
    joined = ("brand",)
    fields: ClassVar[tuple[Any, ...]] = (
        "brand", ("code", "title"), ("kind", "percent"), ("starts_local", "ends_local"),
        ("window_policy", "time_zone"), "priority",
    )  # fmt: skip
    add_ability = "edit_plans"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A campaign without plans lies in no market, so only who has the whole brand would find it again."""
        user: Any = request.user
        grants = user.live_grants() if can(request, "edit_plans") else ()
        return any(grant.is_brand_wide() and "edit_plans" in grant.role.abilities for grant in grants)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return CampaignList

    @column(gettext_lazy("State"), label=STATUS_COLOURS)
    def shown_state(self, obj: Any) -> tuple[str, str]:
        return obj.progress.state, _(obj.progress.state.replace("_", " ").capitalize())

    @column(gettext_lazy("Channels"))
    def progress(self, obj: Any) -> str:
        if not obj.progress.wanted:
            return "–"
        text = (
            _("live in %(done)d of %(wanted)d")
            if obj.progress.state == "live"
            else _("ready in %(done)d of %(wanted)d")
        )
        return format_html(
            '<div class="m-bar"><span style="width: {}%"></span></div><span class="m-quiet m-nowrap">{}</span>',
            obj.progress.percent,
            text % {"done": obj.progress.done, "wanted": obj.progress.wanted},
        )

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:  # noqa: FBT001  (Django's signature)
        user: Any = request.user
        names = (
            "brand",
            "code",
            "title",
            "kind",
            "percent",
            "starts_local",
            "ends_local",
            "window_policy",
            "time_zone",
            "priority",
        )
        made = campaigns.create_campaign(by=user, **{name: getattr(obj, name) for name in names})
        obj.pk = made.pk

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """On to the campaign's page, where its markets are added."""
        messages.success(request, _("The campaign is there. Add its first market."))
        return HttpResponseRedirect(reverse("admin:stores_campaign_change", args=[obj.pk]))

    def get_urls(self) -> list[Any]:
        localize = self.admin_site.admin_view(self.localize_view)
        return [path("<path:object_id>/localize/", localize, name="stores_campaign_localize"), *super().get_urls()]

    # --- one campaign -------------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The campaign with its plan in each market, and the words for an emergency: freeze and stop."""
        campaign: Campaign = self.get_object(request, object_id)
        if request.method == "POST":
            return self._decide(request, campaign)
        user: Any = request.user
        now = clock.now()
        plans = (
            MarketPlan.objects.visible_to(user)
            .filter(campaign=campaign)
            .select_related("market", "latest_revision", "approved_revision")
        )
        channels = ChannelPromotion.objects.visible_to(user).filter(plan__campaign=campaign).progress_by_plan(now)
        rows: list[dict[str, Any]] = [
            {
                "plan": plan,
                "state": plan.state_at(now),
                "channels": channels.get(plan.pk, {}),
                "window": contents.read(plan.latest_revision.content).window if plan.latest_revision else None,
                **plan_page.headline(plan),
            }
            for plan in plans
        ]
        rows.sort(key=lambda row: str(row["plan"].market))
        context = {
            **self.admin_site.each_context(request),
            "title": campaign.title,
            "opts": self.opts,
            "original": campaign,
            "campaign": campaign,
            "rows": rows,
            "progress": Campaign.objects.filter(pk=campaign.pk).progress_for(user, now)[campaign.pk],
            "now": now,
            "can_edit": may(request, Campaign, campaign.pk, to="edit_plans"),
            "can_approve": may(request, Campaign, campaign.pk, to="approve_plans"),
            "can_stop": may(request, Campaign, campaign.pk, to="stop_plans"),
        }
        return TemplateResponse(request, "admin/stores/campaign.html", context)

    def _decide(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        user: Any = request.user
        reason = written(request).get("comment", "").strip()
        try:
            match request.POST.get("decision"):
                case "freeze":
                    campaigns.freeze_campaign(by=user, campaign=campaign, reason=reason)
                    said = _("Frozen: nothing new starts, what is live stays.")
                case "unfreeze":
                    campaigns.unfreeze_campaign(by=user, campaign=campaign, reason=reason)
                    said = _("Starts again as approved.")
                case "stop":
                    stopped = campaigns.stop_campaign(by=user, campaign=campaign, reason=reason)
                    said = _("Stopped in %(count)d markets.") % {"count": len(stopped)}
                case _:
                    raise Http404
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            messages.error(request, refusal.said())
        else:
            nudge()
            messages.success(request, said)
        return HttpResponseRedirect(request.path)

    # --- another market -----------------------------------------------------------------------------------------------

    def localize_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A plan for one more market: first which, then its words."""
        campaign: Campaign = self.get_object(request, object_id)
        user: Any = request.user
        if not may(request, Campaign, campaign.pk, to="edit_plans"):
            raise Http404
        open_markets = Market.objects.reached_by(user, to="edit_plans").exclude(plans__campaign=campaign)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Add a market"),
            "subtitle": campaign.title,
            "opts": self.opts,
            "original": campaign,
            "campaign": campaign,
        }
        code = request.GET.get("market", "")
        if not code:
            choices = sorted(((market.code, str(market)) for market in open_markets), key=lambda pair: pair[1])
            return TemplateResponse(request, "admin/stores/localize.html", {**context, "choices": choices})
        market: Market = get_object_or_404(open_markets, code=code)
        like = (
            MarketPlan.objects.visible_to(user).filter(campaign=campaign, latest_revision__isnull=False)
            .select_related("latest_revision").order_by("pk").first()
        )  # fmt: skip
        sold = Channel.objects.visible_to(user).filter(brand=campaign.brand, market=market, status="active")
        words = like.latest_revision.content if like and like.latest_revision else None
        draft = first_draft(campaign, market, words, list(sold.values_list("code", flat=True)))
        form = LocalizeForm(request.POST or None, draft=draft, market=market, campaign=campaign, reader=user)
        if request.method == "POST" and form.is_valid():
            try:
                plan = form.create()
            except NotFound:
                raise Http404 from None
            except Refused as refusal:
                form.add_error(None, refusal.said())
            else:
                messages.success(request, _("Written as revision 1. Send it for approval when it is ready."))
                return HttpResponseRedirect(reverse("admin:stores_marketplan_change", args=[plan.pk]))
        return TemplateResponse(request, "admin/stores/localize.html", {**context, "form": form, "market": market})


@admin.register(MarketPlan)
class MarketPlanAdmin(ScopedAdmin):
    when_empty = gettext_lazy("A plan begins on its campaign's page: open a campaign and add a market.")
    list_display = ("campaign", "market", "shown_review", "shown_state", "shown_window", "latest")
    list_filter = ("review_state", "market", "campaign")
    search_fields = ("campaign__code", "campaign__title", "market__code")
    joined = ("campaign", "market", "brand", "latest_revision", "approved_revision")

    @column(gettext_lazy("Review"), ordering="review_state", label=STATUS_COLOURS)
    def shown_review(self, obj: Any) -> tuple[str, str]:
        return choice(obj, "review_state")

    @column(gettext_lazy("State"), label=STATUS_COLOURS)
    def shown_state(self, obj: Any) -> tuple[str, str]:
        state = obj.state_at(clock.now())
        return state, _(state.replace("_", " ").capitalize())

    @column(gettext_lazy("Window, local time"), ordering="starts_at")
    def shown_window(self, obj: Any) -> str:
        if obj.latest_revision is None:
            return "–"
        window = contents.read(obj.latest_revision.content).window
        return span(window.starts, window.ends)

    @column(gettext_lazy("Revision"))
    def latest(self, obj: Any) -> str:
        return f"#{obj.latest_revision.number} · {obj.latest_revision.created_by}" if obj.latest_revision else "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a plan begins on its campaign's page

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Edit, submit, approve, reject, stop, resume; what is live stands beside what is proposed."""
        plan: MarketPlan = self.get_object(request, object_id)
        user: Any = request.user
        form = None
        if plan.latest_revision is not None:
            data = request.POST if request.POST.get("decision") == "save" else None
            # Compared with the revision that its page showed, so that only what the person changed is written.
            seen = plan.revisions.filter(pk=row_number(request.POST.get("revision"))).first() or plan.latest_revision
            draft = contents.read(seen.content)
            form = PlanForm(data, draft=draft, market=plan.market, campaign=plan.campaign, reader=user, seen=seen)
        if request.method == "POST":
            done = (
                self._save(request, plan, form) if form is not None and form.is_bound else self._decide(request, plan)
            )
            if done:
                return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            **plan_page.context(request, plan),
            "title": str(plan.market),
            "subtitle": plan.campaign.title,
            "opts": self.opts,
            "original": plan,
            "form": form,
        }
        return TemplateResponse(request, "admin/stores/plan.html", context)

    def _save(self, request: HttpRequest, plan: MarketPlan, form: PlanForm) -> bool:
        if not form.is_valid():
            return False
        before = plan.latest_revision_id
        try:
            saved = form.save(plan)
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            form.add_error(None, refusal.said())
            return False
        if saved.latest_revision_id == before:
            messages.info(request, _("Nothing changed, so there is no new revision."))
        elif saved.approved_revision_id and saved.stopped_at is None:
            messages.success(request, _("Saved as the next revision. What is live stays until you approve it."))
        else:
            messages.success(request, _("Saved as the next revision."))
        return True

    def _decide(self, request: HttpRequest, plan: MarketPlan) -> bool:
        decision = request.POST.get("decision", "")
        if decision not in plan_page.DECISIONS:
            raise Http404
        try:
            said = plan_page.decided(request, plan, decision)
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            messages.error(request, refusal.said())
        else:
            nudge()
            messages.success(request, said)
        return True
