"""The sidebar: the work first, the rest by topic, each person's own part of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of links for Unfold, without those the person's role has no use for."""
    user: Any = request.user
    people = user.can("manage_people")
    editing = people or user.can("edit_channels")
    groups = [
        _group(
            "",
            _item(_("Home"), "home", "admin:index"),
            _item(_("Campaigns"), "campaign", _list("campaign")),
            _item(_("Market plans"), "translate", _list("marketplan")),
            _item(_("Sync board"), "sync", "admin:sync"),
        ),
        _group(
            _("Network"),
            _item(_("Stores"), "storefront", _list("store")),
            _item(_("Opening pipeline"), "rocket_launch", "admin:openings"),
            _item(_("Network map"), "map", "admin:map"),
            *([_item(_("Imports"), "upload_file", "admin:imports")] if user.can("import_stores") else []),
            _item(_("Opening hours"), "schedule", _list("weeklyhours")),
            _item(_("Holiday readiness"), "event_available", "admin:stores_specialday_readiness"),
            _item(_("Special days"), "event", _list("specialday")),
            _item(_("Hours templates"), "event_repeat", _list("hourstemplate")),
            _item(_("Channels"), "shopping_bag", _list("channel")),
            _item(_("Partners"), "handshake", _list("partner")),
            _item(_("Proposed changes"), "rule", _list("changerequest"), "?state__exact=open"),
        ),
        _group(
            _("Services"),
            _item(_("Service cases"), "build", _list("servicecase")),
            _item(_("Service offerings"), "support_agent", _list("serviceoffering")),
            _item(_("Devices"), "eyeglasses", _list("device")),
        ),
        _group(
            _("Catalogue"),
            _item(_("Products"), "inventory_2", _list("product")),
            _item(_("Offers"), "sell", _list("offer")),
            _item(_("Prices paid"), "payments", _list("pricepoint")),
        ),
        _group(
            _("Markets"),
            _item(_("Market launches"), "checklist", "admin:launches"),
            _item(_("Presence in markets"), "flag", _list("marketentry")),
            _item(_("Regions"), "account_tree", _list("region")),
            _item(_("All markets"), "public", _list("market")),
            _item(_("Public holidays"), "celebration", _list("holidaydate")),
        ),
    ]
    if editing:
        groups.append(
            _group(
                _("Settings"),
                _item(_("Brands"), "verified", _list("brand")),
                _item(_("Connections"), "cable", _list("connection")),
                *(
                    [
                        _item(_("People"), "group", _list("user")),
                        _item(_("Roles"), "badge", _list("role")),
                        _item(_("API keys"), "key", _list("apikey")),
                    ]
                    if people
                    else []
                ),
            )
        )
    return _with_active(groups, request.path)


def _with_active(groups: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    """The one link that leads closest to the page is marked: a page below another's address has a link of its own."""
    items = [item for group in groups for item in group["items"]]
    home = reverse("admin:index")
    leading = {
        place: item
        for item in items
        if (place := item["link"].partition("?")[0]) == path or (place != home and path.startswith(place))
    }
    closest = leading[max(leading, key=len)] if leading else None
    for item in items:
        item["active"] = item is closest
    return groups


def _group(title: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": bool(title), "items": list(items)}


def _item(title: str, icon: str, name: str, query: str = "") -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse(name) + query}


def _list(model: str) -> str:
    return f"admin:stores_{model}_changelist"
