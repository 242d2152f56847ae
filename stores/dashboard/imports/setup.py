"""The page on which columns are mapped: what was found in the file, what each column fills, what holds for all rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from stores.dashboard.imports import labels
from stores.dashboard.imports.beginnings import SUGGESTED, Beginning, list_name
from stores.dashboard.imports.labels import Option
from stores.dashboard.reading import market_name
from stores.dashboard.words import state_name
from stores.imports.choices import DATES, FOR_ALL, KEEP, TRANSLATED, WEEKDAYS, Choices, chosen, columns_of, composed
from stores.imports.errors import ImportRefused
from stores.imports.evidence import DATE_FORMS
from stores.imports.mapping import parse_mapping
from stores.imports.refusals import REASON, REASON_BESIDE
from stores.imports.survey import Survey
from stores.models import ImportJob, Market, Partner
from stores.models.network import FORMATS, STATUSES
from stores.values.countries import country_code

_SOURCE = re.compile(r"[\w .:-]{1,60}")


@dataclass(slots=True)
class Setup:
    """Everything that was chosen, and what is wrong with it."""

    beginning: Beginning
    choices: Choices
    source: str
    acknowledged: bool = False
    keep_as: str = ""
    complete: bool = False
    """The list is whole: open stores that it lacks are closed."""
    errors: list[str] = field(default_factory=list)

    def fields(self) -> dict[str, Any]:
        """The rules as they are now."""
        return composed(self.choices, self.beginning.fields)

    def mapping(self, headers: list[str]) -> dict[str, Any]:
        """The mapping as the job keeps it."""
        fields = self.fields()
        return {"source": self.source, "fields": fields, "ignore": [*unused(fields, headers), *_ours(headers)]}


def begun(beginning: Beginning, job: ImportJob, seen: Survey, *, partner: Partner | None = None) -> Setup:
    """The page before anything was chosen on it; with a partner, whose list it is."""
    found = Setup(beginning, chosen(beginning.fields, seen.headers), beginning.source, complete=job.complete)
    left = unused(found.fields(), seen.headers)
    # Somebody here confirmed what a saved mapping leaves out; only another column is news.
    found.acknowledged = not beginning.key.startswith("preset:") and set(left) <= set(beginning.ignore)
    if partner is not None:
        _of_partner(found, partner)
        if beginning.source == list_name(job.file_name):
            found.source = partner.code
    return found


def read(request: HttpRequest, beginning: Beginning, job: ImportJob, seen: Survey, partners: list[Partner]) -> Setup:
    """What the form sent. Whatever is not offered is as good as nothing chosen."""
    sent = {name: value.replace("\x00", "") for name, value in request.POST.items() if isinstance(value, str)}
    columns = {header: sent.get(f"c{number}", "") for number, header in enumerate(seen.headers)}
    known = labels.known_targets(labels.targets(_tags(job), [*beginning.fields, *_languages(columns.values())]))
    kept = chosen(beginning.fields, seen.headers).targets
    targets = {
        header: target if target in known and (target != KEEP or kept[header] == KEEP) else ""
        for header, target in columns.items()
    }
    words: dict[str, dict[str, str]] = {}
    for name in TRANSLATED:
        theirs, ours = (
            [text.replace("\x00", "").replace("\r\n", "\n") for text in request.POST.getlist(f"{kind}_{name}")]
            for kind in ("word", "ours")
        )
        offered = {option.value for option in for_all(name, partners)}
        if theirs:
            words[name] = {word: our if our in offered else "" for word, our in zip(theirs, ours, strict=False)}
    values = {}
    for name in FOR_ALL:
        value = sent.get(f"all_{name}", "")
        values[name] = value if value in {option.value for option in for_all(name, partners)} else ""
    found = Setup(
        beginning,
        Choices(
            targets,
            {name: value for name, value in values.items() if value},
            words,
            {name: form for name in DATES if (form := sent.get(f"form_{name}", "")) in DATE_FORMS},
            told_by_name="told_by_name" in sent,
        ),
        " ".join(sent.get("source", "").split())[:80],
        acknowledged="acknowledged" in sent,
        complete="complete" in sent,
        keep_as=" ".join(sent.get("keep_as", "").split())[:60],
    )
    # Saying whose list it is fills in what follows from it, once, where nothing was chosen yet.
    partner = next((each for each in partners if each.code == values["operator"]), None)
    if partner is not None and sent.get("operator_before", "") != partner.code:
        _of_partner(found, partner)
        if found.source in {"", sent.get("source_before", "")}:
            found.source = partner.code
    return found


def _of_partner(found: Setup, partner: Partner) -> None:
    mapped = set(found.choices.targets.values())
    follows = {
        "operator": partner.code,
        "format": "partner_counter",
        "market": partner.market.code if partner.market else "",
    }
    values = {
        name: value for name, value in follows.items() if value and (name == "operator" or name not in mapped)
    } | {name: value for name, value in found.choices.for_all.items() if name != "operator"}
    found.choices = Choices(
        found.choices.targets, values, found.choices.words, found.choices.date_forms, found.choices.told_by_name
    )


def check(found: Setup, seen: Survey) -> None:
    """Note everything that keeps the list from being read this way."""
    fields = found.fields()
    targets = set(found.choices.targets.values())
    if not {"external_id", "code"} & fields.keys():
        found.errors.append(
            _("Choose the column by which a store is found again at the next import, or say that the list has none.")
        )
    if not any(name == "name" or name.startswith("name_") for name in fields):
        found.errors.append(_("Choose the column with the name of the store."))
    if not {"market", "time_zone"} & fields.keys():
        found.errors.append(_("Choose the column with the country, or one country for all rows."))
    if 0 < len(targets.intersection(WEEKDAYS)) < len(WEEKDAYS):
        found.errors.append(_("Choose a column for each day of the week, Monday to Sunday."))
    if not _SOURCE.fullmatch(found.source):
        found.errors.append(_("The name of the list has at most 60 letters, digits, spaces and - . : _"))
    if unused(fields, seen.headers) and not found.acknowledged:
        found.errors.append(_("Some columns are not used. Look at them, and confirm that they may be left out."))
    if not found.errors:
        try:
            parse_mapping(found.mapping(seen.headers), source="list")
        except ImportRefused as error:
            found.errors.append(str(error))


def unused(fields: Mapping[str, Any], headers: list[str]) -> list[str]:
    """The columns that nothing is taken from, but for the one that was added here to refused rows."""
    used = {column for rule in fields.values() for column in columns_of(rule)}
    return [header for header in headers if header not in used and header not in _ours(headers)]


def _ours(headers: list[str]) -> list[str]:
    """The reasons that a file of refused rows comes back with, as its last column."""
    return [header for header in headers[-1:] if header in (REASON, REASON_BESIDE)]


def context(found: Setup, job: ImportJob, seen: Survey, partners: list[Partner]) -> dict[str, Any]:
    """What the page shows."""
    fields = found.fields()
    groups = labels.targets(_tags(job), [*found.beginning.fields, *_languages(found.choices.targets.values())])
    kept = {
        header: _("Several: %(fields)s")
        % {
            "fields": ", ".join(
                labels.field(name) for name, rule in found.beginning.fields.items() if header in columns_of(rule)
            )
        }
        for header, target in chosen(found.beginning.fields, seen.headers).targets.items()
        if target == KEEP
    }
    left = unused(fields, seen.headers)
    columns = [
        {
            "number": number,
            "column": column,
            "target": found.choices.targets[column.header],
            "kept": kept.get(column.header, ""),
            "because": found.beginning.because.get(column.header, "") if found.beginning.key == SUGGESTED else "",
            "left": column.header in left,
        }
        for number, column in enumerate(seen.columns)
    ]
    return {
        "setup": found,
        "columns": columns,
        "groups": groups,
        "left": left,
        "for_all": [
            {
                "name": name,
                "label": labels.field(name),
                "options": for_all(name, partners),
                "value": found.choices.for_all.get(name, ""),
                "beside": name in fields and bool(columns_of(fields[name])),
            }
            for name in FOR_ALL
        ],
        "words": [words for name in TRANSLATED if (words := _words(name, found, fields, seen, partners))],
        "dates": [
            {
                "name": name,
                "label": labels.field(name),
                "options": [Option("", _("Year, month, day")), *(Option(form, _example(form)) for form in DATE_FORMS)],
                "value": found.choices.date_forms.get(name, ""),
                "examples": _examples(fields[name], seen),
            }
            for name in DATES
            if name in fields and columns_of(fields[name])
        ],
        "has_code": bool({"external_id", "code"} & set(found.choices.targets.values())),
        "operator_now": found.choices.for_all.get("operator", ""),
    }


def for_all(name: str, partners: list[Partner]) -> list[Option]:
    """Our own values of a field, for a select."""
    if name == "market":
        codes = Market.objects.order_by("code").values_list("code", flat=True)
        return sorted((Option(code, market_name(code)) for code in codes), key=lambda option: option.label)
    if name == "operator":
        return [Option(partner.code, str(partner)) for partner in partners]
    if name == "datum":
        return [
            Option("WGS84", _("WGS 84 (GPS)")),
            Option("GCJ02", _("GCJ-02 (maps in China)")),
            Option("BD09", "BD-09 (Baidu)"),
        ]
    known: tuple[str, ...] = FORMATS if name == "format" else STATUSES
    return [Option(word, state_name(word)) for word in known]


def _words(
    name: str, found: Setup, fields: Mapping[str, Any], seen: Survey, partners: list[Partner]
) -> dict[str, Any] | None:
    """The list's words for a field that only a few of ours fit, where they are not ours already."""
    columns = columns_of(fields.get(name, {}))
    theirs = [word for header in columns if (column := seen.column(header)) for word in column.words]
    known = found.choices.words.get(name, {})
    rows = [
        (word, known.get(word, ""))
        for word in dict.fromkeys(theirs)
        if word in known or not _is_ours(name, word, partners)
    ]
    if not rows:
        return None
    return {
        "name": name,
        "label": labels.field(name),
        "columns": columns,
        "rows": rows,
        "options": for_all(name, partners),
    }


def _is_ours(name: str, word: str, partners: list[Partner]) -> bool:
    if name == "market":
        return country_code(word) is not None
    if name == "operator":
        return any(
            word == each.code or word.lower() in {text.lower() for text in each.name.values()} for each in partners
        )
    return word.lower().replace(" ", "_").replace("-", "_") in (FORMATS if name == "format" else STATUSES)


def _examples(rule: Any, seen: Survey) -> list[str]:
    return [cell for header in columns_of(rule) if (column := seen.column(header)) for cell in column.examples]


def _example(form: str) -> str:
    """How the last day of 2026 is written in the form."""
    parts = {"%d": "31", "%m": "12", "%Y": "2026", "%y": "26"}
    for sign, text in parts.items():
        form = form.replace(sign, text)
    return form


def _tags(job: ImportJob) -> list[str]:
    """Languages of the markets the brand is in, and those its stores are named in."""
    spoken = Market.objects.filter(entries__brand=job.brand_id).values_list("languages", flat=True)
    return list(dict.fromkeys(["en", *(tag for tags in spoken for tag in tags)]))[:30]


def _languages(targets: Any) -> list[str]:
    return [target for target in targets if target.startswith(("name_", "address_"))]
