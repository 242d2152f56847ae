"""What goes on between the brand and its partners: contacts, exclusive rights, open requests and a pending confirmation.

Written once: a second load leaves what people made of it alone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from stores.actions.confirmations import make_link
from stores.actions.quality import assess_stores
from stores.actions.requests import propose_change, value_of
from stores.management.demo import content
from stores.management.demo.loading.rows import add
from stores.models import (
    Brand,
    ChangeRequest,
    ConfirmationLink,
    Exclusivity,
    Market,
    Partner,
    PartnerContact,
    Store,
    System,
    User,
)
from stores.values.quarters import quarter_of

# Long enough ago that the confirmation has lost its worth.
CONFIRMED_BEFORE = timedelta(days=150)
ASKED_BEFORE = timedelta(days=3)


def load_contacts(brand: Brand) -> int:
    """People at partners."""
    partners = _partners(brand)
    return add(
        (
            PartnerContact(
                brand=brand,
                partner=partners[row["partner"]],
                role=row["role"],
                name=row["name"],
                email=row["email"],
                phone=content.e164(row["phone"]),
                language=row["language"],
            )
            for row in content.partner_life()["contacts"]
        ),
        key=("partner_id", "role", "name"),
    )


def load_exclusivities(brand: Brand) -> int:
    """Who alone sells where."""
    if Exclusivity.objects.filter(brand=brand).exists():
        return 0
    partners, markets = _partners(brand), Market.objects.in_bulk(field_name="code")
    rows = [
        Exclusivity(
            brand=brand,
            partner=partners[row["partner"]],
            market=markets[row["market"]],
            trade=row["trade"],
            product_line=row["line"],
            from_date=date.fromisoformat(row["from"]),
            to_date=date.fromisoformat(row["to"]) if row["to"] else None,
        )
        for row in content.partner_life()["exclusivities"]
    ]
    return len(Exclusivity.objects.bulk_create(rows))


def load_confirmations(brand: Brand, now: datetime) -> int:
    """Counters that nobody has confirmed this quarter, and the mails that ask for it. Contracts that end soon."""
    if ConfirmationLink.objects.filter(brand=brand).exists():
        return 0
    life, partners, robot = content.partner_life(), _partners(brand), System("load_demo")
    for code, days in life["contracts_end"].items():
        Partner.objects.filter(pk=partners[code].pk).update(contract_to_date=now.date() + timedelta(days=days))
    Store.objects.filter(brand=brand, code__in=life["unconfirmed"]).update(verified_at=now - CONFIRMED_BEFORE)
    for code in life["asked"]:
        contact = PartnerContact.objects.get(partner=partners[code], role="counters")
        made = make_link(
            by=robot,
            partner=partners[code],
            quarter=quarter_of(now.date()),
            email=contact.email,
            language=contact.language,
        )
        ConfirmationLink.objects.filter(pk=made.link.pk).update(sent_at=now - ASKED_BEFORE)
    return len(life["asked"])


def load_requests(brand: Brand) -> int:
    """Changes that wait for a manager."""
    if ChangeRequest.objects.filter(brand=brand).exists():
        return 0
    rows = content.partner_life()["requests"]
    for row in rows:
        store = Store.objects.get(brand=brand, code=row["store"])
        by: Any = User.objects.get(email=row["by"]) if row["by"] else System("confirmation link of the demo")
        propose_change(by=by, store=store, proposed={row["field"]: _wanted(store, row)}, reason=row["reason"])
    return len(rows)


def load_quality(brand: Brand) -> int:
    """The scores that lists sort by, so that the first page has them."""
    return assess_stores(Store.objects.filter(brand=brand, quality__isnull=True))


def _wanted(store: Store, row: dict[str, Any]) -> Any:
    if row["field"] == "name":
        return row["texts"]
    if row["field"] == "status":
        return row["status"]
    return {**value_of(store, row["field"]), "lines": row["lines"]}


def _partners(brand: Brand) -> dict[str, Partner]:
    return {partner.code: partner for partner in Partner.objects.filter(brand=brand)}
