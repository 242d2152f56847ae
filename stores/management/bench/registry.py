"""Which benchmarks there are, in the order in which they run, and what each needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stores.management.bench import hours, imports, storefront, sync
from stores.management.bench.ground import Ground
from stores.management.bench.runner import Line


@dataclass(frozen=True)
class Bench:
    """``groups`` are other words that select it. ``network``: it needs the large one; ``small``: the small one too."""

    name: str
    measure: Callable[[Ground], Iterator[Line]]
    groups: tuple[str, ...] = ()
    network: bool = True
    small: bool = False


BENCHES = (
    Bench("list50", storefront.list50, ("list", "api")),
    Bench("nearest5open", storefront.nearest5open, ("locator", "api")),
    Bench("not_modified304", storefront.not_modified304, ("locator", "api")),
    Bench("store_detail", storefront.store_detail, ("locator", "api")),
    Bench("growth", storefront.growth, ("locator", "api"), small=True),
    Bench("sync", sync.sync),
    Bench("steady_tick", sync.steady_tick, ("sync",)),
    Bench("import", imports.imports),
    Bench("hours", hours.hours, network=False),
)


def select(word: str | None) -> list[Bench]:
    """The benchmarks of a name or group; all without one. KeyError, naming the words, when there is none."""
    found = [bench for bench in BENCHES if word is None or word == bench.name or word in bench.groups]
    if not found:
        words = dict.fromkeys(each for bench in BENCHES for each in (bench.name, *bench.groups))
        raise KeyError(f"There is no benchmark {word!r}. Choose one of: {', '.join(words)}.")
    return found
