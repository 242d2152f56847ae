"""Launching a market: a checklist with owners and days, and the steps of a brand's presence there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from stores.actions.access import locked, require_whole
from stores.actions.errors import Blocked, NotFound, Refused
from stores.actions.planned import Moved, days_of, give, moved
from stores.actions.transaction import acting
from stores.models import Actor, LaunchItem, MarketEntry, User
from stores.models.queries.opening import local_day
from stores.values import clock
from stores.values.lifecycle import ENTRY_STEPS, Blocker
from stores.values.milestones import USUAL_LAUNCH
from stores.values.words import storable

LONGEST_REASON = 200


def launch_blockers(entries: Sequence[int], to: str) -> dict[int, list[Blocker]]:
    """The entries that cannot take the step now, each with its reasons."""
    if to != "live":
        return {}
    found: dict[int, list[Blocker]] = {}
    items = list(LaunchItem.objects.filter(entry__in=entries).order_by("due_date", "pk"))
    for pk in entries:
        own = [item for item in items if item.entry_id == pk]
        open_ones = [item for item in own if item.is_required and item.done_date is None]
        if open_ones:
            found[pk] = [Blocker("checklist", len(open_ones), ", ".join(map(str, open_ones)))]
        elif not own:
            found[pk] = [Blocker("no_checklist", 1)]
    return found


def plan_launch(*, by: Actor, entry: MarketEntry, like: MarketEntry | None = None) -> list[LaunchItem]:
    """Add the points that the checklist does not have yet: the usual ones, or those of another market of the brand.

    A copied point is open, and due as many days before this launch as there; one with a date of its own keeps none of it. It
    keeps its owner where the actor could give it to that person.
    Raises NotFound for a market to copy that the actor does not see.
    """
    with acting(by, "plan launch"):
        found: MarketEntry = locked(MarketEntry, entry.pk, by=by, to="edit_stores")
        known = set(LaunchItem.objects.filter(entry=found).values_list("kind", "title"))
        if like is None:
            wanted = [LaunchItem(kind=kind, offset_days=days) for kind, days in USUAL_LAUNCH.items()]
        else:
            wanted = _copied(like, found, by=by)
        made = []
        for item in wanted:
            if (item.kind, item.title) not in known:
                item.brand_id, item.entry = found.brand_id, found
                item.save(force_insert=True)
                made.append(item)
    return made


def _copied(like: MarketEntry, entry: MarketEntry, *, by: Actor) -> list[LaunchItem]:
    if not MarketEntry.objects.visible_to(by).filter(pk=like.pk, brand=entry.brand_id).exclude(pk=entry.pk).exists():
        raise NotFound("market entry")
    items = list(LaunchItem.objects.visible_to(by).filter(entry=like))
    if not items:
        raise Refused("That market has no checklist to copy.", code="empty")
    colleagues = User.objects.colleagues_of(by, to="edit_stores").filter(grants__brand=entry.brand_id)
    owners = set(colleagues.filter(pk__in=[item.owner_id for item in items]).values_list("pk", flat=True))
    return [
        LaunchItem(
            kind=item.kind,
            title=item.title,
            is_required=item.is_required,
            owner_id=item.owner_id if item.owner_id in owners else None,
            note=item.note,
            # Days before the launch are what two markets share; a date of its own was that market's.
            offset_days=item.offset_days if item.offset_days is not None else USUAL_LAUNCH.get(item.kind, -30),
        )
        for item in items
    ]


def add_launch_item(
    *, by: Actor, entry: MarketEntry, title: str, due_date: date | None = None, is_required: bool = True
) -> LaunchItem:
    """Add a point that only this market needs."""
    if not title.strip():
        raise Refused("Say what it is.", code="title")
    with acting(by, "checklist"):
        found: MarketEntry = locked(MarketEntry, entry.pk, by=by, to="edit_stores")
        text = storable(title.strip())[:120]
        if LaunchItem.objects.filter(entry=found, kind="other", title=text).exists():
            raise Refused("The checklist has this point already.", code="twice")
        made: LaunchItem = LaunchItem.objects.create(
            brand_id=found.brand_id, entry=found, kind="other", title=text, due_date=due_date, is_required=is_required
        )
    return made


def change_launch_item(
    *,
    by: Actor,
    item: LaunchItem,
    owner: User | None,
    due_date: date | None,
    follows: bool,
    is_required: bool,
    note: str = "",
) -> LaunchItem:
    """Give a point to somebody and to a day, which moves with the launch (``follows``) or stays."""
    with acting(by, "checklist"):
        found: LaunchItem = locked(LaunchItem, item.pk, by=by, to="edit_stores")
        found.is_required = is_required
        return give(
            found,
            by=by,
            owner=owner,
            due_date=due_date,
            follows=follows,
            lead=MarketEntry.objects.values_list("launch_date", flat=True).get(pk=found.entry_id),
            lost=Refused("Without a launch date there is nothing to follow.", code="follows"),
            note=note,
            also=["is_required"],
        )


def set_launch_date(*, by: Actor, entry: MarketEntry, launch_date: date | None, reason: str = "") -> list[Moved]:
    """Plan the launch for another day. Returns the open points that moved along.

    Raises Refused when the brand is live already, or somebody else moved the day meanwhile.
    """
    with acting(by, reason.strip()[:LONGEST_REASON] or "launch moved"):
        found: MarketEntry = locked(MarketEntry, entry.pk, by=by, to="edit_stores")
        if found.launch_date != entry.launch_date:
            raise Refused(
                "Meanwhile somebody else changed the launch date: look at it again.", code="changed_meanwhile"
            )
        if found.status not in {"planned", "preparing"}:
            raise Refused("The brand is live there already.", code="live")
        rows = LaunchItem.objects.filter(entry=found)
        before = days_of(rows)
        found.launch_date = launch_date
        found.save(update_fields=["launch_date"])
        entry.launch_date = launch_date
        return moved(rows, before)


def advance_entry(*, by: Actor, entry: MarketEntry, to: str, reason: str = "", sign_off: str = "") -> MarketEntry:
    """Move a brand's presence in a market one step, if it still is where the caller saw it.

    Going live needs every required point of the checklist, or an owner's ``sign_off``, which is kept on the entry. Leaving
    needs a reason. A launch date that is not there or lies ahead becomes today's when the market goes live.
    """
    seen = entry.status
    with acting(by, (sign_off or reason).strip()[:LONGEST_REASON] or f"{seen} > {to}"):
        found: MarketEntry = locked(MarketEntry, entry.pk, by=by, to="edit_stores")
        if found.status != seen:
            raise Refused(
                "Meanwhile the market is %(status)s: look at it again.", code="changed_meanwhile", status=[found.status]
            )
        if to not in ENTRY_STEPS[seen]:
            raise Refused("A market that is %(seen)s cannot become %(to)s.", code="step", seen=[seen], to=[to])
        if to == "closing" and not reason.strip():
            raise Refused("Say why, so that others find it in the history.", code="reason")
        changed = ["status"]
        if (reasons := launch_blockers([found.pk], to).get(found.pk)) and seen != "closing":
            if not sign_off.strip():
                raise Blocked("go live", reasons)
            require_whole(by, "import_stores", found.brand_id)
            found.launch_override = f"{storable(sign_off.strip())} ({', '.join(map(str, reasons))})"[:200]
            changed.append("launch_override")
        today = local_day(found.market.default_time_zone, clock.now())
        if to == "live" and (found.launch_date is None or found.launch_date > today):
            found.launch_date = today
            changed.append("launch_date")
        found.status = to
        found.save(update_fields=changed)
    return found
