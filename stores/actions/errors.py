"""What an action says when it will not do what it was asked."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stores.values.lifecycle import Blocker, sentence


class Refused(Exception):  # noqa: N818  (reads as what happened: the action was refused)
    """The request is understood and not allowed as things stand. The message is for the person who asked.

    Args:
        message: one or two sentences, saying what to do instead where that is known; with places such as ``%(status)s``.
        code: a stable word for programs, such as ``four_eyes``.
        places: what stands in the places. A text is a name and is said as it is, a list holds words of ours such as states.
    """

    def __init__(self, message: str, *, code: str = "refused", **places: str | Sequence[str]) -> None:
        self.template = message
        self.places = places
        self.message = message % {name: _plain(place) for name, place in places.items()} if places else message
        self.code = code
        super().__init__(self.message)

    def said(self) -> str:
        """The message in the reader's language."""
        if not self.places:
            return _(self.template)
        return _(self.template) % {
            name: place if isinstance(place, str) else ", ".join(map(_word, place))
            for name, place in self.places.items()
        }


def _word(word: str) -> str:
    """A word of ours as choices call it in the reader's language; within an English sentence it is no label."""
    plain = word.replace("_", " ")
    label = plain.capitalize()
    return plain if (said := _(label)) == label else said


def _plain(place: str | Sequence[str]) -> str:
    return place if isinstance(place, str) else ", ".join(word.replace("_", " ") for word in place)


class Blocked(Refused):
    """A step that something stands in the way of, which has to be done first."""

    def __init__(self, verb: str, reasons: Sequence[Blocker]) -> None:
        super().__init__(sentence(verb, reasons), code="blocked")
        self.reasons = reasons

    def said(self) -> str:
        """The reasons by their own words in the reader's language."""
        return _("Not possible yet: %(reasons)s.") % {"reasons": ", ".join(map(blocker_said, self.reasons))}


def blocker_said(found: Blocker) -> str:
    """Why a step is not possible now, in the reader's language."""
    places = {"n": found.count, "detail": ", ".join(_(part) for part in found.detail.split(", "))}
    texts = {
        "open_cases": ngettext("%(n)s open service case", "%(n)s open service cases", found.count),
        "staff_grants": ngettext("%(n)s staff grant", "%(n)s staff grants", found.count),
        "running_plans": ngettext("%(n)s promotion that runs here", "%(n)s promotions that run here", found.count),
        "published": _("it is published: take it down first"),
        "checklist": ngettext(
            "%(n)s required item is open: %(detail)s", "%(n)s required items are open: %(detail)s", found.count
        ),
        "no_checklist": _("there is no checklist yet"),
        "followers": ngettext(
            "%(n)s counter that follows its hours", "%(n)s counters that follow its hours", found.count
        ),
    }
    return texts[found.code] % places


class NotFound(Refused):
    """The object does not exist, or not for this actor: the two are never told apart."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}.", code="not_found")
