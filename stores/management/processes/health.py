"""Whether each process does its work: asked from outside, as a user or a colleague process would."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Collection

from celery import Celery
from kombu.exceptions import OperationalError

from retail import embedded
from stores.management.processes.record import Ports

# The node name under which each Celery process answers.
NODES = {"worker": "worker", "beat": "celerybeat"}


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


def healthy(names: Collection[str], *, ports: Ports) -> set[str]:
    """Which of the named processes do their work now."""
    found = set()
    if "web" in names and web_is_ready(ports.web):
        found.add("web")
    if "shops" in names and shops_are_open(ports.shops):
        found.add("shops")
    if NODES.keys() & set(names):
        answering = answering_nodes()
        found |= {name for name, node in NODES.items() if name in names and node in answering}
    return found


def _get(url: str) -> bytes | None:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - our own address
            body: bytes = answer.read()
    except (urllib.error.URLError, OSError):
        return None
    return body
