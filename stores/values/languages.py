"""Language tags (BCP 47) and which text a reader is served when the exact language is missing.

The order is the one people expect: their own language and region, then what CLDR calls its parents, then English, then
the brand's default. Scripts never mix silently: a reader in Hong Kong falls back to Traditional Chinese and then to
English, never to Simplified. Facts about languages come from CLDR as shipped by babel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, cast

from babel import Locale
from babel.core import get_global

from stores.values.remembered import remembered

ENGLISH = "en"
"""The language served before the brand's default when a reader's own is missing."""

_TAG = re.compile(
    r"""(?P<language>[a-z]{2,3}(?:-(?P<extended>[a-z]{3}))?|[a-z]{5,8})
        (?:-(?P<script>[a-z]{4}))?
        (?:-(?P<region>[a-z]{2}|[0-9]{3}))?
        (?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)
        (?P<extensions>(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_LONGEST_TAG = 64

_LIKELY = cast("Mapping[str, str]", get_global("likely_subtags"))
_PARENTS = cast("Mapping[str, str]", get_global("parent_exceptions"))
_RENAMED = {
    old: new for old, new in cast("Mapping[str, str]", get_global("language_aliases")).items() if "_" not in new
}

# World and European English are arrangements of CLDR, not languages in which a shop text is written.
_NOT_WRITTEN = {"en-001", "en-150"}

_RANGE = re.compile(r"\s*(\*|[A-Za-z0-9_-]{1,64})\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.ASCII)
# A browser sends a handful of languages; a longer header is somebody's test of our patience.
_LONGEST_HEADER, _MOST_RANGES = 2000, 30


@remembered(4096)
def canonical(tag: str) -> str:
    """The one spelling of a tag: ``ZH_hant_hk`` -> ``zh-Hant-HK``, retired codes renamed (``iw`` -> ``he``).

    Checked by syntax only, a language nobody speaks passes. ValueError names the tag when it is not BCP 47.
    """
    parts = _split(tag)
    return parts.core + parts.rest


def is_known(tag: str) -> bool:
    """Whether CLDR knows the tag's language: ``local`` and ``street`` have the form of one and are none.

    ValueError when the tag is malformed.
    """
    return _split(tag).language in _known()


@cache
def _known() -> frozenset[str]:
    return frozenset(name.partition("_")[0] for name in (*_LIKELY, *Locale("en").languages)) - {"und"}


@lru_cache(maxsize=4096)
def chain(tag: str, default: str = ENGLISH) -> tuple[str, ...]:
    """The tags to try for a reader of ``tag``, best first: ``zh-HK`` -> ``zh-HK, zh-Hant, en`` and the brand's default.

    ValueError when either tag is malformed.
    """
    return tuple(dict.fromkeys((*_lineage(tag), ENGLISH, *_lineage(default))))


def pick(texts: Mapping[str, str], wanted: Sequence[str] | str, default: str) -> tuple[str, str]:
    """The text for a reader and the tag it is written in.

    ``texts`` maps canonical tags to texts; blank ones count as missing. ``wanted`` is one tag or several in order of
    liking. Each wanted language is tried with its parents, then in any variety of the same language and script, before
    the next; then English, the default, and at last whatever there is, so that a shop never shows an empty title.
    LookupError when there is no text at all, ValueError when a wanted tag is malformed.
    """
    languages = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    # Lists of stores call this per row, and most of them have the reader's own language.
    if languages and (text := texts.get(languages[0])) and not text.isspace():
        return text, languages[0]
    served = _best((tag for tag, text in texts.items() if text.strip()), languages, default)
    if served is None:
        raise LookupError("there is no text in any language")
    return texts[served], served


def language_name(tag: str, reader: str) -> str:
    """A language as a reader of ``reader`` calls it, with its script and territory; one that CLDR does not know stays a tag.

    Not Babel's ``get_display_name``, which knows no ja-Latn and calls it Japanese.
    """
    words = Locale.parse(reader.replace("-", "_"))
    if whole := words.languages.get(tag.replace("-", "_")):
        return str(whole)
    language, *parts = tag.split("-")
    if language not in words.languages:
        return tag
    more = ", ".join(words.scripts.get(part) or words.territories.get(part) or part for part in parts)
    return f"{words.languages[language]} ({more})" if more else str(words.languages[language])


def negotiate(header: str, available: Sequence[str], default: str = ENGLISH) -> str:
    """The one of ``available`` that an ``Accept-Language`` header asks for (RFC 9110, 12.5.4).

    A malformed range is skipped, an absent or useless header gets the default. LookupError when ``available`` is empty.
    """
    wanted, refused = _accepted(header)
    served = _best((tag for tag in available if canonical(tag) not in refused), wanted, default)
    # Refusing everything we have ("*;q=0") is answered all the same: a text in the wrong language beats an error page.
    served = served or _best(available, (), default)
    if served is None:
        raise LookupError("there is no language to choose from")
    return served


def covers(available: Iterable[str], wanted: str) -> bool:
    """Whether a tag is the wanted language in the wanted script: ``zh-HK`` covers ``zh-Hant``, never ``zh-Hans``."""
    return wanted in (tags := tuple(available)) or any(_meaning(tag)[:2] == _meaning(wanted)[:2] for tag in tags)


def _best(available: Iterable[str], wanted: Sequence[str], default: str) -> str | None:
    tags = sorted(available)
    spelled = {_meaning(tag): tag for tag in reversed(tags)}
    for language in (*wanted, ENGLISH, default) if wanted else (default, ENGLISH):
        for tag in _lineage(language):
            if tag in tags:
                return tag
            # zh-TW is what zh-Hant means, pt-BR what pt means.
            if same := spelled.get(_meaning(tag)):
                return same
        kind = _meaning(language)[:2]
        for meaning, tag in sorted(spelled.items()):
            if meaning[:2] == kind:
                return tag
    return tags[0] if tags else None


class _Parts(NamedTuple):
    """A canonical tag taken apart; ``rest`` holds variants and extensions with their hyphens."""

    language: str
    script: str
    region: str
    rest: str

    @property
    def core(self) -> str:
        return "-".join(part for part in (self.language, self.script, self.region) if part)


@remembered(4096)
def _split(tag: str) -> _Parts:
    match = _TAG.fullmatch(tag.replace("_", "-")) if len(tag) <= _LONGEST_TAG else None
    if match is None:
        raise ValueError(f"{tag[:_LONGEST_TAG]!r} is not a language tag such as de, pt-BR or zh-Hant")
    # An extended language (zh-yue) is a language of its own; its prefix only repeats the family.
    language = (match["extended"] or match["language"]).lower()
    variants, extensions = match["variants"].lower(), match["extensions"].lower()
    singletons = re.findall(r"-([a-z0-9])(?=-)", extensions.split("-x-")[0])
    for repeatable in (variants.split("-")[1:], singletons):
        if len(set(repeatable)) < len(repeatable):
            raise ValueError(f"{tag!r} is not a language tag: it repeats a part")
    script, region = (match["script"] or "").title(), (match["region"] or "").upper()
    return _Parts(_RENAMED.get(language, language), script, region, variants + extensions)


@lru_cache(maxsize=4096)
def _lineage(tag: str) -> tuple[str, ...]:
    """A tag and its parents in the same script, without English or any default."""
    found = [canonical(tag)]
    parent = _parent(found[0])
    while parent:
        if parent not in _NOT_WRITTEN:
            found.append(parent)
        parent = _parent(parent)
    return tuple(found)


def _parent(tag: str) -> str | None:
    parts = _split(tag)
    if parts.rest:
        return parts.core
    if parent := _PARENTS.get(tag.replace("-", "_")):
        return parent.replace("_", "-")
    in_likely_script = _meaning(tag)[1] == _meaning(parts.language)[1]
    if not parts.region:
        return parts.language if parts.script and in_likely_script else None
    if parts.script:
        return f"{parts.language}-{parts.script}"
    # CLDR completes zh-HK to zh-Hant-HK, so its parent is zh-Hant. Chinese names its script in zh-CN's parent as well,
    # because shops file such texts under zh-Hans; de-CH is in the only script of German and its parent is de.
    if in_likely_script and parts.language != "zh":
        return parts.language
    return f"{parts.language}-{_meaning(tag)[1]}"


@lru_cache(maxsize=4096)
def _meaning(tag: str) -> tuple[str, str, str, str]:
    """Language, script, region completed by CLDR's likely subtags, and the rest: equal for tags of one meaning."""
    language, script, region, rest = _split(tag)
    for key in (f"{language}_{script}_{region}", f"{language}_{region}", f"{language}_{script}", language):
        if likely := _LIKELY.get(key):
            _, likely_script, likely_region = likely.split("_")
            script, region = script or likely_script, region or likely_region
            break
    # "no" is written as Bokmål; CLDR keeps both codes.
    return "nb" if language == "no" else language, script, region, rest


def _accepted(header: str) -> tuple[list[str], set[str]]:
    """Wanted tags by falling weight, and refused ones (weight 0)."""
    weighted: list[tuple[float, str]] = []
    refused: set[str] = set()
    for part in header[:_LONGEST_HEADER].split(",")[:_MOST_RANGES]:
        match = _RANGE.fullmatch(part)
        if match is None or match[1] == "*":
            continue
        try:
            tag = canonical(match[1])
        except ValueError:
            continue
        weight = min(1.0, float(match[2] or 1))
        if weight == 0:
            refused.add(tag)
        else:
            weighted.append((weight, tag))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])], refused
