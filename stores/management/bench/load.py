"""The load's process as the benchmarks use it: how many answers a second come for a list of requests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from retail.embedded import folders

CONNECTIONS = 8
"""As many as the web processes of ``up`` have threads on two cores: all are busy, none waits in a queue for long."""
SECONDS = 0.25
STRAY = 0.02
"""Share of answers that may have another status than expected: a store opened or closed while it was asked about."""


class LoadFailed(RuntimeError):  # noqa: N818  (says what happened)
    """The load's process ended, or the answers were not what a benchmark may count."""


class Load:
    """A context manager around the process."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "stores.management.bench.client"],
            cwd=folders.REPO,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def rate(self, port: int, requests: Sequence[str], *, status: int = 200, seconds: float = SECONDS) -> float:
        """Answers per second with the expected status. LoadFailed when others came."""
        said = self._order(port=port, requests=requests, connections=CONNECTIONS, seconds=seconds)
        statuses: dict[str, int] = said["statuses"]
        strays = {other: count for other, count in statuses.items() if other != str(status)}
        if sum(strays.values()) > STRAY * sum(statuses.values()):
            raise LoadFailed(f"answers had other statuses than {status}: {strays} (first request: {requests[0]!r})")
        return sum(statuses.values()) / float(said["seconds"])

    def _order(self, **order: Any) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise LoadFailed("the load's process has no pipes")
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise LoadFailed("the load's process ended; its last lines are above")
        said: dict[str, Any] = json.loads(line)
        return said
