"""Form fields for what the business writes: texts in several languages, address lines, a week of opening hours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.forms.widgets import Script
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import INPUT_CLASSES, TEXTAREA_CLASSES

from stores.models.fields import check_localized
from stores.timetable.schedule import Overlap, Period, Week
from stores.timetable.templates import plan_from_json
from stores.values import addresses, languages
from stores.values.texts import clean, one_line

DAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


class LocalizedWidget(forms.Widget):
    """One box per language, and an empty one for another language."""

    template_name = "stores/widgets/localized.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None, *, rows: int = 1) -> None:
        super().__init__(dict(attrs or {}))
        self.rows = rows
        self.suggested: tuple[str, ...] = ("en",)
        self.label: Any = ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        texts = value if isinstance(value, Mapping) else {}
        tags = list(dict.fromkeys((*self.suggested, *texts)))
        context["widget"] |= {
            "boxes": [
                {
                    "tag": tag,
                    "text": texts.get(tag, ""),
                    "language": languages.language_name(tag, get_language() or "en"),
                }
                for tag in tags
                if tag or texts[tag]
            ],
            "label": self.label,
            "rows": self.rows,
            "input_classes": " ".join(INPUT_CLASSES),
            "area_classes": " ".join(TEXTAREA_CLASSES),
        }
        return context

    def format_value(self, value: Any) -> Any:
        return value

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        tags, texts = data.getlist(f"{name}:tag"), data.getlist(f"{name}:text")
        return {tag.strip(): text.replace("\r\n", "\n").strip() for tag, text in zip(tags, texts, strict=False)}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}:tag" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class LocalizedField(forms.Field):
    """Texts by language tag; a box left blank is a language left out."""

    widget = LocalizedWidget

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any) -> None:
        # A JSON field offers a coder for both ways: plain texts need none. Its default being a function, Django would have the
        # browser send the first value back beside the new one, as one text: the record knows it better.
        super().__init__(**{**kwargs, "show_hidden_initial": False})

    def to_python(self, value: Any) -> dict[str, str]:
        texts: dict[str, str] = {}
        for tag, text in (value or {}).items():
            if text:
                texts[language_tag(tag)] = text
        if texts:
            check_localized(texts)
        tidy = clean if getattr(self.widget, "rows", 1) > 1 else one_line
        return {tag: kept for tag, text in texts.items() if (kept := tidy(text))}

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or {})
        except ValidationError:
            return True


def language_tag(tag: str) -> str:
    """The one spelling of a language tag that a person wrote. Raises ValidationError when it is none."""
    try:
        return languages.canonical(tag)
    except ValueError:
        raise ValidationError(
            _("“%(tag)s” is not a language tag such as de, ja or zh-Hant."), params={"tag": tag}
        ) from None


class LinesField(forms.CharField):
    """The lines of an address (they hold commas), as an import would write them."""

    widget: Any = forms.Textarea(attrs={"rows": 3, "class": " ".join(TEXTAREA_CLASSES)})

    def __init__(self, *, base_field: Any = None, size: int | None = None, **kwargs: Any) -> None:
        self.size = size
        super().__init__(**{**kwargs, "max_length": None})

    def prepare_value(self, value: Any) -> Any:
        return (
            "\n".join(str(line) for line in value)
            if isinstance(value, Sequence) and not isinstance(value, str)
            else value
        )

    def to_python(self, value: Any) -> Any:
        ProhibitNullCharactersValidator()(value)
        lines = [line for text in str(value or "").splitlines() if (line := addresses.tidy_line(text))]
        if self.size is not None and len(lines) > self.size:
            raise ValidationError(_("At most %(size)d lines."), params={"size": self.size})
        return lines

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != list(initial or []))
        except ValidationError:
            return True


class WordsField(LinesField):
    """A list of short words such as language tags, separated by commas."""

    widget = forms.TextInput(attrs={"class": " ".join(INPUT_CLASSES)})

    def prepare_value(self, value: Any) -> Any:
        return (
            ", ".join(str(word) for word in value)
            if isinstance(value, Sequence) and not isinstance(value, str)
            else value
        )

    def to_python(self, value: Any) -> Any:
        ProhibitNullCharactersValidator()(value)
        return [word.strip() for word in re.split(r"[,\s]+", str(value or "")) if word.strip()]


class LanguagesField(WordsField):
    """Languages by their tags, each in its one spelling and named once."""

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys(map(language_tag, super().to_python(value))))


class WeekWidget(forms.MultiWidget):
    """Seven boxes, Monday first, each with periods such as ``10:00-14:00, 15:00-21:00``."""

    template_name = "stores/widgets/week.html"

    class Media:
        js = (Script("stores/week.js", defer=""),)

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        box = {"class": " ".join(INPUT_CLASSES), "placeholder": "10:00-21:00"}
        super().__init__([forms.TextInput(attrs=box) for _day in DAYS], dict(attrs or {}))

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for day, box in zip(DAYS, context["widget"]["subwidgets"], strict=True):
            box["day"] = day
        return context

    @staticmethod
    def texts(week: list[list[dict[str, str]]]) -> list[str]:
        """A week's rows as people write them, one text a day."""
        return [day_text(day) for day in week]

    def decompress(self, value: Any) -> list[str]:
        return ["" for _day in DAYS]  # nothing is there yet

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [data.get(f"{name}_{number}", "") for number in range(len(DAYS))]


