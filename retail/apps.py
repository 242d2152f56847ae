"""Which site serves the dashboard: Django asks the admin's app for it."""

from django.contrib.admin.apps import AdminConfig


class SiteConfig(AdminConfig):
    default_site = "stores.dashboard.site.Site"
