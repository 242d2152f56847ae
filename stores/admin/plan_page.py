"""What a plan's page shows: what is live beside what is proposed, the decisions so far, and each channel's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores.actions import plans
from stores.actions.transaction import name_of
from stores.admin.base import may, written
from stores.admin.columns import price, span
from stores.models import Approval, ChannelPromotion, MarketPlan, PlanRevision
from stores.values import clock, languages

MOST_STEPS = 30


@dataclass(frozen=True)
class Row:
    """One line of the comparison: the field, in which language, what is approved, what is proposed."""

    name: str
    language: str
    live: str
    proposed: str

    @property
    def changed(self) -> bool:
        return self.live != self.proposed


def _submit(user: Any, plan: MarketPlan, data: Mapping[str, str]) -> str:
    plans.submit_plan(by=user, plan=plan)
    return _("Sent for approval.")


def _approve(user: Any, plan: MarketPlan, data: Mapping[str, str]) -> str:
    plans.approve_plan(by=user, plan=plan, content_hash=data.get("content_hash", ""), comment=data.get("comment", ""))
    return _("Approved. The channels follow within seconds.")


def _reject(user: Any, plan: MarketPlan, data: Mapping[str, str]) -> str:
    plans.reject_plan(by=user, plan=plan, comment=data.get("comment", "").strip() or _("no comment"))
    return _("Sent back to its author.")


def _stop(user: Any, plan: MarketPlan, data: Mapping[str, str]) -> str:
    plans.stop_plan(by=user, plan=plan, reason=data.get("comment", ""))
    return _("Stopped. It ends in every channel within seconds.")


def _resume(user: Any, plan: MarketPlan, data: Mapping[str, str]) -> str:
    plans.resume_plan(by=user, plan=plan, comment=data.get("comment", ""))
    return _("Runs again, as it was approved.")


DECISIONS: Mapping[str, Callable[[Any, MarketPlan, Mapping[str, str]], str]] = {
    "submit": _submit,
    "approve": _approve,
    "reject": _reject,
    "stop": _stop,
    "resume": _resume,
}


def decided(request: HttpRequest, plan: MarketPlan, decision: str) -> str:
    """Do what a button asks; the sentence to show. Raises Refused."""
    return DECISIONS[decision](request.user, plan, written(request))


def context(request: HttpRequest, plan: MarketPlan) -> dict[str, Any]:
    """Everything but the form."""
    user: Any = request.user
    now = clock.now()
    latest, approved = plan.latest_revision, plan.approved_revision
    state = plan.state_at(now)
    promotions = list(
        ChannelPromotion.objects.visible_to(user).filter(plan=plan).select_related("channel").order_by("channel__code")
    )
    shown = [row for row in promotions if row.presence == "present" or row.state != "ended"]
    return {
        "plan": plan,
        "state": state,
        "now": now,
        "latest": latest,
        "approved": approved,
        "differs": latest is not None and approved is not None and latest.pk != approved.pk,
        "comparison": compared(approved, latest),
        "promotions": promotions,
        "states": {row.pk: row.state_at(now) for row in promotions},
        "live_count": sum(row.state_at(now) == "live" for row in shown),
        "wanted_count": sum(row.presence == "present" for row in promotions),
        "unconfirmed": [row for row in promotions if row.presence == "absent" and row.state != "ended"],
        "steps": steps(request, plan),
        "can_edit": may(request, MarketPlan, plan.pk, to="edit_plans"),
        "can_approve": may(request, MarketPlan, plan.pk, to="approve_plans"),
        "can_stop": may(request, MarketPlan, plan.pk, to="stop_plans"),
        "open_for_approval": latest is not None
        and plan.review_state in {"draft", "in_review", "rejected"}
        and (approved is None or latest.pk != approved.pk),
        "stopped": plan.stopped_at is not None,
        "resumable": plan.stopped_at is not None and approved is not None and latest == approved,
        "own_words": latest is not None and latest.created_by == name_of(user) and plan.brand.four_eyes,
    }


def headline(plan: MarketPlan) -> dict[str, str]:
    """The latest headline as the market itself reads it, and the language it is in."""
    texts = plan.latest_revision.content["copy"]["headline"] if plan.latest_revision else {}
    if not texts:
        return {"headline": "", "language": ""}
    text, language = languages.pick(texts, plan.market.languages, languages.ENGLISH)
    return {"headline": text, "language": language}


def compared(approved: PlanRevision | None, latest: PlanRevision | None) -> list[Row]:
    """What customers see beside what is proposed; with one revision only, that one on both sides."""
    if latest is None:
        return []
    new, old = latest.content, (approved or latest).content
    rows = []
    for name, label in (("headline", _("Headline")), ("body", _("Text")), ("terms", _("Terms"))):
        before, after = old["copy"].get(name, {}), new["copy"].get(name, {})
        rows += [Row(label, tag, before.get(tag, ""), after.get(tag, "")) for tag in dict.fromkeys((*after, *before))]
    rows.append(Row(_("Percentage"), "", _percent(old), _percent(new)))
    rows.append(Row(_("Window"), "", _window(old), _window(new)))
    rows.append(Row(_("Prices"), "", _prices(old), _prices(new)))
    rows.append(Row(_("Channels"), "", ", ".join(old["channels"]), ", ".join(new["channels"])))
    rows.append(Row(_("Stores"), "", ", ".join(old["stores"]), ", ".join(new["stores"])))
    return [row for row in rows if row.live or row.proposed]


def _percent(content: Mapping[str, Any]) -> str:
    return f"{number_format(Decimal(content['percent']))} %" if "percent" in content else ""


def _window(content: Mapping[str, Any]) -> str:
    start, end = (datetime.fromisoformat(content["window"][edge]) for edge in ("starts", "ends"))
    return f"{span(start, end)} ({content['window']['zone']})"


def _prices(content: Mapping[str, Any]) -> str:
    """Articles with their prices, once each where all channels agree."""
    instead = _("instead of")
    lines = {
        f"{item['sku']}: {price(Decimal(item['price']), item['currency'])}"
        f" ({instead} {price(Decimal(item['regular']), item['currency'])})"
        for item in content["items"]
        if "price" in item
    }
    return "\n".join(sorted(lines))


@dataclass(frozen=True)
class Step:
    """A revision or a decision, for the plan's timeline."""

    at: datetime
    what: Any
    by: str
    comment: str
    colour: str


