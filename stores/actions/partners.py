"""Whether a partner may sell somewhere: what its contract and the exclusive rights of others say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from stores.actions.errors import Refused
from stores.models import Channel, Exclusivity, Market, Partner, Store
from stores.models.brands import PARTNER_KINDS
from stores.models.queries.opening import local_day
from stores.values import clock


@dataclass(frozen=True)
class Objection:
    """One reason against selling. What forbids is refused; the rest is for a person to weigh."""

    code: str
    forbids: bool
    message: str
    right: Exclusivity | None = None


# One sentence each, without names: who may edit a store need not see whose right it is.
CONTRACT_OVER = _("This partner's contract is over by then: extend it first.")
CONTRACT_TO_COME = _("This partner's contract has not begun by then.")
SOMEBODY_ALONE = _(
    "Another partner alone may sell here through this trade by then: see the exclusivities of the market."
)
SOMEBODY_ALONE_WITH_A_LINE = _("Another partner alone may sell one product line here: leave it out at this partner.")


def objections(*, partner: Partner, market: Market, on: date, kind: str = "") -> list[Objection]:
    """What speaks against the partner selling in the market on the day, what forbids first.

    Without ``kind`` the question is about a counter, else about a channel of that kind. A counter is in its partner's trade; a
    channel also in its own, where its kind is one: an optician's web shop for electronics retail is in both.
    """
    trades = {partner.kind, kind} & set(PARTNER_KINDS)
    found = []
    if partner.contract_state(on) == "over":
        found.append(Objection("contract_over", forbids=True, message=CONTRACT_OVER))
    if partner.contract_state(on) == "to_come":
        found.append(Objection("contract_to_come", forbids=False, message=CONTRACT_TO_COME))
    for right in Exclusivity.objects.against(
        partner=partner.pk, brand=partner.brand_id, market=market.pk, trades=trades, on=on
    ):
        whole = not right.product_line
        message = SOMEBODY_ALONE if whole else SOMEBODY_ALONE_WITH_A_LINE
        found.append(Objection("exclusive" if whole else "exclusive_line", forbids=whole, message=message, right=right))
    return sorted(found, key=lambda objection: not objection.forbids)


def against_place(obj: Store | Channel) -> list[Objection]:
    """Objections to who operates a store, or sells through a channel, from when it would begin."""
    partner = obj.operator if isinstance(obj, Store) else obj.partner
    if partner is None:
        return []
    if isinstance(obj, Channel):
        return objections(
            partner=partner, market=obj.market, on=local_day(obj.market.default_time_zone, clock.now()), kind=obj.kind
        )
    today = local_day(obj.time_zone, clock.now())
    return objections(partner=partner, market=obj.market, on=max(today, obj.opening_date or today))


def forbidden(partner: Partner | None) -> Callable[[Store], str]:
    """Of many stores that would get the operator: the code of what forbids it, or blank; asked once per market and day."""
    asked: dict[tuple[int, date], str] = {}

    def code(store: Store) -> str:
        if partner is None or store.operator_id == partner.pk:
            return ""
        today = local_day(store.time_zone, clock.now())
        on = max(today, store.opening_date or today)
        if (store.market_id, on) not in asked:
            found = objections(partner=partner, market=store.market, on=on)
            asked[store.market_id, on] = next((one.code for one in found if one.forbids), "")
        return asked[store.market_id, on]

    return code


def check_place(before: Any, after: Store | Channel, changed: Sequence[str]) -> None:
    """Refuse a new operator of a store, or partner of a channel, that something forbids. What is there already may stay."""
    if not {"operator", "partner", "kind"} & set(changed):
        return
    if before is None and isinstance(after, Store) and after.status in {"closed", "cancelled"}:
        return
    for objection in against_place(after):
        if objection.forbids:
            raise Refused(objection.message, code=objection.code)
