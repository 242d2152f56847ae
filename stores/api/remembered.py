"""What one process remembers between requests, bounded."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """A bounded map; when it is full, the oldest quarter goes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: dict[K, V] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        return self._items.get(key)

    def put(self, key: K, value: V) -> None:
        with self._lock:
            if len(self._items) >= self._most:
                for old in list(self._items)[: self._most // 4 + 1]:
                    del self._items[old]
            self._items[key] = value

    def clear(self) -> None:
        with self._lock:
            self._items.clear()
