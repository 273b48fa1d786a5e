"""Sealing first-contact forms in numbered boxes, and opening one with the general manager's permit (FIL-05)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NeedsPermit, NotAllowed, Refused
from guanxi.base.kernel.names import name_key
from guanxi.base.org import gate, permits
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import posts_of
from guanxi.base.records.prints.actions import next_number

from .. import events as told
from ..models import ContactForm, ContactState, ItemState, Opening, SealedBox, TransferItem
from ..sealed import KIND, VERB, access_sealed, boxes_of, end_of_day, is_last_instance, waiting_permit

MOST = 500


@action("archive:contactform:sealed", _("%(who)s sealed first-contact forms: %(count)s."))
def seal_forms(ids: Sequence[int], *, actor: Actor, box_id: int | None = None, label: str = "") -> SealedBox:
    """Into a box of the actor's own, or a new one. From then on only the index shows them."""
    gate.ask(actor, "create", KIND)
    forms = _forms_to_seal(ids, actor)
    box = _own_box(box_id, actor) if box_id else _new_box(label, actor)
    numbers = [form.pk for form in forms]
    ContactForm.objects.filter(id__in=numbers).update(
        state=ContactState.SEALED,
        sealed_by_id=actor.staff_id,
        sealed_at=clock.now(),
        box=box,
        search=None,
        version=F("version") + 1,
    )
    changes = {"count": len(forms), "box": [None, box.number]}
    trail.record(ContactForm.KIND, None, actor=actor, changes=changes, items=[(ContactForm.KIND, n) for n in numbers])
    events.publish(Event(told.CONTACT_SEALED, ContactForm.KIND, numbers), actor=actor)
    return box


@action("archive:contactform:opened", _("%(who)s opened a sealed first-contact form."))
def open_sealed(form_id: int, *, purpose: str, actor: Actor, signature: str = "") -> Opening:
    """For the actor alone, until resealed and at most until the day ends. Raises NeedsPermit, whether or not a
    rulebook says so: sealed is sealed. The only general manager opens by own signature."""
    gate.ask(actor, "read", KIND, form_id)
    form = access_sealed(actor, form_id, lock=True)
    close_expired(form)
    if form.openings.filter(closed_at=None).exists():
        raise Refused(_("This form is open already; it has to be resealed first."), code="open")
    if not purpose.strip():
        raise Invalid({"purpose": [_("Say what it is opened for.")]})
    allowed_by = None
    if is_last_instance(actor):
        _require_own_signature(actor, signature)
    else:
        allowed_by = _used_permit(actor, form)
    opening = Opening.objects.create(
        form=form,
        staff_id=actor.staff_id,
        purpose=purpose.strip()[:300],
        allowed_by_id=allowed_by,
        opened_at=clock.now(),
        until=end_of_day(),
    )
    changes = {"purpose": [None, opening.purpose], "allowed_by": [None, allowed_by]}
    trail.record(ContactForm.KIND, form.pk, actor=actor, changes=changes)
    return opening


@action("archive:contactform:resealed", _("%(who)s resealed a first-contact form."))
def reseal(opening_id: int, *, actor: Actor) -> ContactForm:
    """By who opened it or who keeps it."""
    gate.ask(actor, "read", KIND)
    opening = Opening.objects.select_for_update().select_related("form").filter(id=opening_id).first()
    if opening is None:
        raise Missing()
    form = access_sealed(actor, opening.form_id)
    if actor.staff_id not in (opening.staff_id, form.holder_id):
        raise NotAllowed(_("Whoever opened it reseals it, or whoever keeps it."))
    if opening.closed_at is not None:
        trail.unchanged()
        return form
    opening.closed_at, opening.closed_by_id = clock.now(), actor.staff_id
    opening.save(update_fields=["closed_at", "closed_by"])
    trail.record(ContactForm.KIND, form.pk, actor=actor)
    return form


@action("archive:contactform:register_printed", _("%(who)s printed the register of a box of sealed forms."))
def print_box(box: SealedBox, *, actor: Actor) -> str:
    """The number of the paper, which holds the index alone."""
    gate.ask(actor, "read", KIND)
    number = next_number()
    trail.record(KIND, box.pk, actor=actor, changes={"print_number": number})
    return number


def _forms_to_seal(ids: Sequence[int], actor: Actor) -> list[ContactForm]:
    wanted = set(ids)
    if not wanted:
        raise Invalid({"forms": [_("Choose at least one form.")]})
    if len(wanted) > MOST:
        raise Invalid({"forms": [_("At most %(most)s forms go on one list.") % {"most": MOST}]})
    under_way = TransferItem.objects.filter(form_kind=ContactForm.KIND, state=ItemState.WAITING).values("form_id")
    rows = ContactForm.objects.kept().filter(holder_id=actor.staff_id, state=ContactState.AT_SERVICE, id__in=wanted)
    forms = list(rows.exclude(id__in=under_way).order_by("id").select_for_update(of=("self",)))
    if len(forms) != len(wanted):
        raise Invalid({"forms": [_("Some of these forms are not in your hands. Open the page again.")]})
    return forms


def _own_box(box_id: int, actor: Actor) -> SealedBox:
    box = boxes_of(actor).filter(id=box_id).first()
    if box is None:
        raise Invalid({"box": [_("Choose one of the values offered.")]})
    return box


def _new_box(label: str, actor: Actor) -> SealedBox:
    posts = posts_of(actor)
    unit = posts[0].unit_id if posts else None
    return SealedBox.objects.create(
        label=label.strip()[:80], unit_id=unit, made_by_id=actor.staff_id, made_at=clock.now()
    )


def close_expired(form: ContactForm) -> None:
    form.openings.filter(closed_at=None, until__lte=clock.now()).update(closed_at=F("until"))


def _require_own_signature(actor: Actor, signature: str) -> None:
    """Nobody else could permit it; a clause that forbids outright still holds."""
    with suppress(NeedsPermit):
        gate.ask_rules(actor, VERB, ContactForm.KIND)
    if name_key(signature) != name_key(Staff.objects.get(id=actor.staff_id).name):
        raise Invalid({"signature": [_("You alone may permit this: type your own name to sign for the reason.")]})


def _used_permit(actor: Actor, form: ContactForm) -> Any:
    """Whoever gave it. With the clause in force the gate uses it up, else it is used up here."""
    permit = waiting_permit(actor, form.pk)
    gate.ask_rules(actor, VERB, ContactForm.KIND, form.pk)
    if permit is None:
        role = permits.terms_of(VERB, ContactForm.KIND, actor.staff_id).role
        raise NeedsPermit(ContactForm.KIND, str(form.pk), verb=VERB, role=role)
    left = permit.uses_left
    permit.refresh_from_db()
    if permit.uses_left == left and not permits.use(actor.staff_id, VERB, ContactForm.KIND, form.pk):
        raise NeedsPermit(ContactForm.KIND, str(form.pk), verb=VERB)
    return permit.given_by_id
