"""What the commands of imports and exports share: who acts, for which brand, and how far it is."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from stores.imports.job import WAITING
from stores.models import Actor, Brand, System, User


class Stopped(CommandError):  # noqa: N818  it reads as what happened
    """Ctrl-C, with the exit code that shells expect of it."""

    def __init__(self, text: str) -> None:
        super().__init__(text, returncode=130)


class Bar:
    """A progress bar on the terminal's error stream; where there is no terminal only what may take long is said there."""

    def __init__(self) -> None:
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.task = self.progress.add_task("reading", total=None)
        if not self.progress.console.is_terminal:
            self.progress.disable = True

    def __enter__(self) -> Bar:
        self.progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.progress.stop()

    def show(self, stage: str, done: int, total: int | None) -> None:
        if stage == WAITING and self.progress.disable:
            self.progress.console.print(stage)
        self.progress.update(self.task, description=stage, completed=done, total=total)


def writable(*paths: Path | None, beside: Path | None = None) -> None:
    """Refuse files that could not be written once the work is done, and any that is the file ``beside``, which is read."""
    for path in paths:
        if path is None:
            continue
        if beside is not None and path.exists() and beside.exists() and path.samefile(beside):
            raise CommandError(f"{path} is the file that is read; choose another name")
        if path.is_dir() or not path.parent.is_dir():
            raise CommandError(f"{path}: {'this is a folder' if path.is_dir() else 'there is no such folder'}")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise CommandError(f"{path}: it may not be written here")


def brand_named(code: str) -> Brand:
    brand: Brand | None = Brand.objects.filter(code=code).first()
    if brand is None:
        known = ", ".join(Brand.objects.values_list("code", flat=True)[:20]) or "none yet"
        raise CommandError(f"there is no brand {code!r}; the brands are: {known}")
    return brand


def actor_named(email: str | None, process: str) -> Actor:
    if email is None:
        return System(process)
    user: User | None = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise CommandError(f"there is no user {email!r}")
    return user
