"""From a row's mapped text to a record: every value checked, and everything left out said.

Pure: no database, so that it may run in worker processes. What is doubtful is never guessed: it is left out with a warning,
and the row still comes in unless it lacks an identity, a name, a known market, or has impossible coordinates.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from stores.imports.contact import read_contact
from stores.imports.dates import DateNotUnderstood, parse_date
from stores.imports.hours import read_hours, read_special_hours
from stores.imports.place import read_market, read_position, read_zone
from stores.imports.rows import ADDRESS_FIELDS, LONGEST_TAG, Finding, MappedRow, Record
from stores.imports.vocabulary import word_of
from stores.timetable.parse import HoursNotUnderstood
from stores.values import addresses, languages
from stores.values.scripts import language_for
from stores.values.texts import clean, one_line

CODE = re.compile(r"[A-Za-z0-9_-]{2,64}")
LONGEST_ID = 300
LONGEST_NAME = 200
MOST_WORDS = 100
"""Languages or services of one store."""

FORMATS = frozenset({"flagship", "experience_store", "shop_in_shop", "partner_counter", "pop_up", "service_point"})
STATUSES = frozenset(
    {
        "prospect",
        "signed",
        "fit_out",
        "ready",
        "soft_open",
        "open",
        "temporarily_closed",
        "closing",
        "closed",
        "cancelled",
    }
)
DATUMS = {
    **dict.fromkeys(("WGS84", "WGS1984", "EPSG4326", "GPS"), "WGS84"),
    # Amap's and Baidu's maps are drawn in nothing else.
    **dict.fromkeys(("GCJ02", "GCJ", "GCJ02LL", "AMAP", "GAODE", "高德", "火星坐标", "火星坐标系"), "GCJ02"),
    **dict.fromkeys(("BD09", "BD09LL", "BAIDU", "百度"), "BD09"),
}


@dataclass(frozen=True)
class Rules:
    """What parsing needs to know besides the row.

    ``markets`` maps the loaded markets' codes to their languages, first the market's own. ``own_code`` says that the list's
    code is ours; otherwise our code is derived from the source's identity.
    """

    source: str
    markets: Mapping[str, tuple[str, ...]]
    fields: frozenset[str]
    formats: Mapping[str, str] = field(default_factory=dict)
    market_ids: Mapping[str, int] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What the mapping has for blank cells; a new store also gets it for a word that is none of ours."""
    first_day: str = ""
    """Single dates before it, as ``2026-12-24``, are over and not brought."""


class Reader:
    """One row's values while they are read: cleans them, and collects what is noticed."""

    def __init__(self, mapped: MappedRow, rules: Rules) -> None:
        self.mapped = mapped
        self.rules = rules
        self.record = Record(mapped.number)

    def text(self, name: str) -> str:
        """The cleaned text of a field, blank when the mapping does not have it."""
        return clean(self.mapped.values.get(name, ""))

    def has(self, name: str) -> bool:
        """Whether the file itself speaks about the field (a constant of the mapping does not)."""
        return name in self.rules.fields and name not in self.mapped.constants

    def warn(self, name: str, reason: str) -> None:
        """Note something doubtful about a field."""
        self.record.warnings.append(self._finding(name, reason))

    def refuse(self, name: str, reason: str) -> None:
        """Note why the row cannot come in."""
        self.record.reasons.append(self._finding(name, reason))

    def _finding(self, name: str, reason: str) -> Finding:
        value = clean(self.mapped.values.get(name, "")[:1000])
        return Finding(self.mapped.columns.get(name) or name, value[:200], reason)


def parse_row(mapped: MappedRow, rules: Rules) -> Record:
    """A row's record. It is refused when it has ``reasons``; otherwise complete enough to be stored."""
    reader = Reader(mapped, rules)
    record = reader.record
    if mapped.surplus:
        reader.warn("", f"the row has {mapped.surplus} more cells than there are columns; is a comma not quoted?")
    _identity(reader)
    _datum(reader)
    position = read_position(reader)
    if position is None:
        record.datum = "WGS84"  # nothing was converted
    declared_zone = reader.text("time_zone")
    market = read_market(reader, declared_zone, position)
    _names(reader, rules.markets.get(market, ("en",)))
    if not market:
        return record
    record.market = market
    record.market_id = rules.market_ids.get(market)
    record.given.add("market")
    read_zone(reader, market, declared_zone, position)
    _addresses(reader, market)
    read_contact(reader, market)
    _hours(reader)
    _words(reader)
    _lists(reader)
    _dates(reader)
    return record


