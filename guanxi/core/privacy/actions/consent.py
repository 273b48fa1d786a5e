"""Recording that somebody agreed, or took it back; and the wordings people are asked with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org import gate
from guanxi.core.customers.access import access_customer

from ..models import Channel, Consent, ConsentPurpose, PersonRequest, Source, Wording
from ..queries import wording_in_force

KIND = Consent.KIND
PRIVACY = PersonRequest.KIND
LONGEST = 300


@dataclass(frozen=True)
class Said:
    """What a person said. `purpose` is the key of one."""

    purpose: str
    channel: str = str(Channel.ANY)
    source: str = str(Source.SPOKEN)
    evidence: str = ""
    document_id: int | None = None


@action("privacy:consent:given", _("%(who)s recorded that the customer agreed."))
def give_consent(customer_id: int, said: Said, *, actor: Actor) -> Consent:
    return _add(customer_id, said, actor=actor, is_given=True)


@action("privacy:consent:withdrawn", _("%(who)s recorded that the customer took the consent back."))
def withdraw_consent(customer_id: int, said: Said, *, actor: Actor) -> Consent:
    """Counts from this moment on; what was done before stays lawful."""
    return _add(customer_id, said, actor=actor, is_given=False)


def _add(customer_id: int, said: Said, *, actor: Actor, is_given: bool) -> Consent:
    gate.ask(actor, "create", KIND)
    customer = access_customer(actor, customer_id, to="update", lock=True)
    purpose, wording = _checked(said)
    row = Consent.objects.create(
        customer=customer,
        purpose=purpose,
        wording=wording,
        channel=said.channel,
        source=said.source,
        is_given=is_given,
        evidence=said.evidence.strip(),
        document_id=said.document_id,
        at=clock.now(),
        staff_id=actor.staff_id,
    )
    changes = {"purpose": [None, purpose.key], "channel": [None, said.channel], "given": [None, is_given]}
    trail.record(KIND, row.pk, actor=actor, changes=changes | {"customer": [None, customer_id]})
    return row


def _checked(said: Said) -> tuple[ConsentPurpose, Wording]:
    errors: dict[str, list[Any]] = {}
    purpose = ConsentPurpose.objects.filter(key=said.purpose, is_active=True).first()
    wording = wording_in_force(purpose.pk) if purpose else None
    if wording is None or purpose is None:
        errors["purpose"] = [_("Choose what the customer was asked for.")]
    if said.channel not in Channel.values:
        errors["channel"] = [_("Choose one of the channels.")]
    if said.source not in Source.values:
        errors["source"] = [_("Choose how it was said.")]
    if len(said.evidence.strip()) > LONGEST:
        errors["evidence"] = [_("This is longer than %(limit)s characters.") % {"limit": LONGEST}]
    if errors or purpose is None or wording is None:
        raise Invalid(errors)
    return purpose, wording


@action("privacy:wording:added", _("%(who)s put a new wording of a consent in force."))
def add_wording(purpose_id: int, *, text: str, text_en: str = "", actor: Actor) -> Wording:
    """Where the purpose renews, nobody counts as having agreed until asked with this text."""
    gate.ask(actor, "update", PRIVACY)
    purpose = ConsentPurpose.objects.select_for_update().get(id=purpose_id)
    before = wording_in_force(purpose_id)
    if not text.strip():
        raise Invalid({"text": [_("Write what people are asked.")]})
    if before and (before.text, before.text_en) == (text.strip(), text_en.strip()):
        trail.unchanged()
        return before
    number = before.number + 1 if before else 1
    row = Wording.objects.create(
        purpose=purpose,
        number=number,
        text=text.strip(),
        text_en=text_en.strip(),
        made_at=clock.now(),
        made_by_id=actor.staff_id,
    )
    trail.record(PRIVACY, None, actor=actor, changes={"purpose": purpose.key, "number": [number - 1 or None, number]})
    return row
