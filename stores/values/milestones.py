"""The usual way to an opening and to a launch, in days before the day itself.

Experience of retail, not law: a flagship's lease is signed most of a year ahead, a counter in somebody else's shop needs
weeks. Whoever plans a store changes the days; the first plan is only there so that nothing is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping

MILESTONE_KINDS = (
    "lease_signed", "fit_out_start", "handover", "inventory", "staff_trained", "soft_opening", "opening",
)  # fmt: skip

_SHOP = dict(zip(MILESTONE_KINDS, (-180, -90, -30, -14, -10, -3, 0), strict=True))
_COUNTER = {
    "lease_signed": -45,
    "fit_out_start": -14,
    "handover": -5,
    "inventory": -4,
    "staff_trained": -3,
    "opening": 0,
}

USUAL_MILESTONES: Mapping[str, Mapping[str, int]] = {
    "flagship": dict(zip(MILESTONE_KINDS, (-300, -180, -45, -21, -14, -7, 0), strict=True)),
    "experience_store": _SHOP,
    "shop_in_shop": {
        **_SHOP,
        "lease_signed": -90,
        "fit_out_start": -30,
        "handover": -10,
        "inventory": -7,
        "staff_trained": -5,
    },
    "partner_counter": _COUNTER,
    "pop_up": {
        "lease_signed": -30,
        "fit_out_start": -5,
        "handover": -2,
        "inventory": -2,
        "staff_trained": -2,
        "opening": 0,
    },
    "service_point": {**_COUNTER, "staff_trained": -10},
}
"""By format: which milestones a store usually has, and how many days after its opening (negative: before) each is due."""

REACHED_WITH: Mapping[str, str] = {
    "signed": "lease_signed",
    "fit_out": "fit_out_start",
    "ready": "handover",
    "soft_open": "soft_opening",
    "open": "opening",
}
"""A step in a store's life that is a milestone reached: nobody writes it down twice."""

LAUNCH_KINDS = (
    "languages", "prices", "tax", "holidays", "rule_pack", "warranty_terms", "repair_route", "certificates", "privacy_text",
    "channel_tested", "other",
)  # fmt: skip

USUAL_LAUNCH: Mapping[str, int] = {
    "certificates": -90, "tax": -60, "languages": -45, "rule_pack": -45, "warranty_terms": -30, "privacy_text": -30,
    "repair_route": -30, "prices": -21, "holidays": -14, "channel_tested": -7,
}  # fmt: skip
"""Points that every launch needs, and how many days after the launch (negative: before) each is due."""