def derived_code(source: str, external_id: str) -> str:
    """Our code for a store that another system names: its own words as far as a code allows, and a hash of the whole.

    The same for the same identity for ever, different for different ones: ``apple-r595-1d0c2f9a``.
    """
    digest = hashlib.sha256(f"{source}\x1f{external_id}".encode()).hexdigest()[:8]
    plain = unicodedata.normalize("NFKD", external_id).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"https?://[^/]*/?", "", plain)
    plain = re.sub(r"\.(?:html?|php|aspx?)\b", "", plain)
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > 55:  # 64 less the hash and its hyphen; the end of a page's address is what tells stores apart
        head, _, _ = slug.partition("-")
        slug = f"{head[:20]}-{slug[-(54 - len(head[:20])) :].strip('-')}"
    return f"{slug or 's'}-{digest}"


def _identity(reader: Reader) -> None:
    record, rules = reader.record, reader.rules
    code = reader.text("code")
    external = one_line(reader.text("external_id"))
    name = "external_id" if "external_id" in rules.fields else "code"
    if not external and not code:
        reader.refuse(name, "the row has no identity, so the store could not be found again")
        return
    if len(external) > LONGEST_ID:
        external = external[: LONGEST_ID - 17] + "#" + hashlib.sha256(external.encode()).hexdigest()[:16]
    record.external_id = external
    if code and CODE.fullmatch(code):
        record.code = code
        record.given.add("code")
        return
    record.code = derived_code(rules.source, external or code)
    if code:
        record.external_id = external or code[:LONGEST_ID]
        reader.warn("code", f"a store code has 2 to 64 letters, digits, - and _; {record.code} is used")


def _names(reader: Reader, spoken: tuple[str, ...]) -> None:
    record = reader.record
    for name in reader.rules.fields:
        if name != "name" and not name.startswith("name_"):
            continue
        text = one_line(reader.text(name))
        if not text:
            continue
        if len(text) > LONGEST_NAME:
            reader.warn(name, f"a name of {len(text)} characters was cut to {LONGEST_NAME}")
            text = text[:LONGEST_NAME].strip()
        tag = language_for(text, spoken) if name == "name" else name.removeprefix("name_")
        if name == "name":
            record.primary_name = tag
        if tag not in record.names or name != "name":
            record.names[tag] = text
    if record.names:
        ordered = sorted(record.names, key=lambda tag: (spoken.index(tag) if tag in spoken else len(spoken), tag))
        record.primary_name = record.primary_name or ordered[0]
        record.given.add("name")
    else:
        named = (
            "name" if "name" in reader.rules.fields else next(n for n in reader.rules.fields if n.startswith("name_"))
        )
        reader.refuse(named, "the store has no name")


def _addresses(reader: Reader, market: str) -> None:
    record = reader.record
    mapped = [part for part in ADDRESS_FIELDS if part in reader.rules.fields]
    if mapped:
        parts = {part: one_line(reader.text(part)) for part in mapped if part != "address_lines"}
        for part, text in parts.items():
            limit = addresses.MAX_POSTAL_CODE if part == "postal_code" else addresses.MAX_PART
            if len(text) > limit:
                reader.warn(
                    part, f"{len(text)} characters are too long for a {part.replace('_', ' ')}; it was left out"
                )
                parts[part] = ""
        if parts.get("postal_code"):
            parts["postal_code"], beside = addresses.tidy_postal_code(parts["postal_code"], market)
            if beside:
                reader.warn("postal_code", f"{beside!r} beside the postcode was left out")
        address = addresses.Address(lines=_lines(reader, "address_lines"), **parts)
        if any(address.part(part) for part in mapped):
            whole = " ".join((*address.lines, address.locality))
            tag = language_for(whole, reader.rules.markets[market])
            record.addresses[tag] = {
                ("lines" if part == "address_lines" else part): _value(address, part) for part in mapped
            }
            record.primary_address = tag
        for part, reason in addresses.problems(address, market):
            reader.warn(part, reason)
    for name in sorted(reader.rules.fields):
        if name.startswith("address_") and name != "address_lines" and (lines := _lines(reader, name)):
            tag = name.removeprefix("address_")
            record.addresses.setdefault(tag, {"lines": list(lines)})
            record.primary_address = record.primary_address or tag
    if record.addresses:
        record.given.add("address")


def _value(address: addresses.Address, part: str) -> str | list[str]:
    return list(address.lines) if part == "address_lines" else address.part(part)


