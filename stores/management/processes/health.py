"""Whether each process does its work: asked from outside, as a user or a colleague process would."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable

from celery import Celery
from kombu.exceptions import OperationalError

from retail import embedded


def web_is_ready(port: int) -> bool:
    """Whether the web application answers and says that its parts are there."""
    return _get(f"http://127.0.0.1:{port}/readyz") is not None


def shops_are_open(port: int) -> bool:
    """Whether the sandbox answers with its list of shops."""
    body = _get(f"http://127.0.0.1:{port}/")
    try:
        return body is not None and isinstance(json.loads(body), list)
    except ValueError:
        return False


def answering_nodes() -> set[str]:
    """Which Celery processes answer a call over the broker now: ``worker`` and ``celerybeat``.

    The broker is read here and not from the settings: these were loaded before the embedded one had its port.
    """
    broker = os.environ.get("CELERY_BROKER_URL") or embedded.valkey_url(0)
    with Celery("probe", broker=broker, set_as_current=False) as probe:
        probe.conf.broker_transport_options = {"socket_timeout": 2, "socket_connect_timeout": 2, "max_retries": 1}
        try:
            replies = probe.control.ping(timeout=0.7) or []
        except (OperationalError, OSError):
            return set()
    return {node.split("@")[0] for reply in replies for node in reply}


def probes(*, port: int, sandbox_port: int) -> dict[str, Callable[[], bool]]:
    """The question for each process, by its name."""
    return {
        "web": lambda: web_is_ready(port),
        "shops": lambda: shops_are_open(sandbox_port),
        "worker": lambda: "worker" in answering_nodes(),
        "beat": lambda: "celerybeat" in answering_nodes(),
    }


def _get(url: str) -> bytes | None:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - our own address
            body: bytes = answer.read()
    except (urllib.error.URLError, OSError):
        return None
    return body
