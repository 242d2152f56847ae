"""Celery tasks, by topic. Imported here because Celery looks for this module."""

from stores.tasks import closed_hours, hours, imports, lifecycle, partners, sync

__all__ = ["closed_hours", "hours", "imports", "lifecycle", "partners", "sync"]
