"""What the commands of imports and exports share: who acts, for which brand, and how far it is."""

from __future__ import annotations

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from stores.models import Actor, Brand, System, User


class Bar:
    """A progress bar on the terminal's error stream; silent where there is no terminal."""

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
        self.progress.update(self.task, description=stage, completed=done, total=total)


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