def steps(request: HttpRequest, plan: MarketPlan) -> list[Step]:
    """Revisions and decisions, newest first."""
    user: Any = request.user
    revisions = PlanRevision.objects.visible_to(user).filter(plan=plan).order_by("-number")[:MOST_STEPS]
    decisions = Approval.objects.visible_to(user).filter(revision__plan=plan).select_related("revision")
    found = [
        Step(row.created_at, _("Revision %(n)d written") % {"n": row.number}, row.created_by, "", "")
        for row in revisions
    ]
    words = {"approve": gettext_lazy("Revision %(n)d approved"), "reject": gettext_lazy("Revision %(n)d rejected")}
    found += [
        Step(row.created_at, words[row.decision] % {"n": row.revision.number}, row.decided_by, row.comment,
             "good" if row.decision == "approve" else "bad")
        for row in decisions[:MOST_STEPS]
    ]  # fmt: skip
    stops: Any = plan.history.filter(review_state="stopped").order_by("-pgh_id")  # type: ignore[attr-defined]  # pghistory adds it
    for event in stops[:MOST_STEPS]:
        why = event.pgh_context or {}
        found.append(Step(event.pgh_created_at, _("Stopped"), why.get("actor", ""), why.get("reason", ""), "bad"))
    return sorted(found, key=lambda step: step.at, reverse=True)[:MOST_STEPS]
