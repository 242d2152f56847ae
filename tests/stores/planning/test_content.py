"""What a revision says, and what its hash is bound to."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.planning.channels import desired_hash, offer_document
from stores.planning.content import Draft, OfferFacts, Selector, build, content_hash, read
from stores.planning.windows import Window
from stores.values.documents import OfferDocument, digest

STARTS, ENDS = datetime(2026, 11, 27), datetime(2026, 12, 1)


def facts(sku: str = "RG-BLK", channel: str = "web-jp", regular: str = "79800", **changes: object) -> OfferFacts:
    values: dict[str, object] = {
        "sku": sku,
        "product": "rokid-glasses",
        "line": "glasses",
        "channel": channel,
        "regular": Decimal(regular),
        "currency": "JPY",
        "price_decimals": 0,
        "sets_price": True,
    }
    return OfferFacts(**{**values, **changes})  # type: ignore[arg-type]  # fields by name


def draft(**changes: object) -> Draft:
    values: dict[str, object] = {
        "kind": "percentage",
        "percent": Decimal(15),
        "headline": {"ja": "冬のあかり", "en": "Winter lights"},
        "body": {"ja": "期間限定。"},
        "terms": {"ja": "なくなり次第終了。"},
        "window": Window(STARTS, ENDS, "Asia/Tokyo"),
        "policy": "per_market",
        "selectors": (Selector("line", "glasses"),),
        "channels": ("web-jp", "market-jp"),
    }
    return Draft(**{**values, **changes})  # type: ignore[arg-type]  # fields by name


def in_channel(content: dict[str, Any], channel: str, language: str) -> OfferDocument:
    """The document of a channel that speaks one language."""
    return offer_document(
        content,
        ref="r",
        channel=channel,
        channel_languages=[language],
        default_language="en",
        starts_at=STARTS.replace(tzinfo=UTC),
        ends_at=ENDS.replace(tzinfo=UTC),
    )


def test_content_reads_back_as_the_draft_it_was_built_from() -> None:
    original = draft()
    assert build(read(build(original, [facts()])), [facts()]) == build(original, [facts()])


def test_the_hash_does_not_depend_on_order_or_on_how_letters_are_composed() -> None:
    composed, decomposed = "Café", unicodedata.normalize("NFD", "Café")
    offers = [facts("A"), facts("B", "market-jp")]
    one = build(draft(headline={"en": composed, "ja": "あ"}), offers)
    other = build(draft(headline={"ja": "あ", "en": decomposed}, channels=("market-jp", "web-jp")), offers[::-1])
    assert content_hash(one) == content_hash(other)


@pytest.mark.parametrize(
    "changes",
    [
        {"percent": Decimal(16)},
        {"headline": {"ja": "別"}},
        {"terms": {}},
        {"window": Window(STARTS, datetime(2026, 12, 2), "Asia/Tokyo")},
        {"channels": ("web-jp",)},
        {"stores": ("ginza",)},
    ],
)
def test_everything_a_customer_can_notice_changes_the_hash(changes: dict[str, object]) -> None:
    offers = [facts(), facts(channel="market-jp")]
    assert content_hash(build(draft(), offers)) != content_hash(build(draft(**changes), offers))


def test_an_independent_retailer_gets_copy_but_no_price() -> None:
    content = build(draft(), [facts(sets_price=False)])
    assert content["items"] == [{"sku": "RG-BLK", "channel": "web-jp", "regular": "79800", "currency": "JPY"}]


def test_an_exclusion_is_stronger_than_an_inclusion() -> None:
    selectors = (Selector("line", "glasses"), Selector("variant", "RG-WHT", "exclude"))
    content = build(draft(selectors=selectors), [facts(), facts("RG-WHT")])
    assert [item["sku"] for item in content["items"]] == ["RG-BLK"]


def test_a_channel_gets_its_own_language_and_its_own_prices() -> None:
    content = build(draft(), [facts(), facts(channel="market-jp", regular="82000")])
    made = in_channel(content, "market-jp", "en-US")
    assert (made.language, made.title, [str(item.price) for item in made.items]) == ("en", "Winter lights", ["69700"])


def test_a_document_survives_storage_and_absence_has_its_own_hash() -> None:
    content = build(draft(), [facts()])
    made = in_channel(content, "web-jp", "ja")
    stored = json.loads(json.dumps(made.to_json()))
    assert OfferDocument.from_json(stored).to_json() == made.to_json()
    assert desired_hash(stored, present=True) != desired_hash(stored, present=False)


@given(st.dictionaries(st.text(min_size=1), st.text() | st.integers() | st.booleans(), max_size=6))
def test_a_hash_does_not_depend_on_the_order_of_keys(document: dict[str, object]) -> None:
    assert digest(document) == digest(dict(reversed(document.items())))


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        digest({"price": 1.5})
