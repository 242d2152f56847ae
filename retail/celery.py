"""The Celery application: ``celery -A retail worker`` and ``celery -A retail beat``.

Settings are the ``CELERY_*`` names of retail/settings.py. A message is only a hint to look at rows, so nothing here
needs a result.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "retail.settings")

app = Celery("meridian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["stores"])
