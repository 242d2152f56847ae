"""A message to the broker is a hint: when the broker is away or hangs, the request that sends it goes on at once."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from retail.celery import app

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def seconds_to_fail(port: int) -> float:
    """How long a publish with the settings of a web process takes to give up on the broker at ``port``."""
    sender = Celery("sender", set_as_current=False)
    sender.config_from_object("django.conf:settings", namespace="CELERY")
    sender.conf.update(broker_url=f"redis://127.0.0.1:{port}/0")
    began = time.monotonic()
    with sender, pytest.raises(OperationalError):
        sender.send_task("sync.tick")
    return time.monotonic() - began


def test_a_publish_to_a_broker_that_hangs_gives_up_after_a_second(silent: socket.socket) -> None:
    assert 0.9 < seconds_to_fail(silent.getsockname()[1]) < 2.5


def test_a_publish_to_a_broker_that_is_away_gives_up_at_once(silent: socket.socket) -> None:
    port = silent.getsockname()[1]
    silent.close()
    assert seconds_to_fail(port) < 1.0


def test_jobs_are_hints_without_results_that_survive_a_lost_worker() -> None:
    names = ("task_ignore_result", "result_backend", "task_acks_late", "task_reject_on_worker_lost", "enable_utc")
    assert [app.conf[name] for name in names] == [True, None, True, True, True]
    options = app.conf.broker_transport_options
    wanted = {"visibility_timeout": 180, "unacked_restore_interval": 5, "unacked_restore_throttle": 1}
    assert wanted.items() <= options.items()
