"""``manage.py check_templates``: every template compiles and every translation is complete and sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError, engines
from django.template.backends.django import DjangoTemplates
from django.template.base import Lexer, TokenType

from stores.management import translations


class Command(BaseCommand):
    """Compile our templates without rendering them, and read our translations."""

    help = "Compile every template and check every translation; part of 'make check'."

    def handle(self, **options: Any) -> None:
        """List what is wrong and fail when there is anything."""
        templates = list(_templates())
        wrong = [*_broken(templates), *translations.problems()]
        for sentence in wrong:
            self.stderr.write(sentence)
        if wrong:
            raise CommandError(f"{len(wrong)} problems in templates and translations")
        self.stdout.write(
            f"{len(templates)} templates compile, {len(list(translations.sources()))} translations are sound"
        )


def _templates() -> list[Path]:
    folders = [Path(folder) for folder in settings.TEMPLATES[0]["DIRS"]]
    folders.append(Path(apps.get_app_config("stores").path) / "templates")
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".html", ".txt", ".svg", ".xml"}
    ]


def _broken(templates: list[Path]) -> list[str]:
    engine = engines.all()[0]
    if not isinstance(engine, DjangoTemplates):
        raise CommandError("The first template engine is not Django's")
    wrong = []
    for path in templates:
        text = path.read_text()
        try:
            engine.from_string(text)
        except TemplateSyntaxError as error:
            wrong.append(f"{path}: {error}")
        # Django takes a tag that is not closed for text, and shows it to people.
        plain = (token.contents for token in Lexer(text).tokenize() if token.token_type is TokenType.TEXT)
        wrong += [f"{path}: a tag is not closed: {part.strip()[:60]}" for part in plain if "{{" in part or "{%" in part]
    return wrong
