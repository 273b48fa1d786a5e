"""Who agreed to what, asked for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from guanxi.base.kernel import statements

from .models import Channel, Consent, ConsentPurpose, Wording

# The last word about the channel or about all of them counts. An older wording is worth nothing where it renews.
MAY = """
SELECT c.id FROM customers_customer c JOIN privacy_consentpurpose p ON p.key = %(purpose)s AND p.is_active
JOIN LATERAL (
  SELECT k.is_given, k.wording_id FROM privacy_consent k
  WHERE k.customer_id = c.id AND k.purpose_id = p.id AND k.contact_id IS NULL
    AND k.channel = ANY(%(channels)s) ORDER BY k.id DESC LIMIT 1
) k ON k.is_given
WHERE c.id = ANY(%(customers)s::bigint[]) AND c.removed_at IS NULL AND c.deceased_on IS NULL
  AND NOT c.is_do_not_disturb AND (NOT p.renews OR k.wording_id = (
    SELECT w.id FROM privacy_wording w WHERE w.purpose_id = p.id ORDER BY w.number DESC LIMIT 1))
"""


def may_contact(customers: Sequence[int], purpose: str, channel: str) -> set[int]:
    """Those who agreed and may be contacted at all. Ask again at the moment of sending: consent can go in between."""
    channels = sorted({str(channel), str(Channel.ANY)})
    given = {"purpose": purpose, "channels": channels, "customers": list(customers)}
    return {row[0] for row in statements.rows(MAY, given)}


def wording_in_force(purpose_id: int) -> Wording | None:
    return Wording.objects.filter(purpose_id=purpose_id).order_by("-number").first()


def purposes() -> QuerySet[ConsentPurpose]:
    """With the number of their wording."""
    newest = Wording.objects.filter(purpose_id=OuterRef("pk")).order_by("-number")
    return ConsentPurpose.objects.annotate(
        number=Subquery(newest.values("number")[:1]), wording_id=Subquery(newest.values("pk")[:1])
    ).order_by("id")


@dataclass(frozen=True)
class Standing:
    """What counts now for one purpose and channel. `is_outdated`: given to a wording that is no longer asked for."""

    row: Consent
    is_outdated: bool

    @property
    def counts(self) -> bool:
        return self.row.is_given and not self.is_outdated


def standings(customer_id: int) -> list[Standing]:
    rows = Consent.objects.filter(customer_id=customer_id, contact_id=None)
    rows = rows.select_related("purpose", "wording", "staff").order_by("-id")
    latest: dict[tuple[int, str], Consent] = {}
    for row in rows:
        latest.setdefault((row.purpose_id, row.channel), row)
    in_force: dict[int, Any] = {p.pk: p.wording_id for p in purposes()}
    return [
        Standing(row, row.purpose.renews and row.wording_id != in_force.get(row.purpose_id))
        for row in latest.values()
        if not _is_overruled(row, latest.get((row.purpose_id, str(Channel.ANY))))
    ]


def _is_overruled(row: Consent, about_all: Consent | None) -> bool:
    """What was said later about every channel counts for this one, too (as in MAY)."""
    return about_all is not None and about_all.pk > row.pk
