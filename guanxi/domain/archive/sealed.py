"""Sealed forms: an index that shows no content, and the content for who opened it, until resealed or the day ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org import permits
from guanxi.base.org.models import Permit
from guanxi.base.org.scopes import has_role, scope_of

from .models import ContactForm, ContactState, Opening, SealedBox

KIND, VERB = "sealedform", "open-sealed"
# All that the index reads.
INDEX = ("id", "number", "initials", "collected_on", "sealed_at", "collector__name", "box__number", "holder__name")


def sealed_visible_to(actor: Actor) -> QuerySet[ContactForm]:
    """The branch's, and what one keeps oneself."""
    rows = ContactForm.objects.existing().filter(state=ContactState.SEALED)
    scope = scope_of(actor, KIND)
    if scope.is_nothing:
        return rows.none()
    return rows.filter(scope.condition(kind=KIND, owner="holder_id", unit="unit_id"))


def access_sealed(actor: Actor, form_id: int, *, lock: bool = False) -> ContactForm:
    rows = sealed_visible_to(actor)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=form_id).first()
    if found is None:
        raise Missing()
    return found


def own_opening(actor: Actor, form: ContactForm) -> Opening | None:
    """The actor's own that still holds."""
    mine = form.openings.filter(staff_id=actor.staff_id, closed_at=None, until__gt=clock.now())
    return mine.first()


def access_opened(actor: Actor, form_id: int) -> ContactForm:
    """The one way to a sealed form's content."""
    form = access_sealed(actor, form_id)
    if own_opening(actor, form) is None:
        raise Missing()
    return form


def end_of_day() -> datetime:
    start = clock.now().astimezone(clock.ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=1)


def is_last_instance(actor: Actor) -> bool:
    """The only one in the company who gives this permit: nobody is there to ask."""
    role = permits.terms_of(VERB, ContactForm.KIND, actor.staff_id).role
    return has_role(actor, role) and not permits.deciders(role).exclude(id=actor.staff_id).exists()


def waiting_permit(actor: Actor, form_id: int) -> Permit | None:
    return permits.waiting(actor.staff_id, VERB, ContactForm.KIND, form_id)


def boxes_of(actor: Actor) -> QuerySet[SealedBox]:
    return SealedBox.objects.filter(made_by_id=actor.staff_id).order_by("-id")


def waiting_to_seal(actor: Actor) -> QuerySet[ContactForm]:
    """Received from the sales manager and still in hand."""
    return ContactForm.objects.kept().filter(holder_id=actor.staff_id, state=ContactState.AT_SERVICE).order_by("id")
