"""The Django project: how Meridian's processes are put together.

The Celery application is imported here so that a task sent from any Django process goes to our broker and not to a
default one.
"""

from retail.celery import app as celery_app

__all__ = ["celery_app"]