def _lines(reader: Reader, name: str) -> tuple[str, ...]:
    lines = addresses.split_lines(reader.text(name))
    if not addresses.fits(lines):
        reader.warn(
            name, f"more than {addresses.MAX_LINES} lines of {addresses.MAX_LINE} characters; the rest was left out"
        )
    return tuple(line[: addresses.MAX_LINE] for line in lines[: addresses.MAX_LINES])


def _hours(reader: Reader) -> None:
    """The week, single dates and holidays. A cell that was not understood leaves the dates that are there, all of them."""
    record, understood = reader.record, True
    given: set[str] = set()
    days: dict[str, list[dict[str, str]]] = {}
    for name, read in (("hours", read_hours), ("special_hours", read_special_hours)):
        if name not in reader.rules.fields:
            continue
        text = reader.text(name)
        if not text:
            # Nobody knows is not "closed": hours that are here stay until the list says others. A column of dates that
            # names none has none.
            given |= {"special_days"} if name == "special_hours" else set()
            continue
        try:
            hours = read(text)
        except HoursNotUnderstood as error:
            reader.warn(name, f"hours not understood: {error}")
            understood = False
            continue
        for note in hours.notes:
            reader.warn(name, note)
        if hours.weeks is not None:
            record.hours = hours.weeks
            given.add("hours")
        if hours.policy:
            record.holiday_policy, record.holiday_hours = hours.policy, hours.holiday_hours
            given |= {"holiday_policy", "holiday_hours"} if hours.holiday_hours is not None else {"holiday_policy"}
        given.add("special_days")
        days |= {day: periods for day, periods in hours.special_days.items() if day >= reader.rules.first_day}
    if not understood:
        given.discard("special_days")
    record.special_days = days if "special_days" in given else None
    record.given |= given


def _datum(reader: Reader) -> None:
    datum = re.sub(r"[\W_]", "", reader.text("datum").upper())
    if datum in DATUMS:
        reader.record.datum = DATUMS[datum]
    elif datum:
        reader.warn("datum", "not a datum that is known (WGS84, GCJ02, BD09); the position was taken as it is")


def _words(reader: Reader) -> None:
    record = reader.record
    for name, known in (("format", FORMATS), ("status", STATUSES)):
        said = reader.text(name)
        text = said.lower().replace(" ", "_").replace("-", "_")
        word = text if text in known else word_of(name, said)
        if word:
            setattr(record, name, word)
            if reader.has(name):
                record.given.add(name)
        elif said:
            reader.warn(name, f"not a {name} of stores ({', '.join(sorted(known))})")
            otherwise = reader.rules.defaults.get(name, "")
            setattr(record, name, otherwise if otherwise in known else getattr(record, name))
    for name in ("operator", "located_in"):
        text = one_line(reader.text(name))
        setattr(record, name, text)
        if text or reader.has(name):
            record.given.add(name)


def _lists(reader: Reader) -> None:
    record = reader.record
    if "services" in reader.rules.fields:
        words = (" ".join(word.split()) for word in re.split(r"[,;|、，；\n]", reader.text("services")))
        services = tuple(dict.fromkeys(word[:60] for word in words if word))
        if _fits(reader, "services", len(services)):
            record.services = services
            record.given.add("services")
    spoken: list[str] = []
    tags = dict.fromkeys(filter(None, re.split(r"[,;|/、，；\s]+", reader.text("languages"))))
    for tag in tags if _fits(reader, "languages", len(tags)) else ():
        try:
            if len(canonical := languages.canonical(tag)) <= LONGEST_TAG:
                spoken.append(canonical)
        except ValueError as error:
            reader.warn("languages", str(error))
    if spoken or (not tags and "languages" in reader.rules.fields):
        record.languages = tuple(dict.fromkeys(spoken))
        record.given.add("languages")


def _fits(reader: Reader, name: str, words: int) -> bool:
    if words > MOST_WORDS:
        reader.warn(name, f"{words} words are too many for a store's {name}; left out")
    return words <= MOST_WORDS


def _strptime(form: str) -> str:
    return form if "%" in form else ""


def _dates(reader: Reader) -> None:
    record = reader.record
    for name in ("opening_date", "closing_date"):
        if name not in reader.rules.fields:
            continue
        try:
            found = parse_date(reader.text(name), _strptime(reader.rules.formats.get(name, "")))
        except DateNotUnderstood as error:
            reader.warn(name, f"not understood as a date: {error}")
            continue
        setattr(record, name, found)
        record.given.add(name)
    if record.opening_date and record.closing_date and record.closing_date < record.opening_date:
        reader.warn("closing_date", "the store would close before it opens; left out")
        record.closing_date = None
        record.given.discard("closing_date")