class WeekField(forms.Field):
    """A week as the hours table keeps it: seven lists of start and end."""

    widget = WeekWidget

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "required": False})  # a week with every day closed is a week

    def prepare_value(self, value: Any) -> Any:
        # A widget of many boxes takes any list for its boxes' texts: the rows of the table become texts here.
        return WeekWidget.texts(value) if value and isinstance(value[0], list) else value

    def to_python(self, value: Any) -> list[list[dict[str, str]]]:
        week, problems = read_week(value or [""] * len(DAYS))
        if week is None:
            raise ValidationError([f"{DAYS[day]}: {sentence}" for day, sentence in problems.items()], code="hours")
        return week

    def has_changed(self, initial: Any, data: Any) -> bool:
        if initial is None and not any(str(text).strip() for text in data or ()):
            return False  # nobody knows the week, and boxes that stayed blank do not say that it is closed every day
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True


class DayField(forms.CharField):
    """One day's hours as ``10:00-14:00, 15:00-21:00``; left blank, it is closed (or, where ``unset``, nothing is said)."""

    def __init__(self, *, encoder: Any = None, decoder: Any = None, unset: bool = False, **kwargs: Any) -> None:
        self.unset = unset
        box = forms.TextInput(attrs={"class": " ".join(INPUT_CLASSES), "placeholder": "10:00-18:00"})
        super().__init__(**{"widget": box, **kwargs, "required": False, "max_length": 200})

    def prepare_value(self, value: Any) -> Any:
        return day_text(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        ProhibitNullCharactersValidator()(value)
        # The day stands alone: as a week without any other, its night runs into nothing.
        week, problems = read_week([str(value or ""), *[""] * 6])
        if week is None:
            raise ValidationError(list(problems.values()), code="hours")
        return None if self.unset and not week[0] else week[0]

    def validate(self, value: Any) -> None:
        return None  # blank says something here

    def run_validators(self, value: Any) -> None:
        return None  # the text's own length was looked at; a list has none

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class PlanField(LinesField):
    """A template's days, one line each: ``-1: closes 15:00``, ``0 – 2: closed``, ``0: 08:00-24:00``.

    The words are those of the reader's language; English is understood in every one.
    """

    widget: Any = forms.Textarea(attrs={"rows": 5, "class": " ".join(TEXTAREA_CLASSES), "spellcheck": "false"})

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(plan_line(plan) for plan in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        plans = [self._plan(line) for line in super().to_python(value)]
        try:
            if plans:  # none is a blank field, as of any other kind
                plan_from_json(plans)
        except ValueError:
            raise ValidationError(_("Two lines speak of the same day."), code="hours") from None
        return plans

    def run_validators(self, value: Any) -> None:
        return None

    @classmethod
    def _plan(cls, line: str) -> dict[str, Any]:
        try:
            plan = cls._read(line)
            plan_from_json([plan])
        except ValueError:
            raise ValidationError(
                _("“%(line)s”: write a line as -1: closes 15:00, or 0 – 2: closed."), params={"line": line}
            ) from None
        return plan

    @staticmethod
    def _read(line: str) -> dict[str, Any]:
        match = _PLAN_LINE.fullmatch(line)
        if not match:
            raise ValueError(line)
        plan: dict[str, Any] = {"from": int(match[1]), "to": int(match[2] or match[1])}
        said = match[3].strip()
        if said.casefold() in {"closed", _("closed").casefold()}:
            return {**plan, "periods": []}
        cuts = {}
        for name, words in (("opens", {"opens", _("opens")}), ("closes", {"closes", _("closes")})):
            for word in words:
                if found := re.search(rf"{re.escape(word)}\s*(\d\d?:\d\d)", said, re.IGNORECASE):
                    cuts[name] = _padded(found[1])
        if cuts:
            return {**plan, **cuts}
        if not (periods := periods_of(said)):
            raise ValueError(line)
        return {**plan, "periods": periods}


_PLAN_LINE = re.compile(r"\s*([+-]?\d{1,2})\s*(?:(?:-|–|to|bis|\.\.)\s*([+-]?\d{1,2}))?\s*:\s*(\D.*|\d?\d:.*)")


def plan_line(plan: Mapping[str, Any]) -> str:
    """One line of a template as people write it."""
    first, last = plan["from"], plan.get("to", plan["from"])
    days = str(first) if first == last else f"{first} – {last}"
    if "periods" in plan:
        return f"{days}: {day_text(plan['periods']) or _('closed')}"
    words = {"opens": _("opens"), "closes": _("closes")}
    return f"{days}: " + ", ".join(f"{words[name]} {plan[name]}" for name in words if name in plan)


def day_text(periods: list[dict[str, str]]) -> str:
    """One day's periods as people write them."""
    return ", ".join(f"{period['start']}-{period['end']}" for period in periods)


def periods_of(text: str) -> list[dict[str, str]] | None:
    """The periods that a person wrote, not checked yet; None when some part is no period at all."""
    periods = []
    for part in re.split(r"[,;]", text):
        if not part.strip():
            continue
        start, found, end = part.strip().replace("–", "-").partition("-")
        if not found:
            return None
        periods.append({"start": _padded(start), "end": _padded(end)})
    return periods


def _written(text: str) -> list[dict[str, str]]:
    periods = periods_of(text)
    if periods is None:
        raise ValueError(text)
    return periods


def read_week(texts: Sequence[str]) -> tuple[list[list[dict[str, str]]] | None, dict[int, str]]:
    """Seven texts as the hours table keeps them, or none and what is wrong, by weekday from 0, Monday."""
    days: list[list[Period]] = []
    problems: dict[int, str] = {}
    for number, text in enumerate(texts):
        try:
            days.append([Period.from_json(period) for period in _written(text)])
        except ValueError:
            problems[number] = _("Write periods as 10:00-21:00, with times from 00:00 to 24:00.")
    if problems:
        return None, problems
    try:
        return Week.of(days).to_json(), {}
    except Overlap as overlap:
        sentence = _("Two periods overlap at %(time)s.") % {"time": overlap.time}
        if overlap.into is not None:
            sentence = _("The night runs into %(day)s, which begins at %(time)s.") % {
                "day": DAYS[overlap.into], "time": overlap.time,
            }  # fmt: skip
        return None, {overlap.weekday: sentence}


def _padded(clock: str) -> str:
    """``9:00`` as ``09:00``, which is how the table writes it."""
    text = clock.strip()
    return f"0{text}" if re.fullmatch(r"\d:\d\d", text) else text
