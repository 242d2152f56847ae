"""Celery tasks, by topic. Imported here because Celery looks for this module."""

from stores.tasks import sync

__all__ = ["sync"]
