"""Celery tasks, by topic. Imported here because Celery looks for this module."""

from stores.tasks import imports, partners, sync

__all__ = ["imports", "partners", "sync"]
