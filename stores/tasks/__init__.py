"""Celery tasks, by topic. Imported here because Celery looks for this module."""

from stores.tasks import imports, sync

__all__ = ["imports", "sync"]
