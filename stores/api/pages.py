"""Pages of a list that were answered before and are still right.

A page is remembered under its whole question, with the stamp of the brand's stores from before it was made. While the stamp
stands and no store on the page opens or closes, the page is what would be made again. So a caller who has it already, or asks
for what others asked for, costs one look at the stamp.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from stores.api.cards import Card
from stores.api.endpoint import Answer, Call, age, page_of, respond
from stores.api.negotiation import GEOJSON_TYPE
from stores.api.remembered import Remembered
from stores.models import ApiKey
from stores.models.queries import stamp
from stores.values import clock

LONGEST_S = 60.0
"""What is remembered elsewhere for a while (the languages a brand speaks) may be older by this much."""
_MOST_PAGES = 500  # their cards are those that are remembered anyway

Question = tuple[str | int, ...]


class Form(NamedTuple):
    """How a page is written: the beginning of the document, the member that holds the records, each record from its card."""

    content_type: str
    head: bytes
    member: bytes
    record: Callable[[Card, bytes], bytes]


CARDS = Form("application/json", b"{", b"results", lambda _, text: text)
FEATURES = Form(GEOJSON_TYPE, b'{"type":"FeatureCollection",', b"features", lambda card, text: card.feature(text))


class Page(NamedTuple):
    """A page of cards, right for the instants of [since, until) in seconds while the brand has this stamp."""

    stamp: int
    since: float
    until: float
    changes: float
    """When the first store on it opens or closes."""
    language: str
    form: Form
    head: bytes
    records: list[bytes]
    seal: bytes

    def answer(self, seconds: float) -> Answer:
        """The page as an answer of this instant."""
        return Answer(
            lambda: page_of(self.head, self.records, self.form.member),
            age(self.changes - seconds),
            self.language,
            self.form.content_type,
            self.seal,
        )


_pages: Remembered[Question, Page] = Remembered(_MOST_PAGES)


def known(request: HttpRequest, key: ApiKey) -> HttpResponse | StreamingHttpResponse | None:
    """The response to a question that was answered before, when that answer is still right."""
    page = _pages.get(_question(request, key))
    if page is None:
        return None
    seconds = clock.now().timestamp()
    if not page.since <= seconds < page.until or page.stamp != stamp.of(key.brand_id):
        return None
    return respond(request, page.answer(seconds), page.language)


def keep(call: Call, page: Page) -> None:
    """Remember a page under the call's question."""
    _pages.put(_question(call.request, call.key), page)


def forget() -> None:
    """Drop what this process remembers (tests)."""
    _pages.clear()


def _question(request: HttpRequest, key: ApiKey) -> Question:
    """All that an answer depends on besides the stores and the clock."""
    said = request.META
    return (
        request.path,
        said.get("QUERY_STRING", ""),
        said.get("HTTP_ACCEPT_LANGUAGE", ""),
        said.get("HTTP_ACCEPT", ""),
        request.scheme or "",
        request.get_host(),
        key.pk,
        key.version,
    )
