"""Who agreed that data about them are given to others, and who gets data because they work for us (SEC-02).

What counts is stricter than for a call: agreed in general and not for one channel, to the wording in force where the
purpose renews, and nothing of it taken back later, for whichever channel.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Model, Q

from guanxi.base.kernel import clock
from guanxi.base.kernel.personal import INVENTORY, About
from guanxi.base.records.narrowing import Condition
from guanxi.base.records.outsiders import Registered
from guanxi.core.customers.models import Customer

from .models import Channel, Consent, ConsentPurpose, Processor
from .queries import purposes

NOBODY = Condition("FALSE")
# One look at the consents of one person, from their index; no row is no consent.
AGREED = """(
  SELECT max(k.id) FILTER (WHERE k.is_given AND k.channel = %s AND (%s OR k.wording_id = %s))
    > coalesce(max(k.id) FILTER (WHERE NOT k.is_given), 0)
  FROM privacy_consent k JOIN customers_customer c ON c.id = k.customer_id
  WHERE k.customer_id = {person} AND k.purpose_id = %s AND k.contact_id IS NULL
    AND c.removed_at IS NULL AND c.deceased_on IS NULL AND NOT c.is_do_not_disturb)"""


def agreed(model: type[Model]) -> Condition | None:
    """None for records of which no customer is part. One that speaks of customers without naming them never goes."""
    persons = persons_behind(model)
    if persons is None:
        return None
    purpose = in_force()
    if purpose is None or not persons:
        return NOBODY
    given = (str(Channel.ANY), not purpose.renews, purpose.wording_id, purpose.pk)
    found = Condition()
    for person in persons:
        found = found & Condition(AGREED.format(person=person), given)
    return found


def persons_behind(model: type[Model]) -> list[str] | None:
    """The columns that say which customer a row is about."""
    if model is Customer:
        return ["t.id"]
    fields = model._meta.concrete_fields
    columns = [f"t.{one.column}" for one in fields if one.is_relation and one.related_model is Customer]
    declared = INVENTORY.find(str(model._meta.label))
    return columns if columns or (declared and declared.about == About.CUSTOMER) else None


def in_force() -> Any:
    """The purpose with the number and id of its wording; None where nobody can be asked for it."""
    found: Any = purposes().filter(key=ConsentPurpose.THIRD_PARTY, is_active=True).first()
    return found if found and found.wording_id else None


def heard() -> list[int]:
    """The last that was said about giving data to others, and the wording in force."""
    purpose = in_force()
    if purpose is None:
        return []
    last = Consent.objects.filter(purpose_id=purpose.pk).aggregate(last=Max("id"))["last"]
    return [last or 0, purpose.wording_id]


def is_stale(before: list[int]) -> bool:
    """Somebody took the consent back, or everybody has to be asked anew. Whose it was does not matter: who stands in a
    file is not kept beside it."""
    purpose = in_force()
    if purpose is None or len(before) != 2:
        return True
    taken_back = Consent.objects.filter(purpose_id=purpose.pk, id__gt=before[0], is_given=False)
    return bool(purpose.renews and purpose.wording_id != before[1]) or taken_back.exists()


def registered() -> list[Registered]:
    """With an agreement that began and has not ended."""
    today = clock.today()
    rows = Processor.objects.kept().filter(Q(agreed_until=None) | Q(agreed_until__gte=today), agreed_on__lte=today)
    return [Registered(row.pk, row.name, row.agreed_until) for row in rows.order_by("pinyin", "id")]
