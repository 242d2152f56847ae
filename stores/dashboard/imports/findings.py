"""Findings of the engine in the reader's language. The engine writes them in English, for reports and logs as well.

Each sentence is known by its form; one that is not stays in English, which is better than nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy

from stores.dashboard.reading import market_name
from stores.dashboard.words import state_name

_ZONE = r"(?P<zone>[\w+/-]+)"
_SENTENCES: tuple[tuple[str, Any], ...] = (
    # what refuses a row
    ("the row has no identity, so the store could not be found again",
     gettext_lazy("the row has no code, so the store could not be found again")),
    ("the store has no name", gettext_lazy("the store has no name")),
    ("no country or territory has this name or code", gettext_lazy("no country or territory has this name or code")),
    ("the row names no country, and neither its time zone nor its position tells one",
     gettext_lazy("the row names no country, and neither its time zone nor its position tells one")),
    (r"the market (?P<market>\w+) is not loaded; run manage.py load_markets",
     gettext_lazy("the market %(market)s is not set up here")),
    (r"impossible: (?P<why>.+)", gettext_lazy("not a place on earth (%(why)s)")),
    (r"the same identity is in row (?P<row>\d+)", gettext_lazy("the same code is in row %(row)s")),
    (r"the code (?P<code>\S+) already belongs to another store",
     gettext_lazy("the code %(code)s already belongs to another store")),
    # the identity and the name
    (r"a store code has 2 to 64 letters, digits, - and _; (?P<code>\S+) is used",
     gettext_lazy("a store code has 2 to 64 letters, digits, - and _; %(code)s is used")),
    (r"the store has the code (?P<code>\S+) and keeps it", gettext_lazy("the store has the code %(code)s and keeps it")),
    (r"a name of (?P<length>\d+) characters was cut to (?P<most>\d+)",
     gettext_lazy("a name of %(length)s characters was cut to %(most)s")),
    (r"the row has (?P<count>\d+) more cells than there are columns; is a comma not quoted\?",
     gettext_lazy("the row has %(count)s more cells than there are columns; is a comma not quoted?")),
    # the place
    ("the position is missing", gettext_lazy("the position is missing")),
    ("one half of the position is missing; the other was left out",
     gettext_lazy("one half of the position is missing; the other was left out")),
    ("not a number of degrees; the position was left out", gettext_lazy("not a number of degrees; the position was left out")),
    ("0, 0 lies in the Gulf of Guinea and stands for no position; it was left out",
     gettext_lazy("0, 0 lies in the Gulf of Guinea and stands for no position; it was left out")),
    (r"the position is (?P<km>[\d,]+) km from (?P<market>\w+); latitude and longitude look exchanged",
     gettext_lazy("the position is %(km)s km from %(market)s; latitude and longitude look exchanged")),
    (r"the position is (?P<km>[\d,]+) km from (?P<market>\w+)", gettext_lazy("the position is %(km)s km from %(market)s")),
    (r"the position is in (?P<other>\w+), the market is (?P<market>\w+)",
     gettext_lazy("the position is in %(other)s, the market is %(market)s")),
    (r"(?P<market>\w+) is taken from the time zone (?P<zone>\S+)",
     gettext_lazy("%(market)s is taken from the time zone %(zone)s")),
    (r"(?P<market>\w+) is taken from the position", gettext_lazy("%(market)s is taken from the position")),
    (r"nobody lives in (?P<market>\w+); latitude and longitude look exchanged",
     gettext_lazy("nobody lives in %(market)s; latitude and longitude look exchanged")),
    (r"nobody lives in (?P<market>\w+)", gettext_lazy("nobody lives in %(market)s")),
    (r"filed under (?P<declared>\w+), but the time zone (?P<zone>\S+) is of (?P<market>\w+): taken as \w+",
     gettext_lazy("filed under %(declared)s, but the time zone %(zone)s is of %(market)s, so it is taken as that")),
    (rf"at the position clocks follow {_ZONE}", gettext_lazy("at the position clocks follow %(zone)s")),
    (rf"{_ZONE} is a time zone of (?P<other>\w+), the market is (?P<market>\w+)",
     gettext_lazy("%(zone)s is a time zone of %(other)s, the market is %(market)s")),
    (rf"{_ZONE} is of (?P<other>\w+); (?P<used>\S+) is used, as market and position say",
     gettext_lazy("%(zone)s is of %(other)s; %(used)s is used, as market and position say")),
    (r"not a time zone of a place in (?P<market>\w+); (?P<used>\S+) is used",
     gettext_lazy("not a time zone of a place in %(market)s; %(used)s is used")),
    (rf"not given; {_ZONE} is .*", gettext_lazy("not given; %(zone)s is assumed")),
    (r"(?P<part>[a-z ]+) is missing, and (?P<market>\w+) addresses need it",
     gettext_lazy("missing, and addresses in %(market)s need it")),
    (r"(?P<code>'.*'|\".*\") does not have the form of a postcode in (?P<market>\w+)",
     gettext_lazy("%(code)s does not have the form of a postcode in %(market)s")),
    (r"(?P<length>\d+) characters are too long for a [a-z ]+; it was left out",
     gettext_lazy("%(length)s characters are too long; left out")),
    (r"(?P<text>.+) beside the postcode was left out", gettext_lazy("%(text)s beside the postcode was left out")),
    (r"more than (?P<count>\d+) lines of (?P<length>\d+) characters; the rest was left out",
     gettext_lazy("more than %(count)s lines of %(length)s characters; the rest was left out")),
    (r"not a datum that is known .*", gettext_lazy("not a coordinate system that is known; the position was taken as it is")),
    # how to reach it, and when
    (r"not understood as a phone number: it is not a valid number in (?P<market>\w+)",
     gettext_lazy("not a valid phone number in %(market)s; left out")),
    (r"not understood as a phone number: a spreadsheet cut its digits.*",
     gettext_lazy("a spreadsheet cut the digits of this phone number; left out")),
    (r"not understood as a phone number: .*", gettext_lazy("not understood as a phone number; left out")),
    (r"one of (?P<count>\d+) numbers in the cell", gettext_lazy("one of %(count)s numbers in the cell")),
    ("not an email address; left out", gettext_lazy("not an email address; left out")),
    ("not a web address; left out", gettext_lazy("not a web address; left out")),
    (r"hours not understood: .*", gettext_lazy("hours not understood; left out")),
    (r"other hours of (?P<day>[\d-]+) were decided here; they stay",
     gettext_lazy("other hours of %(day)s were decided here; they stay")),
    (r"the hours of (?P<day>[\d-]+) were decided here and are not in the list; they stay, .*",
     gettext_lazy("the hours of %(day)s were decided here and are not in the list; they stay, until somebody removes them "
                  "at the store")),
    (r"the list names no dates; at (?P<count>\d+) of its stores other hours of dates to come were decided here; they stay, .*",
     gettext_lazy("the list names no dates, but at %(count)s of its stores other hours of dates to come were decided here; "
                  "they stay, until somebody removes them at the store")),
    (r"what it says about (?P<days>.+) in case of a public holiday was left out",
     gettext_lazy("what it says about %(days)s in case of a public holiday was left out")),
    ("its hours of public holidays differ by weekday or season, so the store's holiday policy stays",
     gettext_lazy("its hours of public holidays differ by weekday or season, so the store's holiday policy stays")),
    (r"not understood as a date: .*", gettext_lazy("not understood as a date; left out")),
    (r"the store would close before it opens; left out", gettext_lazy("the store would close before it opens; left out")),
    (r"with the dates that are known the store would close before it opens; the dates stay as they are",
     gettext_lazy("with the dates that are known the store would close before it opens; the dates stay as they are")),
    # kinds and people
    (r"not a format of stores .*", gettext_lazy("not a kind of store that is known")),
    (r"(?P<count>\d+) words are too many for a store's (?:languages|services); left out",
     gettext_lazy("%(count)s words are too many for one store; left out")),
    (r"not a status of stores .*", gettext_lazy("not a status that is known")),
    ("no partner of the brand, or more than one, has this code or name; left out",
     gettext_lazy("no partner of the brand, or more than one, has this code or name; left out")),
    (r"not the code or kind of a service that (?P<market>\w+) offers; left out",
     gettext_lazy("not a service that %(market)s offers; left out")),
    (r"a store that is (?P<was>[a-z -]+) cannot become (?P<listed>[a-z -]+); the status stays as it is",
     gettext_lazy("no step leads there from the store's status (%(was)s), so it stays as it is")),
    (r"the store is (?P<was>[a-z]+) and stays so, but the list still has it",
     gettext_lazy("the list still has this store, which is over (%(was)s) and stays so")),
    (r"the store is open and will close; only a list that clears its closing date calls that off\. .*",
     gettext_lazy("the store will close; only a list that clears its closing date calls that off, so the status stays")),
    ("the store is temporarily closed and stays so until it closes for good",
     gettext_lazy("the store is temporarily closed and stays so until it closes for good")),
    (r"the store is temporarily closed until (?P<day>[\d-]+); the list opens it again",
     gettext_lazy("the store is temporarily closed until %(day)s; the list opens it again")),
    (r"the store is temporarily closed; the list opens it again",
     gettext_lazy("the store is temporarily closed; the list opens it again")),
    (r"Cannot (?:close|go back to fit-out): .* The status stays as it is\.",
     gettext_lazy("somebody still counts on the store, so its status stays as it is")),
    # files
    (r"(?P<file>.+?) contains NUL bytes; this is not a text file",
     gettext_lazy("%(file)s is neither text nor an Excel file (.xlsx)")),
    (r"(?P<file>.+?): line (?P<line>\d+): a quote is opened and never closed",
     gettext_lazy("%(file)s, line %(line)s: a quote is opened and never closed")),
    (r"(?P<file>.+?): line (?P<line>\d+): text follows a closing quote.*",
     gettext_lazy("%(file)s, line %(line)s: text follows a closing quote; a quote inside a cell is written twice")),
    (r"(?P<file>.+?): line (?P<line>\d+)(?:: a cell)? is longer than .*",
     gettext_lazy("%(file)s, line %(line)s is too long; a quote is probably not closed")),
    (r"(?P<file>.+?) is not UTF-8 text \(byte .*",
     gettext_lazy("The encoding of %(file)s is not recognized. Choose it, or save the file as UTF-8.")),
    (r"(?P<file>.+?) is not (?P<encoding>\S+) text: .*",
     gettext_lazy("%(file)s cannot be read as %(encoding)s. Choose another encoding.")),
    (r"(?P<file>.+?): the first row has no column names", gettext_lazy("%(file)s: the first row has no column names")),
    (r"(?P<file>.+?): column (?P<column>.+) is there twice", gettext_lazy("%(file)s: column %(column)s is there twice")),
    (r"(?P<file>.+?) has column names and no rows", gettext_lazy("%(file)s has column names and no rows")),
    (r"(?P<file>.+?): (?:line|record) (?P<line>\d+) is not JSON.*",
     gettext_lazy("%(file)s: record %(line)s is not valid JSON")),
    (r"(?P<file>.+?): (?:neither a list nor an object of JSON|the object holds no list of records)",
     gettext_lazy("%(file)s holds no list of stores")),
    (r"(?P<file>.+?): the list ends after record (?P<line>\d+) without its bracket",
     gettext_lazy("%(file)s is cut off after record %(line)s")),
    (r"the file of this import is not kept any more", gettext_lazy("The file of this import is not kept any more.")),
    # jobs
    (r"Since the preview something changed: (?P<rows>.+) would now do something else\. Preview the list again\.",
     gettext_lazy("Since the preview something changed, so nothing was written (%(rows)s). Compare again.")),
    (r"The import cannot be undone, and nothing was: (?P<why>.+)",
     gettext_lazy("The import cannot be undone, and nothing was: %(why)s")),
    (r"It was begun three times and each time its worker was ended\.",
     gettext_lazy("It was begun three times and each time its worker was ended.")),
    (r"The file would close (?P<closed>\d+) of (?P<all>\d+) stores in its markets, or take them from customers\..*",
     gettext_lazy("The list would close %(closed)s of %(all)s stores in its markets, or take them from customers.")),
    ("the list is complete and lacks this store, so it is closed",
     gettext_lazy("the list is complete and lacks this store, so it is closed")),
    (r"row (?P<row>\d+) does not say which store it means.*",
     gettext_lazy("Row %(row)s does not say which store it means, so what the list lacks cannot be told.")),
    ("what it takes to undo this import is not kept any more",
     gettext_lazy("what it takes to undo this import is not kept any more")),
    ("the store is not there any more", gettext_lazy("the store is not there any more")),
    ("the store was published: close it instead", gettext_lazy("the store was published: close it instead")),
    (r"the store is used by (?P<count>\d+) (?P<what>.+)", gettext_lazy("the store is used elsewhere (%(count)s × %(what)s)")),
    (r"the (?P<what>.+) was changed by (?P<who>\S+) at (?P<when>.+)",
     gettext_lazy("changed by %(who)s, %(when)s")),
)  # fmt: skip
_KNOWN = tuple((re.compile(pattern, re.DOTALL), text) for pattern, text in _SENTENCES)
_MARKETS = ("market", "other", "declared")
_STATES = ("was", "listed")


def said(reason: str) -> str:
    """The sentence for the reader."""
    return _said(reason[:1000], get_language() or "en")


@lru_cache(maxsize=4096)
def _said(reason: str, language: str) -> str:
    for pattern, text in _KNOWN:
        if match := pattern.fullmatch(reason):
            parts = match.groupdict()
            parts |= {name: market_name(parts[name]) for name in _MARKETS if name in parts}
            parts |= {name: state_name(parts[name].replace(" ", "_")) for name in _STATES if name in parts}
            return str(text) % parts if parts else str(text)
    return reason
