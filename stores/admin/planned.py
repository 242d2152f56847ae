"""What the pages of an opening and of a launch share: rows with an owner and a day, and the forms that change them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stores.actions.errors import NotFound, Refused
from stores.actions.planned import Moved, complete, reopen
from stores.admin.base import written
from stores.models import LaunchItem, StoreMilestone, User
from stores.values.rows import row_number

Data = Mapping[str, str]
Doing = Callable[[Any, Any, Data], str | None]
"""Does one thing with a row for a person, from what a form sent; the sentence to show, or None for "done"."""


def do(request: HttpRequest, row: Any, doings: Mapping[str, Doing]) -> HttpResponse | None:
    """What a page's form asked for, and back to the page with a sentence; None where it is refused.

    Then the page is shown with the reason and with what the form had ``entered``, and ``row`` is as the database has it.
    """
    doing = doings.get(request.POST.get("do", ""))
    if doing is None:
        raise Http404
    try:
        said = doing(request.user, row, written(request))
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.said())
        row.refresh_from_db()
        return None
    messages.success(request, said or _("Done."))
    return HttpResponseRedirect(request.path)


def entered(request: HttpRequest) -> Data:
    """What a form sent that the page now shows again; ``do`` tells which, and ``item`` or ``to`` of which row or step."""
    return written(request) if request.method == "POST" else {}


def day(data: Data, name: str) -> date | None:
    """A date that a browser's date field sent; blank is none. Raises Refused for anything else."""
    text = data.get(name, "").strip()
    try:
        found = parse_date(text) if text else None
    except ValueError:
        found = None
    if text and found is None:
        raise Refused(_("Write the date as year, month and day."), code="date")
    return found


def one(rows: Any, data: Data) -> Any:
    """Of the rows (a QuerySet), the one that a form names. Raises Http404 for any other."""
    found = rows.filter(pk=number(data, "item")).first()
    if found is None:
        raise Http404
    return found


def finishing(rows: Callable[[Any, Any], Any]) -> Mapping[str, Doing]:
    """The doings that say that something is done, or not after all; ``rows`` are those of a page that a person sees."""

    def done(user: Any, page: Any, data: Data) -> None:
        complete(by=user, item=one(rows(user, page), data))

    def undone(user: Any, page: Any, data: Data) -> None:
        reopen(by=user, item=one(rows(user, page), data))

    return {"done": done, "undone": undone}


def number(data: Data, name: str) -> int:
    """The number of a row that a form names; anything that is none is 0, which no row has."""
    return row_number(data.get(name))


def person(reader: Any, brand: int, data: Data) -> User | None:
    """The colleague that a form names; blank is nobody. A hidden one and none at all are the same mistake."""
    if not data.get("owner"):
        return None
    found: User | None = colleagues(reader, brand).filter(pk=number(data, "owner")).first()
    if found is None:
        raise Refused(_("There is nobody like that in your team."), code="owner")
    return found


def colleagues(reader: Any, brand: int) -> Any:
    """Whom something of the brand can be given to."""
    return (
        User.objects.colleagues_of(reader, to="edit_stores")
        .filter(grants__brand=brand)
        .distinct()
        .order_by("name", "email")
    )


def title(item: StoreMilestone | LaunchItem) -> str:
    """What it is, in the reader's language."""
    return getattr(item, "title", "") or _(str(item.get_kind_display()))


def context(
    items: Iterable[StoreMilestone | LaunchItem],
    *,
    reader: Any,
    brand: int,
    today: date,
    open_still: bool,
    sent: Data,
) -> dict[str, Any]:
    """What ``admin/stores/planned.html`` shows. ``open_still`` says that a day that is over is late, not history.

    ``sent`` is what a form of the page had ``entered``: it stands in the boxes of its row.
    """
    rows: list[dict[str, Any]] = [
        {
            "item": item,
            "title": title(item),
            "late": open_still and item.done_date is None and item.due_date is not None and item.due_date < today,
            "optional": not item.is_required if isinstance(item, LaunchItem) else None,
            "again": sent.get("item") == str(item.pk),
            "boxes": _boxes(item, sent),
        }
        for item in items
    ]
    return {
        "entered": sent,
        "planned": rows,
        "planned_done": sum(row["item"].done_date is not None for row in rows),
        "people": colleagues(reader, brand),
    }


def _boxes(item: StoreMilestone | LaunchItem, sent: Data) -> dict[str, Any]:
    """What stands in the boxes of a row's form."""
    if sent.get("item") == str(item.pk):
        ticks = {name: sent.get(name) == "1" for name in ("follows", "required")}
        return {"due": sent.get("due_date", ""), "note": sent.get("note", ""), "owner": number(sent, "owner"), **ticks}
    return {
        "due": item.due_date.isoformat() if item.due_date else "",
        "note": item.note,
        "owner": item.owner_id,
        "follows": item.offset_days is not None,
        "required": isinstance(item, LaunchItem) and item.is_required,
    }


def told(found: list[Moved]) -> str:
    """Which rows a moved day took along, from when to when."""

    def text(value: date | None) -> str:
        return date_format(value, "SHORT_DATE_FORMAT") if value else "–"

    each = ", ".join(f"{title(row.item)} {text(row.before)} → {text(row.after)}" for row in found)
    return _("Moved along: %(each)s.") % {"each": each} if found else _("Nothing else had to move.")
