"""The load: HTTP/1.1 over a few connections that stay open, as thin as Python allows, in a process of its own.

``python -m stores.management.bench.client`` reads one order a line on stdin and answers each with a line, both JSON:
``{"port", "requests": [text of each], "connections", "seconds"}`` -> ``{"seconds", "statuses": {"200": n}}``. Every connection
sends the next request of the list when its answer has come whole. Ours and the floor get the same client.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence

_PATIENCE = 20.0  # seconds without any answer; then something is broken, not slow


class Talk:
    """One connection and the answer that is coming in on it."""

    __slots__ = ("_buffer", "_whole", "line", "status")

    def __init__(self, port: int) -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.status = ""
        self._buffer = b""
        self._whole = -1

    def ask(self, request: bytes) -> None:
        self._buffer, self._whole = b"", -1
        self.line.sendall(request)

    def receive(self) -> bool:
        """Take what has arrived; whether the answer is complete."""
        piece = self.line.recv(1 << 18)
        if not piece:
            raise ConnectionError("the server closed a connection before its answer was complete")
        self._buffer += piece
        if self._whole < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self._buffer[:end].lower()
            self.status = head[9:12].decode()
            self._whole = end + 4 + (0 if self.status in {"204", "304"} else _length(head))
        return len(self._buffer) >= self._whole


def _length(head: bytes) -> int:
    place = head.find(b"\r\ncontent-length:")
    if place < 0:
        raise ValueError("the answer does not say its length")
    return int(head[place + 17 :].split(b"\r\n", 1)[0])


def drive(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> tuple[float, Counter[str]]:
    """Ask for ``seconds``, let what is under way end, and say how long it took and what the answers' statuses were."""
    talks = [Talk(port) for _ in range(connections)]
    statuses: Counter[str] = Counter()
    try:
        with selectors.DefaultSelector() as selector:
            for talk in talks:
                selector.register(talk.line, selectors.EVENT_READ, talk)
            asked = 0
            began = time.perf_counter()
            until = began + seconds
            for talk in talks:
                talk.ask(requests[asked % len(requests)])
                asked += 1
            while sum(statuses.values()) < asked:
                ready = selector.select(_PATIENCE)
                if not ready:
                    raise TimeoutError(f"no answer for {_PATIENCE:g} s")
                for event, _ in ready:
                    talk = event.data
                    if talk.receive():
                        statuses[talk.status] += 1
                        if time.perf_counter() < until:
                            talk.ask(requests[asked % len(requests)])
                            asked += 1
            return time.perf_counter() - began, statuses
    finally:
        for talk in talks:
            talk.line.close()


def main() -> None:
    """Serve orders until stdin ends."""
    for text in sys.stdin:
        order = json.loads(text)
        requests = [request.encode("latin-1") for request in order["requests"]]
        seconds, statuses = drive(order["port"], requests, order["connections"], order["seconds"])
        print(json.dumps({"seconds": seconds, "statuses": statuses}), flush=True)


if __name__ == "__main__":
    main()
