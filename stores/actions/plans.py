"""Plans of a campaign: localize, revise, submit, approve, reject, stop, resume.

A revision never changes. Editing makes the next one while the approved one stays live; approving is bound to the hash that
the person looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from stores.actions import replanning, revisions
from stores.actions.access import locked, require
from stores.actions.errors import Refused
from stores.actions.transaction import acting, name_of
from stores.models import Actor, Approval, Campaign, Market, MarketPlan, PlanRevision
from stores.planning import content as contents
from stores.planning.windows import Window
from stores.values import clock
from stores.values.words import storable


def localize_plan(
    *,
    by: Actor,
    campaign: Campaign,
    market: Market,
    headline: Mapping[str, str],
    body: Mapping[str, str],
    terms: Mapping[str, str],
    selectors: Sequence[contents.Selector],
    channels: Sequence[str],
    stores: Sequence[str] = (),
    percent: Decimal | None = None,
    fixed_prices: Mapping[str, Decimal] | None = None,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> MarketPlan:
    """The campaign in one market: copy, prices, window and where it runs (channel and store codes), as revision 1.

    What is left out comes from the campaign. Raises Refused when the market already has a plan, or a channel, store or
    text is not usable.
    """
    require(by, "edit_plans", campaign.brand)
    zone = campaign.time_zone if campaign.window_policy == "single_instant" else market.default_time_zone
    draft = contents.Draft(
        kind=campaign.kind,
        percent=(percent or campaign.percent) if campaign.kind == "percentage" else None,
        fixed_prices=fixed_prices,
        headline=headline,
        body=body,
        terms=terms,
        window=Window(starts=starts or campaign.starts_local, ends=ends or campaign.ends_local, zone=zone),
        policy=campaign.window_policy,
        selectors=tuple(selectors),
        channels=tuple(channels),
        stores=tuple(stores),
    )
    with acting(by, f"localize {campaign.code} for {market.code}"):
        plan = MarketPlan(brand=campaign.brand, campaign=campaign, market=market)
        try:
            with transaction.atomic():
                plan.save()
        except IntegrityError as error:
            raise Refused(
                "%(campaign)s already has a plan for %(market)s.",
                code="duplicate",
                campaign=campaign.title,
                market=str(market),
            ) from error
        # The market must be the actor's own: asked of the saved row, undone with the transaction.
        plan = locked(MarketPlan, plan.pk, by=by, to="edit_plans")
        _next_revision(plan, draft, by=by)
    return plan


def revise_plan(*, by: Actor, plan: MarketPlan, seen: PlanRevision | None = None, **changes: Any) -> MarketPlan:
    """Make the next revision with some of the draft's fields changed (see ``stores.planning.content.Draft``).

    Prices are resolved anew. When nothing a customer could notice changes, the plan is returned as it was. What others wrote
    since the revision ``seen`` stays; Refused with code ``changed`` when they wrote something else into the same field.
    """
    with acting(by, "revise plan"):
        found = locked(MarketPlan, plan.pk, by=by, to="edit_plans")
        if found.latest_revision is None:
            raise Refused("This plan has no content yet.", code="no_content")
        latest = contents.read(found.latest_revision.content)
        before = latest if seen is None else contents.read(seen.content)
        for name, value in changes.items():
            if getattr(before, name) != getattr(latest, name) != value:
                raise Refused(
                    "Somebody changed the same after you opened this: look at theirs, and save again to write yours.",
                    code="changed",
                )
        _next_revision(found, latest.with_changes(**changes), by=by)
    return found


def submit_plan(*, by: Actor, plan: MarketPlan) -> MarketPlan:
    """Ask for approval of the latest revision."""
    with acting(by, "submit plan"):
        found = locked(MarketPlan, plan.pk, by=by, to="edit_plans")
        if found.review_state == "approved":
            raise Refused("The latest revision is approved already: change something first.", code="nothing_new")
        found.review_state = "in_review"
        found.save(update_fields=["review_state"])
    return found


def approve_plan(*, by: Actor, plan: MarketPlan, content_hash: str, comment: str = "") -> MarketPlan:
    """Approve the latest revision, if it is still the one with ``content_hash``. Its channels follow within seconds.

    Raises Refused with code ``changed`` when the plan was edited meanwhile, ``four_eyes`` when the brand wants a second
    person, ``ended`` when the window is over.
    """
    with acting(by, comment or "approve plan"):
        replanning.hold_campaign(plan)
        found = locked(MarketPlan, plan.pk, by=by, to="approve_plans")
        revision = found.latest_revision
        if revision is None:
            raise Refused("This plan has no content yet.", code="no_content")
        if revision.content_hash != content_hash:
            raise Refused("The plan was changed after you opened it: look at it again.", code="changed")
        if found.review_state == "rejected":
            raise Refused("This revision was rejected: change it, or submit it again.", code="rejected")
        if found.brand.four_eyes and revision.created_by == name_of(by):
            raise Refused("You wrote this revision: a second person has to approve it.", code="four_eyes")
        _, ends_at = replanning.window_of(revision)
        if ends_at <= clock.now():
            raise Refused("The window is over: move its end before you approve.", code="ended")
        _record(revision, by=by, decision="approve", comment=comment)
        found.approved_revision = revision
        found.review_state = "approved"
        found.stopped_at = None
        found.save(update_fields=["approved_revision", "review_state", "stopped_at"])
        replanning.replan(found)
    return found


def reject_plan(*, by: Actor, plan: MarketPlan, comment: str) -> MarketPlan:
    """Send the latest revision back to its author, saying why. What was approved before stays live."""
    with acting(by, comment):
        found = locked(MarketPlan, plan.pk, by=by, to="approve_plans")
        if found.latest_revision is None or found.review_state == "approved":
            raise Refused("There is nothing to reject.", code="nothing_new")
        _record(found.latest_revision, by=by, decision="reject", comment=comment)
        found.review_state = "rejected"
        found.save(update_fields=["review_state"])
    return found


def stop_plan(*, by: Actor, plan: MarketPlan, reason: str = "") -> MarketPlan:
    """End the plan in every channel now. Needs no approval; running again does."""
    with acting(by, reason or "stop plan"):
        found = locked(MarketPlan, plan.pk, by=by, to="stop_plans")
        if found.approved_revision is None or found.stopped_at is not None:
            raise Refused("This plan is not running.", code="not_running")
        found.stopped_at = clock.now()
        found.review_state = "stopped"
        found.save(update_fields=["stopped_at", "review_state"])
        replanning.replan(found)
    return found


def resume_plan(*, by: Actor, plan: MarketPlan, comment: str = "") -> MarketPlan:
    """Run a stopped plan again, as it was approved. This is an approval: the same rules hold."""
    with acting(by, comment or "resume plan"):
        replanning.hold_campaign(plan)
        found = locked(MarketPlan, plan.pk, by=by, to="approve_plans")
        if found.stopped_at is None or found.approved_revision is None:
            raise Refused("This plan was not stopped.", code="not_stopped")
        if found.latest_revision_id != found.approved_revision_id:
            raise Refused(
                "The plan was changed after it was stopped: approve the latest revision instead.", code="changed"
            )
        return approve_plan(by=by, plan=found, content_hash=found.approved_revision.content_hash, comment=comment)


def _record(revision: PlanRevision, *, by: Actor, decision: str, comment: str) -> None:
    Approval.objects.create(
        brand=revision.brand,
        revision=revision,
        content_hash=revision.content_hash,
        decision=decision,
        decided_by=name_of(by),
        decided_at=clock.now(),
        comment=storable(comment),
    )


def _next_revision(plan: MarketPlan, draft: contents.Draft, *, by: Actor) -> None:
    content = revisions.checked_content(plan, draft, by=by)
    digest = contents.content_hash(content)
    latest = plan.latest_revision
    if latest is not None and latest.content_hash == digest:
        return
    number = (PlanRevision.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0) + 1
    revision = PlanRevision.objects.create(
        brand=plan.brand, plan=plan, number=number, content=content, content_hash=digest, created_by=name_of(by)
    )
    revisions.normalize(revision)
    plan.latest_revision = revision
    # What people see is the state of the latest revision; the approved one runs on beside it.
    plan.review_state = "draft"
    plan.save(update_fields=["latest_revision", "review_state"])
